/*
 * remedy - what a person must do when Endpoint Security refuses a client.
 *
 * Only a table: it needs no Mac, and is tested without one.
 */
#ifndef ESTOP_SRC_DARWIN_REMEDY_H
#define ESTOP_SRC_DARWIN_REMEDY_H

#include <EndpointSecurity/EndpointSecurity.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * One sentence without its full stop. root: whether estop runs as root; which
 * of several faults the system names first is not said anywhere, so a sentence
 * tells of the others that are known. False, and why untouched, for results
 * that have no remedy here.
 */
bool remedy(es_new_client_result_t, bool root, char *why, size_t len);

#endif
