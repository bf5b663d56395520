#!/bin/sh
# check.sh DIR: compiles and links estop for macOS 13 on both processors, by the Makefile's own rules,
# and looks at what comes out; compiles it with the headers of older SDKs; and tries itself on programs
# that must be refused. Called by `make macos-check`; MAKE is the make to use.
set -eu
here=$(dirname "$0")
dir=$1
sdk=$PWD/$dir/sdk
brew=$PWD/$dir/brew

NEWEST=26.0                  # of Xcode, that is: compiled and linked whole
OLDER='15.4 15.2 14.2 13.0'  # src/es and src/darwin compiled
BETA=27.0                    # compiled, too: what only that has

# Paths for this system's programs must not lead into those for another.
unset LIBRARY_PATH CPATH C_INCLUDE_PATH OBJC_INCLUDE_PATH SDKROOT MACOSX_DEPLOYMENT_TARGET

fail() {
	echo "macos-check: $*" >&2
	exit 1
}

for tool in clang llvm-objdump llvm-ar lld; do
	command -v $tool >/dev/null || fail "$tool is missing; 'make deps macos-check' installs it"
done

# Made anew when what it is made of has changed, and then all that was compiled with it.
mkdir -p "$dir"
made_of=$(cat "$here/mksdk.sh" "$here/symbols.txt" /usr/include/curses.h /usr/include/term.h \
	/usr/include/uthash.h /usr/include/utlist.h | cksum)
if [ "$(cat "$dir/made-of" 2>/dev/null)" != "$made_of" ]; then
	rm -rf "$dir"
	mkdir -p "$dir"
	sh "$here/mksdk.sh" "$sdk" "$brew"
	echo "$made_of" >"$dir/made-of"
fi
mkdir -p "$dir/include/bsm"
ln -sf "$PWD/src/linux/bsm/libbsm.h" "$dir/include/bsm/libbsm.h"

# The table of what came when, and that a wrong row of it is noticed; when something of it has changed.
since() {
	sh "$here/since.sh" "$1" "$dir/since" clang -target arm64-apple-macos13.0 -isysroot "$sdk" \
		-std=c11 -fblocks -D_DARWIN_C_SOURCE -I. "-I$dir/include"
}
since_of=$(cat "$here"/since.* "$here/cut.awk" "$here/fields.c" src/linux/EndpointSecurity/*.h src/es/sdk.h \
	src/es/payload.h src/darwin/release.c | cksum)
if [ "$(cat "$dir/since-of" 2>/dev/null)" != "$since_of" ]; then
	since "$here/since.txt"
	while read -r change; do
		sed "$change" "$here/since.txt" >"$dir/since.txt"
		! cmp -s "$here/since.txt" "$dir/since.txt" || fail "'$change' changes nothing in since.txt"
		! since "$dir/since.txt" >/dev/null 2>&1 || fail "since.txt with '$change' was not refused"
	done <<-END
		/type es_od_member_id_t/d
		/remount_flags/s/^15.0/14.0/
		/tcc_modify/s/^15.4/26.0/
	END
	echo "$since_of" >"$dir/since-of"
fi
echo "ok: since.txt, 3 wrong rows of it are noticed"

# The Endpoint Security of each SDK is cut out of the one Linux has: so they cannot drift. All else
# under src/linux stays out of reach. Written when it changes only, as what includes it is compiled anew.
for version in $BETA $NEWEST $OLDER; do
	mkdir -p "$dir/headers/$version/EndpointSecurity"
	for header in src/linux/EndpointSecurity/*.h; do
		to=$dir/headers/$version/EndpointSecurity/${header##*/}
		awk -v sdk="$version" -f "$here/cut.awk" "$here/since.txt" "$header" >"$to.new"
		if cmp -s "$to.new" "$to"; then rm "$to.new"; else mv "$to.new" "$to"; fi
	done
done

# numeric VERSION : as __MAC_OS_X_VERSION_MAX_ALLOWED has it
numeric() {
	echo "$1" | awk -F. '{ print $1 * 10000 + $2 * 100 }'
}

# build ARCH SYSTEM SDK DIRECTORY [VARIABLE=VALUE]... GOAL...
build() {
	arch=$1 system=$2 version=$3 into=$4
	shift 4
	"$MAKE" -s --no-print-directory OS=Darwin SAN= CI=true HOMES="$brew/$arch" B="$into" LDFLAGS=-fuse-ld=lld \
		MACOS="$system" CC="clang -target $arch-apple-macos$system -isysroot $sdk -I$dir/include \
		-I$dir/headers/$version -D__MAC_OS_X_VERSION_MAX_ALLOWED=$(numeric "$version")" "$@"
}

for arch in arm64 x86_64; do
	rm -f "$dir/$arch/estop"
	build "$arch" 13.0 $NEWEST "$dir/$arch" "$dir/$arch/estop"
	sh "$here/verify.sh" "$dir/$arch/estop" "$arch"
	echo "ok: estop for macOS 13, $arch, with the SDK of macOS $NEWEST"
done

# With archives the system's libraries are all it loads; without one it says what it loads besides.
rm -rf "$dir/shared"
cp -R "$brew/arm64" "$dir/shared"
rm "$dir/shared/lib/libyajl_s.a"
said=$("$MAKE" -n --no-print-directory OS=Darwin SAN= HOMES="$PWD/$dir/shared" B="$dir/said" "$dir/said/estop")
echo "$said" | grep -q 'no static archive of yajl: ' || fail "a library without an archive is linked in silence"
said=$("$MAKE" -n --no-print-directory OS=Darwin SAN= HOMES="$brew/arm64" B="$dir/said" "$dir/said/estop")
! echo "$said" | grep -q 'no static archive' || fail "archives that are there are said to be missing"
rm -rf "$dir/shared"
echo "ok: a library without an archive is named"

# What sees Endpoint Security's headers, with those of other SDKs.
objects=$(printf '%s\n' src/es/*.c src/darwin/*.c | sed 's/\.c$/.o/')
for version in $OLDER $BETA; do
	for arch in arm64 x86_64; do
		into=$dir/sdk-$version/$arch
		# shellcheck disable=SC2046 # a list of names
		build "$arch" 13.0 "$version" "$into" CFLAGS=-O0 $(echo "$objects" | sed "s|^|$into/|")
	done
	echo "ok: src/es and src/darwin with the SDK of macOS $version, both processors"
done
llvm-objdump --macho --syms "$dir/sdk-$BETA/arm64/src/darwin/platform.o" | grep -q ' _es_sync_client$' ||
	fail "the SDK of macOS $BETA makes no difference"

SYSTEM=13.0 SDK=$NEWEST

# probe [VARIABLE=VALUE]... : builds the program of probe.c, and keeps what was said
probe() {
	rm -rf "$dir/probe"
	mkdir -p "$dir/probe"
	build arm64 "$SYSTEM" "$SDK" "$dir/probe" SRC=tests/macos/probe.c "$@" \
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
refuse 6 "no member named 'st_mtim'" "Linux's name of a member"
refuse 7 'implicit declaration of function .pipe2' 'a call that only Linux has'
SDK=15.4
refuse 9 "no member named 'cs_validation_category'" 'a member that only a newer SDK declares'
SDK=$BETA
refuse 5 'only available on macOS 27.0 or newer' 'a newer call without a guard'
SDK=$NEWEST

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
SYSTEM=13.0
echo "ok: what a Mac does not have is refused (8 programs), what was not asked for is noticed (3)"

sh "$here/sign_check.sh" "$dir"

# The libraries to install are named in three places.
for library in $(sed -n 's/^\([a-z0-9]*\)\(-8\)\{0,1\} static$/\1/p' "$here/symbols.txt") uthash; do
	for page in README.md man/estop-mac.7 tests/deps.sh; do
		grep -q "brew install.* $library\( \|)\|$\)" "$page" || fail "$page does not name $library"
	done
done
