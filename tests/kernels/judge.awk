# judge.awk - what a log of guest.sh says. Called with -v kernel=NAME -v arch=ARCH -v checks=LIST -v suites=LIST,
# -v columns=LIST, which checks have a column of the table, and with the files exceptions.txt and the log.
#
# Writes a row of the table, its columns separated by "|", and before it a line for each thing that is not as it
# should be. Exit status 1 when one is a failure.

function pattern(glob) {
	gsub(/[.+(){}^$]/, "\\\\&", glob)
	gsub(/\*/, ".*", glob)
	return "^(" glob ")$"
}

function wrong(what) {
	print kernel "/" arch ": " what
	failed = 1
}

function listed(test) {
	if (!(test in reason))
		return 0
	met[test] = 1
	return 1
}

# The test before did not come to an end.
function died() {
	if (running == "")
		return
	if (listed(suite ":" running))
		exceptions++
	else
		wrong(suite ": " running " did not end")
	running = ""
}

FNR == NR {
	if ($0 ~ /^#/ || NF < 3)
		next
	n = split($2, globs, ",")
	for (i = 1; i <= n; i++)
		if (kernel "/" arch ~ pattern(globs[i])) {
			reason[$1] = $0
			sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+/, "", reason[$1])
		}
	next
}

/^@@begin / { version = $2 }
/^@@end / { ended = 1 }
/^@@check / {
	check[$2] = $3
	if ($3 == "ok")
		next
	what = $2
	sub(/^@@check [^ ]+ failed /, "")
	wrong(what ": " $0)
}
/^@@suite / {
	died()
	suite = $2
	in_suite = 1
	bad = 0
}
/^@@status / {
	died()
	status[$2] = $3
	in_suite = 0
	if ($3 != 0 && !bad)
		wrong($2 ": status " $3 ", and no test that failed")
}
in_suite && /^\[ RUN      \] / {
	died()
	running = $4
	run++
}
in_suite && running != "" && /^\[ *(OK|FAILED|SKIPPED|ERROR) *\] / {
	verdict = $0
	sub(/^\[ */, "", verdict)
	sub(/ *\].*/, "", verdict)
	if ($NF != running)
		next
	test = suite ":" running
	running = ""
	if (verdict == "OK") {
		passed++
		if (listed(test))
			print kernel "/" arch ": " test " is listed, and passed"
		next
	}
	bad = 1
	if (listed(test))
		exceptions++
	else
		wrong(test (verdict == "SKIPPED" ? " was skipped" : " failed"))
}

END {
	died()
	if (!version) {
		wrong("did not boot")
	} else if (!ended) {
		wrong("did not come to an end" (suite && !(suite in status) ? ", but as far as " suite : ""))
	}
	row = kernel "|" arch "|" version
	n = split(columns, column, " ")
	m = split(checks, wanted, " ")
	for (i = 1; i <= m; i++) {
		want[wanted[i]] = 1
		if (version && !(wanted[i] in check))
			wrong(wanted[i] ": no result")
	}
	for (i = 1; i <= n; i++) {
		name = column[i]
		row = row "|" (!(name in want) ? "-" : name in check ? check[name] : "FAILED")
	}
	m = split(suites, wanted, " ")
	for (i = 1; i <= m; i++)
		if (version && !(wanted[i] in status)) {
			wrong(wanted[i] ": no result")
		} else {
			for (test in reason)
				if (index(test, wanted[i] ":") == 1 && !(test in met))
					wrong(test " is listed, and there is no such test")
		}
	gsub(/failed/, "FAILED", row)
	print row "|" (m ? (passed + 0) " of " (run + 0) : "-") "|" (m ? exceptions + 0 : "-")
	exit(failed ? 1 : 0)
}
