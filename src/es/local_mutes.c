/* local_mutes - see local_mutes.h. */
#include "src/es/local_mutes.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct local_process {
	int32_t pid; /* 0: a free slot; no rule is about the kernel itself */
	uint32_t version;
	uint64_t start_ns;
	event_mask events;
};

struct local_path {
	enum mute_kind kind;
	event_mask events;
	size_t length;
	char *path;
};

struct local_set {
	event_mask events;
	struct local_process *processes; /* open addressing by pid, at most half full */
	size_t process_mask;
	struct local_path *paths;
	size_t path_count;
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
	s->paths[s->path_count++] = (struct local_path){
		.kind = rule->kind,
		.events = rule->events,
		.length = strlen(rule->path),
		.path = xstrdup(rule->path),
	};
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
	s->paths = xcalloc(n + 1, sizeof(*s->paths));
	for (size_t i = 0; i < n; i++) {
		s->events |= rules[i]->events;
		if (rules[i]->kind == MUTE_PROCESS)
			add_process(s, rules[i]);
		else
			add_path(s, rules[i]);
	}
	return s;
}

void
local_set_destroy(struct local_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->path_count; i++)
		free(s->paths[i].path);
	free(s->paths);
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
matches(const struct local_path *p, bool prefix, const char *path, size_t length)
{
	if (prefix ? length < p->length : length != p->length)
		return false;
	return p->length == 0 || memcmp(path, p->path, p->length) == 0;
}

static bool
mutes_path(const struct local_path *p, const struct local_subject *about)
{
	switch (p->kind) {
	case MUTE_PREFIX:
	case MUTE_EXE:
		return about->exe_length &&
		       matches(p, p->kind == MUTE_PREFIX, about->exe, about->exe_length);
	case MUTE_TARGET_PREFIX:
	case MUTE_TARGET:
		return about->target_length &&
		       matches(p, p->kind == MUTE_TARGET_PREFIX, about->target,
			       about->target_length);
	default:
		return false;
	}
}

bool
local_set_mutes(const struct local_set *s, enum event_id id, const struct local_subject *about)
{
	event_mask bit = EVENT_BIT(id);

	if (!(s->events & bit))
		return false;
	if (mutes_process(s, bit, &about->who))
		return true;
	/* One by one: paths are hardly ever refused, so there are few. */
	for (size_t i = 0; i < s->path_count; i++)
		if ((s->paths[i].events & bit) && mutes_path(&s->paths[i], about))
			return true;
	return false;
}
