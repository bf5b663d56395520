#!/bin/sh
# stderr.sh TABLE : does anything in src, model and ui, below the current directory, write to stderr by
# itself? Only what the table names may, and that only a sentence without anything from outside.
# stderr.sh --try : tries itself on trees with one fault each, which must be refused.
set -eu

if [ "${1:-}" != --try ]; then
	# shellcheck disable=SC2016 # awk's own fields
	find src model ui -name '*.[ch]' | sort | xargs -x awk '
	function complain(text) { print text; bad = 1 }

	FNR == NR && (/^#/ || NF == 0) { next }
	FNR == NR {
		file = $1
		if (sub(/:$/, "", file) != 1 || NF < 2)
			complain(FILENAME ":" FNR ": not \"FILE: REASON\"")
		except[file] = FNR
		table = FILENAME
		next
	}
	FNR == 1 { comment = 0 }
	{
		line = $0
		# Comments and the contents of strings say nothing, but for the names of devices.
		if (line ~ /"\/dev\/(stderr|fd\/2)"|"\/proc\/self\/fd\/2"/)
			complain(FILENAME ":" FNR ": stderr by its path")
		bare = line
		gsub(/\\./, "", bare)
		gsub(/"[^"]*"/, "\"\"", bare)
		if (comment) {
			if (!sub(/^.*\*\//, "", bare))
				next
			comment = 0
		}
		gsub(/\/\*([^*]|\*[^\/])*\*\//, "", bare)
		if (sub(/\/\*.*$/, "", bare))
			comment = 1
		sub(/\/\/.*$/, "", bare)
		if (bare ~ /(^|[^a-zA-Z0-9_])(perror|psignal|psiginfo|herror|v?warnx?|v?errx?|error_at_line)[ \t]*\(/ ||
		    bare ~ /#[ \t]*include[ \t]*<(err|error)\.h>/)
			complain(FILENAME ":" FNR ": it writes to stderr; say() does (src/base/say.h)")
		else if (bare ~ /(^|[^a-zA-Z0-9_])(write|dprintf|vdprintf|fdopen|writev)[ \t]*\([ \t]*(2|STDERR_FILENO)[ \t]*,/)
			complain(FILENAME ":" FNR ": it writes to stderr; say() does (src/base/say.h)")
		else if (bare !~ /(^|[^a-zA-Z0-9_])stderr([^a-zA-Z0-9_]|$)/)
			next
		else if (!(FILENAME in except))
			complain(FILENAME ":" FNR ": only say() uses stderr (src/base/say.h)")
		else {
			used[FILENAME] = 1
			if (FILENAME != "src/base/say.c" && line !~ /^\t*fputs\("[^"%\\]*\\n", stderr\);$/)
				complain(FILENAME ":" FNR ": not fputs() of a sentence that stands here")
		}
	}
	END {
		for (file in except)
			if (!(file in used))
				complain(table ":" except[file] ": " file " does not use stderr any more")
		exit bad
	}' "$1"
	exit
fi

self=$(cd "$(dirname "$0")" && pwd)/stderr.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# plant : a tree without a fault
plant() {
	rm -rf src model ui
	mkdir -p src/base model ui
	printf '%s\n' '# a remark' 'src/base/say.c: the one' 'model/xalloc.c: a reason' >table
	echo '	fwrite(t->bytes, 1, t->length, stderr);' >src/base/say.c
	printf '%s\n' '	fputs("estop: out of memory\n", stderr);' >model/xalloc.c
	printf '%s\n' '/* its stderr is the command, perror() or not */' ' * stderr' '	puts("to stderr"); // stderr' \
		'/* begins' 'and stderr ends here */' '	dup2(out, STDERR_FILENO);' '	write(to, bytes, 2);' >ui/ui.c
	sed -i.old '2d' ui/ui.c && rm -f ui/ui.c.old
}

# refuse PATTERN : the tree as it stands must be, for this reason; then a new one
refuse() {
	if sh "$self" table >said 2>&1; then
		echo "stderr.sh: took a tree that is to be refused with '$1'" >&2
		exit 1
	fi
	if ! grep -q -- "$1" said; then
		echo "stderr.sh: '$1' is not what was said, but:" >&2
		cat said >&2
		exit 1
	fi
	plant
}

plant
sh "$self" table || { echo "stderr.sh: refused a tree without a fault" >&2; exit 1; }
for fault in '	fprintf(stderr, "%s", why);' '	report(s, stderr);' '	puts("a"); /* b */ fputs(a, stderr);' \
	'FILE *out = bad ? stderr : stdout;'; do
	printf '%s\n' "$fault" >>ui/ui.c
	refuse '^ui/ui.c:7: only say() uses stderr'
done
for fault in '	perror(path);' '	warnx("%s", why);' '	err(1, "x");' '#include <err.h>' '	write(2, a, n);' \
	'	dprintf(STDERR_FILENO, "%s", why);' '	psignal(n, "");'; do
	printf '%s\n' "$fault" >>src/base/ring.c
	refuse '^src/base/ring.c:1: it writes to stderr'
done
echo '	f = fopen("/dev/stderr", "w");' >>ui/ui.c
refuse '^ui/ui.c:7: stderr by its path'
echo '	fputs(why, stderr);' >>model/xalloc.c
refuse '^model/xalloc.c:2: not fputs() of a sentence'
printf '%s\n' '	fputs("cannot read %s\n", stderr);' >>model/xalloc.c
refuse '^model/xalloc.c:2: not fputs() of a sentence'
: >model/xalloc.c
refuse '^table:3: model/xalloc.c does not use stderr any more$'
echo 'model/new.c' >>table
refuse '^table:4: not "FILE: REASON"$'
