/* share - see share.h. */
#include "model/share.h"
#include "model/hash.h"

#include <stdlib.h>
#include <string.h>

struct exe {
	struct window window;
	UT_hash_handle hh;
	char path[];
};

struct shares {
	struct exe *exes;
};

static uint32_t
step_of(uint64_t now_ns)
{
	return (uint32_t)(now_ns / SHARE_STEP_NS);
}

void
window_add(struct window *w, uint64_t now_ns, uint64_t count)
{
	uint32_t now = step_of(now_ns);

	if (w->step - now < SHARE_STEPS) /* late events count as new */
		now = w->step;
	if (now - w->step >= SHARE_STEPS) { /* also when the clock went far back */
		memset(w->count, 0, sizeof(w->count));
		w->step = now;
	}
	while (w->step != now)
		w->count[++w->step % SHARE_STEPS] = 0;
	w->count[now % SHARE_STEPS] += (uint32_t)count;
}

uint64_t
window_sum(const struct window *w, uint64_t now_ns)
{
	uint32_t now = step_of(now_ns), age = now - w->step;
	uint64_t sum = 0;

	/* Steps that passed since the newest have nothing in them. */
	for (uint32_t back = 0; back + age < SHARE_STEPS; back++)
		sum += w->count[(w->step - back) % SHARE_STEPS];
	return sum;
}

struct shares *
shares_create(void)
{
	return xcalloc(1, sizeof(struct shares));
}

void
shares_destroy(struct shares *s)
{
	struct exe *e, *next;

	if (!s)
		return;
	HASH_ITER (hh, s->exes, e, next) {
		HASH_DEL(s->exes, e); /* NOLINT: the analyzer loses the hash */
		free(e);
	}
	free(s);
}

struct candidate {
	struct exe *exe;
	uint64_t sum;
};

static int
least_first(const void *a, const void *b)
{
	uint64_t x = ((const struct candidate *)a)->sum, y = ((const struct candidate *)b)->sum;

	return (x > y) - (x < y);
}

/* A quarter of them at once: where thousands take turns, each would cost a look at all. */
static void
drop_least(struct shares *s, uint64_t now_ns)
{
	struct candidate all[SHARE_EXES];
	size_t n = 0;

	all[0] = (struct candidate){ 0 }; /* qsort() gets a start also of none */
	for (struct exe *e = s->exes; e && n < SHARE_EXES; e = e->hh.next)
		all[n++] = (struct candidate){ e, window_sum(&e->window, now_ns) };
	qsort(all, n, sizeof(*all), least_first);
	for (size_t i = 0; i < (n + 3) / 4; i++) {
		HASH_DEL(s->exes, all[i].exe); /* NOLINT: the analyzer loses the hash */
		free(all[i].exe);
	}
}

void
shares_add(struct shares *s, const char *exe, uint64_t now_ns, uint64_t count)
{
	size_t length = strlen(exe);
	struct exe *e;

	if (!length || !count)
		return;
	HASH_FIND(hh, s->exes, exe, length, e);
	if (!e) {
		if (HASH_COUNT(s->exes) >= SHARE_EXES)
			drop_least(s, now_ns);
		e = xcalloc(1, sizeof(*e) + length + 1);
		memcpy(e->path, exe, length + 1);
		HASH_ADD_KEYPTR(hh, s->exes, e->path, length, e); /* NOLINT: the analyzer loses the hash */
	}
	window_add(&e->window, now_ns, count);
}

uint64_t
shares_exe(const struct shares *s, const char *exe, uint64_t now_ns)
{
	struct exe *e;

	HASH_FIND(hh, s->exes, exe, strlen(exe), e);
	return e ? window_sum(&e->window, now_ns) : 0;
}

uint64_t
shares_prefix(const struct shares *s, const char *prefix, uint64_t now_ns)
{
	size_t length = strlen(prefix);
	uint64_t sum = 0;

	for (const struct exe *e = s->exes; e; e = e->hh.next)
		if (strncmp(e->path, prefix, length) == 0)
			sum += window_sum(&e->window, now_ns);
	return sum;
}
