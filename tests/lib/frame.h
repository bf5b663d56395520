/*
 * frame - snapshots built by hand, and a ui on a terminal that is nobody's.
 *
 * For tests of ui/: rows are added in the order of the screen, the ui draws
 * them on newterm(3) with /dev/null behind it, and the screen is read back.
 */
#ifndef ESTOP_TESTS_LIB_FRAME_H
#define ESTOP_TESTS_LIB_FRAME_H

#include "ui/ui.h"

enum { FRAME_ROWS = 400 };

/* A snapshot with room for rows; zeroed is empty. */
struct frame {
	struct snapshot s;
	struct row row[FRAME_ROWS];
	struct history *history; /* of frame_add_events() */
};

/* Sets up the machine's figures: those of the golden screens. */
void frame_init(struct frame *);

/* Adds a row and returns it; depth 0 is a root. Rates: open, close; totals follow from them. */
struct row *frame_add(struct frame *, unsigned depth, int pid, const char *user, double open, double close,
		      const char *command);

/* Sets ROW_LAST, ROW_PARENT and guides as the depths say, and the counts. After the last row. */
void frame_link(struct frame *);

/* The golden screens' figures: a build, a noisy indexer, some daemons. */
void frame_busy(struct frame *);

/* Three files, used by 4120 and 812. */
void frame_add_files(struct frame *);

/* Events of several types by those of frame_busy(), and a history that holds them. */
void frame_add_events(struct frame *);

/* What is known of 4120, and of the types of events. */
void frame_add_process(struct frame *);
void frame_add_types(struct frame *);
void frame_finish(struct frame *); /* frees what the three made */

/* A ui of this size; its clock is frame_clock_ns. Fails the test when it cannot be had. */
extern uint64_t frame_clock_ns;
struct ui *frame_open(int lines, int columns, const struct ui_config *);
struct ui_config frame_config(void);
void frame_size(int lines, int columns);

/* The screen as UTF-8 lines without trailing blanks. Free it. */
char *frame_read(void);

/* One key, or the characters of a string one after the other; the last command. Draws before and
 * after. */
struct command frame_key(struct ui *, const struct frame *, int key);
struct command frame_type(struct ui *, const struct frame *, const char *text);

/* The screen line that is highlighted, or -1. */
int frame_cursor(void);

/* Compares with tests/screens/NAME.txt; with UPDATE_SCREENS in the environment, writes it. */
void frame_compare(const char *name, const char *seen);
void frame_is(const char *name); /* the screen as it is */

#endif
