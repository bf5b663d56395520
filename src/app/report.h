/*
 * report - the summary of a command as text, and as JSON: its exit status, the programs it ran, what was
 * slow, what failed, how much ran at a time, the files it opened, counts and losses. Of a recording the
 * same, of what it holds. Nothing in the text can act on a terminal; JSON is escaped as in recordings.
 */
#ifndef ESTOP_APP_REPORT_H
#define ESTOP_APP_REPORT_H

#include "src/app/session.h"

/* Of each list of the text. JSON has REPORT_JSON_FILES of each kind of file, and all of the others. */
enum {
	REPORT_PROGRAMS = 60,
	REPORT_SLOWEST = 5,
	REPORT_FAILED = 10,
	REPORT_FILES = 10,
	REPORT_JSON_FILES = 100
};

/*
 * The session has a summary. Figures are those of the last session_stop() or frame. Lines of the text have
 * 80 columns but for paths of files and programs, which are never cut.
 */
void report_text(FILE *, const struct session *);

/* One line; SUMMARY AS JSON in estop(1) documents it. */
void report_json(FILE *, const struct session *);

#endif
