/*
 * bpf_object - the compiled BPF programs (trace.bpf.c), carried inside the binary.
 *
 * ELF objects for libbpf; read-only, there from the start. The same programs
 * twice: _cast reads the kernel by plain loads (Linux 6.2), _call by calls.
 */
#ifndef ESTOP_LINUX_BPF_OBJECT_H
#define ESTOP_LINUX_BPF_OBJECT_H

extern const char bpf_object_cast[], bpf_object_cast_end[];
extern const char bpf_object_call[], bpf_object_call_end[];

#endif
