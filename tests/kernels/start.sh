#!/bin/sh
# start.sh [KERNEL-ARCH...] - what it takes to start estop: prints a line for each kernel that `make check-kernels` has
# fetched, with figures in millions of the guest's instructions, which other load does not change:
#
#	screen     from the start to the first frame, without the interval of 0.1 s that is waited for
#	processor  what `estop -b -n 1` takes altogether, in all its threads and in the kernel
#
# The guest's clock counts instructions, one a nanosecond. The best of three.
set -eu
here=$(dirname "$0")
dir=build/kernels
[ $# -gt 0 ] || set -- "$dir"/*-amd64
printf '%-14s %-28s %8s %10s\n' kernel version screen processor
for kernel; do
	kernel=$(basename "$kernel")
	arch=${kernel##*-}
	log=$dir/log/start-$kernel
	if [ ! -d "$dir/$kernel" ] || [ ! -e "$dir/$arch.img" ]; then
		echo "start.sh: there is no $kernel below $dir; make check-kernels fetches it" >&2
		exit 1
	fi
	busybox=$(command -v busybox)
	[ ! -d "$dir/tree-$arch" ] || busybox=$dir/tree-$arch/bin/busybox
	BUSYBOX=$busybox sh "$here/boot.sh" -i "$arch" "$dir/$kernel" "$dir/$arch.img" "$log" '
		for i in 1 2 3; do /t/prog_workload cost /t/estop -b -n 1 -d 0.1 || exit; done' || {
		printf '%-14s does not start: %s\n' "$kernel" "$log"
		continue
	}
	awk -v kernel="$kernel" '
		/^@@begin/ { version = $2 }
		/^[0-9]+ [0-9]+$/ {
			if (!screen || $1 < screen) screen = $1
			if (!processor || $2 < processor) processor = $2
		}
		END { printf "%-14s %-28s %8.0f %10.0f\n", kernel, version, (screen - 1e8) / 1e6, processor / 1e6 }' "$log"
done
