/*
 * mute_file - the rules in force, written to a file or to another tool.
 *
 * Files are made 0600 and appear whole or not at all. A link is never followed,
 * and what is no plain file never replaced. Main thread only.
 */
#ifndef ESTOP_CLI_MUTE_FILE_H
#define ESTOP_CLI_MUTE_FILE_H

#include "model/mute_text.h"
#include "src/cli/options.h"

/*
 * Saves the rules as a mute file. 0 with the numbers of rules that hold for the next
 * time and that do not; -EEXIST when something is there and overwrite is false; or a
 * negative errno with a sentence in why.
 */
int rules_save(const struct mutes *, const char *path, bool overwrite, unsigned *saved, unsigned *left_out,
	       char *why, size_t len);

/* The rules of -m and --mute-file in this format. */
void rules_export(FILE *, enum mute_export, const struct options *);

#endif
