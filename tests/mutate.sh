#!/bin/sh
# mutate.sh N SEED [MODULE...] : puts N small faults, one at a time, into the files of tests/mutate.txt (or
# those of them that are named), and says which the unit tests of the file do not notice.
#
# What they do not notice, they get to see again under AddressSanitizer and UBSan.
# Works in a copy of the tree, which is removed at the end; the tree itself is only read. SEED chooses
# the places. What is known to change nothing is in tests/mutants.txt, with its reason.
set -eu
# Without it UBSan only says what it found.
UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1}
export UBSAN_OPTIONS
n=$1 seed=$2
shift 2
if [ ! -d build/tests ] || [ ! -d build/san-address-undefined/tests ]; then
	echo "mutate: build first: make check" >&2
	exit 2
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM HUP
san=build/san-address-undefined
tar cf - Makefile model src tests ui man build/model build/src build/ui build/tests build/*.a \
	$san/model $san/src $san/ui $san/tests $san/*.a | tar xf - -C "$copy"

modules=$(grep -v '^#' tests/mutate.txt | awk '{ print $1 }')
[ $# = 0 ] || modules=$*

# shellcheck disable=SC2086 # a list
awk -f tests/mutants.awk -v seed="$seed" -v n="$((n * 3))" $modules >"$copy/faults"

# programs DIRECTORY FILE: what make says of its test programs.
programs() {
	awk -v file="$2" -v b="$1" '$1 == file { for (i = 2; i <= NF; i++) print b "/tests/unit/" $i }' \
		tests/mutate.txt
}

# bears DIRECTORY SAN FILE: do the unit tests of the file pass? 2: it does not compile.
bears() {
	tests=$(programs "$1" "$3")
	# shellcheck disable=SC2086 # a list
	(cd "$copy" && make CFLAGS=-O0 WARN=-w SAN="$2" $tests) </dev/null >"$copy/log" 2>&1 || return 2
	for test in $tests; do
		(cd "$copy" && ESTOP_BUILD=$1 exec timeout 60 "$test") </dev/null >"$copy/log" 2>&1 || return 1
	done
}

done=0 noticed=0 equal=0
tab=$(printf '\t')
while [ "$done" -lt "$n" ] && IFS=$tab read -r file line kind new; do
	[ -n "$(programs build "$file")" ] || continue
	old=$(sed -n "${line}p" "$file" | sed 's/^[ 	]*//')
	short=$(printf '%s' "$new" | sed 's/^[ 	]*//')
	if grep -Fq "$file$tab$short$tab" tests/mutants.txt; then
		equal=$((equal + 1))
		continue
	fi
	NEW=$new awk -v at="$line" 'NR == at { print ENVIRON["NEW"]; next } { print }' "$file" >"$copy/$file"
	bears build "" "$file" && bears $san address,undefined "$file" && result=0 || result=$?
	if [ "$result" != 2 ]; then
		done=$((done + 1))
	fi
	if [ "$result" = 0 ]; then
		printf '%s:%s: %s, not noticed\n\t%s\n\t%s\n' "$file" "$line" "$kind" "$old" "$short"
	elif [ "$result" = 1 ]; then
		noticed=$((noticed + 1))
	fi
	cp "$file" "$copy/$file"
done <"$copy/faults"
echo "$done faults, $noticed noticed; $equal left out that change nothing (seed $seed)"
