/* intern - one uthash table; a string knows the table it is in until that goes. */
#include "model/intern.h"

#include "model/hash.h"

#include <stdint.h>
#include <string.h>

struct string {
	struct intern *home; /* NULL once the table is gone */
	uint32_t refs;
	uint32_t name; /* where the last component begins */
	UT_hash_handle hh;
	char bytes[];
};

struct intern {
	struct string *strings;
	size_t bytes;
};

/* Of "/usr/bin/make" that is 9. A name that is not a path ("[kworker/0:1]") is kept whole. */
static uint32_t
name_offset(const char *bytes)
{
	const char *slash = strrchr(bytes, '/');

	return bytes[0] == '/' && slash[1] ? (uint32_t)(slash + 1 - bytes) : 0;
}

struct intern *
intern_create(void)
{
	return xcalloc(1, sizeof(struct intern));
}

void
intern_destroy(struct intern *table)
{
	if (!table)
		return;
	for (struct string *s = table->strings; s; s = s->hh.next)
		s->home = NULL;
	/* Frees uthash's memory only: strings are freed by their holders. */
	HASH_CLEAR(hh, table->strings);
	free(table);
}

size_t
intern_count(const struct intern *table)
{
	return HASH_COUNT(table->strings);
}

size_t
intern_bytes(const struct intern *table)
{
	return table->bytes;
}

struct string *
intern(struct intern *table, const char *bytes, size_t length)
{
	struct string *s;

	length = strnlen(bytes, length);
	if (length == 0)
		return NULL;
	HASH_FIND(hh, table->strings, bytes, length, s);
	if (s)
		return string_hold(s);
	s = xmalloc(sizeof(*s) + length + 1);
	memcpy(s->bytes, bytes, length);
	s->bytes[length] = '\0';
	s->home = table;
	s->refs = 1;
	s->name = name_offset(s->bytes);
	HASH_ADD_KEYPTR(hh, table->strings, s->bytes, length, s);
	table->bytes += length;
	return s;
}

struct string *
string_hold(struct string *s)
{
	if (s)
		s->refs++;
	return s;
}

void
string_release(struct string *s)
{
	if (!s || --s->refs > 0)
		return;
	if (s->home) {
		s->home->bytes -= s->hh.keylen;
		HASH_DEL(s->home->strings, s);
	}
	free(s);
}

const char *
string_bytes(const struct string *s)
{
	return s ? s->bytes : "";
}

const char *
string_name(const struct string *s)
{
	return s ? s->bytes + s->name : "?";
}

struct string *
string_of(const char *bytes)
{
	return (struct string *)(bytes - offsetof(struct string, bytes));
}
