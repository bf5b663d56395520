/*
 * path - from a path as a person types it to the path as events have it.
 *
 * Events carry the kernel's name of a file: absolute and without links, so
 * that on a Mac what is typed as /tmp/x is /private/tmp/x there.
 */
#ifndef ESTOP_BASE_PATH_H
#define ESTOP_BASE_PATH_H

/*
 * To be freed. What exists of the path is resolved and the rest stays as it is, as does
 * a '/' at the end. NULL when it is relative and does not exist. Reads the file system.
 */
char *path_canonical(const char *typed);

#endif
