/* mute_set - what Endpoint Security's muting means, as pure code. */
#include "src/base/mute_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, length, hash) ((hash) = (unsigned)mute_path_hash((const char *)(key), length))
#include <uthash.h>

enum { LONGEST = 16384, TYPES = 4 };

struct process_key {
	int32_t pid;
	uint32_t version;
};

struct process_entry {
	struct mute_process process; /* first: the pointers handed out are to it */
	struct process_key key;
	UT_hash_handle hh;
};

/* By hash and length: paths that share both are distinguished by their bytes (chain). */
struct path_key {
	uint64_t hash;
	uint32_t length;
	uint32_t type;
};

struct path_entry {
	struct mute_path path; /* first: the pointers handed out are to it */
	struct path_key key;
	struct path_entry *same;            /* another path of this key */
	struct path_entry *next, *previous; /* in order of age */
	UT_hash_handle hh;
	char text[];
};

struct mute_set {
	struct event_set targets;
	size_t limit;
	struct process_entry *processes;
	struct path_entry *paths, *oldest, *newest;
	size_t path_count;
	size_t type_count[TYPES];
	unsigned char inverted[3];
	uint32_t prefixes[TYPES][LONGEST + 1];     /* entries by length, of the two prefix types */
	uint64_t lengths[TYPES][LONGEST / 64 + 1]; /* the same as bits */
};

uint64_t
mute_path_hash(const char *path, size_t length)
{
	uint64_t hash = MUTE_HASH_BASIS;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)path[i]) * MUTE_HASH_PRIME; // NOLINT: a key's bytes are set
	return hash;
}

struct mute_set *
mute_set_create(size_t limit, const struct event_set *targets)
{
	struct mute_set *m = calloc(1, sizeof(*m));

	if (m) {
		m->limit = limit;
		m->targets = *targets;
	}
	return m;
}

void
mute_set_destroy(struct mute_set *m)
{
	struct process_entry *p, *next;
	struct path_entry *e;

	if (!m)
		return;
	p = m->processes;
	HASH_CLEAR(hh, m->processes); /* of the table: the entries stay linked */
	for (; p; p = next) {
		next = p->hh.next;
		free(p);
	}
	HASH_CLEAR(hh, m->paths);
	while ((e = m->oldest)) {
		m->oldest = e->next;
		free(e);
	}
	free(m);
}

/* ---- processes ------------------------------------------------------------ */

static struct process_entry *
find_process(const struct mute_set *m, int32_t pid, uint32_t version)
{
	struct process_key key = { pid, version };
	struct process_entry *p;

	HASH_FIND(hh, m->processes, &key, sizeof(key), p);
	return p;
}

static void
remove_process(struct mute_set *m, struct process_entry *p)
{
	HASH_DEL(m->processes, p);
	free(p);
}

int
mute_set_mute_process(struct mute_set *m, const void *token, int32_t pid, uint32_t version,
		      const struct event_set *events)
{
	struct event_set all = event_set_all();
	struct process_entry *p = find_process(m, pid, version);

	if (!events)
		events = &all;
	if (event_set_empty(events))
		return 0;
	if (!p) {
		if (HASH_COUNT(m->processes) >= m->limit)
			return -ENOSPC;
		p = calloc(1, sizeof(*p));
		if (!p)
			return -ENOMEM;
		p->key = (struct process_key){ pid, version };
		p->process.pid = pid;
		p->process.version = version;
		memcpy(p->process.token, token, sizeof(p->process.token));
		HASH_ADD(hh, m->processes, key, sizeof(p->key), p);
		if (!p->hh.tbl) {
			free(p);
			return -ENOMEM;
		}
	}
	event_set_unite(&p->process.events, events);
	return 0;
}

int
mute_set_unmute_process(struct mute_set *m, int32_t pid, uint32_t version, const struct event_set *events)
{
	struct event_set all = event_set_all();
	struct process_entry *p = find_process(m, pid, version);

	if (!p)
		return 0;
	event_set_subtract(&p->process.events, events ? events : &all);
	if (event_set_empty(&p->process.events))
		remove_process(m, p);
	return 0;
}

bool
mute_set_process_gone(struct mute_set *m, int32_t pid, uint32_t version)
{
	struct process_entry *p = find_process(m, pid, version);

	if (p)
		remove_process(m, p);
	return p != NULL;
}

const struct mute_process *
mute_set_first_process(const struct mute_set *m)
{
	return m->processes ? &m->processes->process : NULL;
}

const struct mute_process *
mute_set_next_process(const struct mute_process *p)
{
	/* uthash keeps the order of insertion */
	const struct process_entry *next = ((const struct process_entry *)p)->hh.next;

	return next ? &next->process : NULL;
}

size_t
mute_set_process_count(const struct mute_set *m)
{
	return HASH_COUNT(m->processes);
}

struct event_set
mute_set_process_mask(const struct mute_set *m, int32_t pid, uint32_t version)
{
	const struct process_entry *p = find_process(m, pid, version);

	return p ? p->process.events : (struct event_set){ { 0 } };
}

/* ---- paths ------------------------------------------------------------------ */

static bool
is_target(enum mute_path_type type)
{
	return type == MUTE_PATH_TARGET_PREFIX || type == MUTE_PATH_TARGET_LITERAL;
}

static bool
is_prefix(enum mute_path_type type)
{
	return type == MUTE_PATH_PREFIX || type == MUTE_PATH_TARGET_PREFIX;
}

static struct path_entry *
find_hashed(const struct mute_set *m, enum mute_path_type type, const char *path, size_t length, uint64_t hash)
{
	struct path_key key = { hash, (uint32_t)length, type };
	struct path_entry *e;

	HASH_FIND(hh, m->paths, &key, sizeof(key), e);
	while (e && memcmp(e->text, path, length) != 0)
		e = e->same;
	return e;
}

static struct path_entry *
find_path(const struct mute_set *m, enum mute_path_type type, const char *path)
{
	size_t length = strlen(path);

	return find_hashed(m, type, path, length, mute_path_hash(path, length));
}

static void
count_length(struct mute_set *m, const struct path_entry *e, int by)
{
	size_t length = e->path.length;
	uint64_t bit = UINT64_C(1) << length % 64;

	m->type_count[e->path.type] += (size_t)by;
	m->path_count += (size_t)by;
	if (!is_prefix(e->path.type))
		return;
	m->prefixes[e->path.type][length] += (uint32_t)by;
	if (m->prefixes[e->path.type][length])
		m->lengths[e->path.type][length / 64] |= bit;
	else
		m->lengths[e->path.type][length / 64] &= ~bit;
}

static struct path_entry *
add_path(struct mute_set *m, enum mute_path_type type, const char *path)
{
	size_t length = strlen(path);
	struct path_entry *e = calloc(1, sizeof(*e) + length + 1), *head;

	if (!e)
		return NULL;
	memcpy(e->text, path, length);
	e->path.type = type;
	e->path.length = length;
	e->path.path = e->text;
	e->key = (struct path_key){ mute_path_hash(path, length), (uint32_t)length, type };
	HASH_FIND(hh, m->paths, &e->key, sizeof(e->key), head);
	if (head) {
		e->same = head->same;
		head->same = e;
	} else {
		HASH_ADD(hh, m->paths, key, sizeof(e->key), e);
		if (!e->hh.tbl) {
			free(e);
			return NULL;
		}
	}
	e->previous = m->newest;
	if (m->newest)
		m->newest->next = e;
	else
		m->oldest = e;
	m->newest = e;
	count_length(m, e, 1);
	return e;
}

static void
remove_path(struct mute_set *m, struct path_entry *e)
{
	struct path_entry *head;

	HASH_FIND(hh, m->paths, &e->key, sizeof(e->key), head);
	if (head == e) {
		struct path_entry *same = e->same; // NOLINT: e is one of the set's

		HASH_DEL(m->paths, e);
		if (same)
			HASH_ADD(hh, m->paths, key, sizeof(same->key), same);
	} else {
		while (head && head->same != e)
			head = head->same;
		if (head)
			head->same = e->same;
	}
	if (e->previous)
		e->previous->next = e->next;
	else
		m->oldest = e->next;
	if (e->next)
		e->next->previous = e->previous;
	else
		m->newest = e->previous;
	count_length(m, e, -1);
	free(e);
}

int
mute_set_mute_path(struct mute_set *m, enum mute_path_type type, const char *path,
		   const struct event_set *events)
{
	struct event_set wanted = events ? *events : event_set_all();
	struct path_entry *e;

	if (strlen(path) > LONGEST || path[0] == '\0')
		return -EINVAL;
	if (is_target(type)) {
		event_set_intersect(&wanted, &m->targets);
		if (event_set_empty(&wanted))
			return -EINVAL;
	}
	if (event_set_empty(&wanted))
		return 0;
	e = find_path(m, type, path);
	if (!e)
		e = add_path(m, type, path);
	if (!e)
		return -ENOMEM;
	event_set_unite(&e->path.events, &wanted);
	return 0;
}

int
mute_set_unmute_path(struct mute_set *m, enum mute_path_type type, const char *path,
		     const struct event_set *events)
{
	struct event_set all = event_set_all();
	struct path_entry *e = find_path(m, type, path);

	if (!e)
		return 0;
	event_set_subtract(&e->path.events, events ? events : &all);
	if (event_set_empty(&e->path.events))
		remove_path(m, e);
	return 0;
}

const struct mute_path *
mute_set_first_path(const struct mute_set *m)
{
	return m->oldest ? &m->oldest->path : NULL;
}

const struct mute_path *
mute_set_next_path(const struct mute_path *p)
{
	const struct path_entry *next = ((const struct path_entry *)p)->next;

	return next ? &next->path : NULL;
}

size_t
mute_set_path_count(const struct mute_set *m)
{
	return m->path_count;
}

bool
mute_set_has_targets(const struct mute_set *m)
{
	return m->type_count[MUTE_PATH_TARGET_PREFIX] || m->type_count[MUTE_PATH_TARGET_LITERAL];
}

struct event_set
mute_set_entry_events(const struct mute_set *m, enum mute_path_type type, const char *path)
{
	const struct path_entry *e = find_path(m, type, path);

	return e ? e->path.events : (struct event_set){ { 0 } };
}

/* What literals of one type and prefixes of another say of a path. */
static struct event_set
match(const struct mute_set *m, enum mute_path_type prefix, enum mute_path_type literal, const char *path,
      size_t length)
{
	struct event_set found = { { 0 } };
	uint64_t hash = MUTE_HASH_BASIS;
	const struct path_entry *e;

	if (!m->type_count[prefix] && !m->type_count[literal])
		return found;
	for (size_t n = 1; n <= length; n++) {
		hash = (hash ^ (unsigned char)path[n - 1]) * MUTE_HASH_PRIME;
		if (n > LONGEST || !(m->lengths[prefix][n / 64] >> n % 64 & 1))
			continue;
		e = find_hashed(m, prefix, path, n, hash);
		if (e)
			event_set_unite(&found, &e->path.events);
	}
	e = m->type_count[literal] ? find_hashed(m, literal, path, length, hash) : NULL;
	if (e)
		event_set_unite(&found, &e->path.events);
	return found;
}

void
mute_set_note_target(struct mute_set *m, unsigned type, const char *path, size_t length)
{
	const enum mute_path_type prefix = MUTE_PATH_TARGET_PREFIX;
	uint64_t hash = MUTE_HASH_BASIS;
	struct path_entry *e;

	for (size_t n = 1; n <= length; n++) {
		hash = (hash ^ (unsigned char)path[n - 1]) * MUTE_HASH_PRIME;
		if (n > LONGEST || !(m->lengths[prefix][n / 64] >> n % 64 & 1))
			continue;
		e = (struct path_entry *)find_hashed(m, prefix, path, n, hash);
		if (e && event_set_has(&e->path.events, type)) {
			e->path.kept_back++;
			return;
		}
	}
	e = (struct path_entry *)find_hashed(m, MUTE_PATH_TARGET_LITERAL, path, length, hash);
	if (e && event_set_has(&e->path.events, type))
		e->path.kept_back++;
}

const struct mute_path *
mute_set_find_path(const struct mute_set *m, enum mute_path_type type, const char *path)
{
	const struct path_entry *e = find_path(m, type, path);

	return e ? &e->path : NULL;
}

struct event_set
mute_set_path_mask(const struct mute_set *m, const char *exe, size_t length)
{
	return match(m, MUTE_PATH_PREFIX, MUTE_PATH_LITERAL, exe, length);
}

/* ---- evaluation --------------------------------------------------------------- */

void
mute_set_invert(struct mute_set *m, enum mute_inversion which)
{
	m->inverted[which] = !m->inverted[which];
}

bool
mute_set_inverted(const struct mute_set *m, enum mute_inversion which)
{
	return m->inverted[which];
}

bool
mute_set_target_suppresses(const struct mute_set *m, unsigned type, const struct mute_target targets[],
			   size_t n)
{
	size_t muted = 0;

	if (n == 0 || !event_set_has(&m->targets, type))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct event_set set = match(m, MUTE_PATH_TARGET_PREFIX, MUTE_PATH_TARGET_LITERAL,
					     targets[i].path, targets[i].length);

		muted += event_set_has(&set, type);
	}
	return m->inverted[MUTE_INVERT_TARGET_PATH] ? muted == 0 : muted == n;
}

bool
mute_set_suppresses(const struct mute_set *m, int32_t pid, uint32_t version, unsigned type, const char *exe,
		    size_t exe_length, const struct mute_target targets[], size_t n)
{
	struct event_set set = mute_set_process_mask(m, pid, version);

	if (event_set_has(&set, type) != mute_set_inverted(m, MUTE_INVERT_PROCESS))
		return true;
	set = mute_set_path_mask(m, exe, exe_length);
	if (event_set_has(&set, type) != mute_set_inverted(m, MUTE_INVERT_PATH))
		return true;
	return mute_set_target_suppresses(m, type, targets, n);
}
