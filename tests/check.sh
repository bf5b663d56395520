#!/bin/sh
# check.sh TEST... : runs every test program; live tests that cannot run here say SKIP and why,
# which is a failure when CI is set. Ends with one line of sums. With ESTOP_TEST set only tests of that
# name run, and there must be one.
set -u
passed=0 failed=0 skipped=0 bad='' slow=''
log=$(mktemp)
# Nobody's own settings have a say in the tests; with an empty file estop is not new to its user.
XDG_CONFIG_HOME=$(mktemp -d)
export XDG_CONFIG_HOME
# Without it UBSan only says what it found, and the test passes.
UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
export UBSAN_OPTIONS
mkdir "$XDG_CONFIG_HOME/estop"
: >"$XDG_CONFIG_HOME/estop/config"
trap 'rm -rf "$log" "$XDG_CONFIG_HOME"' EXIT
# Started in the background by some shells, this ignores SIGINT; what is tested must not inherit that.
clean=
env --default-signal=INT,QUIT true 2>/dev/null && clean='env --default-signal=INT,QUIT'
# One that hangs must not hold up the others for good.
command -v timeout >/dev/null && clean="$clean timeout $((900 * ${ESTOP_PATIENCE:-1}))"
# What the test program is not to run under this sanitizer, and why; see tests/live/sanitizers.txt.
left_out() {
	[ -z "${ESTOP_SAN:-}" ] || awk -v san="$ESTOP_SAN" -v program="$1" '
		$2 == program && !/^#/ && ($1 == "any" || index("," san ",", "," $1 ",")) {
			$1 = $2 = ""
			print substr($0, 3)
		}' tests/live/sanitizers.txt
}

for t; do
	name=$(basename "$t")
	out=$(left_out "$name")
	ESTOP_SKIP=${out%% *}
	export ESTOP_SKIP
	start=$(date +%s)
	# shellcheck disable=SC2086 # a command with its options, or nothing
	$clean "$t" >"$log" 2>&1
	status=$?
	p=$(grep -c '^\[       OK \]' "$log")
	s=$(grep -c '^\[  SKIPPED \]' "$log")
	f=$(grep -c '^\[  FAILED  \] [^0-9]' "$log")
	# cmocka names each failed test a second time in its summary
	f=$((f / 2))
	[ "$status" = 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	[ -z "$out" ] || echo "left out with $ESTOP_SAN: $out"
	took=$(($(date +%s) - start))
	slow="$slow$took $name
"
	printf '%-24s %3d ok  %d failed  %d skipped  (%d s)\n' "$name" "$p" "$f" "$s" "$took"
	if [ "$f" -gt 0 ] || [ "$status" != 0 ]; then
		bad="$bad $name"
		cat "$log"
	elif [ "$s" -gt 0 ]; then
		grep -i 'SKIP:' "$log" | sort -u
	fi
done
[ $# -lt 4 ] || printf '%s' "$slow" | sort -rn | head -n 3 | awk '{ printf "%s%s %d s", (NR > 1 ? ", " : "slowest: "), $2, $1 } END { print "" }'
echo "$passed passed, $failed failed, $skipped skipped"
[ -z "$bad" ] || { echo "failed:$bad" >&2; exit 1; }
if [ -n "${ESTOP_TEST:-}" ] && [ $((passed + skipped)) = 0 ]; then
	echo "there is no test $ESTOP_TEST" >&2
	exit 1
fi
if [ "$skipped" -gt 0 ] && [ -n "${CI:-}" ]; then
	echo "skipped tests are a failure in CI" >&2
	exit 1
fi
