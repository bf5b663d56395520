# cut.awk -v sdk=15.4 since.txt HEADER : the header as the SDK of that macOS has it; everything in
# since.txt that came later is left out. With -v list=1 it prints what was left out instead.
function number(version,   part) {
	split(version, part, ".")
	return part[1] * 100 + part[2]
}

function later(version) {
	return number(version) > number(sdk)
}

function out(line) {
	if (!list)
		print line
}

function cut(what) {
	if (list)
		print what
}

# "\tint *_Nonnull name[3]; /* … */" declares name
function declared(line,   s) {
	s = line
	sub(/\/\*.*/, "", s)
	if (s !~ /;[ \t]*$/ || s ~ /[()}]/)
		return ""
	sub(/(\[[^]]*\])?;[ \t]*$/, "", s)
	sub(/.*[ \t*]/, "", s)
	return s
}

# A whole typedef is in block[1..n], and it is of this type.
function typedef(type,   i, field) {
	if (type in gone) {
		cut("type " type)
		return
	}
	for (i = 1; i <= n; i++) {
		field = declared(block[i])
		if (type "." field in gone) {
			cut("member " type "." field)
			continue
		}
		if (type == "es_events_t" && ("es_event_" field "_t") in gone) {
			cut("payload " field)
			continue
		}
		out(block[i])
	}
}

FNR == NR {
	if ($1 ~ /^#/ || NF < 3 || !later($1))
		next
	if ($2 == "event") {
		gone["es_event_" $3 "_t"]
		number_gone[toupper($3)]
	} else {
		gone[$3]
	}
	next
}

# What these say holds for the whole of the newest header only.
/^#ifndef __cplusplus/ { in_asserts = 1 }
in_asserts {
	if (/^#endif/)
		in_asserts = 0
	next
}

# A function is declared after its API_AVAILABLE line.
/^API_/ { in_function = 1; n = 0 }
in_function {
	block[++n] = $0
	if (!/;[ \t]*$/)
		next
	in_function = 0
	name = block[3]
	sub(/\(.*/, "", name)
	if (name in gone) {
		cut("function " name)
		next
	}
	for (i = 1; i <= n; i++)
		out(block[i])
	next
}

/^typedef .*\{$/ { in_typedef = 1; n = 0 }
in_typedef {
	if (match($0, /ES_EVENT_TYPE_[A-Z]*_[A-Z0-9_]+/)) {
		name = substr($0, RSTART + 14, RLENGTH - 14)
		sub(/^[A-Z]*_/, "", name)
		if (name in number_gone) {
			cut("number " name)
			next
		}
	}
	block[++n] = $0
	if (/^\}/) {
		in_typedef = 0
		name = $2
		sub(/;$/, "", name)
		typedef(name)
	}
	next
}
/^typedef / {
	name = $NF
	sub(/(\[.*)?;$/, "", name)
	if (name in gone) {
		cut("type " name)
		next
	}
}
{ out($0) }
