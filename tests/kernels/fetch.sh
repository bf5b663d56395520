#!/bin/sh
# fetch.sh - Debian packages of any suite and architecture, unpacked into a directory. Nothing is installed.
#
#	fetch.sh kernel DIR ARCH SUITE PACKAGE       a kernel; of a package that only depends on one, that one
#	fetch.sh tree DIR ARCH SUITE PACKAGE...      packages with all they depend on
#
# DIR is complete when it is there: it is not fetched again. Where apt gets packages from is where these come
# from, too; it keeps its own lists, and what this does is not seen there.
set -eu

fail() {
	echo "fetch.sh: $*" >&2
	exit 1
}

[ $# -ge 5 ] || fail "usage: fetch.sh kernel|tree DIR ARCH SUITE PACKAGE..."
what=$1 dir=$2 arch=$3 suite=$4
shift 4
asked="$arch $suite $*"
[ "$what" != tree ] || asked="$asked, links within"
# What was fetched for another list of packages may lack some of this one.
if [ -d "$dir" ]; then
	[ "$(cat "$dir/.packages" 2>/dev/null)" != "$asked" ] || exit 0
	rm -rf "$dir"
fi
for tool in apt-get dpkg; do
	command -v $tool >/dev/null || fail "$tool is missing: packages are fetched with it"
done

# shellcheck disable=SC2016 # apt's own variable
site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | sort -u | head -n 1)
[ -n "$site" ] || fail "apt knows no mirror of Debian"
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e $key ] || fail "there is no $key; the package debian-archive-keyring has it"

new=$dir.new
rm -rf "$new"
mkdir -p "$new/apt/lists/partial" "$new/apt/cache/archives/partial" "$new/tree"
new=$(cd "$new" && pwd)
trap 'rm -rf "$new"' EXIT
echo "deb [arch=$arch signed-by=$key] $site $suite main" >"$new/apt/list"
: >"$new/apt/status"
cat >"$new/apt/config" <<END
Dir::Etc::SourceList "$new/apt/list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$new/apt/lists";
Dir::State::Status "$new/apt/status";
Dir::Cache "$new/apt/cache";
APT::Architecture "$arch";
APT::Architectures "$arch";
APT::Sandbox::User "$(id -un)";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
Acquire::Retries "3";
Acquire::Languages "none";
END
export APT_CONFIG="$new/apt/config"

# quietly COMMAND... : the first error is all that is of interest
quietly() {
	"$@" >"$new/said" 2>&1 ||
		fail "cannot fetch $arch packages of $suite: $(sed -n 's/^E: //p' "$new/said" | head -n 1)"
}

# depends PACKAGE PATTERN : the packages it depends on that match
depends() {
	apt-cache depends --important "$1" | sed -n "s/^ *Depends: \\($2\\)\$/\\1/p"
}

quietly apt-get -q update
case $what in
kernel)
	real=$(depends "$1" 'linux-image-[0-9].*' | head -n 1)
	set -- "${real:-$1}"
	# The image of newer ones has its parts in packages of their own.
	# shellcheck disable=SC2046 # words
	set -- "$@" $(depends "$1" 'linux-\(binary\|modules\)-[0-9].*')
	(cd "$new/apt/cache/archives" && quietly apt-get -q download "$@")
	;;
tree)
	quietly apt-get -q -y --download-only install "$@"
	;;
*)
	fail "kernel or tree, not $what"
	;;
esac
for package in "$new"/apt/cache/archives/*.deb; do
	dpkg -x "$package" "$new/tree"
done
# A link to /lib means the tree's own. One that led nowhere let the linker take the static library instead, and
# then the program had a libtinfo of its own beside the one libncursesw loads.
if [ "$what" = tree ]; then
	find "$new/tree" -type l -lname '/*' | while read -r link; do
		ln -snf "$(realpath -s -m --relative-to="$(dirname "$link")" "$new/tree$(readlink "$link")")" "$link"
	done
fi
echo "$asked" >"$new/tree/.packages"
mv "$new/tree" "$dir"
