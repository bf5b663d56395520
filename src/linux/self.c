/* self - memory of this process, from /proc. */
#include "src/self.h"

#include <fcntl.h>
#include <stdlib.h>
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
