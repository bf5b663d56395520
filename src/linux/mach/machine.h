/*
 * mach/machine.h - processor types, as told by es_event_exec_t.
 *
 * Stand-in for Linux; where the system has its own, that one is taken.
 */
#ifdef __APPLE__
#include_next <mach/machine.h>
#else
#ifndef ESTOP_MACH_MACHINE_H
#define ESTOP_MACH_MACHINE_H

typedef int cpu_type_t;
typedef int cpu_subtype_t;

#define CPU_ARCH_ABI64 0x01000000
#define CPU_TYPE_ANY ((cpu_type_t)-1)
#define CPU_TYPE_X86 ((cpu_type_t)7)
#define CPU_TYPE_X86_64 (CPU_TYPE_X86 | CPU_ARCH_ABI64)
#define CPU_TYPE_ARM ((cpu_type_t)12)
#define CPU_TYPE_ARM64 (CPU_TYPE_ARM | CPU_ARCH_ABI64)

#endif
#endif
