/*
 * refusal - why the BPF programs could not be loaded, as a sentence that says what to do.
 *
 * Asked only when it went wrong: one table of questions, the widest cause first. libbpf's
 * messages are heard meanwhile, as only they have the verifier's words. Of one thread; each
 * thread has its own.
 */
#ifndef ESTOP_LINUX_REFUSAL_H
#define ESTOP_LINUX_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Older kernels lack what the programs are made of: bpf_loop(). */
#define KERNEL_NEEDED_MAJOR 5
#define KERNEL_NEEDED_MINOR 17
/* The oldest one the tests are run on; between the two it may work. */
#define KERNEL_TESTED_MAJOR 6
#define KERNEL_TESTED_MINOR 1

#define KERNEL_STRING_OF(x) #x
#define KERNEL_STRING(x) KERNEL_STRING_OF(x)
#define KERNEL_NEEDED KERNEL_STRING(KERNEL_NEEDED_MAJOR) "." KERNEL_STRING(KERNEL_NEEDED_MINOR)
#define KERNEL_TESTED KERNEL_STRING(KERNEL_TESTED_MAJOR) "." KERNEL_STRING(KERNEL_TESTED_MINOR)

#define BTF_FILE "/sys/kernel/btf/vmlinux"

#define REFUSAL_BY_VERIFIER                                                                       \
	"the verifier of Linux %R refuses the BPF program %P, which is a bug of this program%T: %V"

/*
 * The first question that is answered with yes is the reason. Rows are the question (a function of
 * refusal.c), the error that refusal_explain() returns, and the sentence. In it %R is the kernel's
 * release, %P the program, %V the verifier's last lines, %E the error, %W what libbpf said, %T a
 * word on a kernel that was never tested. The manual page lists them.
 */
#define REFUSAL_TABLE(X)                                                                          \
	X(no_ebpf, EACCES,                                                                        \
	  "there is no eBPF here: the system call bpf() is missing; use a Linux kernel built "    \
	  "with CONFIG_BPF_SYSCALL, and no emulation of one")                                     \
	X(too_old, EACCES,                                                                        \
	  "Linux %R is too old; " KERNEL_NEEDED " or later is needed, tested from "               \
	  KERNEL_TESTED " on")                                                                    \
	X(no_sysfs, EACCES,                                                                       \
	  "/sys is missing, and with it the description of the kernel's types; mount sysfs there") \
	X(no_btf, EACCES,                                                                         \
	  "this kernel does not describe its types (no " BTF_FILE "); use one built with "        \
	  "CONFIG_DEBUG_INFO_BTF")                                                                \
	X(root_lacks_capability, EPERM,                                                           \
	  "this root lacks CAP_BPF or CAP_PERFMON; in a container, add them (--cap-add=BPF "      \
	  "--cap-add=PERFMON, or --privileged)")                                                  \
	X(lacks_capability, EPERM,                                                                \
	  "watching needs privileges: run it as root, or give it CAP_BPF and CAP_PERFMON")        \
	X(in_user_namespace, EPERM,                                                               \
	  "this is a user namespace, whose root has no privileges over the kernel; run it as "    \
	  "root outside of it (a container: not rootless, --userns=host)")                        \
	X(is_locked_down, EACCES,                                                                 \
	  "the kernel is locked down (confidentiality), which forbids BPF to read it; boot with " \
	  "lockdown=integrity or none")                                                           \
	X(in_pid_namespace, EACCES,                                                               \
	  "this is a pid namespace, and the kernel's events have the pids of the host; in a "     \
	  "container, share the host's pid namespace (--pid=host)")                               \
	X(lacks_functions, ENOTSUP,                                                               \
	  "the functions of this kernel cannot be attached to (%E%W); "                           \
	  "leave out --hooks=functions")                                                          \
	X(refused_by_verifier, ENOTSUP, REFUSAL_BY_VERIFIER)                                      \
	X(is_forbidden, EACCES,                                                                   \
	  "the privileges are there, but a seccomp filter (as containers have) or a security "    \
	  "module (SELinux, AppArmor) forbids bpf(): %E; allow it there")                         \
	X(is_out_of_memory, ENOTSUP, "out of memory")                                             \
	X(always, ENOTSUP, "the BPF programs could not be loaded into Linux %R: %E%W")

/*
 * The questions that can be asked without an attempt, as es_linux_doctor() asks them: a name, the
 * questions of the table above (the first one answered with yes is what is missing), and what is said
 * when all are answered with no.
 */
#define DOCTOR_QUESTION_TABLE(X)                                                                  \
	X("kernel",     too_old,     too_old,               "Linux %R; %O")                       \
	X("eBPF",       no_ebpf,     no_ebpf,               "the system call bpf() is there")     \
	X("types",      no_sysfs,    no_btf,                BTF_FILE)                             \
	X("privileges", root_lacks_capability, lacks_capability, "CAP_BPF and CAP_PERFMON")       \
	X("namespace",  in_user_namespace, in_user_namespace, "that of the host's users")         \
	X("lockdown",   is_locked_down, is_locked_down,     "the kernel may be read")

/* What is known of an attempt to load. */
struct refusal {
	int error;          /* negative errno */
	bool no_functions;  /* they were asked for */
	int32_t host_pid;   /* this process's, as the kernel's events have it; 0: not known */
	char program[32];   /* rejected by the verifier; "": none */
	char verifier[240]; /* its last lines */
	char words[240];    /* the first warning of libbpf */
};

/* Hears libbpf on this thread from now on. All of it goes to debug as well; NULL: nowhere. */
void refusal_listen(struct refusal *, FILE *debug);
void refusal_deafen(void); /* before either is gone */

/* One message of libbpf's, as it prints it. */
void refusal_hear(struct refusal *, const char *message);

/*
 * Writes the sentence, without a full stop. Returns -EPERM when privileges are missing, -EACCES when
 * this system cannot do it or forbids it, else -ENOTSUP: it should have worked.
 */
int refusal_explain(const struct refusal *, char *why, size_t len);

/* The same for facts that need no system: the sentence of a refusal by the verifier. */
void refusal_of_verifier(const struct refusal *, const char *release, char *why, size_t len);

/* What a report needs to say of this system. */
void refusal_facts(FILE *);

bool refusal_kernel_is(unsigned major, unsigned minor); /* or newer */

/* Is it preempted anywhere (preempt=full, PREEMPT_RT)? False, too, where that cannot be found out. */
bool refusal_kernel_preempts(void);

#endif
