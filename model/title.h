/*
 * title - what a process calls itself: the text that its command line holds now, where that is
 * not what it was executed with (setproctitle, an argv[0] written over).
 *
 * The tree keeps the title of a process until its next exec. Who asks the system, and for which
 * processes, is not decided here: see src/app/titles.h. Main thread.
 */
#ifndef ESTOP_MODEL_TITLE_H
#define ESTOP_MODEL_TITLE_H

#include "model/tree.h"

#define TITLE_AGE_NS UINT64_C(1000000000) /* a process is asked no sooner than this after the last time */
enum { TITLE_MAX = 4096 };                /* bytes of a title */

/* May this process be asked now? Not one that has exited, or whose arguments are not known. */
bool title_is_due(const struct tree *, struct proc_key, uint64_t now_ns);

/*
 * Takes the command line as it is now, arguments with their NULs; what is beyond TITLE_MAX need not
 * be there. Empty: it has none. True if the title of the process has changed.
 */
bool title_set(struct tree *, struct proc_key, const char *bytes, size_t length, uint64_t now_ns);

/* "": it has none. Valid until the next apply. */
const char *title_get(const struct tree *, struct proc_key);

#endif
