/* event - tables, masks and fields of the event record. */
#include "model/event.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct event_info event_info[EV_COUNT] = {
#define X(id, number, name, group, vital, target, help) \
	[EV_##id] = { name, help, number, EVENT_GROUP_##group, vital, target },
	EVENT_TABLE(X)
#undef X
};

const char *const event_group_name[EVENT_GROUP_COUNT] = {
#define X(id, name, help) [EVENT_GROUP_##id] = name,
	EVENT_GROUP_TABLE(X)
#undef X
};

_Static_assert(EV_COUNT < 64, "event_mask holds 64 types");

static event_mask
mask_where(bool (*is)(const struct event_info *))
{
	event_mask mask = 0;

	for (unsigned id = 0; id < EV_COUNT; id++)
		if (is(&event_info[id]))
			mask |= EVENT_BIT(id);
	return mask;
}

static bool
is_vital(const struct event_info *info)
{
	return info->vital;
}

static bool
is_target(const struct event_info *info)
{
	return info->target;
}

event_mask
event_mask_vital(void)
{
	return mask_where(is_vital);
}

event_mask
event_mask_target(void)
{
	return mask_where(is_target);
}

static bool
same_name(const char *name, const char *s, size_t length)
{
	return strlen(name) == length && memcmp(name, s, length) == 0;
}

/* The types a word of the list stands for; 0 when it is no word of ours. */
static event_mask
mask_of_word(const char *word, size_t length)
{
	event_mask mask = 0;

	if (same_name("all", word, length))
		return EVENT_ALL;
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (same_name(event_info[id].name, word, length) ||
		    same_name(event_group_name[event_info[id].group], word, length))
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
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (event_info[id].number == number)
			return (enum event_id)id;
	return EV_NONE;
}

int
event_mask_parse(const char *list, event_mask *out, char *why, size_t len)
{
	event_mask mask = 0;
	const char *word = list;

	for (;;) {
		size_t length = strcspn(word, ",");
		bool minus = word[0] == '-';
		event_mask types = mask_of_word(word + minus, length - minus);

		if (!types) {
			snprintf(why, len, "there is no event '%.*s'; --list-events names them all",
				 (int)(length > 40 ? 40 : length), word);
			return -EINVAL;
		}
		if (minus && word == list) /* "-close" alone means all but close */
			mask = EVENT_ALL;
		mask = minus ? mask & ~types : mask | types;
		if (!word[length])
			break;
		word += length + 1;
	}
	if (!mask) {
		snprintf(why, len, "'%.60s' leaves no event to watch", list);
		return -EINVAL;
	}
	*out = mask;
	return 0;
}

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
