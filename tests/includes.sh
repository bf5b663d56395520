#!/bin/sh
# includes.sh TABLE : are the includes of src, model and ui, below the current directory, those that
# the table allows, and do no pairs of .c and .h need each other in a circle? Silent when it is so.
# includes.sh --try : tries itself on trees with one fault each, which must be refused.
set -eu

if [ "${1:-}" != --try ]; then
	# shellcheck disable=SC2016 # awk's own fields
	find src model ui -name '*.[ch]' | sort | xargs -x awk '
	function complain(text) { print text; bad = 1 }
	function folder(path) { sub(/\/[^\/]*$/, "", path); return path }

	FNR == NR && (/^#/ || NF == 0) { next }
	FNR == NR && $1 == "except" {
		to = $3
		if (sub(/:$/, "", to) != 1 || NF < 4)
			complain(FILENAME ":" FNR ": not \"except FILE FILE: REASON\"")
		except[$2 " " to] = FNR
		next
	}
	FNR == NR && $1 == "circle" {
		to = $3
		if (sub(/:$/, "", to) != 1 || NF < 4)
			complain(FILENAME ":" FNR ": not \"circle PAIR PAIR: REASON\"")
		known[$2 " " to] = FNR
		next
	}
	FNR == NR {
		from = $1
		if (sub(/:$/, "", from) != 1 || (from in row))
			complain(FILENAME ":" FNR ": no row, or the second of its name")
		row[from] = FNR
		for (i = 2; i <= NF; i++)
			may[from " " $i] = FNR
		table = FILENAME
		next
	}
	FNR == 1 {
		home = folder(FILENAME)
		from = (FILENAME in row) ? FILENAME : home
		if (!(from in row))
			complain(FILENAME ": " home " has no row in " table)
	}
	/^[ \t]*#[ \t]*include[ \t]*["<]/ {
		split($0, part, /["<>]/)
		to = part[2]
		if ($0 !~ /"/ && to !~ /^(src|model|ui|tests)\//)
			next # of the system
		if (to !~ /\//)
			complain(FILENAME ":" FNR ": \"" to "\" is to be named from the top of the tree")
		else if (FILENAME " " to in except)
			used[FILENAME " " to] = 1
		else if (!(from == home && folder(to) == home) && !(from " " to in may) &&
			 !(from " " folder(to) in may))
			complain(FILENAME ":" FNR ": " from " may not include " to)
		pair = FILENAME
		sub(/\.[ch]$/, "", pair)
		sub(/\.h$/, "", to)
		if (pair != to)
			edge[pair " " to] = 1
	}
	END {
		for (pair in may) {
			split(pair, name, " ")
			if (!(name[2] in row) && name[2] ~ /\.h$/) {
				if (!(folder(name[2]) in row))
					complain(table ":" may[pair] ": " name[2] " has no row")
			} else if (!(name[2] in row) || row[name[2]] <= row[name[1]])
				complain(table ":" may[pair] ": " name[2] " is not further down")
		}
		for (pair in except)
			if (!(pair in used))
				complain(table ":" except[pair] ": there is no such include any more")
		for (pair in known) {
			if (!(pair in edge))
				complain(table ":" known[pair] ": there is no such include any more")
			delete edge[pair]
		}
		# What nobody needs, or what needs nobody, is in no circle.
		do {
			gone = 0
			split("", needs)
			split("", needed)
			for (pair in edge) {
				split(pair, name, " ")
				needs[name[1]] = needed[name[2]] = 1
			}
			for (pair in edge) {
				split(pair, name, " ")
				if (!(name[2] in needs) || !(name[1] in needed)) {
					delete edge[pair]
					gone = 1
				}
			}
		} while (gone)
		for (pair in edge) {
			split(pair, name, " ")
			complain(name[1] " includes " name[2] ", and is included by it in a circle")
		}
		exit bad
	}' "$1"
	exit
fi

self=$(cd "$(dirname "$0")" && pwd)/includes.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# plant : a tree without a fault
plant() {
	rm -rf src model ui
	mkdir -p src/app src/base src/linux model ui
	printf '%s\n' 'src/app: src/base ui model' 'src/base: model' 'ui: model' 'model:' \
		'src/linux: src/base/mute_set.h' 'src/base/mute_set.h:' \
		'except src/base/log.c ui/clean.h: a reason' >table
	echo '#include "src/base/ring.h"' >src/app/loop.c
	echo '#include "src/base/mute_set.h"' >src/linux/client.c
	printf '%s\n' '#include "ui/clean.h"' '#include <stdio.h>' >src/base/log.c
	echo '#include "model/tree.h"' >ui/ui.c
	: >src/base/mute_set.h
	: >model/tree.c
}

# refuse PATTERN : the tree as it stands must be, for this reason; then a new one
refuse() {
	if sh "$self" table >said 2>&1; then
		echo "includes.sh: took a tree that is to be refused with '$1'" >&2
		exit 1
	fi
	if ! grep -q -- "$1" said; then
		echo "includes.sh: '$1' is not what was said, but:" >&2
		cat said >&2
		exit 1
	fi
	plant
}

plant
sh "$self" table || { echo "includes.sh: refused a tree without a fault" >&2; exit 1; }
echo '#include "src/app/loop.h"' >>src/base/ring.c
refuse '^src/base/ring.c:1: src/base may not include src/app/loop.h$'
printf '\n#  include <model/tree.h>\n' >>src/linux/client.c
refuse '^src/linux/client.c:3: src/linux may not include model/tree.h$'
echo '#include "src/base/ring.h"' >>src/linux/client.c
refuse 'src/linux may not include src/base/ring.h$'
echo '#include "src/base/ring.h"' >>src/base/mute_set.h
refuse 'src/base/mute_set.h may not include src/base/ring.h$'
echo '#include "ui/ui.h"' >>model/tree.c
refuse 'model may not include ui/ui.h$'
echo '#include "src/base/ring.h"' >>ui/ui.c
refuse 'ui may not include src/base/ring.h$'
echo '#include "tests/lib/live.h"' >>src/app/loop.c
refuse 'src/app may not include tests/lib/live.h$'
echo '#include "loop.h"' >>src/app/loop.c
refuse 'named from the top of the tree$'
mkdir src/new && echo '#include "model/tree.h"' >src/new/file.c
refuse 'src/new has no row in table$'
: >src/base/log.c
refuse '^table:7: there is no such include any more$'
printf '%s\n' '#include "ui/b.h"' >ui/a.h
printf '%s\n' '#include "ui/c.h"' >ui/b.c
printf '%s\n' '#include "ui/a.h"' >ui/c.h
refuse '^ui/a includes ui/b, and is included by it in a circle$'
echo 'circle ui/a ui/b: a reason' >>table
refuse '^table:8: there is no such include any more$'
echo 'src/base2: src/app' >>table
refuse 'src/app is not further down$'
echo 'src/app: model' >>table
refuse 'no row, or the second of its name$'
