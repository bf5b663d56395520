/* event - tables, masks and fields of the event record. */
#include "model/event.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct event_info event_info[EV_COUNT] = {
#define X(id, number, name, group, vital, target, hot, help) \
	[EV_##id] = { name, help, number, EVENT_GROUP_##group, vital, target, hot },
	EVENT_TABLE(X)
#undef X
	[EV_OTHER] = { "other", "of a type this estop does not know", 0, EVENT_GROUP_SYSTEM, false,
		       false, false },
};

const char *const event_group_name[EVENT_GROUP_COUNT] = {
#define X(id, name, help) [EVENT_GROUP_##id] = name,
	EVENT_GROUP_TABLE(X)
#undef X
};

const char *const event_group_help[EVENT_GROUP_COUNT] = {
#define X(id, name, help) [EVENT_GROUP_##id] = help,
	EVENT_GROUP_TABLE(X)
#undef X
};

_Static_assert(EV_COUNT < 8 * sizeof(event_mask), "event_mask holds all types");
_Static_assert(EV_CORE == 5 && EV_OPEN == 0 && EV_CLOSE == 1 && EV_EXEC == 2 && EV_FORK == 3,
	       "the core types come first");

/* ---- sets ---- */

event_mask
event_mask_vital(void)
{
#define X(id, number, name, group, vital, target, hot, help) | (event_mask)(vital) << EV_##id
	return 0 EVENT_TABLE(X);
#undef X
}

event_mask
event_mask_target(void)
{
#define X(id, number, name, group, vital, target, hot, help) | (event_mask)(target) << EV_##id
	return 0 EVENT_TABLE(X);
#undef X
}

event_mask
event_mask_hot(void)
{
#define X(id, number, name, group, vital, target, hot, help) | (event_mask)(hot) << EV_##id
	return 0 EVENT_TABLE(X);
#undef X
}

event_mask
event_mask_group(enum event_group group)
{
	event_mask mask = 0;

	for (unsigned id = 0; id < EV_COUNT; id++)
		if (event_info[id].group == group)
			mask |= EVENT_BIT(id);
	return mask;
}

enum event_id
event_by_name(const char *name)
{
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (strcmp(event_info[id].name, name) == 0)
			return (enum event_id)id;
	return EV_NONE;
}

enum event_id
event_by_number(unsigned number)
{
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (event_info[id].number == number)
			return (enum event_id)id;
	return EV_NONE;
}

/* ---- in words ---- */

static bool
same_name(const char *name, const char *s, size_t length)
{
	return strlen(name) == length && memcmp(name, s, length) == 0;
}

/* The types a word of the list stands for; 0 when it is no word of ours. */
static event_mask
mask_of_word(const char *word, size_t length, event_mask start)
{
	if (same_name("all", word, length))
		return EVENT_ALL;
	if (same_name("default", word, length))
		return start;
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (same_name(event_info[id].name, word, length))
			return EVENT_BIT(id);
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++)
		if (same_name(event_group_name[group], word, length))
			return event_mask_group((enum event_group)group);
	return 0;
}

int
event_mask_parse(const char *list, event_mask start, event_mask *out, event_mask *named, char *why, size_t len)
{
	event_mask mask = 0, single = 0;
	const char *word = list;

	for (;;) {
		size_t length = strcspn(word, ",");
		bool minus = word[0] == '-';
		event_mask types = mask_of_word(word + minus, length - minus, start);

		if (!types) {
			snprintf(why, len, "unknown event '%.*s' (see --list-events)",
				 (int)(length > 40 ? 40 : length), word);
			return -EINVAL;
		}
		if (minus && word == list)
			mask = start;
		mask = minus ? mask & ~types : mask | types;
		if (!minus && event_mask_count(types) == 1)
			single |= types;
		if (!word[length])
			break;
		word += length + 1;
	}
	if (!mask) {
		snprintf(why, len, "'%.60s' leaves no event to watch", list);
		return -EINVAL;
	}
	*out = mask;
	if (named)
		*named = single & mask;
	return 0;
}

struct words {
	char *out;
	size_t size, used;
};

static void
add_word(struct words *w, const char *sign, const char *word)
{
	int n = snprintf(w->out + w->used, w->size - w->used, "%s%s%s", w->used ? "," : "", sign, word);

	if (n > 0 && (size_t)n < w->size - w->used)
		w->used += (size_t)n;
	else
		w->out[w->used] = '\0'; /* whole words only */
}

/* Groups that are whole in it by their name, the rest one by one. */
static void
add_words(struct words *w, const char *sign, event_mask mask)
{
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++) {
		event_mask types = event_mask_group((enum event_group)group);

		if (types & ~mask)
			continue;
		add_word(w, sign, event_group_name[group]);
		mask &= ~types;
	}
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (mask & EVENT_BIT(id))
			add_word(w, sign, event_info[id].name);
}

void
event_mask_text(event_mask mask, char *out, size_t size)
{
	struct words w = { out, size, 0 };

	out[0] = '\0';
	mask &= EVENT_ALL;
	if (event_mask_count(mask) > EV_COUNT / 2) {
		add_word(&w, "", "all");
		add_words(&w, "-", EVENT_ALL & ~mask);
	} else {
		add_words(&w, "", mask);
	}
}

const char *
event_name(const struct event *e, char number[16])
{
	if (e->id < EV_OTHER)
		return event_info[e->id].name;
	snprintf(number, 16, "event %u", e->number);
	return number;
}

/* ---- records ---- */

void
event_add(struct event *e, enum field_tag tag, const void *bytes, size_t length)
{
	struct field *f = (struct field *)((char *)e + e->size);

	f->tag = (uint16_t)tag;
	f->reserved = 0;
	f->length = (uint32_t)length;
	memcpy(f->bytes, bytes, length);
	f->bytes[length] = '\0';
	e->size += (uint32_t)field_room(length);
}

const char *
event_field(const struct event *e, enum field_tag tag, size_t *length)
{
	const char *at = (const char *)(e + 1), *end = (const char *)e + e->size;

	while (at < end) {
		const struct field *f = (const struct field *)at;

		if (f->tag == tag) {
			if (length)
				*length = f->length;
			return f->bytes;
		}
		at += field_room(f->length);
	}
	return NULL;
}

bool
event_valid(const void *memory, size_t size)
{
	const struct event *e = memory;
	const char *at = (const char *)(e + 1), *end = (const char *)memory + size;

	if (size < sizeof(*e) || e->size != size || size % 8 || e->id > EV_NONE)
		return false;
	while (at < end) {
		const struct field *f = (const struct field *)at;

		if ((size_t)(end - at) < sizeof(*f) || f->tag >= FIELD_COUNT ||
		    field_room(f->length) > (size_t)(end - at) || f->bytes[f->length] != '\0')
			return false;
		at += field_room(f->length);
	}
	return true;
}
