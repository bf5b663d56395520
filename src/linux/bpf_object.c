/* bpf_object - the compiled BPF program, carried inside the binary. */
#include "src/linux/bpf_object.h"

/* Found through -I$(B): the object lies in the build directory. */
__asm__(".section .rodata\n"
	".balign 16\n"
	".global bpf_object\n"
	"bpf_object:\n"
	".incbin \"src/linux/trace.bpf.o\"\n"
	".global bpf_object_end\n"
	"bpf_object_end:\n"
	".byte 0\n"
	".previous\n");
