/* usage - memory of this process, from /proc; its privileges. */
#include "src/base/usage.h"

#include <errno.h>
#include <es_linux.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Kept open and read again from its start: an open and a close less per frame. */
int
self_memory_open(void)
{
	return open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

uint64_t
self_memory(int fd)
{
	char text[128], *end;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	(void)strtoull(text, &end, 10); /* the size of the address space, which says little */
	return strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* What stays, when it was there. Kernels before 5.8 have no CAP_BPF; they are too old anyway. */
#define KEPT_TABLE(X)                                                           \
	/* capability     live only                                       */    \
	X(BPF,             true)  /* programs, and mutes in their maps      */    \
	X(PERFMON,         true)  /* programs that read the kernel's memory */    \
	X(SYS_PTRACE,      true)  /* links in /proc/PID of other users      */    \
	X(KILL,            true)  /* the command after --, under any user  */    \
	X(DAC_READ_SEARCH, false) /* recordings and mute files              */    \
	X(DAC_OVERRIDE,    false) /* the same, written: sudo in a directory of a user */ \
	X(CHOWN,           false) /* sudo alone: W gives the settings to the user */

int
self_give_up_privileges(bool live)
{
	static const struct {
		unsigned number;
		bool live;
	} kept[] = {
#define X(name, live) { CAP_##name, live },
		KEPT_TABLE(X)
#undef X
	};
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	uint32_t mask[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (live)
		es_linux_prepare();
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if ((live || !kept[i].live) && (kept[i].number != CAP_CHOWN || getenv("SUDO_UID")))
			mask[CAP_TO_INDEX(kept[i].number)] |= CAP_TO_MASK(kept[i].number);
	if (syscall(SYS_capget, &header, data) != 0)
		return -errno;
	for (size_t i = 0; i < sizeof(mask) / sizeof(mask[0]); i++) {
		data[i].effective &= mask[i];
		data[i].permitted &= mask[i];
		data[i].inheritable = 0;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &header, data) != 0)
		return -errno;
	return 0;
}
