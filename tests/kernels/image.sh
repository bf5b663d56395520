#!/bin/sh
# image.sh - a small root file system for boot.sh.
#
#	image.sh IMAGE BUSYBOX SYSROOT FILE...
#
#	IMAGE    is made: ext4
#	BUSYBOX  a static one of the guest's machine
#	SYSROOT  where shared libraries and programs are taken from; empty: this system's own
#	FILE     goes to /t; a program comes with the shared libraries it is linked with
set -eu

[ $# -ge 4 ] || {
	echo "image.sh: usage: image.sh IMAGE BUSYBOX SYSROOT FILE..." >&2
	exit 2
}
image=$1 busybox=$2 sysroot=$3
shift 3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root

for d in usr/bin usr/sbin usr/lib usr/lib64 etc mnt proc sys dev run tmp root t var/tmp; do
	mkdir -p "$root/$d"
done
for d in bin sbin lib lib64; do
	ln -s usr/$d "$root/$d"
done
chmod 1777 "$root/tmp" "$root/var/tmp"

# Where the system's shared libraries are.
case $(llvm-readelf -h "$busybox" | sed -n 's/^ *Machine: *//p') in
*X86-64*) triple=x86_64-linux-gnu ;;
*AArch64*) triple=aarch64-linux-gnu ;;
*) triple=$(uname -m)-linux-gnu ;;
esac
: >"$tmp/libraries"

# libraries FILE : copies what it is linked with, and what that is linked with
libraries() {
	for name in $(llvm-readelf --needed-libs "$1" 2>/dev/null | sed -n 's/^  //p') libgcc_s.so.1; do
		! grep -qxF "$name" "$tmp/libraries" || continue
		echo "$name" >>"$tmp/libraries"
		for d in lib/$triple usr/lib/$triple lib lib64; do
			[ -e "$sysroot/$d/$name" ] || continue
			mkdir -p "$root/$d"
			cp -L "$sysroot/$d/$name" "$root/$d/$name"
			libraries "$sysroot/$d/$name"
			break
		done
	done
	loader=$(llvm-readelf -l "$1" 2>/dev/null | sed -n 's/.*program interpreter: \([^]]*\)\]/\1/p')
	if [ -n "$loader" ] && [ ! -e "$root$loader" ]; then
		mkdir -p "$root$(dirname "$loader")"
		cp -L "$sysroot$loader" "$root$loader"
	fi
}

# busybox for all but what the tests need in another form
cp "$busybox" "$root/bin/busybox"
for name in $("${BUSYBOX_LIST:-busybox}" --list); do
	[ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
done
for name in dash env nice setpriv true; do
	for d in usr/bin bin; do
		[ -x "$sysroot/$d/$name" ] || continue
		rm -f "$root/bin/$name"
		cp -L "$sysroot/$d/$name" "$root/bin/$name"
		libraries "$root/bin/$name"
		break
	done
done
ln -sf dash "$root/bin/sh"

printf 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n' >"$root/etc/group"
# Descriptions of terminals, and the character set, have no machine.
for d in /usr/share/terminfo /lib/terminfo /usr/lib/locale/C.utf8; do
	[ -d "$d" ] || continue
	mkdir -p "$root$(dirname "$d")"
	cp -a "$d" "$root$(dirname "$d")/"
done
for file; do
	cp -L "$file" "$root/t/"
	libraries "$file"
done

# A file system whose files can share blocks, for the loop device.
truncate -s 64M "$root/t/btrfs.img"
mkfs.btrfs -q --mixed "$root/t/btrfs.img" >/dev/null

rm -f "$image"
truncate -s "$(($(du -sm "$root" | cut -f 1) * 5 / 4 + 512))M" "$image"
mkfs.ext4 -q -F -O ^has_journal -d "$root" "$image"
