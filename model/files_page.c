/* files_page - see files_page.h. */
#include "model/files_page.h"

#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

static const char *
name_of(const char *exe)
{
	const char *slash = strrchr(exe, '/');

	if (!*exe)
		return "?";
	return slash && slash[1] ? slash + 1 : exe;
}

bool
files_page_match(const struct filter *f, const char *path)
{
	const struct filter_subject subject = { .name = name_of(path), .exe = path, .user = "" };

	return filter_match(f, &subject);
}

/* ---- memory ---- */

/* All strings of a page, one after the other: a size first, then the bytes. */
static size_t
room_for(const char *s)
{
	return strlen(s) + 1;
}

static const char *
keep(char **at, const char *s)
{
	size_t size = room_for(s);
	char *copy = memcpy(*at, s, size);

	*at += size;
	return copy;
}

static void
reserve(struct files_page *p, size_t rows, size_t bytes)
{
	if (rows > p->room) {
		p->room = rows;
		p->rows = xrealloc(p->rows, rows, sizeof(*p->rows));
	}
	if (bytes > p->memory_size) {
		p->memory_size = bytes + bytes / 4;
		p->memory = xrealloc(p->memory, p->memory_size, 1);
	}
}

/* ---- order ---- */

static const struct files_spec *sorted_by; /* qsort(3) has no context */

static int
in_order(const void *x, const void *y)
{
	const struct file_row *a = x, *b = y;
	int c = sorted_by->compare ? sorted_by->compare(a, b) : 0;

	if (c)
		return sorted_by->reverse ? -c : c;
	c = (a->total < b->total) - (a->total > b->total);
	return c ? c : strcmp(a->path, b->path);
}

/* ---- marks ---- */

static char
mark_of(const struct mutes *m, const char *path, bool directory)
{
	const struct mute_rule *rule = mutes_of_target(m, path, directory);

	if (!rule || rule->state == MUTE_AUDITION)
		return ' ';
	if (rule->state == MUTE_LOCAL)
		return 'L';
	return mute_kind_info[rule->kind].prefix ? 'D' : 'T';
}

void
files_page_mark(struct files_page *p, const struct mutes *m, bool directories)
{
	for (size_t i = 0; i < p->count; i++)
		p->rows[i].mute = mark_of(m, p->rows[i].path, directories);
}

/* ---- the page ---- */

static struct file_row
row_of(const struct file_facts *f)
{
	return (struct file_row){
		.path = f->path,
		.opens = f->opens,
		.closes = f->closes,
		.total = f->total,
		.balance = (int64_t)(f->opens - f->closes),
		.open_rate = f->open_rate,
		.close_rate = f->close_rate,
		.rate = f->rate,
		.at_least = f->at_least,
		.users = f->users,
		.more_users = f->more_users,
		.top_pid = f->top.key.pid,
		.top_name = name_of(f->top.exe),
		.mute = ' ',
	};
}

static void
list_users(struct files_page *p, const struct files *f, const struct files_spec *spec, enum files_kind kind,
	   struct file_user users[FILES_USERS])
{
	struct file_facts facts;

	p->user_count = 0;
	p->more_users = false;
	if (!spec->who || !files_find(f, kind, spec->who, &facts))
		return;
	p->more_users = facts.more_users;
	p->user_count = files_users(f, kind, spec->who, users);
	for (size_t i = 0; i < p->user_count; i++)
		p->users[i] = (struct file_user_row){ .key = users[i].key,
						      .opens = users[i].opens,
						      .closes = users[i].closes,
						      .total = users[i].total,
						      .at_least = users[i].at_least || facts.at_least };
}

void
files_page_take(struct files_page *p, const struct files *f, const struct mutes *m,
		const struct files_spec *spec)
{
	enum files_kind kind = spec->directories ? FILES_DIRECTORY : FILES_FILE;
	struct file_user users[FILES_USERS];
	size_t bytes = 0;
	char *at;

	p->kept = files_count(f, kind);
	p->count = 0;
	p->full = false;
	reserve(p, p->kept, 0);
	for (size_t i = 0; i < p->kept; i++) {
		struct file_facts facts;

		files_get(f, kind, i, &facts);
		p->full |= facts.at_least;
		if (spec->filter && !files_page_match(spec->filter, facts.path))
			continue;
		p->rows[p->count] = row_of(&facts);
		bytes += room_for(facts.path) + room_for(p->rows[p->count].top_name);
		p->count++;
	}
	list_users(p, f, spec, kind, users);
	for (size_t i = 0; i < p->user_count; i++)
		bytes += room_for(users[i].exe);
	reserve(p, 0, bytes);
	at = p->memory;
	for (size_t i = 0; i < p->count; i++) {
		p->rows[i].path = keep(&at, p->rows[i].path);
		p->rows[i].top_name = keep(&at, p->rows[i].top_name);
	}
	for (size_t i = 0; i < p->user_count; i++) {
		p->users[i].exe = keep(&at, users[i].exe);
		p->users[i].name = name_of(p->users[i].exe);
	}
	sorted_by = spec;
	if (p->count)
		qsort(p->rows, p->count, sizeof(*p->rows), in_order);
	if (m)
		files_page_mark(p, m, spec->directories);
}

void
files_page_finish(struct files_page *p)
{
	free(p->rows);
	free(p->memory);
	*p = (struct files_page){ 0 };
}
