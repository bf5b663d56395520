/*
 * users - names of user ids, each asked for once. Main thread.
 *
 * The answers may come over a network, so an answer is kept for good; the
 * strings live as long as the program. The cache is the module's own because
 * struct snapshot_spec calls it without a context.
 */
#ifndef ESTOP_BASE_USERS_H
#define ESTOP_BASE_USERS_H

#include <stdbool.h>
#include <stdint.h>

const char *
users_name(uint32_t uid); /* the number as text when there is no name, "?" for UID_UNKNOWN; never NULL */
bool users_find(const char *name_or_number, uint32_t *uid);
void users_forget(void); /* frees the cache, and with it every string given out */

#endif
