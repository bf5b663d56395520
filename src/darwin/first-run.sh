#!/bin/sh
# first-run.sh [REPORT]: what a Mac must be asked before estop can be said to run on one, in one go
# and unattended, with the answers in one file (first-run.txt). Run it from the top of the source
# tree; it builds as you and uses sudo for the rest. FIRST-RUN.md says what it asks and why, and what
# only a person can look at.
#
#	IDENTITY=… PROFILE=… sh src/darwin/first-run.sh
#
# IDENTITY and PROFILE are as for make sign; without them it signs ad hoc, which runs on a test machine
# without SIP. Elsewhere than on a Mac it leaves out what there is no program for.
set -u
report=${1:-first-run.txt}
B=${B:-build}
MAKE=${MAKE:-make}
SECONDS_EACH=${SECONDS_EACH:-10}
estop=$B/estop
questions=$B/tests/programs/prog_questions
number=0

[ -f src/darwin/sign.sh ] || {
	echo "first-run: run it from the top of estop's source tree" >&2
	exit 1
}

root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# step NAME QUESTION COMMAND... : its output, at most 300 lines of it, and its exit status
step() {
	name=$1 question=$2
	shift 2
	number=$((number + 1))
	echo "$number. $name" >&2
	{
		printf '\n## %s. %s\n%s\n$ %s\n' "$number" "$name" "$question" "$*"
		"$@" >"$report.out" 2>&1 </dev/null
		code=$?
		sed -n 1,300p "$report.out"
		echo "exit status: $code"
	} >>"$report"
	rm -f "$report.out"
}

# try COMMAND... : where there is no such program, that is the answer
try() {
	if command -v "$1" >/dev/null 2>&1; then
		echo "\$ $*"
		"$@"
	else
		echo "no $1 here"
	fi
}

system() {
	try uname -a
	try sw_vers
	try sysctl hw.model kern.osrelease kern.osproductversion kern.osproductversioncompat
	try csrutil status
	try xcodebuild -version
	try xcrun --show-sdk-version
	try clang --version
	try brew list --versions uthash yajl pcre2 utf8proc zstd libmicrohttpd
}

build() {
	"$MAKE" "$estop" "$questions"
}

libraries() {
	try otool -L "$estop"
	try otool -l "$estop" | grep -A 4 -E 'LC_BUILD_VERSION|LC_RPATH|^no '
}

# The questions are a client of their own, so they are signed as well, in a directory of their own.
sign() {
	try codesign --version
	command -v codesign >/dev/null 2>&1 || return 0
	mkdir -p "$B/first-run"
	cp "$questions" "$B/first-run/estop"
	ESTOP_VERSION=0 sh src/darwin/sign.sh "$B/first-run/estop" "${IDENTITY:--}" "${PROFILE:-}"
	"$MAKE" sign IDENTITY="${IDENTITY:--}" PROFILE="${PROFILE:-}"
	for signed in "$(run_of "$estop")" "$(run_of "$B/first-run/estop")"; do
		codesign -d -vv --entitlements - "$signed"
		codesign --verify --strict -v "$signed"
	done
}

# run_of PROGRAM : it, or what is in the bundle that sign.sh made of it
run_of() {
	if [ -x "${1%/*}/estop.app/Contents/MacOS/estop" ]; then
		echo "${1%/*}/estop.app/Contents/MacOS/estop"
	else
		echo "$1"
	fi
}

ask() {
	if [ -x "$B/first-run/estop" ]; then
		root "$(run_of "$B/first-run/estop")"
	else
		root "$questions"
	fi
}

# frames N OPTION... : the header of each frame and the totals; the filter leaves no row
frames() {
	frames=$1
	shift
	root "$(run_of "$estop")" -b -n "$frames" --config="$report.conf" --width 160 --filter pid:99999999 "$@" |
		grep -E '^(estop|muted|total)|lost|handler'
}

rates() {
	frames $((SECONDS_EACH + 1)) -e all >"$report.rates" || cat "$report.rates"
	grep -q '^total' "$report.rates" || return
	grep -E '^(estop|muted)' "$report.rates" | tail -n 2
	sed -n 's/^total \([a-z_]*\) *\([0-9]*\) produced.*/\2 \1/p' "$report.rates" | sort -rn |
		awk -v s="$((SECONDS_EACH + 1))" '{ printf "%10.1f/s %s\n", $1 / s, $2; sum += $1 }
			END { printf "%10.1f/s in all\n", sum / s }'
	rm -f "$report.rates"
}

ten_mutes() {
	set --
	for name in logd cfprefsd mds mds_stores trustd tccd opendirectoryd WindowServer syslogd powerd; do
		set -- "$@" -m "exe:/usr/libexec/$name"
	done
	frames $((SECONDS_EACH + 1)) -e all "$@"
}

{
	echo "# estop on its first Mac"
	date -u +%Y-%m-%dT%H:%M:%SZ
	git describe --always --dirty 2>/dev/null || true
} >"$report"
: >"$report.conf" # the settings of nobody
step 'system' 'Which Mac, which system, which Xcode?' system
step 'build' 'Does it build with this SDK, and without a warning?' build
step 'libraries' 'Does it load nothing but the libraries of the system?' libraries
step 'sign' 'Is it signed with the entitlement, and is the signature valid?' sign
step 'questions' 'What does Endpoint Security do where nothing is documented?' ask
step 'header' 'Does it start? The header must say es: 0/0, whatever the default set is.' frames 2
step 'default set' 'A rule for a daemon of it: es: 0/1, and no "estop counts".' frames 2 -m exe:/usr/libexec/logd
step 'rates' "What comes by the thousands? Events of each type, for $SECONDS_EACH seconds." rates
step 'losses' 'Lost with all types and nothing muted.' frames $((SECONDS_EACH + 1)) -e all
step 'losses with mutes' 'The same with ten daemons muted: do muted events count as lost?' ten_mutes
step 'command' 'A command, followed to its end.' root "$(run_of "$estop")" -b --config="$report.conf" -- /bin/ls /
step 'log' 'Is what is logged complete?' root "$(run_of "$estop")" --config="$report.conf" --log=json -- /usr/bin/true
rm -f "$report.conf"
if [ "$(id -u)" = 0 ] && [ -n "${SUDO_UID:-}" ]; then
	chown "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$report"
fi
echo "the answers are in $report; what only a person can look at is in src/darwin/FIRST-RUN.md" >&2
