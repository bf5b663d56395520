# mutants.awk -v seed=S -v n=N FILE... : N places where a small fault can be put in, chosen by the seed: file,
# line, what kind it is, and the line as it becomes; separated by tabs.

# Is the place in a comment or a string? Sets where to a line of the same length with blanks for those.
function code_of(line,    i, c, out, quote) {
	out = ""
	quote = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (comment) {
			if (substr(line, i, 2) == "*/") {
				comment = 0
				out = out " "
				i++
			}
			out = out " "
		} else if (quote != "") {
			if (c == "\\") {
				out = out " "
				i++
			} else if (c == quote)
				quote = ""
			out = out " "
		} else if (substr(line, i, 2) == "/*") {
			comment = 1
			out = out "  "
			i++
		} else if (substr(line, i, 2) == "//") {
			break
		} else if (c == "\"" || c == "'") {
			quote = c
			out = out " "
		} else
			out = out c
	}
	return out
}

# "a < b ? a : b": a minimum or maximum, where a tie does not matter?
function is_extreme(at, old,    before, after, a, b, n) {
	before = substr(code, 1, at - 1)
	after = substr(code, at + length(old))
	if ((n = index(after, " ? ")) == 0)
		return 0
	b = substr(after, 1, n - 1)
	after = substr(after, n + 3)
	if (substr(after, 1, length(b) + 3) == b " : ")
		a = substr(after, length(b) + 4)
	else {
		if ((n = index(after, " : ")) == 0 || substr(after, n + 3, length(b)) != b)
			return 0
		a = substr(after, 1, n - 1)
		return substr(before, length(before) - length(a) + 1) == a
	}
	# b first: what follows begins with what the comparison has on its left.
	for (n = length(before); n > 0; n--)
		if (substr(a, 1, length(before) - n + 1) == substr(before, n) && length(before) - n + 1 > 2)
			return 1
	return 0
}

# Every place of the line where old stands, but for those that cannot change anything.
function places(kind, old, new,    from, at) {
	from = 1
	while ((at = index(substr(code, from), old)) > 0) {
		at += from - 1
		if ((kind == "comparison" && (old ~ /[<>]/) && is_extreme(at, old)) ||
		    (old == " + 1" && code ~ /alloc\(/)) { # memory that is not used
			from = at + length(old)
			continue
		}
		count++
		text[count] = FILENAME "\t" FNR "\t" kind "\t" \
			substr($0, 1, at - 1) new substr($0, at + length(old))
		from = at + length(old)
	}
}

FNR == 1 { comment = 0 }
{ code = code_of($0) }
code ~ /^[ \t]*#/ || code ~ /_Static_assert/ || code ~ /\\$/ { next } # tables and the compiler's own
{
	places("comparison", " < ", " <= ")
	places("comparison", " <= ", " < ")
	places("comparison", " > ", " >= ")
	places("comparison", " >= ", " > ")
	places("comparison", " == ", " != ")
	places("comparison", " != ", " == ")
	places("logic", " && ", " || ")
	places("logic", " || ", " && ")
	places("sum", " += ", " -= ")
	places("sum", " -= ", " += ")
	places("sum", "++;", "--;")
	places("sum", "--;", "++;")
	places("off by one", " + 1", " + 2")
	places("off by one", " - 1", " - 2")
	places("condition dropped", "if (", "if (1 || ")
	places("condition dropped", "(!", "(")
	places("return value", "return true;", "return false;")
	places("return value", "return false;", "return true;")
	places("return value", "return 0;", "return 1;")
	places("return value", "return -E", "return 0 * -E")
}
END {
	srand(seed)
	# Each equally likely, none twice.
	for (i = 1; i <= count && i <= n; i++) {
		at = i + int(rand() * (count - i + 1))
		chosen = text[at]
		text[at] = text[i]
		print chosen
	}
}
