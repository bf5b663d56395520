/*
 * bpf_object - the compiled BPF program (trace.bpf.c), carried inside the binary.
 *
 * An ELF object for libbpf; read-only, there from the start.
 */
#ifndef ESTOP_LINUX_BPF_OBJECT_H
#define ESTOP_LINUX_BPF_OBJECT_H

extern const char bpf_object[], bpf_object_end[];

#endif
