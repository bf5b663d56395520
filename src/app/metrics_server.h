/*
 * metrics_server - hands the last text of the metrics to whoever asks for it by HTTP.
 *
 * GET and HEAD of /metrics: the text that was published last, as OpenMetrics 1.0 where the request accepts
 * that, else in the text format 0.0.4 of Prometheus. A thread of its own, of low priority, does all of
 * it; it takes no part in how the text is made, and nobody waits for it. Connections are bounded in
 * number, memory and time: beyond METRICS_CONNECTIONS the others wait in the kernel's queue, and one that
 * sends nothing for METRICS_PATIENCE_SECS is closed.
 *
 * libmicrohttpd is loaded when a server is opened: it brings a dozen libraries along, which cost other
 * runs memory and time at the start.
 *
 * Main thread.
 */
#ifndef ESTOP_APP_METRICS_SERVER_H
#define ESTOP_APP_METRICS_SERVER_H

#include <stddef.h>

enum { METRICS_PORT = 9464, METRICS_CONNECTIONS = 64, METRICS_MEMORY = 16 << 10, METRICS_PATIENCE_SECS = 10 };

/* Two texts of the same. */
enum metrics_form { METRICS_OPEN, METRICS_PLAIN, METRICS_FORMS };

struct metrics_server;

/*
 * address: as listener_open() has it; NULL: 127.0.0.1:9464. Its thread runs when this returns. 0, or a
 * negative errno with a sentence in why.
 */
int metrics_server_open(struct metrics_server **, const char *address, char *why, size_t len);
void metrics_server_close(struct metrics_server *); /* NULL is fine */

int metrics_server_fd(const struct metrics_server *);            /* connections are accepted from it */
const char *metrics_server_where(const struct metrics_server *); /* its address and port */

/* Takes copies of the texts. When the other thread is just taking the last ones, those stay. */
void metrics_server_publish(struct metrics_server *, const char *const text[METRICS_FORMS],
			    const size_t length[METRICS_FORMS]);

#endif
