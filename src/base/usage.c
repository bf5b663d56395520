/* usage - see usage.h. */
#include "src/base/usage.h"

#include <sys/resource.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define TRIM_NS UINT64_C(60000000000)

static uint64_t
nanoseconds(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static uint64_t
cpu_used(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) != 0)
		return 0;
	return nanoseconds(u.ru_utime) + nanoseconds(u.ru_stime);
}

void
self_open(struct self *s, uint64_t now_ns)
{
	*s = (struct self){
		.cpu_ns = cpu_used(), .wall_ns = now_ns, .trim_ns = now_ns, .fd = self_memory_open()
	};
	s->rss = self_memory(s->fd);
}

void
self_close(struct self *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void
self_sample(struct self *s, uint64_t now_ns)
{
	uint64_t cpu = cpu_used();

	if (now_ns <= s->wall_ns)
		return;
	s->cpu = 100.0 * (double)(cpu - s->cpu_ns) / (double)(now_ns - s->wall_ns);
	s->cpu_ns = cpu;
	s->wall_ns = now_ns;
	s->rss = self_memory(s->fd);
}

void
self_renice(int nice)
{
	(void)setpriority(PRIO_PROCESS, 0, nice);
}

void
self_memory_frugal(void)
{
#ifdef __GLIBC__
	enum { LARGE = 128 << 10, TOP = 256 << 10 };

	/* Said, these stay: else the first large piece that is freed makes them larger, for good. */
	mallopt(M_MMAP_THRESHOLD, LARGE);
	mallopt(M_TRIM_THRESHOLD, TOP);
	/* One heap for the main thread, one for all others. */
	mallopt(M_ARENA_MAX, 2);
#endif
}

void
self_memory_trim(struct self *s, uint64_t now_ns)
{
	if (now_ns - s->trim_ns < TRIM_NS)
		return;
	s->trim_ns = now_ns;
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
