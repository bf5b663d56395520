/* bpf_object - the compiled BPF programs, carried inside the binary. */
#include "src/linux/bpf_object.h"

/* Found through -I$(B): the objects lie in the build directory. */
#define CARRY(name, file)                 \
	__asm__(".section .rodata\n"       \
		".balign 16\n"             \
		".global " name "\n"       \
		name ":\n"                 \
		".incbin \"" file "\"\n"   \
		".global " name "_end\n"   \
		name "_end:\n"             \
		".byte 0\n"                \
		".previous\n")

CARRY("bpf_object_cast", "src/linux/trace-cast.bpf.o");
CARRY("bpf_object_call", "src/linux/trace-call.bpf.o");
