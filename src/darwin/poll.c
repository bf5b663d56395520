/* poll - see poll.h. */
#include "src/darwin/poll.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/select.h>
#include <sys/time.h>

int
poll_devices(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timeval timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };
	int highest = -1, found = 0;
	fd_set input;

	FD_ZERO(&input);
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].fd < 0 || !(fds[i].events & POLLIN) || fcntl(fds[i].fd, F_GETFD) < 0)
			continue;
		FD_SET(fds[i].fd, &input);
		if (fds[i].fd > highest)
			highest = fds[i].fd;
	}
	if (select(highest + 1, &input, NULL, NULL, timeout_ms < 0 ? NULL : &timeout) < 0 ||
	    poll(fds, (nfds_t)count, 0) < 0)
		return -1;
	for (nfds_t i = 0; i < count; i++) {
		/* Open, so it is poll() that does not know what it is. */
		if (fds[i].fd >= 0 && fds[i].revents & POLLNVAL && fcntl(fds[i].fd, F_GETFD) >= 0)
			fds[i].revents = fds[i].events & POLLIN && FD_ISSET(fds[i].fd, &input) ? POLLIN : 0;
		found += fds[i].revents != 0;
	}
	return found;
}
