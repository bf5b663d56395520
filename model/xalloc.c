/* xalloc - memory or a clean end. */
#include "model/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static void (*failure_hook)(void);

void
xalloc_on_failure(void (*hook)(void))
{
	failure_hook = hook;
}

void
xalloc_give_back(void)
{
#ifdef __GLIBC__
	/* Else glibc raises the bound to the largest block that was ever freed, up to 32 MiB. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
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
