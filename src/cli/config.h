/*
 * config - the settings that W keeps, in $XDG_CONFIG_HOME/estop/config (else
 * ~/.config/estop/config), or in the file of --config.
 *
 *     sort = OPEN/S
 *     exited = 60
 *     [columns]
 *     PID = 7
 *     COMMAND = 0
 *
 * Each key is the long name of an option that is a setting (ui/settings.h); the command line takes
 * precedence. Below [columns] are the columns from left to right with their widths, 0 for their own.
 * ':' does as well as '='. A line that begins with '#' or ';' is a comment, and so is what follows a
 * ';' after a blank. An invalid line is reported, with file and line, and the rest applies.
 * Main thread.
 */
#ifndef ESTOP_CLI_CONFIG_H
#define ESTOP_CLI_CONFIG_H

#include "src/cli/options.h"

/*
 * Sets o->config_path, reads that file if it is there, and changes what was not given on the
 * command line. Mistakes in it go to o->config_errors. 0, or -EINVAL with a sentence in why when
 * the file of --config cannot be read.
 */
int config_read(struct options *o, char *why, size_t len);

/*
 * Rewrites the file: 0600, its directory made if need be, all at once by renaming. A link is
 * not followed. 0, or a negative errno with a sentence in why.
 */
int config_write(const char *path, const struct settings *, char *why, size_t len);

#endif
