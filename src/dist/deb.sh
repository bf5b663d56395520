#!/bin/sh
# deb.sh VERSION DIR PACKAGE... : Debian packages in DIR, from the source as it is committed. PACKAGE: what building
# needs. The same source makes the same bytes, where compiler and libraries are the same.
set -eu
here=$(dirname "$0") version=$1 dir=$2
shift 2
for tool in dpkg-buildpackage dh; do
	command -v $tool >/dev/null || {
		echo "deb: $tool is missing; 'make deps deb' installs it" >&2
		exit 1
	}
done
rm -rf "$dir"
mkdir -p "$dir"
sh "$here/tarball.sh" "estop-$version" "$dir/estop-$version.tar.gz" >/dev/null
tar -C "$dir" -xf "$dir/estop-$version.tar.gz"
rm "$dir/estop-$version.tar.gz"
cd "$dir/estop-$version"
cp -R src/dist/debian debian
needs=$(printf '%s, ' "$@")
sed -i "s/@BUILDDEPS@/${needs%, }/" debian/control
# What is committed has the time of its commit.
cat >debian/changelog <<END
estop ($version) unstable; urgency=medium

  * Upstream release; see /usr/share/doc/estop/NEWS.md.gz.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(LC_ALL=C date -u -R -r NEWS.md)
END
# The make that runs this has options of its own, which are not for that one.
if ! env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u CI -u B -u CC dpkg-buildpackage -b -us -uc >../log 2>&1; then
	tail -n 30 ../log >&2
	exit 1
fi
cd ..
for deb in *.deb; do
	echo "$dir/$deb"
done
