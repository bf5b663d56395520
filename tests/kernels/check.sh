#!/bin/sh
# check.sh PROGRAM... - boots the kernels of kernels.txt, runs these programs in each, and ends with a table.
#
# Called by `make check-kernels`, which sets:
#
#	MAKE, ARCH, B    the make to use; this machine, and where the programs are
#	PACKAGES         what a program for another machine is made with, Debian's names
#	KERNELS, ARCHES  only these names or versions, only these machines; empty: all
#	ONLY             only these suites
#	SHORT            not empty: what .ci/run has the time for
#
# All is kept below build/kernels: kernels, images, and logs in log/. Exit status 1 when something is not as it
# should be.
set -eu
here=$(dirname "$0")
dir=build/kernels
checks='start counts frames mutes command modules'
columns="$checks compat refused"
short='test_live_variants test_live_calls_metadata test_live_calls_process test_live_hooks'
jobs=$(getconf _NPROCESSORS_ONLN)

fail() {
	echo "check-kernels: $*" >&2
	exit 1
}

# Paths for this system's programs must not lead into those for another.
unset LIBRARY_PATH CPATH C_INCLUDE_PATH

# ---- one kernel: check.sh --one NAME ARCH CHECKS SUITES

one() {
	name=$1 arch=$2 checks_here=$3 suites=$4
	log=$dir/log/$name-$arch
	words=$checks_here
	for s in $suites; do words="$words suite=$s"; done
	begin=$(date +%s)
	BUSYBOX=$(busybox_for "$arch") sh "$here/boot.sh" -m "dummy loop btrfs" -t "${LIMIT:-3600}" "$arch" "$dir/$name-$arch" \
		"$dir/$arch.img" "$log" "sh /t/guest.sh $words" || :
	status=0
	awk -v kernel="$name" -v arch="$arch" -v checks="$checks_here" -v columns="$columns" -v suites="$suites" \
		-f "$here/judge.awk" "$here/exceptions.txt" "$log" >"$log.result" || status=1
	sed '$d' "$log.result"
	echo "$name $arch: $([ $status = 0 ] && echo ok || echo FAILED)  ($(($(date +%s) - begin)) s, $log)"
	return $status
}

tree_of() {
	[ "$1" = "$own" ] || echo "$dir/tree-$1"
}

busybox_for() {
	tree=$(tree_of "$1")
	if [ "$tree" ]; then echo "$tree/bin/busybox"; else command -v busybox; fi
}

case $(uname -m) in
x86_64) own=amd64 ;;
aarch64) own=arm64 ;;
*) fail "this machine is neither x86-64 nor arm64" ;;
esac

if [ "${1:-}" = --one ]; then
	shift
	one "$@"
	exit
fi

# ---- what is asked for

# among WORD LIST : in the list, or the list is empty
among() {
	[ -z "$2" ] || case " $2 " in *" $1 "*) ;; *) false ;; esac
}

mkdir -p $dir/log
plan=$(mktemp)
trap 'rm -f "$plan"' EXIT
live=
for program; do
	case $(basename "$program") in
	test_live_*) live="$live $(basename "$program")" ;;
	esac
done
for suite in ${ONLY:-}; do
	among "$suite" "$live" || fail "there is no live suite $suite"
done
grep -v '^#' "$here/kernels.txt" | while read -r name arch suite package expect in_short; do
	among "$name" "${KERNELS:-}" || continue
	among "$arch" "${ARCHES:-}" || continue
	what=all
	[ -z "${SHORT:-}" ] || what=$in_short
	suites=$live
	[ -z "${SHORT:-}" ] || suites=$short
	[ -z "${ONLY:-}" ] || suites=$ONLY
	case $expect:$what in
	*:-) ;;
	refused:*) echo "$name|$arch|$suite|$package|refused|" ;;
	*:counts) echo "$name|$arch|$suite|$package|start counts|" ;;
	*) echo "$name|$arch|$suite|$package|$checks$([ "$arch" != amd64 ] || echo " compat")|$suites" ;;
	esac
done >"$plan"
[ -s "$plan" ] || fail "no kernel of $here/kernels.txt is called ${KERNELS:-so}${ARCHES:+, for $ARCHES}"
arches=$(cut -d '|' -f 2 "$plan" | sort -u)

# Images are made anew for what is asked for.
exec 9>$dir/lock
flock -n 9 || fail "another one is running here"

# ---- what is needed

for arch in $arches; do
	case $arch in
	amd64) tools="${tools:-} qemu-system-x86_64" ;;
	arm64) tools="${tools:-} qemu-system-aarch64" ;;
	esac
done
for tool in $tools busybox cpio mkfs.ext4 mkfs.btrfs xz zstd llvm-readelf ld.lld; do
	command -v "$tool" >/dev/null || fail "$tool is missing; 'make deps check-kernels' installs it"
done

while IFS='|' read -r name arch suite package _; do
	sh "$here/fetch.sh" kernel "$dir/$name-$arch" "$arch" "$suite" "$package" || exit 1
done <"$plan"

# wanted ARCH PROGRAM... : those that run there; suites that nobody asked for are left out
wanted() {
	suites=$(awk -F '|' -v arch="$1" '$2 == arch { printf "%s ", $6 }' "$plan")
	machine=$1
	shift
	for program; do
		case $(basename "$program"),$machine in
		i386,arm64) continue ;;
		test_live_*) among "$(basename "$program")" "none $suites" || continue ;;
		esac
		echo "$program"
	done
}

for arch in $arches; do
	programs=$(wanted "$arch" "$@")
	tree=$(tree_of "$arch")
	if [ -z "$tree" ]; then
		# shellcheck disable=SC2086 # paths
		sh "$here/image.sh" "$dir/$arch.img" "$(busybox_for "$arch")" "" "$here/guest.sh" "$here/i386.awk" $programs
		continue
	fi
	case $arch in
	amd64) machine=x86_64 ;;
	arm64) machine=aarch64 ;;
	esac
	# The suite of this system, whose headers and libraries these are, too.
	suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2086 # names
	sh "$here/fetch.sh" tree "$tree" "$arch" "$suite" $PACKAGES || exit 1
	there=$dir/build-$arch
	programs=$(echo "$programs" | sed "s|^$B/|$there/|")
	# shellcheck disable=SC2086 # paths
	"$MAKE" -s --no-print-directory B="$there" ARCH=$machine SAN= SYSROOT="$PWD/$tree" LDFLAGS=-fuse-ld=lld \
		CC="clang --target=$machine-linux-gnu --sysroot=$PWD/$tree" $programs
	# shellcheck disable=SC2086
	sh "$here/image.sh" "$dir/$arch.img" "$(busybox_for "$arch")" "$tree" "$here/guest.sh" "$here/i386.awk" $programs
done

# ---- run, side by side

while IFS='|' read -r name arch _; do
	rm -f "$dir/log/$name-$arch.result"
done <"$plan"
failed=0
while IFS='|' read -r name arch _ _ checks_here suites; do
	printf '%s\0%s\0%s\0%s\0' "$name" "$arch" "$checks_here" "$suites"
done <"$plan" | xargs -0 -n 4 -P "$jobs" sh "$0" --one || failed=1

echo
{
	echo "kernel|arch|version|$(echo "$columns" | tr ' ' '|')|suites|listed"
	while IFS='|' read -r name arch _; do
		tail -n 1 "$dir/log/$name-$arch.result"
	done <"$plan"
} | awk -F '|' '
	{ rows = NR; if (NF > n) n = NF; for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > wide[i]) wide[i] = length($i) } }
	END { for (r = 1; r <= rows; r++) { for (i = 1; i <= n; i++) printf "%-*s", wide[i] + 2, cell[r, i]; print "" } }' |
	sed 's/ *$//'
exit $failed
