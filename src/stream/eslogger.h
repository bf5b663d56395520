/*
 * src/stream/ - events as text: recordings, written and replayed, and the log. May include
 * src/es/, src/cli/, src/base/ and model/.
 */

/*
 * eslogger - the JSON Lines of Apple's eslogger(1), written and read.
 *
 * Written: one line an event, keys always in the same order, always valid JSON
 * in valid UTF-8. A byte that is no UTF-8 becomes the character U+EF00 + byte
 * (U+EF80 to U+EFFF, private use); real characters of that range are taken for
 * such bytes, too, so that nothing is ambiguous; and the line gets a key more,
 * "estop":{"bytes":true}, without which no reader turns them back. "filtered":true
 * in it says that a gap in seq_num before this line is no loss.
 *
 * Read: keys in any order, both forms of the audit token, versions 1 and up,
 * whatever is missing. What is not known is counted, never an error. Also the
 * JSON of log(1) around a line (eslogger --oslog).
 *
 * Lines with nothing but the key "estop" are records of ours: start, seen,
 * mute, lost, end. Readers of events skip them.
 */
#ifndef ESTOP_STREAM_ESLOGGER_H
#define ESTOP_STREAM_ESLOGGER_H

#include "model/event.h"
#include "src/base/strbuf.h"

/* The longest line, and the memory that it, its values and the event of it may take at once. */
enum { ESLOGGER_LINE_MAX = 16 << 20, ESLOGGER_MEMORY = 62 << 20 };

/* Appends the event's line with its '\n'. Nothing when the record has no DETAIL. */
void eslogger_write(struct text *, const struct event *);

/* The same, of a stream in which some events are left out on purpose; see EVENT_FILTERED. */
void eslogger_write_filtered(struct text *, const struct event *);

/* Appends a JSON string of any bytes, in the same way; true when some were no UTF-8. */
bool eslogger_string(struct text *, const char *bytes, size_t length);

enum eslogger_kind {
	ESLOGGER_EVENT,   /* of a type that is not known it has id EV_OTHER */
	ESLOGGER_SEEN,    /* event is an EV_SEEN */
	ESLOGGER_LOST,    /* lost has a record of losses */
	ESLOGGER_END,     /* the same, the last one of a recording */
	ESLOGGER_START,   /* the first record of a recording, or of a part of one */
	ESLOGGER_NOTE,    /* another record of ours: only its time, if any */
	ESLOGGER_NOTHING, /* what log(1) says besides, which is of no use */
	ESLOGGER_BROKEN,  /* not JSON, or no event in it: why says what */
};

struct eslogger_lost {
	uint64_t kernel[EV_COUNT], ring[EV_COUNT], muted[EV_COUNT]; /* so far, not since the last */
	uint64_t muted_elsewhere;                                   /* see model/loss.h */
	uint64_t untyped, recorder; /* recorder: missing in this recording alone */
	bool known[3];              /* kernel, ring, muted are in it */
};

struct eslogger {
	bool detail;               /* set by the caller: fill DETAIL */
	const struct event *event; /* good until the next line */
	struct eslogger_lost lost;
	uint64_t time_ns; /* of the line, 0 unknown */
	int64_t seq_num;  /* of its type, -1 unknown */
	bool args_cut;    /* "estop":{"args_cut":true}: the process had more arguments */
	bool filtered;    /* a gap in seq_num before it says nothing */
	bool ours;        /* a start record came: losses are recorded, so gaps are not counted */
	unsigned part;    /* of that record; 0 the first or only one */
	bool whole;       /* an end or part record came since */
	bool mutes;       /* of a NOTE: it is of mute rules */
	char cut[80];     /* why the recorder stopped before its end; "" it did not */
	char why[160];
	uint64_t unknown_keys; /* dropped so far: of events, without detail */
	uint64_t bad_times;    /* so far: events without a time that can be counted in ns since 1970 */
	char *memory;          /* private */
	size_t room;
	struct json_tree *tree;
};

/* "2025-08-07T15:13:09.811587464Z" or with a zone, in ns since 1970; 0 when it is none or not of the years up to 2500. */
uint64_t eslogger_time(const char *);

/* One line without its '\n'; need not end in NUL. */
enum eslogger_kind eslogger_read(struct eslogger *, const char *line, size_t length);
void eslogger_finish(struct eslogger *);

#endif
