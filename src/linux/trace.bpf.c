// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * trace - the kernel's side of Endpoint Security for Linux.
 *
 * Tracepoints and functions of the kernel turn what processes do into the records of wire.h. One
 * object, compiled from the headers in bpf/; each stands on those before it, none refers to a
 * later one.
 */
#include "src/linux/bpf/core_read.bpf.h"
#include "src/linux/bpf/memory.bpf.h"
#include "src/linux/bpf/paths.bpf.h"
#include "src/linux/bpf/records.bpf.h"
#include "src/linux/bpf/cgroups.bpf.h"
#include "src/linux/bpf/gate.bpf.h"
#include "src/linux/bpf/mappings.bpf.h"
#include "src/linux/bpf/files.bpf.h"
#include "src/linux/bpf/sweeps.bpf.h"
#include "src/linux/bpf/processes.bpf.h"
#include "src/linux/bpf/signals.bpf.h"
#include "src/linux/bpf/operands.bpf.h"
#include "src/linux/bpf/syscalls.bpf.h"
#include "src/linux/bpf/functions.bpf.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
