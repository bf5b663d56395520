/*
 * safe_file - a file of our own beside others': 0600, whole or not at all, and nothing that is
 * there already is touched unless that was asked for.
 */
#ifndef ESTOP_BASE_SAFE_FILE_H
#define ESTOP_BASE_SAFE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * 0; -EEXIST when a plain file is there and overwrite is not set: the person is to be asked;
 * else a negative errno with a sentence in why. Links are not followed. write fills the file;
 * its errors show in the FILE.
 */
int safe_file_write(const char *path, bool overwrite, void (*write)(FILE *, void *ctx), void *ctx,
		    char *why, size_t len);

#endif
