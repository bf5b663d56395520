/*
 * release - what Endpoint Security of a running system knows, by the release of its kernel.
 *
 * Only a table: it needs no Mac, and is tested without one.
 */
#ifndef ESTOP_SRC_DARWIN_RELEASE_H
#define ESTOP_SRC_DARWIN_RELEASE_H

/*
 * The largest es_event_type_t of that system; 0 when release, as in kern.osrelease ("24.4.0"),
 * cannot be read.
 */
unsigned release_last_type(const char *release);

enum { RELEASE_FIRST_TYPE_OF_13 = 111 };

#endif
