# fish completion for estop. The tables between "begin" and "end" are written by make docs.

# The words are still estop's own: there was no --.
function __estop_own
	not contains -- -- (commandline -opc)
end

# What has been typed of a value, without --name= in front.
function __estop_typed
	string replace -r -- '^--[a-z-]+=' '' (commandline -ct)
end

function __estop_nothing
end

function __estop_files
	__fish_complete_path (__estop_typed)
end

function __estop_user
	__fish_complete_users
end

# A list, in which '-' removes.
function __estop_events
	set -l front (string match -r -- '^(?:.*,)?-?' (__estop_typed))
	for line in (__estop_event)
		printf '%s\n' "$front$line"
	end
end

function __estop_paths
	set -l typed (__estop_typed)
	set -l front (string match -r -- '^.*,' $typed)
	for line in (__fish_complete_path (string replace -r -- '^.*,' '' $typed))
		printf '%s\n' "$front$line"
	end
end

# Files behind a prefix, which stays in front.
function __estop_files_behind
	for line in (__fish_complete_path (string sub -s (math (string length -- $argv[1]) + 1) -- $argv[2]))
		printf '%s\n' "$argv[1]$line"
	end
end

function __estop_rule
	set -l typed (__estop_typed)
	set -l kind (string match -r -- '^[a-z-]+:' $typed)
	switch "$kind"
		case ''
			__estop_kinds | string replace \t :\t
			__fish_complete_path $typed
		case exe: prefix: target: target-prefix:
			__estop_files_behind $kind $typed
		case user:
			for line in (__fish_complete_users)
				printf '%s\n' "user:$line"
			end
	end
end

function __estop_replay
	set -l typed (__estop_typed)
	set -l name (string match -r -- '^[^/=]+=' $typed)
	__estop_files_behind "$name" $typed
end

function __estop_record
	set -l typed (__estop_typed)
	set -l fifo (string match -r -- '^fifo:' $typed)
	__estop_files_behind "$fifo" $typed
end

# The command behind --, completed as its own.
function __estop_command
	set -l words (commandline -opc)
	set -l dashes (contains -i -- -- $words)
	set -l own
	test $dashes -lt (count $words); and set own (string escape -- $words[(math $dashes + 1)..-1])
	complete -C "$own "(commandline -ct)
end

# begin words
function __estop_event
	printf '%s\t%s\n' \
		'all' 'all that this system provides' \
		'default' 'without high-volume events' \
		'process' 'process lifecycle, and operations on other processes' \
		'file' 'operations on files and directories' \
		'metadata' 'file metadata: owner, times, attributes' \
		'memory' 'mapped files and protection' \
		'security' 'credentials, authorization, signatures, launch items' \
		'session' 'logins, logouts and accounts' \
		'system' 'file systems, drivers, devices, services' \
		'open' 'a file was opened' \
		'close' 'an open file was closed' \
		'exec' 'a process executed a program' \
		'fork' 'a process created a child process' \
		'exit' 'a process exited' \
		'signal' 'a signal was sent to another process' \
		'trace' 'a process began to trace another' \
		'get_task' 'the task control port of another process was obtained' \
		'get_task_read' 'the task read port of another process was obtained' \
		'get_task_inspect' 'the task inspect port of another process was obtained' \
		'get_task_name' 'the task name port of another process was obtained' \
		'proc_check' 'information about a process was requested, as by ps and top' \
		'proc_suspend_resume' 'a process was suspended or resumed' \
		'remote_thread_create' 'a thread was created in another process' \
		'create' 'a file was created' \
		'unlink' 'a file name was removed' \
		'rename' 'a file was renamed or moved' \
		'link' 'a hard link was created' \
		'clone' 'a file was cloned' \
		'copyfile' 'a file was copied by the kernel' \
		'exchangedata' 'two files were exchanged' \
		'write' 'a file was written to' \
		'truncate' 'a file\'s length was changed by truncate' \
		'lookup' 'a path was looked up in a directory' \
		'readlink' 'a symbolic link was read' \
		'readdir' 'a directory was read' \
		'chdir' 'the working directory changed' \
		'chroot' 'the root directory changed' \
		'dup' 'a file descriptor was duplicated' \
		'fcntl' 'fcntl' \
		'fsgetpath' 'a path was requested by file number' \
		'searchfs' 'a volume was searched' \
		'uipc_bind' 'a socket was bound to a path' \
		'uipc_connect' 'a socket connected to a path' \
		'file_provider_materialize' 'a file provider fetched a file' \
		'file_provider_update' 'a file provider uploaded a file' \
		'stat' 'a file\'s status was read' \
		'access' 'access permission for a file was checked' \
		'setmode' 'permissions were changed' \
		'setowner' 'owner or group were changed' \
		'setflags' 'flags of a file were changed' \
		'setacl' 'an access list was changed' \
		'utimes' 'times of a file were set' \
		'getattrlist' 'attributes of a file were read' \
		'setattrlist' 'attributes of a file were changed' \
		'getextattr' 'an extended attribute was read' \
		'setextattr' 'an extended attribute was set' \
		'listextattr' 'extended attributes were listed' \
		'deleteextattr' 'an extended attribute was removed' \
		'mmap' 'a file was mapped into memory' \
		'mprotect' 'protection of memory was changed' \
		'setuid' 'a process set its user' \
		'setgid' 'a process set its group' \
		'seteuid' 'a process set its effective user' \
		'setegid' 'a process set its effective group' \
		'setreuid' 'a process set real and effective user' \
		'setregid' 'a process set real and effective group' \
		'cs_invalidated' 'the signature of a running program became invalid' \
		'authorization_petition' 'an authorization was requested' \
		'authorization_judgement' 'an authorization was granted or denied' \
		'xp_malware_detected' 'XProtect found malware' \
		'xp_malware_remediated' 'XProtect removed malware' \
		'btm_launch_item_add' 'a login or background item was added' \
		'btm_launch_item_remove' 'a login or background item was removed' \
		'profile_add' 'a configuration profile was installed' \
		'profile_remove' 'a configuration profile was removed' \
		'gatekeeper_user_override' 'a user overrode Gatekeeper' \
		'tcc_modify' 'a privacy permission was changed' \
		'authentication' 'a user was authenticated' \
		'login_login' 'login by login' \
		'login_logout' 'logout of login' \
		'openssh_login' 'login by ssh' \
		'openssh_logout' 'logout of ssh' \
		'lw_session_login' 'login at the screen' \
		'lw_session_logout' 'logout at the screen' \
		'lw_session_lock' 'the screen was locked' \
		'lw_session_unlock' 'the screen was unlocked' \
		'screensharing_attach' 'screen sharing began' \
		'screensharing_detach' 'screen sharing ended' \
		'su' 'su was used' \
		'sudo' 'sudo was used' \
		'od_group_add' 'a member was added to a group' \
		'od_group_remove' 'a member was removed from a group' \
		'od_group_set' 'the members of a group were set' \
		'od_modify_password' 'a password was changed' \
		'od_disable_user' 'an account was disabled' \
		'od_enable_user' 'an account was enabled' \
		'od_attribute_value_add' 'an attribute of an account got a value' \
		'od_attribute_value_remove' 'an attribute of an account lost a value' \
		'od_attribute_set' 'an attribute of an account was set' \
		'od_create_user' 'an account was created' \
		'od_create_group' 'a group was created' \
		'od_delete_user' 'an account was deleted' \
		'od_delete_group' 'a group was deleted' \
		'mount' 'a file system was mounted' \
		'unmount' 'a file system was unmounted' \
		'remount' 'a mounted file system was changed' \
		'kextload' 'a kernel extension or module was loaded' \
		'kextunload' 'a kernel extension or module was unloaded' \
		'iokit_open' 'a device driver was opened' \
		'settime' 'the clock was set' \
		'pty_grant' 'a pseudo terminal was allocated' \
		'pty_close' 'a pseudo terminal was closed' \
		'xpc_connect' 'an XPC service was connected to by name'
end
function __estop_kinds
	printf '%s\t%s\n' \
		'prefix' 'programs whose path begins with this' \
		'exe' 'processes that run this executable' \
		'target-prefix' 'events on paths that begin with this' \
		'target' 'events on this file' \
		'process' 'this process, also after it executes another program' \
		'subtree' 'this process and its descendants, including later ones' \
		'unit' 'processes of this systemd unit, container or cgroup' \
		'user' 'processes with this effective user' \
		'signer' 'programs signed by this team, or TEAM/ID'
end
function __estop_columns
	printf '%s\t%s\n' \
		'pid' 'process id' \
		'ppid' 'process id of the parent' \
		'version' 'pidversion of the audit token' \
		'user' 'effective user' \
		'ev/s' 'events per second, all types' \
		'open/s' 'opens per second' \
		'close/s' 'closes per second' \
		'exec/s' 'program starts per second' \
		'fork/s' 'forks per second' \
		'exit/s' 'exits per second' \
		'exec' 'programs started' \
		'fork' 'processes made' \
		'exit' 'processes ended' \
		'open' 'files opened' \
		'close' 'files closed' \
		'events' 'events of all types' \
		'alive' 'processes that run' \
		'run' 'of a line for many' \
		'%ev' 'share of the events per second of all' \
		'before' 'events per second before the mark' \
		'since' 'events per second since the mark' \
		'change' 'what since the mark is more or less' \
		'life' 'of a line for many' \
		'm' 'whether it is muted, and how' \
		'command' 'arguments, or path of the executable'
end
function __estop_views
	printf '%s\t%s\n' \
		'processes' 'processes as a tree or a flat list, with their activity' \
		'files' 'files and directories most used, and who uses them' \
		'events' 'the newest events as they arrive' \
		'mutes' 'all mutes: who set them, what they suppress' \
		'types' 'event types: rates and subscriptions'
end
function __estop_groupings
	printf '%s\t%s\n' \
		'tree' 'processes below the process that started them' \
		'flat' 'a list of processes' \
		'program' 'the path of the executable' \
		'unit' 'systemd unit or container' \
		'user' 'the effective user' \
		'session' 'the controlling terminal' \
		'host' 'the host, in a replay of several recordings' \
		'signer' 'team and signing id of the code signature, on macOS'
end
function __estop_themes
	printf '%s\t%s\n' \
		'dark' 'the default' \
		'light' 'for a light background' \
		'colorblind' 'does not distinguish by red and green' \
		'mono' 'bold, dim and reversed, no colours'
end
function __estop_colors
	printf '%s\t%s\n' \
		'auto' '' \
		'always' '' \
		'never' ''
end
function __estop_forms
	printf '%s\t%s\n' \
		'text' '' \
		'line' '' \
		'json' ''
end
function __estop_frames
	printf '%s\t%s\n' \
		'text' '' \
		'json' '' \
		'csv' ''
end
function __estop_summaries
	printf '%s\t%s\n' \
		'text' 'programs below programs, slow and failed runs' \
		'json' 'the same as a JSON object on one line' \
		'none' 'nothing'
end
function __estop_hooks
	printf '%s\t%s\n' \
		'tracepoints' '' \
		'auto' '' \
		'functions' ''
end
function __estop_traces
	printf '%s\t%s\n' \
		'folded' 'events by stack of programs, for flame graphs' \
		'folded-opens' 'the same, files opened' \
		'folded-time' 'the same' \
		'perfetto' 'a trace for Perfetto\'s viewer, ui.perfetto.dev'
end
function __estop_exports
	printf '%s\t%s\n' \
		'rules' 'a mute file' \
		'c' 'calls of Endpoint Security, in C' \
		'eslogger' 'a command line that selects the same programs'
end
function __estop_on_off
	printf '%s\t%s\n' \
		'on' '' \
		'off' ''
end
function __estop_answers
	printf '%s\t%s\n' \
		'yes' '' \
		'no' ''
end
# end words

complete -c estop -f
complete -c estop -n 'not __estop_own' -x -a '(__estop_command)'
# begin options
complete -c estop -n __estop_own -s e -l events -x -a '(__estop_events)' -d 'subscribe to these events'
complete -c estop -n __estop_own -s p -l process -x -a '(__estop_paths)' -d 'show only processes that run these executables or scripts or any'
complete -c estop -n __estop_own -l follow -d 'with -p or -u: show also what these processes become and start'
complete -c estop -n __estop_own -s u -l user -x -a '(__estop_user)' -d 'show only processes of this user, a name or a uid'
complete -c estop -n __estop_own -s m -l mute -x -a '(__estop_rule)' -d 'mute from the start'
complete -c estop -n __estop_own -l mute-file -x -a '(__estop_files)' -d 'mute the rules in this file, one per line as for -m'
complete -c estop -n __estop_own -l export-mutes -x -a '(__estop_exports)' -d 'print the rules of -m and --mute-file in this format, and end'
complete -c estop -n __estop_own -l export -x -a '(__estop_traces)' -d 'write what happened to the standard output in a form of other'
complete -c estop -n __estop_own -l metrics -f -a '(__estop_nothing)' -d 'serve metrics to Prometheus by HTTP, at 127.0.0.1'
complete -c estop -n __estop_own -l metrics-top -x -a '(__estop_nothing)' -d 'with --metrics: how many programs and units have counters of'
complete -c estop -n __estop_own -l screen -d 'with --metrics: show the screen, too'
complete -c estop -n __estop_own -s d -l delay -x -a '(__estop_nothing)' -d 'refresh interval in seconds, 0.1 to 3600'
complete -c estop -n __estop_own -s n -l frames -x -a '(__estop_nothing)' -d 'exit after N frames'
complete -c estop -n __estop_own -l width -x -a '(__estop_nothing)' -d 'with -b: fit lines to this many columns, 20 to 10000'
complete -c estop -n __estop_own -s o -l sort -x -a '(__estop_columns)' -d 'sort by this column, on the screen and with -b'
complete -c estop -n __estop_own -s t -l tree -d 'show processes as a tree'
complete -c estop -n __estop_own -l flat -d 'show processes as a flat list'
complete -c estop -n __estop_own -l by -x -a '(__estop_groupings)' -d 'group processes by one of'
complete -c estop -n __estop_own -l exited -x -a '(__estop_nothing)' -d 'keep exited processes on the screen for this many seconds'
complete -c estop -n __estop_own -s b -l batch -f -a '(__estop_frames)' -d 'batch mode: write frames, and totals at the end'
complete -c estop -n __estop_own -l log -f -a '(__estop_forms)' -d 'log mode: write every event'
complete -c estop -n __estop_own -l summary -x -a '(__estop_summaries)' -d 'what is printed to standard error when a command has ended'
complete -c estop -n __estop_own -s w -l write -x -a '(__estop_record)' -d 'record all events to this file as JSON Lines while watching'
complete -c estop -n __estop_own -l max-size -x -a '(__estop_nothing)' -d 'end a recording'
complete -c estop -n __estop_own -l rotate -x -a '(__estop_nothing)' -d 'with --max-size: keep N full files, NAME.1.jsonl'
complete -c estop -n __estop_own -s r -l replay -x -a '(__estop_replay)' -d 'replay a recording of estop or eslogger, compressed or not'
complete -c estop -n __estop_own -l speed -x -a '(__estop_nothing)' -d 'replay at N times the recorded speed, 0.01 to 1000, or max'
complete -c estop -n __estop_own -l reverse -d 'reverse the sort order'
complete -c estop -n __estop_own -l totals -f -a '(__estop_answers)' -d 'yes: in a tree, counters are sums of the whole subtree'
complete -c estop -n __estop_own -l kernel-threads -d 'show kernel threads'
complete -c estop -n __estop_own -l filter -x -a '(__estop_nothing)' -d 'show only matching rows and their parents'
complete -c estop -n __estop_own -l view -x -a '(__estop_views)' -d 'the first view, by its name in the help'
complete -c estop -n __estop_own -l theme -x -a '(__estop_themes)' -d 'dark, light, colorblind or mono'
complete -c estop -n __estop_own -l mouse -x -a '(__estop_on_off)' -d 'on: the mouse selects, scrolls, sorts and folds'
complete -c estop -n __estop_own -l clipboard -x -a '(__estop_on_off)' -d 'on: y copies the current line to the terminal\'s own clipboard'
complete -c estop -n __estop_own -l read-only -d 'send no signals: F9 is off, and the system call for it given up'
complete -c estop -n __estop_own -l nice -x -a '(__estop_nothing)' -d 'the nice value to run at while watching live, -20 to 19'
complete -c estop -n __estop_own -l config -x -a '(__estop_files)' -d 'read settings from this file'
complete -c estop -n __estop_own -l no-config -d 'do not read a config file'
complete -c estop -n __estop_own -l color -x -a '(__estop_colors)' -d 'use colours: auto, always or never'
complete -c estop -n __estop_own -l ascii -d 'use ASCII characters only'
complete -c estop -n __estop_own -l list-events -d 'list all events by group'
complete -c estop -n __estop_own -l doctor -f -a '(__estop_nothing)' -d 'say what this system gives, what is missing and how to get it'
complete -c estop -n __estop_own -l hooks -x -a '(__estop_hooks)' -d 'on Linux, where opens and closes come from'
complete -c estop -n __estop_own -l debug -x -a '(__estop_files)' -d 'write a report of the start to this file'
complete -c estop -n __estop_own -l version -d 'print the version, and in further lines the build'
complete -c estop -n __estop_own -s h -l help -d 'print this help'
# end options
