/*
 * column - what can be shown of a process: one table.
 *
 * A kind (int, count, rate, text, mark) brings its formatter and comparator.
 * drop says in which order columns make room on a narrow screen, 1 first; 0 stays.
 * COMMAND takes what is left and is drawn by its view.
 */
#ifndef ESTOP_UI_COLUMN_H
#define ESTOP_UI_COLUMN_H

#include "model/sheet.h"
#include "model/snapshot.h"

#define COLUMN_TABLE(X)										\
	/* id         title      width kind   field           shown  drop help */		\
	X(PID,        "PID",       7, pid,   key.pid,        true,  7, "process id")		\
	X(PPID,       "PPID",      7, pid,   ppid,           false, 6,				\
	  "process id of the parent")								\
	X(VERSION,    "VERSION",   7, int,   version,        false, 6,				\
	  "pidversion of the audit token: new at each fork and exec")				\
	X(USER,       "USER",      8, text,  user,           true,  4, "effective user")	\
	X(EV_RATE,    "EV/S",      6, rate,  rate_all,       true,  0,				\
	  "events per second, all types")							\
	X(OPEN_RATE,  "OPEN/S",    6, rate,  rate[EV_OPEN],  true,  6, "opens per second")	\
	X(CLOSE_RATE, "CLOSE/S",   7, rate,  rate[EV_CLOSE], true,  5, "closes per second")	\
	X(EXEC_RATE,  "EXEC/S",    6, rate,  rate[EV_EXEC],  false, 5,				\
	  "program starts per second")								\
	X(FORK_RATE,  "FORK/S",    6, rate,  rate[EV_FORK],  false, 5, "forks per second")	\
	X(EXIT_RATE,  "EXIT/S",    6, rate,  rate[EV_EXIT],  false, 5, "exits per second")	\
	X(EXEC,       "EXEC",      6, count, total[EV_EXEC], true,  3, "programs started")	\
	X(FORK,       "FORK",      6, count, total[EV_FORK], true,  3, "processes made")	\
	X(EXIT,       "EXIT",      6, count, total[EV_EXIT], false, 3,				\
	  "processes ended; of interest with subtree totals")					\
	X(OPEN,       "OPEN",      8, count, total[EV_OPEN], true,  2, "files opened")		\
	X(CLOSE,      "CLOSE",     8, count, total[EV_CLOSE], true,  1, "files closed")		\
	X(EVENTS,     "EVENTS",    8, count, total_all,      false, 2, "events of all types")	\
	X(ALIVE,      "ALIVE",     5, some,  alive,          false, 4,				\
	  "processes that run")									\
	X(RUN,        "RUN",       6, some,  group_count,    false, 5,				\
	  "of a line for many: processes or executions in all")					\
	X(SHARE,      "%EV",       4, share, share,          false, 3,				\
	  "share of the events per second of all")						\
	X(BEFORE,     "BEFORE",    7, before, compared,      false, 2,				\
	  "events per second before the mark (c), from the start of counting")			\
	X(SINCE,      "SINCE",     7, since, compared,       false, 2,				\
	  "events per second since the mark")							\
	X(CHANGE,     "CHANGE",    7, change, compared,      false, 2,				\
	  "what since the mark is more or less: SINCE minus BEFORE")				\
	X(LIFE,       "LIFE",      6, life,  group_life_ns,  false, 2,				\
	  "of a line for many: median life of what has ended")					\
	X(MUTE,       "M",         1, mark,  mute,           true,  8,				\
	  "whether it is muted, and how")							\
	X(COMMAND,    "COMMAND",   0, text,  command,        true,  0,				\
	  "arguments, or path of the executable")

/* What is shown by default where processes are grouped by something, in this order. */
#define COLUMN_GROUPED_TABLE(X) \
	X(ALIVE) X(RUN) X(EV_RATE) X(SHARE) X(OPEN_RATE) X(EXEC) X(OPEN) X(CLOSE) X(LIFE) X(MUTE) X(COMMAND)

enum column_id {
#define X(id, ...) COLUMN_##id,
	COLUMN_TABLE(X)
#undef X
	COLUMN_COUNT
};

struct column {
	const char *name;  /* of its value, for programs */
	const char *title; /* also its name for -o, case ignored */
	const char *help;
	uint8_t width; /* 0: the rest of the line */
	uint8_t drop;
	bool shown;      /* by default */
	bool left;       /* text: aligned left, sorts upwards by default */
	bool descending; /* sorts downwards by default */
	bool figure;     /* how much: it is painted by how much it is */
	bool counted;    /* since the start, or the mark: the title as shown has a sign for it */
	/* Exactly width columns, padded and cleaned. COMMAND is drawn by its view. */
	void (*format)(char *out, size_t size, const struct row *, unsigned width, bool ascii);
	struct sheet_value (*value)(const struct row *);
	row_compare *compare; /* ascending; 0 only when equal */
};

extern const struct column column_info[COLUMN_COUNT];

const struct column *column_by_name(const char *name); /* NULL when there is none */
const struct column *column_default_sort(void);

enum { COLUMN_WIDEST = 40 };

/* Columns a person has chosen, from left to right; n 0: the default ones. COMMAND stands last. */
struct columns {
	struct {
		const struct column *column;
		uint8_t width; /* from the column's own to COLUMN_WIDEST; 0: its own */
	} at[COLUMN_COUNT];
	unsigned n;
};

void columns_default(struct columns *); /* the default ones, one by one */
void columns_grouped(struct columns *); /* those of a grouping */
/* Appends it; a width out of its range is drawn into it. False when it is there already. */
bool columns_add(struct columns *, const struct column *, unsigned width);

/* Which columns fit a line, and where. */
struct layout {
	const struct column *column[COLUMN_COUNT];
	unsigned x[COLUMN_COUNT], width[COLUMN_COUNT];
	unsigned n;
};

/*
 * What USER needs for the rows that are shown, at most USER_WIDEST columns. A uid that is cut
 * says nothing, so for numbers other columns make room; names get what COMMAND can spare.
 */
enum { USER_WIDEST = 16 };
struct column_need {
	uint8_t number, name; /* zeroed: nothing yet */
};

void column_need(struct column_need *, const struct row *); /* only ever grows */

/*
 * Lays the chosen columns (NULL: the default ones) out on this many terminal columns.
 * The sort column is always among them: added before COMMAND, and kept to the last.
 * need: NULL for nothing beyond the usual widths; ignored where USER has a chosen width.
 */
void column_layout(struct layout *, const struct columns *chosen, const struct column *sort,
		   const struct column_need *need, unsigned columns);

/* That of COMMAND says what it lists, and whether figures are sums. */
void column_title_of_rows(enum grouping, bool totals, unsigned width, char *out, size_t size, bool ascii);
/* Its title as it is shown: "EXEC Σ", in ASCII "EXEC #", is counted since the start or the mark. */
void column_title(const struct column *, char *out, size_t size, bool ascii);

/* How much the row has of it, for the eye: with no colour and for ever the same thresholds. */
enum column_level { LEVEL_NONE, LEVEL_SOME, LEVEL_MUCH, LEVEL_VERY_MUCH };
enum column_level column_level(const struct column *, const struct row *);

/* As units_rate(), but "-" for none. */
void column_rate(char *out, size_t size, double value, unsigned width);

#endif
