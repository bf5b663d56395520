/* detail - see detail.h. */
#include "model/detail.h"

const char *const detail_key_name[KEY_COUNT] = {
	[KEY_NONE] = "",
#define X(name) [KEY_##name] = #name,
	KEY_TABLE(X)
#undef X
};

/* A name's slot is its hash or a later one; filled on first use. */
enum { SLOTS = 1024 };

static uint32_t
hash(const char *name, size_t length)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h;
}

static uint16_t slots[SLOTS];

/* Before main(): the reader's thread and the main one both ask, and neither has to wait. */
__attribute__((constructor)) static void
fill_slots(void)
{
	for (unsigned key = 1; key < KEY_COUNT; key++) {
		uint32_t at = hash(detail_key_name[key], strlen(detail_key_name[key])) % SLOTS;

		while (slots[at])
			at = (at + 1) % SLOTS;
		slots[at] = (uint16_t)key;
	}
}

enum detail_key
detail_key_of(const char *name, size_t length)
{
	for (uint32_t at = hash(name, length) % SLOTS; slots[at]; at = (at + 1) % SLOTS) {
		const char *known = detail_key_name[slots[at]];

		if (strncmp(known, name, length) == 0 && !known[length])
			return (enum detail_key)slots[at];
	}
	return KEY_OTHER;
}

static bool
take(struct detail_reader *r, void *to, size_t length)
{
	if ((size_t)(r->end - r->at) < length)
		return false;
	memcpy(to, r->at, length);
	r->at += length;
	return true;
}

static bool
take_text(struct detail_reader *r, struct detail_node *n)
{
	uint32_t length;

	if (!take(r, &length, sizeof(length)) || (size_t)(r->end - r->at) < length)
		return false;
	n->text.bytes = r->at;
	n->text.length = length;
	r->at += length;
	return true;
}

static bool
take_key(struct detail_reader *r, struct detail_node *n)
{
	uint16_t key, length;

	if (!take(r, &key, sizeof(key)) || key > KEY_OTHER)
		return false;
	n->key = (enum detail_key)key;
	n->name = NULL;
	n->name_length = 0;
	if (key == KEY_OTHER) {
		if (!take(r, &length, sizeof(length)) || (size_t)(r->end - r->at) < length)
			return false;
		n->name = r->at;
		n->name_length = length;
		r->at += length;
	} else if (key != KEY_NONE) {
		n->name = detail_key_name[key];
		n->name_length = strlen(n->name);
	}
	return true;
}

bool
detail_next(struct detail_reader *r, struct detail_node *n)
{
	uint8_t kind;

	if (!take(r, &kind, sizeof(kind)) || kind >= DETAIL_KINDS)
		return false;
	n->kind = (enum detail_kind)kind;
	if (kind == DETAIL_END) {
		n->key = KEY_NONE;
		n->name = NULL;
		return true;
	}
	if (!take_key(r, n))
		return false;
	switch (n->kind) {
	case DETAIL_INT:
	case DETAIL_UINT:
	case DETAIL_REAL:
		return take(r, &n->number, sizeof(n->number));
	case DETAIL_TEXT:
	case DETAIL_HEX:
		return take_text(r, n);
	case DETAIL_TIME:
		return take(r, &n->time, sizeof(n->time));
	case DETAIL_TOKEN:
		return take(r, &n->token, sizeof(n->token));
	case DETAIL_STAT:
		return take(r, &n->stat, sizeof(n->stat));
	default:
		return true;
	}
}

void
detail_skip(struct detail_reader *r)
{
	struct detail_node n;

	for (size_t depth = 1; depth && detail_next(r, &n);) {
		if (n.kind == DETAIL_OBJECT || n.kind == DETAIL_ARRAY)
			depth++;
		else if (n.kind == DETAIL_END)
			depth--;
	}
}

bool
detail_find(struct detail_reader *r, const enum detail_key keys[], struct detail_node *n)
{
	while (detail_next(r, n) && n->kind != DETAIL_END) {
		bool opens = n->kind == DETAIL_OBJECT || n->kind == DETAIL_ARRAY;

		if (n->key != keys[0]) {
			if (opens)
				detail_skip(r);
			continue;
		}
		if (keys[1] == KEY_NONE)
			return true;
		if (n->kind != DETAIL_OBJECT)
			return false;
		keys++;
	}
	return false;
}
