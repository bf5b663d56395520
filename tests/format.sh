#!/bin/sh
# format.sh [--check] FILE... : formats C files as .clang-format says; --check only names those that differ.
#
# Macros of several lines stay as they are: most are tables, aligned by hand.
set -eu
check=
[ "${1:-}" != --check ] || { check=1; shift; }

# ranges FILE : --lines=FROM:TO for all that is neither a macro of several lines, nor a paragraph in which
# a table is expanded, from "#define X(" to "#undef X"
ranges() {
	awk 'function flush(end) { if (from && from < end) printf "--lines=%d:%d\n", from, end - 1; from = 0 }
	/^$/ { paragraph = NR }
	{
		define = !macro && /^[ \t]*#[ \t]*define/
		long = (define || macro) && /\\$/
		if (define && /define[ \t]+X\(/)
			table = 1
		skip = long || macro || table
		if (skip)
			flush(table && paragraph ? paragraph : NR)
		else if (!from)
			from = NR
		macro = long
		if (table && /^[ \t]*#[ \t]*undef[ \t]+X$/)
			table = 2
		else if (table == 2 && (/^[ \t]*}/ || /^$/))
			table = 0
	}
	END { flush(NR + 1) }' "$1"
}

status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp .clang-format "$work"
for file; do
	cp "$file" "$work/old.c"
	# Some lines need a second look: what moved them has moved itself.
	for _ in 1 2 3; do
		lines=$(ranges "$work/old.c")
		[ -n "$lines" ] || break
		# shellcheck disable=SC2086 # a list of ranges
		clang-format --style=file $lines "$work/old.c" >"$work/new.c"
		cmp -s "$work/new.c" "$work/old.c" && break
		mv "$work/new.c" "$work/old.c"
	done
	cmp -s "$work/old.c" "$file" && continue
	if [ -n "$check" ]; then
		echo "$file: not formatted; make format does it" >&2
		status=1
	else
		cat "$work/old.c" >"$file"
		echo "FMT  $file"
	fi
done
exit $status
