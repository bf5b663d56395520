#!/bin/sh
# cost.sh [KERNEL-ARCH...] - what watching costs: `make bench-kernels`. For each kernel that `make check-kernels` has
# fetched, the guest's instructions, which other load does not change, for an open and close of a file, and for a
# getppid(2), which nobody watches. The guest's clock counts instructions, one a nanosecond. The best of five.
set -eu
here=$(dirname "$0")
dir=build/kernels
[ $# -gt 0 ] || set -- "$dir"/*-amd64
printf '%-14s %-34s %10s %6s %8s %6s\n' kernel beside 'open+close' ratio getppid ratio
for kernel; do
	kernel=$(basename "$kernel")
	arch=${kernel##*-}
	log=$dir/log/cost-$kernel
	if [ ! -d "$dir/$kernel" ] || [ ! -e "$dir/$arch.img" ]; then
		echo "cost.sh: there is no $kernel below $dir; make check-kernels fetches it" >&2
		exit 1
	fi
	[ "$(awk -v k="${kernel%-*}" -v a="$arch" '$1 == k && $2 == a { print $5 }' "$here/kernels.txt")" != refused ] || continue
	busybox=$(command -v busybox)
	[ ! -d "$dir/tree-$arch" ] || busybox=$dir/tree-$arch/bin/busybox
	BUSYBOX=$busybox sh "$here/boot.sh" -i -t 900 "$arch" "$dir/$kernel" "$dir/$arch.img" "$log" '
		w=/t/prog_workload
		cd /tmp
		: >file
		: >begin
		cost() { echo "@@cost $1: $($w pairs file 2000)"; }
		beside() {
			name=$1
			shift
			: >log
			/t/estop --log=line "$@" >log 2>err &
			estop=$!
			# Until it sees what happens, or has ended.
			until grep -q /tmp/begin log || ! kill -0 $estop 2>/dev/null; do
				/t/prog_workload /tmp/begin 1 0 0
			done
			kill -0 $estop 2>/dev/null && cost "$name"
			kill -TERM $estop 2>/dev/null
			wait $estop
		}
		cost nothing
		for way in tracepoints functions; do
			beside "$way" --hooks=$way
			beside "$way, open and close alone" --hooks=$way -e open,close
			cp $w muted
			w=/tmp/muted
			beside "$way, muted" --hooks=$way -m exe:/tmp/muted
			w=/t/prog_workload
		done' || echo "$kernel: did not come to an end: $log"
	awk -v kernel="$kernel" '
		/^@@cost / {
			sub(/^@@cost /, "")
			split($0, part, ": ")
			split(part[2], n, " ")
			if (part[1] == "nothing") { bare = n[1]; call = n[2] }
			printf "%-14s %-34s %10d %6.2f %8d %6.2f\n", kernel, part[1], n[1], n[1] / bare, n[2], n[2] / call
		}' "$log"
done
