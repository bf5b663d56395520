/* xalloc - memory or a clean end. */
#include "model/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*failure_hook)(void);

void
xalloc_on_failure(void (*hook)(void))
{
	failure_hook = hook;
}

static void *
or_die(void *p)
{
	if (p)
		return p;
	if (failure_hook)
		failure_hook();
	fputs("estop: out of memory\n", stderr);
	exit(1);
}

void *
xmalloc(size_t size)
{
	return or_die(malloc(size ? size : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size ? size : 1));
}

void *
xrealloc(void *old, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		return or_die(NULL);
	return or_die(realloc(old, n && size ? n * size : 1));
}

char *
xstrdup(const char *s)
{
	return or_die(strdup(s));
}

char *
xstrndup(const char *s, size_t n)
{
	return or_die(strndup(s, n));
}
