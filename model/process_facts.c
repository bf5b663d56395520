/* process_facts - see process_facts.h. */
#include "model/process_facts.h"

#include "model/hash.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct known {
	uint64_t id[2]; /* pid and start: no padding, as all of it is hashed */
	uint32_t version;
	uint32_t csflags;
	bool has_signature, platform;
	char *cwd, *signing_id, *team_id;
	UT_hash_handle hh; /* in the order they were heard of */
};

struct process_facts {
	struct known *by_key;
};

static struct known *
find(const struct process_facts *f, int32_t pid, uint64_t start_ns)
{
	const uint64_t id[2] = { (uint64_t)pid, start_ns };
	struct known *k;

	HASH_FIND(hh, f->by_key, id, sizeof(id), k);
	return k;
}

static void
drop(struct process_facts *f, struct known *k)
{
	HASH_DELETE(hh, f->by_key, k); /* NOLINT: the analyzer loses the hash */
	free(k->cwd);
	free(k->signing_id);
	free(k->team_id);
	free(k);
}

struct process_facts *
process_facts_create(void)
{
	return xcalloc(1, sizeof(struct process_facts));
}

void
process_facts_clear(struct process_facts *f)
{
	struct known *k, *next;

	HASH_ITER (hh, f->by_key, k, next)
		drop(f, k);
}

void
process_facts_destroy(struct process_facts *f)
{
	if (!f)
		return;
	process_facts_clear(f);
	free(f);
}

/* What an event does not have, it says nothing about: what was known stays. */
static void
set(char **where, const struct event *e, enum field_tag tag)
{
	size_t length;
	const char *bytes = event_field(e, tag, &length);

	if (!bytes)
		return;
	free(*where);
	*where = xstrndup(bytes, length < FACTS_TEXT ? length : FACTS_TEXT);
}

/* Only an exec and what has EXE may: most events cost one look for that. */
static bool
says_something(const struct event *e)
{
	return (e->id == EV_EXEC || event_field(e, FIELD_EXE, NULL)) &&
	       (event_field(e, FIELD_CSFLAGS, NULL) || event_field(e, FIELD_CWD, NULL));
}

void
process_facts_apply(struct process_facts *f, const struct event *e)
{
	const struct event_proc *who = e->id == EV_EXEC ? &e->other : &e->who;
	const char *flags;
	struct known *k;
	size_t length;

	if (!says_something(e))
		return;
	k = find(f, who->pid, who->start_ns);
	if (k && k->version == who->version && e->id != EV_EXEC)
		return; /* a recording says the same with each event */
	if (!k) {
		if (HASH_COUNT(f->by_key) >= FACTS_PROCESSES)
			drop(f, f->by_key);
		k = xcalloc(1, sizeof(*k));
		k->id[0] = (uint64_t)who->pid;
		k->id[1] = who->start_ns;
		HASH_ADD(hh, f->by_key, id, sizeof(k->id), k); /* NOLINT: as above */
	}
	k->version = who->version;
	set(&k->cwd, e, FIELD_CWD);
	flags = event_field(e, FIELD_CSFLAGS, &length);
	if (!flags || length != sizeof(k->csflags))
		return;
	memcpy(&k->csflags, flags, sizeof(k->csflags));
	k->has_signature = true;
	k->platform = e->flags & EVENT_PLATFORM;
	free(k->signing_id);
	free(k->team_id);
	k->signing_id = k->team_id = NULL; /* an exec may lead to a program without */
	set(&k->signing_id, e, FIELD_SIGNING_ID);
	set(&k->team_id, e, FIELD_TEAM_ID);
}

bool
process_facts_get(const struct process_facts *f, struct proc_key key, struct process_fact *fact)
{
	const struct known *k = f ? find(f, key.pid, key.start_ns) : NULL;

	*fact = (struct process_fact){ 0 };
	if (!k)
		return false;
	*fact = (struct process_fact){ .cwd = k->cwd,
				       .signing_id = k->signing_id,
				       .team_id = k->team_id,
				       .has_signature = k->has_signature,
				       .platform = k->platform,
				       .csflags = k->csflags };
	return true;
}
