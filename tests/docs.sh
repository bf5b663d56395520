#!/bin/sh
# docs.sh PROG (FORMAT FILE)... : rewrites the generated sections of each FILE; says which changed.
set -eu
prog=$1
shift
while [ $# -gt 1 ]; do
	new=$(mktemp "$2.XXXXXX")
	trap 'rm -f "$new"' EXIT
	"$prog" "$1" "$2" >"$new"
	if ! cmp -s "$new" "$2"; then
		cat "$new" >"$2"
		echo "docs: $2 changed"
	fi
	rm -f "$new"
	shift 2
done
