#!/bin/sh
# compile_commands.sh FLAGS BPFFLAGS FILE... : a database for clangd on standard output. What the compiler
# gets is as typed in a shell; the second is for *.bpf.c.
set -eu

quoted() {
	printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'
}

cc=$1 bpf=$2
shift 2
separator='['
for file; do
	flags=$cc
	case $file in *.bpf.c) flags=$bpf ;; esac
	printf '%s\n{ "directory": "%s", "file": "%s",\n  "command": "%s" }' "$separator" \
		"$(quoted "$PWD")" "$(quoted "$file")" "$(quoted "clang $flags -c $file")"
	separator=,
done
printf '\n]\n'
