/*
 * xalloc - memory or a clean end.
 *
 * Out of memory is not survivable for a monitor that must not lie. The
 * functions never return NULL: they call the hook (which leaves curses), say
 * so on stderr and exit with status 1. Main thread only.
 */
#ifndef ESTOP_MODEL_XALLOC_H
#define ESTOP_MODEL_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *old, size_t n, size_t size); /* n * size, checked */
char *xstrdup(const char *);
char *xstrndup(const char *, size_t n);
void xalloc_on_failure(void (*hook)(void));

/* Large blocks go back to the system when they are freed, also after larger ones. First of all. */
void xalloc_give_back(void);

#endif
