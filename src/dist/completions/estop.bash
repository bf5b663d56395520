# bash completion for estop. The tables between "begin" and "end" are written by make docs.
# shellcheck shell=bash disable=SC2034 # the words are read by their names

# begin words
_estop_option=' --events= --process= --follow --user= --mute= --mute-file= --export-mutes= --export= --metrics --metrics-top= --screen --delay= --frames= --width= --sort= --tree --flat --by= --exited= --batch --log --summary= --write= --max-size= --rotate= --replay= --speed= --reverse --totals --kernel-threads --filter= --view= --theme= --mouse= --clipboard= --read-only --nice= --config= --no-config --color= --ascii --list-events --doctor --hooks= --debug= --version --help'
_estop_optional=' --metrics --batch --log --totals --doctor'
_estop_event=' all default process file metadata memory security session system open close exec fork exit signal trace get_task get_task_read get_task_inspect get_task_name proc_check proc_suspend_resume remote_thread_create create unlink rename link clone copyfile exchangedata write truncate lookup readlink readdir chdir chroot dup fcntl fsgetpath searchfs uipc_bind uipc_connect file_provider_materialize file_provider_update stat access setmode setowner setflags setacl utimes getattrlist setattrlist getextattr setextattr listextattr deleteextattr mmap mprotect setuid setgid seteuid setegid setreuid setregid cs_invalidated authorization_petition authorization_judgement xp_malware_detected xp_malware_remediated btm_launch_item_add btm_launch_item_remove profile_add profile_remove gatekeeper_user_override tcc_modify authentication login_login login_logout openssh_login openssh_logout lw_session_login lw_session_logout lw_session_lock lw_session_unlock screensharing_attach screensharing_detach su sudo od_group_add od_group_remove od_group_set od_modify_password od_disable_user od_enable_user od_attribute_value_add od_attribute_value_remove od_attribute_set od_create_user od_create_group od_delete_user od_delete_group mount unmount remount kextload kextunload iokit_open settime pty_grant pty_close xpc_connect'
_estop_kinds=' prefix exe target-prefix target process subtree unit user signer'
_estop_columns=' pid ppid version user ev/s open/s close/s exec/s fork/s exit/s exec fork exit open close events alive run %ev before since change life m command'
_estop_views=' processes files events mutes types'
_estop_groupings=' tree flat program unit user session host signer'
_estop_themes=' dark light colorblind mono'
_estop_colors=' auto always never'
_estop_forms=' text line json'
_estop_frames=' text json csv'
_estop_summaries=' text json none'
_estop_hooks=' tracepoints auto functions'
_estop_traces=' folded folded-opens folded-time perfetto'
_estop_exports=' rules c eslogger'
_estop_on_off=' on off'
_estop_answers=' yes no'
# end words

# What the value of this option is, in kind; false: there is no such option.
_estop_kind() {
	case $1 in
# begin options
	-e | --events) kind=events ;;
	-p | --process) kind=paths ;;
	--follow) kind=flag ;;
	-u | --user) kind=user ;;
	-m | --mute) kind=rule ;;
	--mute-file) kind=files ;;
	--export-mutes) kind=exports ;;
	--export) kind=traces ;;
	--metrics) kind=nothing ;;
	--metrics-top) kind=nothing ;;
	--screen) kind=flag ;;
	-d | --delay) kind=nothing ;;
	-n | --frames) kind=nothing ;;
	--width) kind=nothing ;;
	-o | --sort) kind=columns ;;
	--tree) kind=flag ;;
	--flat) kind=flag ;;
	--by) kind=groupings ;;
	--exited) kind=nothing ;;
	--batch) kind=frames ;;
	--log) kind=forms ;;
	--summary) kind=summaries ;;
	-w | --write) kind=record ;;
	--max-size) kind=nothing ;;
	--rotate) kind=nothing ;;
	-r | --replay) kind=replay ;;
	--speed) kind=nothing ;;
	--reverse) kind=flag ;;
	--totals) kind=answers ;;
	--kernel-threads) kind=flag ;;
	--filter) kind=nothing ;;
	--view) kind=views ;;
	--theme) kind=themes ;;
	--mouse) kind=on_off ;;
	--clipboard) kind=on_off ;;
	--read-only) kind=flag ;;
	--nice) kind=nothing ;;
	--config) kind=files ;;
	--no-config) kind=flag ;;
	--color) kind=colors ;;
	--ascii) kind=flag ;;
	--list-events) kind=flag ;;
	--doctor) kind=nothing ;;
	--hooks) kind=hooks ;;
	--debug) kind=files ;;
	--version) kind=flag ;;
	--help) kind=flag ;;
# end options
	*) return 1 ;;
	esac
}

# Replies that begin with the second argument, each with the first one in front.
_estop_reply() {
	local word
	while IFS= read -r word; do
		COMPREPLY+=("$1$word")
	done < <("${@:3}" -- "$2" 2>/dev/null)
}

# Files, after a prefix that stays: a directory gets its slash.
_estop_files() {
	compopt -o filenames 2>/dev/null
	_estop_reply "$1" "$2" compgen -f
	local i
	[[ -n $1 ]] || return 0
	for i in "${!COMPREPLY[@]}"; do
		[[ ! -d ${COMPREPLY[i]#"$1"} ]] || COMPREPLY[i]+=/
	done
	compopt +o filenames -o nospace 2>/dev/null
}

# The values of a kind. The first argument stays in front, as the --name= of an option.
_estop_values() {
	local front=$1 value=$2 words
	case $kind in
	flag | nothing) ;;
	events)
		compopt -o nospace 2>/dev/null
		if [[ $value == *,* ]]; then
			front+=${value%,*},
			value=${value##*,}
		fi
		if [[ $value == -* ]]; then
			front+=-
			value=${value#-}
		fi
		_estop_reply "$front" "$value" compgen -W "$_estop_event"
		;;
	rule)
		case $value in
		exe:* | prefix:* | target:* | target-prefix:*) _estop_files "$front${value%%:*}:" "${value#*:}" ;;
		user:*) _estop_reply "${front}user:" "${value#*:}" compgen -u ;;
		*:*) ;;
		*)
			compopt -o nospace 2>/dev/null
			_estop_reply "$front" "$value" compgen -S : -W "$_estop_kinds"
			[[ $value != */* ]] || _estop_files "$front" "$value"
			;;
		esac
		;;
	user) _estop_reply "$front" "$value" compgen -u ;;
	files) _estop_files "$front" "$value" ;;
	paths)
		[[ $value != *,* ]] || front+=${value%,*},
		_estop_files "$front" "${value##*,}"
		;;
	replay)
		[[ $value != *=* ]] || front+=${value%%=*}=
		_estop_files "$front" "${value#*=}"
		;;
	record)
		[[ $value != fifo:* ]] || front+=fifo:
		_estop_files "$front" "${value#fifo:}"
		;;
	*)
		words=_estop_$kind
		_estop_reply "$front" "$value" compgen -W "${!words}"
		;;
	esac
}

_estop() {
	local i j kind current previous='' list=() glue=

	COMPREPLY=()
	# bash has taken words apart at = and :, which are part of them here.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		j=$((${#list[@]} - 1))
		if [[ ${COMP_WORDS[i]} == [=:]* && $j -ge 0 ]]; then
			list[j]+=${COMP_WORDS[i]}
			glue=yes
		elif [[ -n $glue ]]; then
			list[j]+=${COMP_WORDS[i]}
			glue=
		else
			list+=("${COMP_WORDS[i]}")
		fi
	done
	current=${list[${#list[@]} - 1]}
	for ((i = 0; i < ${#list[@]} - 1; i++)); do
		if [[ -n $previous ]]; then
			previous=
		elif [[ ${list[i]} == -- ]]; then
			# A command, completed as its own shell would.
			for ((j = 1; j < COMP_CWORD; j++)); do
				[[ ${COMP_WORDS[j]} != -- ]] || break
			done
			if declare -F _command_offset >/dev/null; then
				_command_offset $((j + 1))
			elif ((i == ${#list[@]} - 2)); then
				_estop_reply '' "$current" compgen -c
			else
				_estop_files '' "$current"
			fi
			return
		elif [[ ${list[i]} != *=* ]] && _estop_kind "${list[i]}" && [[ $kind != flag ]]; then
			previous=${list[i]}
			# The value of one that may be left out comes after a =.
			[[ " $_estop_optional " != *" $previous "* ]] || previous=
		fi
	done
	if [[ -n $previous ]]; then
		_estop_kind "$previous" && _estop_values '' "$current"
	elif [[ $current == --*=* ]]; then
		_estop_kind "${current%%=*}" && _estop_values "${current%%=*}=" "${current#*=}"
	elif [[ $current == -* || -z $current ]]; then
		_estop_reply '' "$current" compgen -W "$_estop_option --"
		[[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
	fi
	# Only what is behind the last = or : is replaced, where bash takes words apart there.
	case $COMP_WORDBREAKS in
	*[=:]*)
		glue=${current%"${current##*[=:]}"}
		for i in "${!COMPREPLY[@]}"; do
			COMPREPLY[i]=${COMPREPLY[i]#"$glue"}
		done
		;;
	esac
}

complete -F _estop estop
