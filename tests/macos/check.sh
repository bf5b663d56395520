#!/bin/sh
# check.sh DIR: compiles and links estop for macOS 13 on both processors, by the Makefile's own rules,
# and looks at what comes out. Then it tries itself on programs that must be refused. Called by
# `make macos-check`; MAKE is the make to use.
set -eu
here=$(dirname "$0")
dir=$1
sdk=$PWD/$dir/sdk

# Paths for this system's programs must not lead into those for another.
unset LIBRARY_PATH CPATH C_INCLUDE_PATH OBJC_INCLUDE_PATH SDKROOT MACOSX_DEPLOYMENT_TARGET

fail() {
	echo "macos-check: $*" >&2
	exit 1
}

for tool in clang llvm-objdump lld; do
	command -v $tool >/dev/null || fail "$tool is missing; 'make deps macos-check' installs it"
done

# Made anew when what it is made of has changed, and then all that was compiled with it.
mkdir -p "$dir"
made_of=$(cat "$here/mksdk.sh" "$here/symbols.txt" /usr/include/curses.h /usr/include/term.h \
	/usr/include/uthash.h /usr/include/utlist.h | cksum)
if [ "$(cat "$dir/made-of" 2>/dev/null)" != "$made_of" ]; then
	rm -rf "$dir"
	mkdir -p "$dir"
	sh "$here/mksdk.sh" "$sdk"
	echo "$made_of" >"$dir/made-of"
fi

# The Endpoint Security of these headers is the one Linux has: so the two cannot drift. All else under
# src/linux stays out of reach. Found with -I, so that a change of them is seen.
mkdir -p "$dir/include/bsm"
ln -sfn "$PWD/src/linux/EndpointSecurity" "$dir/include/EndpointSecurity"
ln -sf "$PWD/src/linux/bsm/libbsm.h" "$dir/include/bsm/libbsm.h"

# build ARCH SYSTEM DIRECTORY [VARIABLE=VALUE]... GOAL
build() {
	arch=$1 system=$2 into=$3
	shift 3
	"$MAKE" -s --no-print-directory OS=Darwin SAN= CI=true BREW= B="$into" LDFLAGS=-fuse-ld=lld \
		MACOS="$system" CC="clang -target $arch-apple-macos$system -isysroot $sdk -I$dir/include" "$@"
}

for arch in arm64 x86_64; do
	rm -f "$dir/$arch/estop"
	build "$arch" 13.0 "$dir/$arch" "$dir/$arch/estop"
	sh "$here/verify.sh" "$dir/$arch/estop" "$arch"
	echo "ok: estop for macOS 13, $arch"
done

# What only a newer SDK declares is compiled, too; it cannot be linked here.
newer=$dir/newer/src/darwin
build arm64 13.0 "$dir/newer" CPPFLAGS=-D__MAC_OS_X_VERSION_MAX_ALLOWED=270000 "$newer/platform.o"
llvm-objdump --macho --syms "$newer/platform.o" | grep -q ' _es_sync_client$' ||
	fail "the SDK of macOS 27 makes no difference"
echo "ok: src/darwin with the SDK of macOS 27"

SYSTEM=13.0

# probe [VARIABLE=VALUE]... : builds the program of probe.c, and keeps what was said
probe() {
	rm -rf "$dir/probe"
	mkdir -p "$dir/probe"
	build arm64 "$SYSTEM" "$dir/probe" SRC=tests/macos/probe.c "$@" \
		"$dir/probe/estop" >"$dir/probe/log" 2>&1
}

# refuse NUMBER PATTERN WHAT [VARIABLE=VALUE]... : it does not build, and for this reason
refuse() {
	number=$1 pattern=$2 what=$3
	shift 3
	if probe CPPFLAGS=-DPROBE="$number" "$@"; then
		fail "$what was not refused"
	fi
	grep -q "$pattern" "$dir/probe/log" || {
		cat "$dir/probe/log" >&2
		fail "$what was refused for another reason than '$pattern'"
	}
}

probe CPPFLAGS=-DPROBE=0 || { cat "$dir/probe/log" >&2; fail "a program without faults was refused"; }
sh "$here/verify.sh" "$dir/probe/estop" arm64
refuse 1 'implicit declaration of function .es_sync_client' 'a call that only a newer SDK declares'
refuse 2 'sys/epoll.h. file not found' 'a header of Linux'
refuse 3 'es_linux.h. file not found' "Linux's part of Endpoint Security"
refuse 4 'undefined symbol: _init_extended_pair' 'a call that only a newer curses has'
refuse 5 'only available on macOS 27.0 or newer' 'a newer call without a guard' \
	CPPFLAGS='-DPROBE=5 -D__MAC_OS_X_VERSION_MAX_ALLOWED=270000'
refuse 6 "no member named 'st_mtim'" "Linux's name of a member"
refuse 7 'implicit declaration of function .pipe2' 'a call that only Linux has'

# suspect ARCH PATTERN WHAT : what was built is not what was asked for
suspect() {
	[ -x "$dir/probe/estop" ] || fail "$3 could not be built"
	if sh "$here/verify.sh" "$dir/probe/estop" "$1" 2>"$dir/probe/log"; then
		fail "$3 was not noticed"
	fi
	grep -q "$2" "$dir/probe/log" || fail "$3 was taken for: $(cat "$dir/probe/log")"
}

probe CPPFLAGS=-DPROBE=8 LDLIBS='-lncurses -lEndpointSecurity' || true
suspect arm64 'asks for these libraries' 'a missing library'
suspect x86_64 'not a program for x86_64' 'the wrong processor'
SYSTEM=12.0
probe CPPFLAGS=-DPROBE=0 || true
suspect arm64 'does not start at macOS 13.0' 'an older system'
echo "ok: what a Mac does not have is refused (7 programs), what was not asked for is noticed (3)"
