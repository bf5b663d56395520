#!/bin/sh
# rpm.sh VERSION DIR [ARGUMENT...] : rpm packages below DIR, from the source as it is committed; the arguments are
# rpmbuild's, -bb without any. Where rpm is not what the system's packages are, it does not ask for theirs.
set -eu
here=$(dirname "$0") version=$1 dir=$2
shift 2
command -v rpmbuild >/dev/null || {
	echo "rpm: rpmbuild is missing; 'make deps rpm' installs it" >&2
	exit 1
}
[ $# -gt 0 ] || set -- -bb
[ -e /etc/redhat-release ] || [ -e /etc/SuSE-release ] || set -- --nodeps "$@"
rm -rf "$dir"
mkdir -p "$dir/SOURCES" "$dir/SPECS"
sh "$here/tarball.sh" "estop-$version" "$dir/SOURCES/estop-$version.tar.gz" >/dev/null
sed "s/@VERSION@/$version/" "$here/estop.spec" >"$dir/SPECS/estop.spec"
dir=$(cd "$dir" && pwd)
# The make that runs this has options of its own, which are not for that one.
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u CI -u B rpmbuild --define "_topdir $dir" "$@" "$dir/SPECS/estop.spec" \
	>"$dir/log" 2>&1 || {
	tail -n 30 "$dir/log" >&2
	exit 1
}
find "$dir" -name '*.rpm' | sort
