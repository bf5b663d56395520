# i386.awk - compares what the program i386 did with what was seen: called with -v dir=WHERE IT RAN, and its report
# and the output of `estop --log=line -- i386`. Writes what is different; nothing when all is as it should be.

NR == 1 { report = FILENAME }
FILENAME == report {
	gsub(/@/, dir)
	if ($1 == "failed")
		print
	else
		want[++wanted] = $0
	next
}

# Of the process alone, whose first event is that it is run.
!pid { pid = $3 }
$3 != pid || wrong { next }
++seen <= wanted {
	n = split(want[seen], word, " ")
	wrong = $2 != word[1]
	for (i = 2; i <= n; i++)
		if (!index($0 " ", word[i]))
			wrong = 1
	if (wrong)
		print "event " seen " is '" $0 "', not '" want[seen] "'"
	next
}
# Its end.
$2 != "close" && $2 != "exit" {
	print "more than was done: " $0
}

END {
	if (!wrong && seen < wanted)
		print "event " seen + 1 " of " wanted " was not seen: '" want[seen + 1] "'"
	if (wanted < 100)
		print "the program did only " wanted + 0 " things"
}
