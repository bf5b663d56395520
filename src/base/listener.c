/* listener - see listener.h. */
#include "src/base/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool
parse_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (!text[0] || strspn(text, "0123456789") != strlen(text) || *end || value > 65535)
		return false;
	*port = (uint16_t)value;
	return true;
}

/* Takes text apart: host "" where it has none. */
static bool
split(const char *text, char host[64], uint16_t *port)
{
	const char *colon = strrchr(text, ':'), *from = text, *end;

	host[0] = '\0';
	if (parse_port(text, port))
		return true;
	if (text[0] == '[') {
		end = strchr(text, ']');
		from = text + 1;
		if (!end || (end[1] && (end[1] != ':' || !parse_port(end + 2, port))))
			return false;
	} else if (colon && strchr(text, ':') == colon) {
		end = colon;
		if (!parse_port(colon + 1, port))
			return false;
	} else
		end = text + strlen(text);
	if ((size_t)(end - from) >= 64)
		return false;
	memcpy(host, from, (size_t)(end - from));
	host[end - from] = '\0';
	return end > from || text[0] == ':';
}

static bool
parse(const char *text, uint16_t port, union address *to)
{
	char host[64] = "";

	memset(to, 0, sizeof(*to));
	if (text && !split(text, host, &port))
		return false;
	if (inet_pton(AF_INET, host[0] ? host : "127.0.0.1", &to->v4.sin_addr) == 1) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, host, &to->v6.sin6_addr) == 1) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons(port);
	} else
		return false;
	return true;
}

int
listener_check(const char *text, char *why, size_t len)
{
	union address address;

	if (parse(text, 0, &address))
		return 0;
	snprintf(why, len,
		 "expected ADDRESS:PORT in numbers, as in 127.0.0.1:9464 or [::1]:9464, not '%.80s'", text);
	return -EINVAL;
}

static int
open_socket(const union address *address)
{
	bool v6 = address->any.sa_family == AF_INET6;
	int fd = socket(address->any.sa_family, SOCK_STREAM, 0), on = 1, error;

	if (fd < 0)
		return -errno;
	/* A restart need not wait for connections that are gone. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    bind(fd, &address->any, v6 ? sizeof(address->v6) : sizeof(address->v4)) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

static const char *
name_of(const union address *address, char *out, size_t size)
{
	bool v6 = address->any.sa_family == AF_INET6;
	char host[INET6_ADDRSTRLEN] = "";

	inet_ntop(address->any.sa_family, v6 ? (const void *)&address->v6.sin6_addr : &address->v4.sin_addr,
		  host, sizeof(host));
	snprintf(out, size, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "",
		 ntohs(v6 ? address->v6.sin6_port : address->v4.sin_port));
	return out;
}

const char *
listener_name(int fd, char *out, size_t size)
{
	union address address = { .any.sa_family = AF_UNSPEC };
	socklen_t length = sizeof(address);

	if (getsockname(fd, &address.any, &length) != 0) {
		snprintf(out, size, "?");
		return out;
	}
	return name_of(&address, out, size);
}

int
listener_open(const char *text, uint16_t default_port, char *why, size_t len)
{
	union address address;
	char name[80];
	int fd;

	if (!parse(text, default_port, &address))
		return listener_check(text, why, len);
	fd = open_socket(&address);
	if (fd >= 0)
		return fd;
	snprintf(why, len, "cannot listen on %s: %s", name_of(&address, name, sizeof(name)), strerror(-fd));
	return fd;
}
