#!/bin/sh
# bpf_stack.sh LIMIT OBJECT... : the deepest chain of calls of every BPF program, in bytes of stack.
#
# Kernels before 6.13 take no program whose functions need more than 512 bytes together, each rounded up to
# 32 (to 16 from 6.3 on). Callbacks of bpf_loop() are calls, too. Fails above LIMIT and names the chain; with
# V=1 it prints all of them.
set -eu
limit=$1
shift
for object; do
	llvm-objdump -d -r "$object" | awk -v limit="$limit" -v object="$(basename "$object")" -v all="${V:-}" '
function hex(s,   i, n) {
	n = 0
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n
}
function needs(bytes) { if (bytes > depth[name]) depth[name] = bytes }
# The call or address of a function in the line before; its relocation says of what, or nothing does.
function calls(target) { callees[name] = callees[name] " " target; called[target] = 1 }
function settle() {
	if (pending != "") calls(pending)
	pending = ""
}
# The deepest chain below f, into best[f] and chain[f].
function deepest(f,   n, list, i) {
	if (f in best) return best[f]
	best[f] = 0 # a function that calls itself is none the verifier takes
	n = split(callees[f], list, " ")
	for (i = 1; i <= n; i++)
		if (list[i] in at && deepest(at[list[i]]) > best[f]) {
			best[f] = best[at[list[i]]]
			chain[f] = " > " chain[at[list[i]]]
		}
	best[f] += int(((depth[f] > 1 ? depth[f] : 1) + 31) / 32) * 32
	chain[f] = f " " depth[f] + 0 chain[f]
	return best[f]
}
/^Disassembly of section/ { settle(); section = $4; sub(/:$/, "", section); next }
/^[0-9a-f]+ <LBB.*>:$/ { settle(); next } # a place within a function
/^[0-9a-f]+ <.*>:$/ {
	settle()
	name = $2
	gsub(/[<>:]/, "", name)
	order[++functions] = name
	at[name] = name
	at[section "+" hex($1) / 8] = name
	next
}
/R_BPF_/ {
	if ($2 == "R_BPF_64_32" && $3 != ".text") pending = $3
	else if ($2 == "R_BPF_64_32") pending = ".text+" call + 1
	else if ($2 == "R_BPF_64_64" && $3 == ".text") pending = ".text+" load / 8
	else pending = ""
	settle()
	next
}
/^ +[0-9]+:/ {
	settle()
	here = $1 + 0
	if ($2 == "85" && $3 ~ /^.?1/) { # a call of a function of this object, not of a helper
		call = $NF + 0
		pending = section "+" here + 1 + call
	}
	if ($NF == "ll") load = $(NF - 1) + 0
	if (match($0, /r10 - [0-9]+\)/)) needs(substr($0, RSTART + 6, RLENGTH - 7) + 0)
	if ($0 ~ / r[0-9] = r10$/) base[$(NF - 2)] = 1
	else if ($0 ~ / r[0-9] \+= -[0-9]+$/ && base[$(NF - 2)]) { needs(-$NF); base[$(NF - 2)] = 0 }
}
END {
	settle()
	if (!functions) { print object ": no BPF functions" ; exit 1 }
	for (i = 1; i <= functions; i++) for (j = split(callees[order[i]], l, " "); j; j--) if (l[j] in at) inner[at[l[j]]] = 1
	for (i = 1; i <= functions; i++) {
		f = order[i]
		if (inner[f]) continue
		if (deepest(f) > limit) { print object ": " best[f] " bytes of stack, more than " limit ": " chain[f]; bad = 1 }
		else if (all) print object ": " best[f] ": " chain[f]
	}
	exit bad
}'
done
