#!/bin/sh
# tarball.sh NAME FILE : the source as FILE, below a directory NAME. The same source makes the same bytes.
set -eu
name=$1 file=$2
mkdir -p "$(dirname "$file")"
tar=$(mktemp "$file.XXXXXX")
trap 'rm -f "$tar"' EXIT
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
	[ -z "$(git status --porcelain)" ] || echo "dist: what is not committed is left out" >&2
	git archive --format=tar --prefix="$name/" HEAD >"$tar"
else
	# From such a tarball: all files but what was built, with the times that they came with.
	find . -name build -prune -o \( -type f -o -type l \) -print | sed 's|^\./||' | LC_ALL=C sort |
		tar -cf "$tar" --format=ustar --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r-w \
			--mtime="@${SOURCE_DATE_EPOCH:-0}" --transform="s|^|$name/|" -T -
fi
gzip -9n <"$tar" >"$file"
echo "$file"
