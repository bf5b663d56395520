#!/bin/sh
# packages.sh [SUITE...] - `make check-packages`: builds the Debian packages for these releases, looks at them with
# lintian, and installs them in a booted system of that release and its kernel, which has no compiler. See
# packages-guest.sh for what is asked there.
#
# Called by make, which sets MAKE, VERSION and PACKAGES, what building needs. Releases other than this one build in a
# root of their own. Roots and kernels are kept below build/kernels, and made once.
set -eu
here=$(dirname "$0")
dir=build/kernels
case $(uname -m) in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
esac
[ $# -gt 0 ] || set -- bookworm trixie
own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

fail() {
	echo "check-packages: $*" >&2
	exit 1
}

[ "$(id -u)" = 0 ] || fail "roots are made as root"
for tool in mmdebstrap lintian mkfs.ext4 busybox cpio; do
	command -v $tool >/dev/null || fail "$tool is missing; 'make deps check-packages' installs it"
done
# shellcheck disable=SC2016 # apt's own variable
site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | sort -u | head -n 1)
[ -n "$site" ] || fail "apt knows no mirror of Debian"
mkdir -p $dir/log

# root TAR SUITE PACKAGE... : a small system with these, unless it is there
root() {
	tar=$1 suite=$2
	shift 2
	[ "$(cat "$tar.packages" 2>/dev/null)" != "$*" ] || return 0
	rm -f "$tar.packages"
	mmdebstrap --quiet --variant=minbase --aptopt='APT::Install-Recommends "false"' \
		--include="$(echo "$*" | tr ' ' ,)" "$suite" "$tar" "$site" >"$tar.log" 2>&1 || {
		tail -n 20 "$tar.log" >&2
		fail "no root of $suite"
	}
	echo "$*" >"$tar.packages"
}

# build SUITE : its packages in $dir/deb-SUITE
build() {
	out=$dir/deb-$1
	if [ "$1" = "$own" ]; then
		# shellcheck disable=SC2086 # names
		sh src/dist/deb.sh "$VERSION" "$out" $PACKAGES >/dev/null
		return
	fi
	# shellcheck disable=SC2086
	root "$dir/$1-build.tar" "$1" build-essential debhelper $PACKAGES
	rm -rf "$tmp/build" "$out"
	mkdir -p "$tmp/build" "$out"
	tar -C "$tmp/build" -xf "$dir/$1-build.tar"
	sh src/dist/tarball.sh "estop-$VERSION" "$tmp/build/src.tar.gz" >/dev/null
	tar -C "$tmp/build" -xf "$tmp/build/src.tar.gz"
	cat >"$tmp/build/go" <<-END
		cd "/estop-$VERSION" && exec sh src/dist/deb.sh "$VERSION" /deb $PACKAGES
	END
	# In a mount namespace, so that /proc is gone again however this ends.
	unshare -m --propagation private sh -e -c "mount -t proc proc '$tmp/build/proc'; exec chroot '$tmp/build' sh /go" >/dev/null
	cp "$tmp/build"/deb/*.deb "$tmp/build"/deb/*.changes "$out"
	rm -rf "$tmp/build"
}

# The packages these depend on, without those that are here.
needs() {
	for deb in "$@"; do
		dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g'
	done | sort -u | grep -v -e '^libendpointsecurity1$' -e '^libc6$'
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
for suite; do
	kernel=$(awk -v suite="$suite" -v arch="$arch" '!/^#/ && $3 == suite && $2 == arch && $5 != "refused" { print $1; exit }' \
		"$here/kernels.txt")
	[ -n "$kernel" ] || fail "kernels.txt has no kernel of $suite"
	package=$(awk -v suite="$suite" -v arch="$arch" '$1 == "'"$kernel"'" && $2 == arch { print $4 }' "$here/kernels.txt")
	sh "$here/fetch.sh" kernel "$dir/$kernel-$arch" "$arch" "$suite" "$package"
	build "$suite"
	# This one's lintian knows what this one's packages have to be like.
	if [ "$suite" = "$own" ] && ! lintian --allow-root --fail-on error,warning "$dir/deb-$suite"/*.changes; then
		failed=1
	fi
	# shellcheck disable=SC2046 # names
	root "$dir/$suite-run.tar" "$suite" man-db bash-completion \
		$(needs "$dir/deb-$suite"/estop_*.deb "$dir/deb-$suite"/libendpointsecurity1_*.deb)
	mkdir "$tmp/root"
	tar -C "$tmp/root" -xf "$dir/$suite-run.tar"
	mkdir "$tmp/root/t"
	cp "$dir/deb-$suite"/estop_*.deb "$dir/deb-$suite"/libendpointsecurity1_*.deb "$here/packages-guest.sh" "$tmp/root/t"
	rm -f "$tmp/image"
	truncate -s "$(($(du -sm "$tmp/root" | cut -f 1) * 5 / 4 + 256))M" "$tmp/image"
	mkfs.ext4 -q -F -O ^has_journal -d "$tmp/root" "$tmp/image"
	rm -rf "$tmp/root"
	log=$dir/log/packages-$suite
	sh "$here/boot.sh" -t "${LIMIT:-1800}" "$arch" "$dir/$kernel-$arch" "$tmp/image" "$log" 'sh /t/packages-guest.sh' || :
	# Each of its questions has an answer; what it says is here, too.
	grep '^@@' "$log" | grep -v '^@@begin\|^@@end'
	asked=$(grep -c '^check ' "$here/packages-guest.sh")
	if [ "$(grep -c '^@@ok ' "$log")" = "$asked" ]; then
		echo "$suite, Linux $kernel: ok"
	else
		echo "$suite, Linux $kernel: FAILED ($log)"
		failed=1
	fi
done
exit $failed
