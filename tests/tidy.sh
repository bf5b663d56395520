#!/bin/sh
# tidy.sh FILE... : clang-tidy with the compiler flags in TIDY_FLAGS, silent when there is nothing to say.
set -u
status=0
for file; do
	# shellcheck disable=SC2086 # a list of flags
	out=$(clang-tidy --quiet "$file" -- $TIDY_FLAGS 2>&1) || { printf '%s\n' "$out"; status=1; }
done
exit $status
