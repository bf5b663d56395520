/*
 * header - the lines above the table: what runs, how much, what is muted, what was lost.
 *
 * The lines are made of parts. Each part has wordings from long to short, and each
 * wording a rank; on a narrow line the lowest rank gives way first, so what a
 * person must know (loss, pause, mutes) is said to the last column.
 */
#ifndef ESTOP_UI_HEADER_H
#define ESTOP_UI_HEADER_H

#include "model/snapshot.h"
#include "ui/column.h"
#include "ui/config.h"
#include "ui/theme.h"

enum { HEADER_LINES = 3, HEADER_PARTS = 40, HEADER_WORDINGS = 5, HEADER_TEXT = 192, HEADER_WIDE = 120 };

struct header_part {
	char text[HEADER_WORDINGS][HEADER_TEXT];
	uint8_t rank[HEADER_WORDINGS];
	uint8_t wordings, chosen; /* chosen == wordings: left out */
	uint8_t line;
	bool right; /* of the line's second half */
	bool wide;  /* the first wording is for HEADER_WIDE columns and more */
	enum role role;
};

struct header {
	struct header_part part[HEADER_PARTS];
	unsigned n;
};

/* What the last line says of a view. */
struct headline {
	char what[100]; /* clean: "812 files"; "": it shows processes, of which the header knows */
	const struct filter *filter;
	const char *sort; /* title of a column; NULL: it has no order to choose */
	bool descending;
	bool held;           /* the order of the rows is frozen */
	const char *follows; /* the row that is followed, clean; NULL or "": none */
};

/* What the lines show in addition to the snapshot. */
struct header_facts {
	const struct ui_config *config;
	const struct snapshot_spec *spec;
	const struct headline *headline;
	bool paused, ascii;
	bool dated;        /* with the time of the snapshot: batch */
	bool ended;        /* nothing happens any more: totals in place of rates */
	uint64_t start_ns; /* when counting began */
	uint32_t interval_ms;
};

/* Fills h with the parts, for this many lines (1 to HEADER_LINES): fewer lines share the parts. */
void header_compose(struct header *h, const struct header_facts *, const struct snapshot *, unsigned lines);

/* Chooses wordings so that every line fits, and says where the second halves begin. */
unsigned header_fit(struct header *h, unsigned columns);

/*
 * One line as text, parts that follow each other two blanks apart; each part is handed to put with
 * its column. second: what header_fit() returned.
 */
void header_write(const struct header *h, unsigned line, unsigned second, unsigned columns,
		  void (*put)(void *ctx, unsigned x, const char *text, enum role), void *ctx);

#endif
