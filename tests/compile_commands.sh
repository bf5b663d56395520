#!/bin/sh
# compile_commands.sh FILE... : a database for clangd on standard output. FLAGS and BPFFLAGS hold what the
# compiler gets, as typed in a shell; the second for *.bpf.c.
set -eu

quoted() {
	printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'
}

separator='['
for file; do
	flags=$FLAGS
	case $file in *.bpf.c) flags=$BPFFLAGS ;; esac
	printf '%s\n{ "directory": "%s", "file": "%s",\n  "command": "%s" }' "$separator" \
		"$(quoted "$PWD")" "$(quoted "$file")" "$(quoted "clang $flags -c $file")"
	separator=,
done
printf '\n]\n'
