#!/bin/sh
# packages-guest.sh - runs in a booted Debian: the packages in /t are installed, used and removed. Each question is a
# function below that ends with 0, and its answer is a line "@@ok NAME" or "@@failed NAME".
cd /tmp || exit 1
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# check NAME...
check() {
	begin=$(cut -d . -f 1 /proc/uptime)
	if "$@" >log 2>&1; then
		echo "@@ok $* ($(($(cut -d . -f 1 /proc/uptime) - begin)) s)"
	else
		echo "@@failed $*"
		tail -n 20 log
	fi
}

# All files but what the package tools note for themselves.
files() {
	find / -xdev \( -path /tmp -o -path /t -o -path /var/lib/dpkg -o -path /var/log -o -path '/var/cache/man/*' -o \
		-path '/var/cache/ldconfig/*' -o -path /run \) -prune -o -print | sort
}

there_is_no_compiler() {
	for compiler in cc gcc clang tcc make; do
		! command -v $compiler || return
	done
}

installs() {
	files >before
	dpkg -i /t/*.deb
}

writes_a_frame() {
	estop -b -n 1 -d 1 >frame && cat frame && grep '^estop .* live (' frame && grep -q estop frame
}

doctor_is_content() {
	estop --doctor
}

has_its_pages() {
	for page in 1:estop 5:estop-events 5:estop-mutes 5:estop-recordings 7:estop-streams; do
		man -w "${page%%:*}" "${page#*:}" || return
	done
	man -P cat estop | grep 'display the activity of processes'
}

completes() {
	bash -c '. /usr/share/bash-completion/bash_completion
		. /usr/share/bash-completion/completions/estop
		f=$(complete -p estop | sed "s/.*-F \([^ ]*\) .*/\1/")
		COMP_WORDS=(estop --doc) COMP_CWORD=1 COMP_LINE="estop --doc" COMP_POINT=11
		$f estop --doc estop
		echo "${COMPREPLY[@]}"' | grep -e --doctor
}

library_loads() {
	ldconfig -p | grep 'libEndpointSecurity.so.1' && ! ldd /usr/lib/*/libEndpointSecurity.so.1 | grep 'not found'
}

leaves_nothing() {
	dpkg -P estop libendpointsecurity1 && files | diff before -
}

check there_is_no_compiler
check installs
check writes_a_frame
check doctor_is_content
check has_its_pages
check completes
check library_loads
check leaves_nothing
