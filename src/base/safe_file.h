/*
 * safe_file - opens the files estop writes, often as root, in directories of others.
 *
 * A path is walked one component at a time by descriptors, and a symbolic link is never followed as
 * its last component. In its directories a link is followed only if no other user can have put it
 * there: it belongs to root or to the effective user, and so does every directory from / down to
 * it, none of them writable by others. So /var/run and a Mac's /tmp work, and a link in /tmp or
 * in the home of another user is refused. Files are created with mode 0600. Any thread.
 */
#ifndef ESTOP_BASE_SAFE_FILE_H
#define ESTOP_BASE_SAFE_FILE_H

#include <stddef.h>
#include <stdio.h>

enum safe_flags {
	SAFE_OVERWRITE = 1 << 0, /* a regular file that exists is replaced */
	SAFE_MAKE_DIRS = 1 << 1, /* missing directories are created, with mode 0700 */
	SAFE_SUDO_USER = 1 << 2, /* under sudo, what is created in a directory of its user is that user's */
	SAFE_FIFO = 1 << 3,      /* safe_file_open(): a FIFO that exists, and nothing else */
};

/*
 * Opens the directory of path, for openat() and its like, and sets *name to the last component,
 * which is a part of path. The descriptor, or a negative errno with a sentence in why.
 */
int safe_dir_open(const char *path, unsigned flags, const char **name, char *why, size_t len);

/*
 * Opens a file for writing from its start. Regular files must belong to the effective user and
 * have one name; character devices must be root's or the effective user's; a FIFO must belong to
 * the effective user or the user who ran sudo, and have a reader. FIFOs and devices are opened
 * with O_NONBLOCK. The descriptor; -EEXIST without a sentence when there is a regular file and no
 * SAFE_OVERWRITE; or a negative errno with a sentence in why.
 */
int safe_file_open(const char *path, unsigned flags, char *why, size_t len);

/* The same of a file in a directory from safe_dir_open(); path is for sentences only. */
int safe_file_open_at(int dir, const char *name, const char *path, unsigned flags, char *why, size_t len);

/*
 * Writes a whole file under a temporary name and then puts it in its place. write() fills it and
 * returns 0, or a negative errno, with a sentence in why or not; errors of the FILE need no report.
 * Returns as safe_file_open() does, with 0 in place of a descriptor.
 */
int safe_file_write(const char *path, unsigned flags, int (*write)(FILE *, void *ctx, char *why, size_t len),
		    void *ctx, char *why, size_t len);

#endif
