/*
 * files - see files.h. A set of targets is a heap by weight, the least on top, and
 * a hash table by path. Nothing is allocated once it is full, but for longer paths.
 */
#include "model/files.h"

#include "model/hash.h"
#include "model/rate.h"
#include "model/share.h"

#include <math.h>
#include <string.h>

#define HALVED_NS ((uint64_t)60000000000)

struct user {
	struct proc_key key;
	struct string *exe;
	uint64_t opens, closes, total;
	uint64_t missed; /* what it may have done before it was taken in, at most */
};

struct program {
	struct string *exe;
	uint64_t opens, closes, total;
	uint64_t missed, closed;
	float rate;
};

struct target {
	char *path;
	uint32_t length, room;
	uint32_t place;  /* in the heap */
	uint32_t serial; /* new with each path */
	uint64_t weight;
	uint64_t opens, closes, total;
	uint64_t missed;
	uint64_t mutable, shared; /* events a mute would suppress; of these, in the window already */
	uint64_t since_ns;        /* when it took another's place; 0: it never did */
	uint64_t closed[3];       /* opens, closes, total when the last interval was closed */
	float rate[3];
	struct window window;
	uint32_t user_count;
	bool more_users;
	uint64_t seen[FILES_BITS / 64]; /* a bit for each process, by its hash */
	struct user users[FILES_USERS];
	struct program programs[FILES_PROGRAMS];
	uint32_t program_count;
	bool more_programs;
	struct target *directory; /* of a file, as long as that one's serial is: */
	uint32_t directory_serial;
	UT_hash_handle hh;
};

struct set {
	struct target *targets, *by_path;
	struct target **heap;
	uint32_t count, max;
	uint64_t missed; /* the most a target had that had to leave */
};

struct files {
	struct set set[2]; /* enum files_kind */
	struct rate_clock clock;
	uint64_t now_ns, halved_ns;
	uint64_t event_ns; /* of the event that is being counted */
	uint64_t left_ns;  /* a target had to leave then; 0: never */
	uint32_t serial;
};

/* ---- the heap ---- */

static void
put(struct set *s, uint32_t place, struct target *t)
{
	s->heap[place] = t;
	t->place = place;
}

/* The weight has grown: down, until both below weigh no less. */
static void
sink(struct set *s, struct target *t)
{
	uint32_t at = t->place;

	for (;;) {
		uint32_t below = at * 2 + 1;

		if (below + 1 < s->count && s->heap[below + 1]->weight < s->heap[below]->weight)
			below++;
		if (below >= s->count || s->heap[below]->weight >= t->weight)
			break;
		put(s, at, s->heap[below]);
		at = below;
	}
	put(s, at, t);
}

/* New ones weigh nothing yet, so they go to the top. */
static void
rise(struct set *s, struct target *t)
{
	uint32_t at = s->count++;

	while (at > 0 && s->heap[(at - 1) / 2]->weight > t->weight) {
		put(s, at, s->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(s, at, t);
}

/* ---- targets ---- */

static void
forget_users(struct target *t)
{
	for (uint32_t i = 0; i < t->user_count; i++)
		string_release(t->users[i].exe);
	for (uint32_t i = 0; i < t->program_count; i++)
		string_release(t->programs[i].exe);
	t->user_count = t->program_count = 0;
}

/* The lightest leaves, and its memory is used again. */
static struct target *
displace(struct files *f, struct set *s)
{
	struct target *t = s->heap[0], fresh = { 0 };

	if (t->total + t->missed > s->missed)
		s->missed = t->total + t->missed;
	f->left_ns = f->event_ns;
	HASH_DEL(s->by_path, t); /* NOLINT: the analyzer loses the hash */
	forget_users(t);
	fresh.path = t->path;
	fresh.room = t->room;
	fresh.place = t->place;
	fresh.weight = t->weight;
	fresh.missed = s->missed;
	fresh.since_ns = f->left_ns;
	*t = fresh;
	return t;
}

static void
set_path(struct target *t, const char *path, size_t length)
{
	if (t->room < length + 1) {
		t->room = (uint32_t)(length + 64) & ~(uint32_t)63;
		t->path = xrealloc(t->path, t->room, 1);
	}
	memcpy(t->path, path, length);
	t->path[length] = '\0';
	t->length = (uint32_t)length;
}

/* The target of this path, as it is or new. */
static struct target *
target_of(struct files *f, struct set *s, const char *path, size_t length)
{
	unsigned hash = hash_bytes(path, length);
	struct target *t;

	HASH_FIND_BYHASHVALUE(hh, s->by_path, path, length, hash, t);
	if (t)
		return t;
	if (s->count < s->max) {
		t = &s->targets[s->count];
		rise(s, t);
	} else {
		t = displace(f, s);
	}
	set_path(t, path, length);
	t->serial = ++f->serial;
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, s->by_path, t->path, length, hash, t); /* NOLINT */
	return t;
}

static struct target *
find(const struct files *f, enum files_kind kind, const char *path)
{
	struct target *t;

	HASH_FIND(hh, f->set[kind].by_path, path, strlen(path), t);
	return t;
}

/* ---- users of a file ---- */

static void
see(struct target *t, struct proc_key key)
{
	uint64_t h = (key.start_ns ^ (uint64_t)(uint32_t)key.pid << 32) * 0x9e3779b97f4a7c15u;
	unsigned bit = (unsigned)((h ^ h >> 32) * 0x9e3779b97f4a7c15u >> 56);

	t->seen[bit / 64] |= (uint64_t)1 << bit % 64;
}

static unsigned
estimate_users(const struct target *t)
{
	unsigned ones = 0;
	double n;

	if (!t->more_users)
		return t->user_count;
	for (unsigned i = 0; i < FILES_BITS / 64; i++)
		ones += (unsigned)__builtin_popcountll(t->seen[i]);
	n = ones < FILES_BITS ? FILES_BITS * log(FILES_BITS / (double)(FILES_BITS - ones)) : FILES_USERS_MOST;
	return n > FILES_USERS + 1 ? n < FILES_USERS_MOST ? (unsigned)(n + 0.5) : FILES_USERS_MOST
				   : FILES_USERS + 1;
}

static struct user *
user_of(struct target *t, struct proc_key key)
{
	struct user *least = t->users;

	for (uint32_t i = 0; i < t->user_count; i++) {
		struct user *u = &t->users[i];

		if (u->key.pid == key.pid && u->key.start_ns == key.start_ns)
			return u;
		if (u->total + u->missed < least->total + least->missed)
			least = u;
	}
	see(t, key); /* also of one that was here and had to leave */
	if (t->user_count < FILES_USERS) {
		least = &t->users[t->user_count++];
		*least = (struct user){ .key = key };
	} else {
		t->more_users = true;
		string_release(least->exe);
		*least = (struct user){ .key = key, .missed = least->total + least->missed };
	}
	return least;
}

static struct program *
program_of(struct target *t, struct string *exe)
{
	struct program *least = t->programs;

	for (uint32_t i = 0; i < t->program_count; i++) {
		struct program *p = &t->programs[i];

		if (p->exe == exe)
			return p;
		if (p->total + p->missed < least->total + least->missed)
			least = p;
	}
	if (t->program_count < FILES_PROGRAMS) {
		least = &t->programs[t->program_count++];
		*least = (struct program){ .exe = string_hold(exe) };
	} else {
		t->more_programs = true;
		string_release(least->exe);
		*least = (struct program){ .exe = string_hold(exe), .missed = least->total + least->missed };
	}
	return least;
}

/* ---- counting ---- */

static void
count(struct set *s, struct target *t, const struct event *e, struct string *exe)
{
	struct user *u = user_of(t, (struct proc_key){ e->who.pid, e->who.start_ns });
	struct program *p = program_of(t, exe);
	bool is_open = e->id == EV_OPEN, is_close = e->id == EV_CLOSE;

	if (exe && u->exe != exe) {
		string_release(u->exe);
		u->exe = string_hold(exe);
	}
	u->opens += is_open;
	u->closes += is_close;
	u->total++;
	p->opens += is_open;
	p->closes += is_close;
	p->total++;
	t->opens += is_open;
	t->closes += is_close;
	t->total++;
	t->mutable += event_info[e->id].target;
	t->weight++;
	sink(s, t);
}

/* Without its last slash; of "/vmlinuz" that is "/". */
static size_t
directory_length(const char *path, size_t length)
{
	while (length > 1 && path[length - 1] == '/')
		length--;
	while (length > 1 && path[length - 1] != '/')
		length--;
	return length > 1 ? length - 1 : 1;
}

void
files_add(struct files *f, const struct event *e, struct string *exe)
{
	struct set *files = &f->set[FILES_FILE], *directories = &f->set[FILES_DIRECTORY];
	struct target *t, *d;
	const char *path;
	size_t length;

	if (e->id >= EV_COUNT || event_info[e->id].vital || e->other.pid) /* that is about a process */
		return;
	path = event_field(e, FIELD_TARGET, &length);
	if (!path || path[0] != '/' || length > FILES_PATH_MAX || e->flags & EVENT_TRUNCATED)
		return;
	f->event_ns = e->time_ns;
	t = target_of(f, files, path, length);
	count(files, t, e, exe);
	d = t->directory;
	if (!d || d->serial != t->directory_serial) {
		d = target_of(f, directories, path, directory_length(path, length));
		t->directory = d;
		t->directory_serial = d->serial;
	}
	count(directories, d, e, exe);
}

static void
close_interval(struct target *t, double seconds)
{
	const uint64_t now[3] = { t->opens, t->closes, t->total };

	for (unsigned i = 0; i < 3; i++) {
		if (seconds > 0)
			t->rate[i] = (float)((double)(now[i] - t->closed[i]) / seconds);
		t->closed[i] = now[i];
	}
	for (uint32_t i = 0; i < t->program_count; i++) {
		struct program *p = &t->programs[i];

		if (seconds > 0)
			p->rate = (float)((double)(p->total - p->closed) / seconds);
		p->closed = p->total;
	}
}

void
files_tick(struct files *f, uint64_t now_ns)
{
	double seconds = rate_interval(&f->clock, now_ns);
	bool halve = now_ns - f->halved_ns >= HALVED_NS; /* also when the clock went back */

	f->now_ns = now_ns;
	if (halve)
		f->halved_ns = now_ns;
	for (unsigned kind = 0; kind < 2; kind++)
		for (uint32_t i = 0; i < f->set[kind].count; i++) {
			struct target *t = &f->set[kind].targets[i];

			if (seconds != 0)
				close_interval(t, seconds);
			if (t->mutable != t->shared)
				window_add(&t->window, now_ns, t->mutable - t->shared);
			t->shared = t->mutable;
			if (halve)
				t->weight /= 2; /* keeps the order, and so the heap */
		}
}

/* ---- asking ---- */

static struct file_user
facts_of_user(const struct user *u)
{
	return (struct file_user){
		u->key, string_bytes(u->exe), u->opens, u->closes, u->total, u->missed > 0
	};
}

static const struct user *
busiest(const struct target *t)
{
	const struct user *top = t->users;

	for (uint32_t i = 1; i < t->user_count; i++)
		if (t->users[i].total > top->total)
			top = &t->users[i];
	return top;
}

static struct file_program
facts_of_program(const struct target *t, const struct program *p)
{
	return (struct file_program){
		.exe = string_bytes(p->exe),
		.opens = p->opens,
		.closes = p->closes,
		.total = p->total,
		.rate = (double)p->rate,
		.share = t->total ? (double)p->total / (double)t->total : 0,
		.at_least = p->missed > 0,
	};
}

static const struct program *
busiest_program(const struct target *t)
{
	const struct program *top = t->programs;

	for (uint32_t i = 1; i < t->program_count; i++)
		if (t->programs[i].total > top->total)
			top = &t->programs[i];
	return top;
}

static void
facts_of(const struct target *t, struct file_facts *facts)
{
	*facts = (struct file_facts){
		.path = t->path,
		.opens = t->opens,
		.closes = t->closes,
		.total = t->total,
		.open_rate = t->rate[0],
		.close_rate = t->rate[1],
		.rate = t->rate[2],
		.at_least = t->missed > 0,
		.missed = t->missed,
		.users = estimate_users(t),
		.more_users = t->more_users,
		.more_programs = t->more_programs,
		.top = facts_of_user(busiest(t)),
		.top_program = facts_of_program(t, busiest_program(t)),
	};
}

size_t
files_count(const struct files *f, enum files_kind kind)
{
	return f->set[kind].count;
}

void
files_get(const struct files *f, enum files_kind kind, size_t i, struct file_facts *facts)
{
	facts_of(&f->set[kind].targets[i], facts);
}

bool
files_find(const struct files *f, enum files_kind kind, const char *path, struct file_facts *facts)
{
	const struct target *t = find(f, kind, path);

	if (t)
		facts_of(t, facts);
	return t;
}

/* ---- directories and all below them ---- */

/* A target that is made for a while, with what others did. Its strings are not held. */
struct sum {
	struct target target;
	UT_hash_handle hh;
};

static void
sum_program(struct target *to, const struct program *from)
{
	struct program *p = to->programs, *least = p;

	for (uint32_t i = 0; i < to->program_count; i++, p++) {
		if (p->exe == from->exe)
			break;
		if (p->total < least->total)
			least = p;
	}
	if (p == &to->programs[to->program_count] && to->program_count < FILES_PROGRAMS) {
		to->program_count++;
		*p = (struct program){ .exe = from->exe };
	} else if (p == &to->programs[to->program_count]) { /* the smallest of all is left out */
		to->more_programs = true;
		if (least->total >= from->total)
			return;
		p = least;
		*p = (struct program){ .exe = from->exe };
	}
	p->opens += from->opens;
	p->closes += from->closes;
	p->total += from->total;
	p->missed += from->missed;
	p->rate += from->rate;
}

static void
sum_target(struct target *to, const struct target *from)
{
	to->opens += from->opens;
	to->closes += from->closes;
	to->total += from->total;
	to->missed += from->missed;
	for (unsigned i = 0; i < 3; i++)
		to->rate[i] += from->rate[i];
	/* More than a few processes are known by their bits alone. */
	to->more_users |= from->more_users;
	for (unsigned i = 0; i < FILES_BITS / 64; i++)
		to->seen[i] |= from->seen[i];
	for (uint32_t i = 0; i < from->program_count; i++)
		sum_program(to, &from->programs[i]);
	to->more_programs |= from->more_programs;
	if (from->total >= to->weight) { /* the busiest of all names the top process */
		to->weight = from->total;
		to->users[0] = *busiest(from);
	}
}

static void
count_users(struct target *t)
{
	unsigned ones = 0;

	for (unsigned i = 0; i < FILES_BITS / 64; i++)
		ones += (unsigned)__builtin_popcountll(t->seen[i]);
	t->more_users |= ones > FILES_USERS;
	t->user_count = ones < FILES_USERS ? ones : FILES_USERS;
}

/* Does path lie in directory, or is it that? Then where its next component ends, else 0. */
static size_t
step_below(const char *path, size_t length, const char *directory, size_t depth)
{
	const char *end;

	if (length < depth || memcmp(path, directory, depth) != 0)
		return 0;
	if (length == depth || (depth == 0 && length == 1))
		return length;
	if (path[depth] != '/')
		return 0;
	end = memchr(path + depth + 1, '/', length - depth - 1);
	return end ? (size_t)(end - path) : length;
}

static size_t
depth_of(const char *directory)
{
	size_t length = strlen(directory);

	return length == 1 ? 0 : length; /* of "/" nothing is repeated in what is below it */
}

struct file_facts *
files_children(const struct files *f, const char *directory, size_t *n)
{
	const struct set *s = &f->set[FILES_DIRECTORY];
	size_t depth = depth_of(directory);
	struct sum *sums = NULL, *one, *next;
	struct file_facts *facts;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct target *t = &s->targets[i];
		size_t end = step_below(t->path, t->length, directory, depth);

		if (!end)
			continue;
		HASH_FIND(hh, sums, t->path, end, one);
		if (!one) {
			one = xcalloc(1, sizeof(*one));
			set_path(&one->target, t->path, end);
			HASH_ADD_KEYPTR(hh, sums, one->target.path, end, one); /* NOLINT */
		}
		sum_target(&one->target, t);
	}
	*n = 0;
	facts = xcalloc(HASH_COUNT(sums) + 1, sizeof(*facts));
	HASH_ITER (hh, sums, one, next) {
		count_users(&one->target);
		facts_of(&one->target, &facts[(*n)++]);
		HASH_DELETE(hh, sums, one); /* NOLINT: the analyzer loses the hash */
		free(one);                  /* its path is the caller's now */
	}
	return facts;
}

void
files_children_free(struct file_facts *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((char *)facts[i].path);
	free(facts);
}

static int
more_events(const void *a, const void *b)
{
	uint64_t x = ((const struct file_program *)a)->total, y = ((const struct file_program *)b)->total;

	return (x < y) - (x > y);
}

size_t
files_programs(const struct files *f, enum files_kind kind, const char *path,
	       struct file_program programs[FILES_PROGRAMS])
{
	const struct set *s = &f->set[kind];
	const struct target *t = kind == FILES_FILE ? find(f, kind, path) : NULL;
	struct target sum = { 0 };

	if (kind == FILES_DIRECTORY) {
		size_t depth = depth_of(path);

		for (uint32_t i = 0; i < s->count; i++)
			if (step_below(s->targets[i].path, s->targets[i].length, path, depth))
				sum_target(&sum, &s->targets[i]);
		t = &sum;
	}
	if (!t)
		return 0;
	for (uint32_t i = 0; i < t->program_count; i++)
		programs[i] = facts_of_program(t, &t->programs[i]);
	qsort(programs, t->program_count, sizeof(*programs), more_events);
	return t->program_count;
}

static int
more_first(const void *a, const void *b)
{
	uint64_t x = ((const struct file_user *)a)->total, y = ((const struct file_user *)b)->total;

	return (x < y) - (x > y);
}

size_t
files_users(const struct files *f, enum files_kind kind, const char *path, struct file_user users[FILES_USERS])
{
	const struct target *t = find(f, kind, path);

	if (!t)
		return 0;
	for (uint32_t i = 0; i < t->user_count; i++)
		users[i] = facts_of_user(&t->users[i]);
	qsort(users, t->user_count, sizeof(*users), more_first);
	return t->user_count;
}

/* Keeps the list sorted, and drops what falls off its end. */
static size_t
insert(struct file_share *list, size_t n, size_t max, const struct file_share *share)
{
	size_t at = n < max ? n++ : max - 1;

	if (at == max - 1 && n == max && list[at].path && list[at].user.total >= share->user.total)
		return n;
	for (; at > 0 && list[at - 1].user.total < share->user.total; at--)
		list[at] = list[at - 1];
	list[at] = *share;
	return n;
}

size_t
files_of(const struct files *f, struct proc_key key, struct file_share *list, size_t max)
{
	const struct set *s = &f->set[FILES_FILE];
	size_t n = 0;

	memset(list, 0, max * sizeof(*list));
	for (uint32_t i = 0; max && i < s->count; i++)
		for (uint32_t k = 0; k < s->targets[i].user_count; k++) {
			const struct user *u = &s->targets[i].users[k];
			struct file_share share;

			if (u->key.pid != key.pid || u->key.start_ns != key.start_ns)
				continue;
			share = (struct file_share){ s->targets[i].path, facts_of_user(u) };
			share.user.at_least |= s->targets[i].missed > 0;
			n = insert(list, n, max, &share);
			break;
		}
	return n;
}

size_t
files_where(const struct files *f, bool (*is)(void *ctx, const struct file_user *), void *ctx,
	    struct file_share *list, size_t max)
{
	const struct set *s = &f->set[FILES_FILE];
	size_t n = 0;

	memset(list, 0, max * sizeof(*list));
	for (uint32_t i = 0; max && i < s->count; i++) {
		struct file_share share = { .path = s->targets[i].path };

		for (uint32_t k = 0; k < s->targets[i].user_count; k++) {
			struct file_user user = facts_of_user(&s->targets[i].users[k]);

			if (!is(ctx, &user))
				continue;
			share.user.opens += user.opens;
			share.user.closes += user.closes;
			share.user.total += user.total;
			share.user.at_least |= user.at_least;
		}
		/* There may have been more of them than are kept. */
		share.user.at_least |= s->targets[i].missed > 0 || s->targets[i].user_count == FILES_USERS;
		if (share.user.total)
			n = insert(list, n, max, &share);
	}
	return n;
}

static uint64_t
recent_below(const struct files *f, enum files_kind kind, const char *prefix)
{
	const struct set *s = &f->set[kind];
	size_t length = strlen(prefix);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		const struct target *t = &s->targets[i];
		bool below = strncmp(t->path, prefix, length) == 0;

		/* "/tmp" holds only what begins with "/tmp/". */
		if (!below && kind == FILES_DIRECTORY && length == t->length + 1)
			below = prefix[t->length] == '/' && memcmp(t->path, prefix, t->length) == 0;
		if (below)
			sum += window_sum(&t->window, f->now_ns);
	}
	return sum;
}

static bool
lately(const struct files *f, uint64_t ns)
{
	return ns && f->now_ns < ns + SHARE_STEPS * SHARE_STEP_NS;
}

uint64_t
files_recent(const struct files *f, const char *path, bool prefix, bool *exact)
{
	const struct target *t;
	uint64_t of_files, of_directories;

	*exact = !lately(f, f->left_ns);
	if (!prefix) {
		t = find(f, FILES_FILE, path);
		if (t)
			*exact = !lately(f, t->since_ns);
		return t ? window_sum(&t->window, f->now_ns) : 0;
	}
	/* Each forgets others; the one that knows more is nearer the truth. */
	of_files = recent_below(f, FILES_FILE, path);
	of_directories = recent_below(f, FILES_DIRECTORY, path);
	return of_files > of_directories ? of_files : of_directories;
}

/* ---- life ---- */

static void
set_init(struct set *s, uint32_t max)
{
	s->max = max;
	s->targets = xcalloc(max, sizeof(*s->targets));
	s->heap = xcalloc(max, sizeof(struct target *));
}

struct files *
files_create(void)
{
	struct files *f = xcalloc(1, sizeof(*f));

	set_init(&f->set[FILES_FILE], FILES_MAX);
	set_init(&f->set[FILES_DIRECTORY], FILES_DIRECTORIES);
	return f;
}

void
files_clear(struct files *f)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		struct set *s = &f->set[kind];

		HASH_CLEAR(hh, s->by_path);
		for (uint32_t i = 0; i < s->count; i++) {
			forget_users(&s->targets[i]);
			free(s->targets[i].path);
			memset(&s->targets[i], 0, sizeof(s->targets[i]));
		}
		s->count = 0;
		s->missed = 0;
	}
	f->left_ns = 0;
}

void
files_destroy(struct files *f)
{
	if (!f)
		return;
	files_clear(f);
	for (unsigned kind = 0; kind < 2; kind++) {
		free(f->set[kind].targets);
		free(f->set[kind].heap);
	}
	free(f);
}
