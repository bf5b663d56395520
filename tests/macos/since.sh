#!/bin/sh
# since.sh TABLE DIR CC... : is TABLE (since.txt) right, as far as that shows here? DIR is for what is
# made; CC compiles for a Mac without Endpoint Security's headers. It is held against
#
#   the headers    "since v8" behind a member, "macOS 14.0" above the numbers, API_AVAILABLE,
#   the program    all that src/es reads with an SDK is what that SDK has, no more and no less,
#   release.c      the system that a number is asked of.
set -eu
here=$(dirname "$0")
table=$1 dir=$2
shift 2
headers=src/linux/EndpointSecurity
LC_ALL=C
export LC_ALL

fail() {
	echo "since: $*" >&2
	exit 1
}

# equal WHAT FILE FILE
equal() {
	cmp -s "$2" "$3" || {
		diff "$2" "$3" | sed -n 1,20p >&2
		fail "$1"
	}
}

rm -rf "$dir"
mkdir -p "$dir"

# Members by their comments; the versions up to 6 are older than the oldest SDK.
awk '/^typedef .*\{$/ { n = 0 }
match($0, /since v[0-9]+/) {
	version = substr($0, RSTART + 7, RLENGTH - 7)
	name = $0
	sub(/;.*/, "", name)
	sub(/.*[ \t*]/, "", name)
	if (version + 0 > 6)
		field[++n] = name " " version
}
/^\}/ {
	type = $2
	sub(/;$/, "", type)
	for (i = 1; i <= n; i++)
		if (type != "es_message_t")
			print type "." field[i]
	n = 0
}' "$headers/ESMessage.h" | sort >"$dir/headers"
awk '$1 != "#" && $2 == "member" { print $3, $4 }' "$table" | sort >"$dir/table"
equal "members of the table (>) and of ESMessage.h (<) differ" "$dir/headers" "$dir/table"

# The system that brought a version of the message, by the words of the program.
awk '/^#if ES_SDK >= / { sdk = $4 }
/^#define SDK_V[0-9]+\(\.\.\.\) / && sdk {
	version = $2
	gsub(/^SDK_V|\(.*/, "", version)
	print int(sdk / 10000) "." int(sdk % 10000 / 100), version
	sdk = 0
}' src/es/sdk.h | sort >"$dir/headers"
awk '$1 != "#" && $2 == "member" { print $1, $4 }' "$table" | sort -u >"$dir/table"
equal "versions of the message in the table (>) and in src/es/sdk.h (<) came with different systems" \
	"$dir/headers" "$dir/table"

# Numbers by the lines above them.
awk '/\/\* macOS [0-9.]* \*\// { version = $3 }
match($0, /NOTIFY_[A-Z0-9_]+/) {
	split(version, part, ".")
	if (part[1] + 0 > 13 && part[1] + 0 < 27)
		print version, tolower(substr($0, RSTART + 7, RLENGTH - 7))
}' "$headers/ESTypes.h" | sort >"$dir/headers"
awk '$1 != "#" && $2 == "event" { print $1, $3 }' "$table" | sort >"$dir/table"
equal "events of the table (>) and of ESTypes.h (<) differ" "$dir/headers" "$dir/table"

# Functions by their own line.
awk '/^API_AVAILABLE/ { version = $0; gsub(/[^0-9.]/, "", version); split(version, part, ".") }
/^es_.*\(/ && part[1] + 0 > 13 { name = $1; sub(/\(.*/, "", name); print version, name }' \
	"$headers/ESClient.h" | sort >"$dir/headers"
awk '$1 != "#" && $2 == "function" { print $1, $3 }' "$table" | sort >"$dir/table"
equal "functions of the table (>) and of ESClient.h (<) differ" "$dir/headers" "$dir/table"

# What a running system is asked for by number.
awk '/^#define RELEASE_TABLE/ { on = 1 }
on {
	line = $0
	while (match(line, /X\([^)]*\)/)) {
		split(substr(line, RSTART + 2, RLENGTH - 3), v, /, */)
		print v[1] "." v[2], v[5]
		line = substr(line, RSTART + RLENGTH)
	}
	if (!/\\$/)
		on = 0
}' src/darwin/release.c >"$dir/releases"
awk '$1 != "#" && $2 == "event" { print $1, $3 }' "$table" >"$dir/table.events"
awk 'FNR == NR { since[$2] = $1; next }
/^\tES_EVENT_TYPE_/ {
	name = $1
	sub(/,$/, "", name)
	value = $2 == "=" ? $3 + 0 : value + 1
	if (sub(/^ES_EVENT_TYPE_NOTIFY_/, "", name) && tolower(name) in since)
		last[since[tolower(name)]] = value
}
END { for (version in last) print version, last[version] }' \
	"$dir/table.events" "$headers/ESTypes.h" | sort >"$dir/headers"
awk '$1 >= 14' "$dir/releases" | sort >"$dir/table"
equal "the last number of each system in ESTypes.h (<) and in src/darwin/release.c (>)" \
	"$dir/headers" "$dir/table"

# numeric VERSION : as __MAC_OS_X_VERSION_MAX_ALLOWED has it
numeric() {
	echo "$1" | awk -F. '{ print $1 * 10000 + $2 * 100 }'
}

# fields SDK : the program's reads, as a C program, one a line
fields() {
	"$@" -E -P tests/macos/fields.c | tr '\n' ' ' | sed -e 's/.*FIELDS_BEGIN//' -e 's/;/;\n/g' |
		awk '$1 == "EVENT_OF" { id = $2; $1 = $2 = ""; where = $0; next }
		$1 == "FIELD_OF" {
			$1 = ""
			printf "static void read(const es_message_t *m) { const%s (void)(%s); } /* %s */\n",
				where, substr($0, 1, length($0) - 1), id
		}'
}

# The newest has all: what of it compiles with older headers must be what is read there. At each
# system that a row names, so that a row cannot be one too early or too late.
points=$({ awk '$1 !~ /^#/ && NF { print $1 }' "$table"; printf '%s\n' 13.0 13.3 14.0 14.2 15.0 15.2 15.4 26.0; } | sort -rnu)
[ "${points%%
*}" = 27.0 ] || fail "the newest SDK is not 27.0"
all=$dir/all.c
for sdk in $points; do
	into=$dir/$sdk/EndpointSecurity
	mkdir -p "$into"
	for header in "$headers"/*.h; do
		awk -v sdk="$sdk" -f "$here/cut.awk" "$table" "$header" >"$into/${header##*/}"
	done
	with="-I$dir/$sdk -D__MAC_OS_X_VERSION_MAX_ALLOWED=$(numeric "$sdk")"
	# shellcheck disable=SC2086 # two words
	fields "$@" $with >"$dir/$sdk/read"
	[ "$sdk" = 27.0 ] && cp "$dir/$sdk/read" "$all"
	# shellcheck disable=SC2086
	{
		echo '#include <EndpointSecurity/EndpointSecurity.h>'
		awk '{ sub(/read\(/, "read_" NR "("); print }' "$all"
	} >"$dir/$sdk/try.c"
	# shellcheck disable=SC2086
	"$@" $with -w -ferror-limit=0 -fsyntax-only "$dir/$sdk/try.c" 2>"$dir/$sdk/errors" || true
	! grep "EndpointSecurity/.*error:" "$dir/$sdk/errors" >&2 ||
		fail "the headers for macOS $sdk do not compile: a row is wrong or missing"
	grep -o "try\.c:[0-9]*:[0-9]*: error" "$dir/$sdk/errors" | cut -d: -f2 | sort -un >"$dir/$sdk/bad"
	awk -v bad="$dir/$sdk/bad" 'BEGIN { while ((getline line <bad) > 0) is_bad[line] }
		!((NR + 1) in is_bad)' "$all" | sort >"$dir/$sdk/has"
	sort "$dir/$sdk/read" >"$dir/$sdk/reads"
	equal "with the SDK of macOS $sdk there are these fields (<), and these are read (>)" \
		"$dir/$sdk/has" "$dir/$sdk/reads"
done
[ "$(wc -l <"$all")" -gt 250 ] || fail "only $(wc -l <"$all") fields were looked at"

# A type that nothing refers to any more in older headers belongs into the table, too.
for sdk in $points; do
	cat "$dir/$sdk/EndpointSecurity"/*.h | tr -c 'a-z0-9_A-Z' '\n' | sort | uniq -c |
		awk '$1 == 1 && /es_.*_t$/ { print $2 }' | sort >"$dir/$sdk/alone"
	cat "$headers"/*.h | tr -c 'a-z0-9_A-Z' '\n' | sort | uniq -c |
		awk '$1 == 1 && /es_.*_t$/ { print $2 }' | sort >"$dir/alone"
	equal "types that nothing needs with the SDK of macOS $sdk" "$dir/alone" "$dir/$sdk/alone"
done
