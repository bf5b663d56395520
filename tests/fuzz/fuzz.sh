#!/bin/sh
# fuzz.sh PROGRAM NAME SECS : runs one harness for so long, from its corpus and what was found before.
# An input that breaks it is left in build/fuzz/NAME-*; a short sum comes out.
set -eu
program=$1 name=$2 secs=$3
most=$(sed -n "s/^\tX($name, *\([0-9]*\),.*/\1/p" tests/fuzz/fuzz.h)
if [ -z "$most" ]; then
	echo "unknown harness '$name': see the table in tests/fuzz/fuzz.h" >&2
	exit 2
fi
found=build/fuzz/found/$name
mkdir -p "$found"
ln -sf "$(cd "$(dirname "$program")" && pwd)/$(basename "$program")" "build/fuzz/$name"
log=build/fuzz/$name.log
dictionary=
[ ! -f "tests/fuzz/$name.dict" ] || dictionary=-dict=tests/fuzz/$name.dict
# shellcheck disable=SC2086 # an option, or nothing
if ! "build/fuzz/$name" -max_total_time="$secs" -max_len="$most" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
	-artifact_prefix="build/fuzz/$name-" $dictionary "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
	tail -n 60 "$log" >&2
	exit 1
fi
printf '%-10s %s inputs, %s edges, %s MiB\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
	"$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)" "$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")"
