/*
 * src/darwin/ - what only a Mac needs: the system's part of src/es/ and src/base/. May include
 * these and model/.
 */

/*
 * poll - poll(2) for terminals, too.
 *
 * On a Mac poll(2) is documented not to support devices: it says POLLNVAL of
 * some terminals, /dev/tty among them, and select(2) does not. Nothing here needs a
 * Mac, and it is tested without one.
 */
#ifndef ESTOP_SRC_DARWIN_POLL_H
#define ESTOP_SRC_DARWIN_POLL_H

#include <poll.h>

/*
 * As poll(2), but waits for input alone: what has gone is told once something
 * ends the wait. Descriptors are below FD_SETSIZE. POLLNVAL means that one is not open.
 */
int poll_devices(struct pollfd *, nfds_t count, int timeout_ms);

#endif
