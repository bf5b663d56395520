/* wake - see wake.h. */
#include "src/base/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

int
wake_open(struct wake *w)
{
#ifdef __linux__
	w->read_fd = w->write_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return w->read_fd < 0 ? -errno : 0;
#else
	int fd[2];

	if (pipe(fd) != 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		(void)fcntl(fd[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd[i], F_SETFL, O_NONBLOCK);
	}
	w->read_fd = fd[0];
	w->write_fd = fd[1];
	return 0;
#endif
}

void
wake_close(struct wake *w)
{
	if (w->write_fd != w->read_fd)
		close(w->write_fd);
	close(w->read_fd);
	w->read_fd = w->write_fd = -1;
}

void
wake_clear(struct wake *w)
{
	uint64_t buffer[64];

	/* An eventfd is empty after one read, a pipe when it gives less than asked for. */
	while (read(w->read_fd, buffer, sizeof(buffer)) == (ssize_t)sizeof(buffer))
		;
}

void
wake_up(int write_fd)
{
	const uint64_t one = 1;
	int saved = errno;

	/* A full pipe has woken the reader already. */
	if (write(write_fd, &one, sizeof(one)) < 0) {
	}
	errno = saved;
}
