#!/bin/sh
# deps.sh PACKAGE... : installs what is missing of these Debian packages; needs no network when nothing is.
set -eu
if [ "$(uname -s)" = Darwin ]; then
	echo "A Mac needs Xcode's command line tools (xcode-select --install) and libraries (brew install uthash yajl pcre2 utf8proc zstd libmicrohttpd)."
	exit 0
fi
if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
	echo "This system has no apt-get. Install what it calls these Debian packages:"
	printf '  %s\n' "$@"
	exit 0
fi
missing=
for p; do
	# It is often there by other ways, and Debian's brings some hundred packages along.
	[ "$p" = npm ] && command -v npm >/dev/null 2>&1 && continue
	# shellcheck disable=SC2016 # dpkg-query's own variable
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "deps: as root, run: apt-get install$missing" >&2
	exit 1
fi
echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3"
# Lists that are there may do; whether they did shows when installing.
$apt update || true
# shellcheck disable=SC2086 # a list of names
if ! log=$($apt install -y --no-install-recommends $missing 2>&1); then
	printf '%s\n' "$log" >&2
	echo "deps: could not install$missing" >&2
	exit 1
fi
