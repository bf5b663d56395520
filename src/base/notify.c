/* notify - see notify.h. */
#include "src/base/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int notify_fd = -1;
static uint64_t period_ns, next_ns; /* 0: no watchdog */

/* Is $WATCHDOG_USEC meant for this process? */
static uint64_t
watchdog_usec(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!usec || (pid && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return strtoull(usec, NULL, 10);
}

void
notify_open(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *name = getenv("NOTIFY_SOCKET");
	size_t length = name ? strlen(name) : 0;

	if (length > 1 && length < sizeof(to.sun_path) && (name[0] == '/' || name[0] == '@')) {
		memcpy(to.sun_path, name, length);
		if (name[0] == '@') /* Linux's abstract ones have no file */
			to.sun_path[0] = '\0';
		notify_fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	}
	if (notify_fd >= 0 &&
	    (fcntl(notify_fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(notify_fd, F_SETFL, O_NONBLOCK) != 0 ||
	     connect(notify_fd, (const struct sockaddr *)&to,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) != 0))
		notify_close();
	period_ns = notify_fd >= 0 ? watchdog_usec() * 1000 / 2 : 0;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void
notify_close(void)
{
	if (notify_fd >= 0)
		close(notify_fd);
	notify_fd = -1;
	period_ns = 0;
}

/* By write(2), which is still allowed when sockets are not. Whoever does not read does not hold estop up. */
static void
send_text(const char *text)
{
	if (notify_fd >= 0 && write(notify_fd, text, strlen(text)) < 0)
		return; /* the manager notices itself */
}

void
notify_ready(void)
{
	send_text("READY=1");
}

void
notify_alive(uint64_t now_ns)
{
	if (!period_ns || now_ns < next_ns)
		return;
	next_ns = now_ns + period_ns;
	send_text("WATCHDOG=1");
}
