/*
 * resolve - the symbolic links in a path that a system call was given.
 *
 * Only from what the kernel has of it in memory, as the call has just looked it up: no file system
 * is asked, so nothing waits for a disk, a server or a user's FUSE. Dispatch thread.
 */
#ifndef ESTOP_LINUX_RESOLVE_H
#define ESTOP_LINUX_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

enum { RESOLVE_MAX = 4096 };

/*
 * path is absolute and ends in NUL. last: its last component is followed, too. out then ends in NUL.
 * Returns its length without that; 0: path cannot be resolved now, or has no links.
 */
size_t resolve_links(const char *path, bool last, char out[RESOLVE_MAX]);

#endif
