#!/bin/sh
# bench.sh BENCH... : runs every benchmark; together they print one table.
set -eu
printf '%-52s %12s %-10s %s\n' what value unit budget
for b; do
	"$b"
done
