/*
 * config - what a screen is opened with.
 */
#ifndef ESTOP_UI_CONFIG_H
#define ESTOP_UI_CONFIG_H

#include "model/filter.h"
#include "ui/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Strings and functions must outlive the ui. */
struct ui_config {
	int in_fd, out_fd;         /* keyboard and screen: 0 and 1, or /dev/tty for both */
	bool headless;             /* the fds need not be terminals (tests) */
	struct settings settings;  /* at the start; copied */
	unsigned batch_width;      /* of ui_batch(); 0: $COLUMNS, else of the terminal, else whole lines */
	bool hint;                 /* a word about the keys, until the first one */
	const char *host, *source; /* header */
	const char *scope_text;    /* what -p and -u say, for the header; NULL none */
	const char *mute_file;     /* where s in the ledger saves to, if nothing else is typed; NULL none */
	const char *summary;       /* there is a summary, of a command of this name; NULL none */
	bool replay;               /* the keys of a recording work */
	uint64_t start_ns;         /* when counting began, on the snapshots' clock; 0: their first */

	/* The name that events have for a path as typed, in new memory, or NULL. Reads; NULL: none is looked for. */
	char *(*canonical)(const char *typed);

	/* Passed through into the snapshot_spec. */
	const struct filter *scope;
	int32_t root_pid;
	const char *(*user_name)(uint32_t uid);

	uint64_t (*clock)(void); /* ns, never backwards; NULL: the system's (for tests) */
};

#endif
