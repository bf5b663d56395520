#!/bin/sh
# verify.sh FILE ARCH: is FILE a program for ARCH (arm64, x86_64) and macOS 13 that asks for estop's
# libraries, the system's own alone?
set -eu
file=$1 arch=$2

fail() {
	echo "$file: $*" >&2
	exit 1
}

header=$(llvm-objdump --macho --private-header "$file" | tail -n 1)
case $arch:$header in
arm64:*' ARM64 '*' EXECUTE '* | x86_64:*' X86_64 '*' EXECUTE '*) ;;
*) fail "not a program for $arch: $header" ;;
esac

llvm-objdump --macho --private-headers "$file" | grep -Eq '^ *minos 13\.0$' ||
	fail "does not start at macOS 13.0"

want='/usr/lib/libEndpointSecurity.dylib
/usr/lib/libSystem.B.dylib
/usr/lib/libbsm.0.dylib
/usr/lib/libncurses.5.4.dylib
/usr/lib/libz.1.dylib'
got=$(llvm-objdump --macho --dylibs-used "$file" |
	sed -n 's/^[[:blank:]]\([^ ]*\) .*/\1/p' | LC_ALL=C sort)
[ "$got" = "$want" ] || fail "asks for these libraries: $(echo "$got" | tr '\n' ' ')"
