#!/bin/sh
# mutate.sh N SEED [MODULE...] : puts N small faults, one at a time, into the files of tests/mutate.txt (or
# those of them that are named), and says which the unit tests of the file do not notice.
#
# Works in a copy of the tree, which is removed at the end; the tree itself is only read. SEED chooses
# the places. What is known to change nothing is in tests/mutants.txt, with its reason.
set -eu
n=$1 seed=$2
shift 2
if [ ! -d build/tests ]; then
	echo "mutate: build first: make check" >&2
	exit 2
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM HUP
tar cf - Makefile model src tests ui man build/model build/src build/ui build/tests build/*.a | tar xf - -C "$copy"

modules=$(grep -v '^#' tests/mutate.txt | awk '{ print $1 }')
[ $# = 0 ] || modules=$*

# shellcheck disable=SC2086 # a list
awk -f tests/mutants.awk -v seed="$seed" -v n="$((n * 3))" $modules >"$copy/faults"

# What make says of a test program: the name in build/.
programs() {
	awk -v file="$1" '$1 == file { for (i = 2; i <= NF; i++) print "build/tests/unit/" $i }' tests/mutate.txt
}

done=0 noticed=0 equal=0
tab=$(printf '\t')
while [ "$done" -lt "$n" ] && IFS=$tab read -r file line kind new; do
	tests=$(programs "$file")
	[ -n "$tests" ] || continue
	old=$(sed -n "${line}p" "$file" | sed 's/^[ 	]*//')
	short=$(printf '%s' "$new" | sed 's/^[ 	]*//')
	if grep -Fq "$file$tab$short$tab" tests/mutants.txt; then
		equal=$((equal + 1))
		continue
	fi
	NEW=$new awk -v at="$line" 'NR == at { print ENVIRON["NEW"]; next } { print }' "$file" >"$copy/$file"
	good=
	# shellcheck disable=SC2086 # a list
	if (cd "$copy" && make CFLAGS=-O0 WARN=-w $tests) >"$copy/log" 2>&1; then
		good=yes
		for test in $tests; do
			if ! (cd "$copy" && ESTOP_BUILD=build exec timeout 60 "$test") >"$copy/log" 2>&1; then
				good=
				break
			fi
		done
		done=$((done + 1))
		if [ -n "$good" ]; then
			printf '%s:%s: %s, not noticed\n\t%s\n\t%s\n' "$file" "$line" "$kind" "$old" "$short"
		else
			noticed=$((noticed + 1))
		fi
	fi
	cp "$file" "$copy/$file"
done <"$copy/faults"
echo "$done faults, $noticed noticed; $equal left out that change nothing (seed $seed)"
