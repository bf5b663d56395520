#!/bin/sh
# guest.sh CHECK... - runs in the booted kernel. Each line it writes that starts with "@@" is for judge.awk:
#
#	@@check NAME ok|failed REASON
#	@@suite NAME, then what the suite writes, then @@status NAME STATUS
#
# A CHECK is a function below, suite=NAME a test program in /t. Nothing here waits for time to pass.
export ESTOP=/t/estop ESTOP_PATIENCE=10 XDG_CONFIG_HOME=/tmp/config
w=/t/prog_workload
mkdir -p $XDG_CONFIG_HOME/estop
: >$XDG_CONFIG_HOME/estop/config
cd /tmp || exit 1
# Waiting is done by a program of another name, so that what it is told is not what it looks for.
[ -e /tmp/until ] || cp $w /tmp/until

# expect WHAT IS WANTED : remembers what is different
expect() {
	[ "$2" = "$3" ] || wrong="$wrong$1: $2, not $3; "
}

# lines FILE PATTERN : how many there are
lines() {
	grep -c -e "$2" "$1"
}

# file PATH : of its name, empty
file() {
	: >"$1"
}

# watch OPTION... : starts estop, its output in the file log; returns when it sees what happens.
watch() {
	file begin
	: >log
	$ESTOP "$@" >log 2>err 9>&- &
	estop=$!
	/tmp/until until log "/tmp/begin" $w /tmp/begin 1 0 0
}

# watched : what has happened until now is in log; estop ends
watched() {
	file end
	/tmp/until until log "/tmp/end" $w /tmp/end 1 0 0
	kill -TERM "$estop"
	wait "$estop" 2>/dev/null
}

start() {
	$ESTOP -b -n 1 -d 0.1 >log 2>err
	expect status $? 0
	expect frames "$(lines log '^estop .* live (')" 1
	[ -z "$wrong" ] || cat err
}

refused() {
	$ESTOP -b -n 1 -d 0.1 >log 2>err
	expect status $? 1
	expect sentences "$(lines err .)" 1
	expect 'sentences with the version' "$(lines err '^estop: Linux 5\.10[^ ]* is too old; 5\.17 or later is needed')" 1
	expect 'sentences about root' "$(lines err 'as root')" 0
	cat err
}

# Line by line.
counts() {
	file counted
	watch --log=line -p $w
	$w /tmp/counted 2000 50 20
	watched
	pid=$(sed -n 's/.* open pid=\([0-9]*\) .* file=\/tmp\/counted$/\1/p' log | sort -u)
	expect opens "$(lines log " open pid=$pid .* file=/tmp/counted\$")" 2000
	expect closes "$(lines log " close pid=$pid .* target=/tmp/counted\$")" 2000
	expect forks "$(lines log " fork pid=$pid .* path=$w child=")" 50
	expect execs "$(lines log " exec pid=$pid .* path=$w target=$pid $w .* args=$w /tmp/counted 0 0 [0-9]* env=")" 20
	expect 'exits of children' "$(lines log " exit pid=[0-9]* euid=0 ppid=$pid path=$w ")" 50
	expect exits "$(lines log " exit pid=$pid .* path=$w ")" 1
}

# The row of the process, and the sums below the last frame. Nothing else of that program runs: more
# than eight exited processes of one name would share a row.
frames() {
	file framed
	$ESTOP -b -d 0.2 --exited all -p $w >log 2>err &
	estop=$!
	/tmp/until until log 'live (' /bin/busybox true
	$w /tmp/framed 2000 50 20
	/tmp/until until log "$w /tmp/framed 0 0 0 (exit 0)" /bin/busybox true
	kill -TERM "$estop"
	wait "$estop" 2>/dev/null
	row=$(grep "$w /tmp/framed 0 0 0 (exit 0)" log | tail -n 1 | awk '{ print $8, ($9 >= 2000), $6, $7 }')
	expect 'opens, closes, execs and forks of the row' "$row" "2000 1 21 50"
	expect 'types without loss' "$(lines log '^total .* + 0 lost in kernel + 0 lost in ring')" \
		"$(lines log '^total ')"
}

# One of three is muted each: a process, a program, a target. The others do the same.
mutes() {
	for f in by_process by_program by_target by_nobody; do
		file $f
	done
	rm -f go
	mkfifo go
	cp $w /tmp/muted
	$w wait /tmp/by_process 500 0 0 <go >pid &
	waiting=$!
	exec 9>go
	/tmp/until until pid "$waiting" /bin/busybox true
	watch --log=line -m "$waiting" -m exe:/tmp/muted -m target:/tmp/by_target
	exec 9>&-
	wait $waiting
	/tmp/muted /tmp/by_program 500 5 0
	$w /tmp/by_target 500 0 0
	$w /tmp/by_nobody 500 0 0
	watched
	for f in by_process by_program by_target; do
		expect "opens muted $f" "$(lines log " open .* file=/tmp/$f\$")" 0
		expect "closes muted $f" "$(lines log " close .* target=/tmp/$f\$")" 0
	done
	# Forks are never muted: the tree is made of them.
	expect "forks of the muted program" "$(lines log " fork .* path=/tmp/muted ")" 5
	expect "opens not muted" "$(lines log " open .* file=/tmp/by_nobody\$")" 500
	expect "closes not muted" "$(lines log " close .* target=/tmp/by_nobody\$")" 500
}

command() {
	file commanded
	$ESTOP --log=line -- $w /tmp/commanded 300 10 5 >log 2>err
	expect status $? 0
	expect opens "$(lines log ' open .* file=/tmp/commanded$')" 300
	expect closes "$(lines log ' close .* target=/tmp/commanded$')" 300
	expect forks "$(lines log ' fork ')" 10
	expect execs "$(lines log ' exec ')" 6
	expect exits "$(lines log ' exit ')" 11
	expect 'summaries' "$(lines err '^open 300  close [0-9]*  exec 6  fork 10  exit 11  lost 0$')" 1
}

# Calls of a 32-bit program.
compat() {
	mkdir /tmp/compat
	cd /tmp/compat || return
	$ESTOP --log=line -e all -- /t/i386 3>../report >../log 2>../err
	expect status $? 0
	cd ..
	awk -v dir=/tmp/compat -f /t/i386.awk report log >different
	expect differences "$(lines different .)" 0
	[ -z "$wrong" ] || head -n 5 different
}

# Loading and unloading a module; a clone, for which a file system that can clone is needed. boot.sh brings modules.
modules() {
	while read -r m; do
		[ "$m" = dummy.ko ] || insmod "/run/modules/$m"
	done </run/modules/order
	mkdir -p cloned
	mount -o loop /t/btrfs.img cloned || wrong="cannot mount; "
	echo text >cloned/from
	watch --log=line -e all
	insmod /run/modules/dummy.ko
	rmmod dummy
	$w clone cloned/from cloned/to
	watched
	expect 'modules loaded' "$(lines log ' kextload .* path=/usr/bin/busybox identifier=dummy')" 1
	expect 'modules unloaded' "$(lines log ' kextunload .* path=/usr/bin/busybox identifier=dummy')" 1
	expect clones "$(lines log " clone .* path=$w source=/tmp/cloned/from target_dir=/tmp/cloned target_name=to")" 1
	[ -z "$wrong" ] || grep -e ' kext' -e ' clone' log
	umount cloned
}

suite() {
	echo "@@suite $1"
	begin=$(cut -d . -f 1 /proc/uptime)
	timeout 1800 "/t/$1" >out 2>err
	status=$?
	cat out
	echo
	echo "@@status $1 $status in $(($(cut -d . -f 1 /proc/uptime) - begin)) s"
	cat err
}

# What it is, when it is one check alone.
if [ "${1:-}" = --one ]; then
	wrong=
	"$2"
	if [ -z "$wrong" ]; then
		echo "@@check $2 ok"
	else
		echo "@@check $2 failed $wrong"
		head -n 20 err
	fi
	exit
fi

for check; do
	case $check in
	suite=*) suite "${check#suite=}" ;;
	*)
		timeout "${ESTOP_CHECK_LIMIT:-600}" /bin/sh "$0" --one "$check" || {
			echo "@@check $check failed does not end; "
			killall estop until
			tail -n 20 log
		}
		;;
	esac
done
