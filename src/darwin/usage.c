/* usage - memory of this process, from Mach; its privileges. */
#include "src/base/usage.h"

#include <errno.h>
#include <mach/mach.h>

int
self_memory_open(void)
{
	return -1; /* nothing is kept open */
}

uint64_t
self_memory(int fd)
{
	struct mach_task_basic_info info;
	mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;

	(void)fd;
	if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count) != KERN_SUCCESS)
		return 0;
	return info.resident_size;
}

int
self_give_up_privileges(bool live)
{
	(void)live; /* root is all or nothing here */
	return 0;
}

int
self_confine(bool live, bool signals, int listen_fd)
{
	(void)live, (void)signals, (void)listen_fd;
	return -ENOTSUP;
}
