#!/bin/sh
# boot.sh - boots a kernel in QEMU and runs a command there as root.
#
#	boot.sh [-i] [-k ARGS] [-m MODULES] [-t SECS] ARCH KERNEL IMAGE LOG COMMAND
#
#	ARCH     amd64 or arm64
#	KERNEL   a directory with an unpacked kernel package
#	IMAGE    the root file system, ext4; what is written there is thrown away
#	LOG      all that comes over the console goes there
#	COMMAND  for sh
#	-i       the guest's clock counts instructions, one a nanosecond
#	-k ARGS  for the kernel's command line
#	-m MODS  modules the command wants to load, copied to /run/modules with those they need, in order
#	-t SECS  it is ended after so long, default 600
#
# Ends with the command's status; 124 when it ran out of time, 125 when the kernel came not as far as the command.
# BUSYBOX names a static busybox for that machine; for this one it is found.
set -eu

fail() {
	echo "boot.sh: $*" >&2
	exit 125
}

counted='' append='' modules='' limit=600
while getopts ik:m:t: o; do
	case $o in
	i) counted=1 ;;
	k) append=$OPTARG ;;
	m) modules=$OPTARG ;;
	t) limit=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 5 ] || fail "usage: boot.sh [-i] [-k ARGS] [-m MODULES] [-t SECS] ARCH KERNEL IMAGE LOG COMMAND"
arch=$1 kernel=$2 image=$3 log=$4 command=$5
busybox=${BUSYBOX:-$(command -v busybox)} || fail "there is no busybox"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

vmlinuz=$(find "$kernel/boot" "$kernel/usr/lib/modules" "$kernel/lib/modules" -name 'vmlinuz*' 2>/dev/null | head -n 1)
[ -n "$vmlinuz" ] || fail "there is no kernel in $kernel"
find "$kernel/usr/lib/modules" "$kernel/lib/modules" -name '*.ko*' 2>/dev/null >"$tmp/modules" || :

# add NAME DIR : a module after those it needs, and its name in DIR/order; nothing if it is built in
add() (
	# A module's name has _ where its file's may have -
	pattern=$(printf '%s\n' "$1" | sed 's/[-_]/[-_]/g')
	file=$(grep "/$pattern\.ko[^/]*\$" "$tmp/modules" | head -n 1) || :
	name=$(basename "${file%.ko*}").ko
	if [ -z "$file" ] || grep -qx "$name" "$2/order"; then exit 0; fi
	case $file in
	*.xz) xz -dc "$file" ;;
	*.zst) zstd -dcq "$file" ;;
	*) cat "$file" ;;
	esac >"$2/$name"
	for need in $(tr '\0' '\n' <"$2/$name" | sed -n 's/^depends=//p' | tr , ' '); do
		add "$need" "$2"
	done
	echo "$name" >>"$2/order"
)

mkdir -p "$tmp/i/first" "$tmp/i/boot/modules"
: >"$tmp/i/first/order"
: >"$tmp/i/boot/modules/order"
cp "$busybox" "$tmp/i/boot/busybox"
for m in virtio_pci virtio_blk virtio_rng crc32c_generic crc32c-cryptoapi ext4; do
	add $m "$tmp/i/first"
done
for m in $modules; do
	add "$m" "$tmp/i/boot/modules"
done
printf '%s\n' "$command" >"$tmp/i/boot/command"

# First from memory, as far as the disk.
cat >"$tmp/i/init" <<'END'
#!/boot/busybox sh
b=/boot/busybox
$b mkdir -p /proc /dev /root
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
while read -r m; do $b insmod "/first/$m"; done </first/order
n=0
until [ -b /dev/vda ]; do
	$b sleep 0.1
	n=$((n + 1))
	[ $n -lt 600 ] || $b poweroff -f
done
$b mount -t ext4 /dev/vda /root || $b poweroff -f
$b mount -t proc proc /root/proc
$b mount -t sysfs sys /root/sys
$b mount -t devtmpfs dev /root/dev
$b mount -t tmpfs tmpfs /root/run
$b cp -r /boot/. /root/run/
exec $b switch_root /root /run/busybox sh /run/begin
END
cat >"$tmp/i/boot/begin" <<'END'
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=xterm-256color LANG=C.UTF-8
b=/run/busybox
$b mkdir -p /dev/pts /dev/shm /run/lock
$b mount -t devpts -o ptmxmode=666,gid=5 devpts /dev/pts
$b mount -t tmpfs tmpfs /dev/shm
[ -e /dev/fd ] || $b ln -s /proc/self/fd /dev/fd
for fs in securityfs:/sys/kernel/security bpf:/sys/fs/bpf cgroup2:/sys/fs/cgroup tracefs:/sys/kernel/tracing; do
	$b mount -t ${fs%%:*} none ${fs#*:} 2>/dev/null
done
$b ip link set lo up 2>/dev/null
$b hostname guest
$b stty -onlcr </dev/console 2>/dev/null
$b dmesg -n 1
echo "@@begin $($b uname -r)"
/bin/sh /run/command </dev/null 2>&1
status=$?
[ $status = 0 ] || $b dmesg | $b tail -n 20
echo "@@end $status"
$b sync
$b poweroff -f
END
chmod +x "$tmp/i/init"
(cd "$tmp/i" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$tmp/initrd"

# One thread: with several, QEMU runs code that the guest's kernel has just patched, and that panics ("int3").
accel=tcg,thread=single cpus=2
if [ "$counted" ]; then
	cpus=1
else
	# The time stamp counter is the host's and runs on while QEMU waits for a processor. How fast it is, the guest
	# finds out as it boots; on a busy host it is far off, and then time flies.
	append="$append tsc=unstable clocksource=hpet nowatchdog"
fi
case $arch in
amd64) set -- qemu-system-x86_64 -M q35 -cpu max ;;
arm64) set -- qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on ;;
*) fail "amd64 or arm64, not $arch" ;;
esac
case $arch in
amd64) console=ttyS0 ;;
*) console=ttyAMA0 ;;
esac
: >"$log"
timeout -k 5 "$limit" "$@" -accel $accel ${counted:+-icount shift=0,sleep=off} -smp $cpus -m 2048 \
	-nodefaults -no-user-config -display none -no-reboot -serial "file:$log" \
	-kernel "$vmlinuz" -initrd "$tmp/initrd" \
	-append "console=$console quiet loglevel=4 panic=-1 rw $append" \
	-drive "file=$image,if=none,id=disk,format=raw,snapshot=on" -device virtio-blk-pci,drive=disk \
	-object rng-random,filename=/dev/urandom,id=rng -device virtio-rng-pci,rng=rng \
	</dev/null >"$tmp/said" 2>&1 || :
tr -d '\r' <"$log" >"$tmp/log"
cat "$tmp/said" >>"$tmp/log"
cp "$tmp/log" "$log"
status=$(sed -n 's/^@@end \([0-9]*\)$/\1/p' "$log" | tail -n 1)
[ -n "$status" ] || status=$(if grep -q '^@@begin' "$log"; then echo 124; else echo 125; fi)
exit "$status"
