/* local_mutes - see local_mutes.h. */
#include "src/es/local_mutes.h"
#include "model/hash.h"
#include "model/lengths.h"

#include <stdlib.h>
#include <string.h>

struct local_process {
	int32_t pid; /* 0: a free slot; no rule is about the kernel itself */
	uint32_t version;
	uint64_t start_ns;
	event_mask events;
};

struct local_path {
	event_mask events;
	UT_hash_handle hh; /* by the path */
	char path[];
};

struct local_set {
	event_mask events;
	struct local_process *processes; /* open addressing by pid, at most half full */
	size_t process_mask;
	struct local_user {
		uint32_t uid;
		event_mask events;
	} * users; /* few: each is asked */
	size_t user_count;
	struct local_path *paths[MUTE_PATH_KINDS];
	struct lengths lengths[MUTE_PATH_KINDS]; /* of the prefixes */
};

static size_t
slot_of(const struct local_set *s, int32_t pid)
{
	return ((uint32_t)pid * 2654435761u >> 7) & s->process_mask;
}

static void
add_process(struct local_set *s, const struct mute_rule *rule)
{
	size_t i = slot_of(s, rule->process.pid);

	while (s->processes[i].pid)
		i = (i + 1) & s->process_mask;
	s->processes[i] = (struct local_process){
		.pid = rule->process.pid,
		.version = rule->version,
		.start_ns = rule->process.start_ns,
		.events = rule->events,
	};
}

static void
add_path(struct local_set *s, const struct mute_rule *rule)
{
	size_t length = strlen(rule->path);
	struct local_path *p;

	HASH_FIND(hh, s->paths[rule->kind], rule->path, length, p);
	if (!p) {
		p = xcalloc(1, sizeof(*p) + length + 1);
		memcpy(p->path, rule->path, length);
		/* There is a path, and memory; the analyzer does not know. */
		HASH_ADD_KEYPTR(hh, s->paths[rule->kind], p->path, length, p); /* NOLINT */
		if (mute_kind_info[rule->kind].prefix)
			lengths_add(&s->lengths[rule->kind], length);
	}
	p->events |= rule->events;
}

struct local_set *
local_set_create(const struct mute_rule *const rules[], size_t n)
{
	struct local_set *s = xcalloc(1, sizeof(*s));
	size_t slots = 4;

	while (slots < n * 2)
		slots *= 2;
	s->processes = xcalloc(slots, sizeof(*s->processes));
	s->process_mask = slots - 1;
	for (size_t i = 0; i < n; i++) {
		s->events |= rules[i]->events;
		if (rules[i]->kind == MUTE_PROCESS) {
			add_process(s, rules[i]);
		} else if (rules[i]->kind == MUTE_USER) {
			s->users = xrealloc(s->users, s->user_count + 1, sizeof(*s->users));
			s->users[s->user_count++] = (struct local_user){ rules[i]->uid, rules[i]->events };
		} else
			add_path(s, rules[i]);
	}
	return s;
}

void
local_set_destroy(struct local_set *s)
{
	if (!s)
		return;
	for (unsigned kind = 0; kind < MUTE_PATH_KINDS; kind++) {
		struct local_path *p = s->paths[kind], *next;

		HASH_CLEAR(hh, s->paths[kind]); /* of the table: the entries stay linked */
		for (; p; p = next) {
			next = p->hh.next;
			free(p);
		}
		free(s->lengths[kind].count);
	}
	free(s->users);
	free(s->processes);
	free(s);
}

event_mask
local_set_events(const struct local_set *s)
{
	return s->events;
}

/* The start time holds across an exec, before the ledger has heard of it. */
static bool
is_meant(const struct local_process *p, const struct event_proc *who)
{
	if (p->pid != who->pid)
		return false;
	if (p->start_ns && who->start_ns)
		return p->start_ns == who->start_ns;
	return p->version == who->version;
}

static bool
mutes_process(const struct local_set *s, event_mask bit, const struct event_proc *who)
{
	for (size_t i = slot_of(s, who->pid); s->processes[i].pid; i = (i + 1) & s->process_mask)
		if ((s->processes[i].events & bit) && is_meant(&s->processes[i], who))
			return true;
	return false;
}

static bool
mutes_path(const struct local_set *s, event_mask bit, enum mute_kind kind, const char *path, size_t length)
{
	const struct local_path *p;

	if (!length || !s->paths[kind])
		return false;
	if (!mute_kind_info[kind].prefix) {
		HASH_FIND(hh, s->paths[kind], path, length, p);
		return p && p->events & bit;
	}
	for (size_t at = 0; (at = lengths_next(&s->lengths[kind], at, length)) != SIZE_MAX; at++) {
		HASH_FIND(hh, s->paths[kind], path, at, p);
		if (p && p->events & bit)
			return true;
	}
	return false;
}

bool
local_set_mutes(const struct local_set *s, enum event_id id, const struct local_subject *about)
{
	event_mask bit = EVENT_BIT(id);

	if (!(s->events & bit))
		return false;
	if (mutes_process(s, bit, &about->who))
		return true;
	for (size_t i = 0; i < s->user_count; i++)
		if (s->users[i].uid == about->who.uid && s->users[i].events & bit)
			return true;
	for (unsigned kind = 0; kind < MUTE_PATH_KINDS; kind++) {
		bool target = mute_kind_is_target((enum mute_kind)kind);

		if (mutes_path(s, bit, (enum mute_kind)kind, target ? about->target : about->exe,
			       target ? about->target_length : about->exe_length))
			return true;
	}
	return false;
}
