#!/bin/sh
# docs.sh DOCS PICTURE : rewrites what is generated of README, HACKING, man/ and completions; says which file changed.
set -eu
docs=$1 picture=$2

# renew PROG FORMAT FILE
renew() {
	new=$(mktemp "$3.XXXXXX")
	trap 'rm -f "$new"' EXIT
	"$1" "$2" "$3" >"$new"
	if ! cmp -s "$new" "$3"; then
		cat "$new" >"$3"
		echo "docs: $3 changed"
	fi
	rm -f "$new"
}

for page in man/*.[1-9]; do
	renew "$docs" man "$page"
done
renew "$docs" markdown README.md
renew "$docs" markdown src/HACKING.md
renew "$docs" bash src/dist/completions/estop.bash
renew "$docs" zsh src/dist/completions/_estop
renew "$docs" fish src/dist/completions/estop.fish
for file in man/*.svg; do
	renew "$picture" svg "$file"
done
