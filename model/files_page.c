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
	for (size_t i = 0; i < p->program_count; i++)
		p->programs[i].mute = mute_mark(mutes_of_exe(m, p->programs[i].exe));
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
		.top_name = name_of(f->top_program.exe),
		.top_share = f->top_program.share,
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

static void
list_programs(struct files_page *p, const struct files *f, const struct files_spec *spec,
	      enum files_kind kind, struct file_program programs[FILES_PROGRAMS])
{
	struct file_facts facts;

	p->program_count = 0;
	p->more_programs = false;
	if (!spec->who)
		return;
	if (kind == FILES_FILE && files_find(f, kind, spec->who, &facts))
		p->more_programs = facts.more_programs;
	p->program_count = files_programs(f, kind, spec->who, programs);
	for (size_t i = 0; i < p->program_count; i++)
		p->programs[i] = (struct file_program_row){ .opens = programs[i].opens,
							    .closes = programs[i].closes,
							    .total = programs[i].total,
							    .rate = programs[i].rate,
							    .share = programs[i].share,
							    .at_least = programs[i].at_least,
							    .mute = ' ' };
}

/* The targets to be listed: of files all; of directories those in the one chosen. Free them. */
static struct file_facts *
list_targets(const struct files *f, const struct files_spec *spec, size_t *n)
{
	struct file_facts *facts;

	if (spec->directories)
		return files_children(f, spec->directory ? spec->directory : "/", n);
	*n = files_count(f, FILES_FILE);
	facts = xcalloc(*n + 1, sizeof(*facts));
	for (size_t i = 0; i < *n; i++)
		files_get(f, FILES_FILE, i, &facts[i]);
	return facts;
}

static void
add_rows(struct files_page *p, const struct file_facts *facts, const struct files_spec *spec)
{
	const char *listed = spec->directory ? spec->directory : "/";

	p->count = 0;
	p->full = false;
	for (size_t i = 0; i < p->kept; i++) {
		p->full |= facts[i].at_least;
		if (spec->filter && !files_page_match(spec->filter, facts[i].path))
			continue;
		p->rows[p->count] = row_of(&facts[i]);
		p->rows[p->count].here = spec->directories && strcmp(facts[i].path, listed) == 0;
		p->count++;
	}
}

void
files_page_take(struct files_page *p, const struct files *f, const struct mutes *m,
		const struct files_spec *spec)
{
	enum files_kind kind = spec->directories ? FILES_DIRECTORY : FILES_FILE;
	struct file_program programs[FILES_PROGRAMS];
	struct file_user users[FILES_USERS];
	struct file_facts *facts = list_targets(f, spec, &p->kept);
	size_t bytes = 0;
	char *at;

	reserve(p, p->kept, 0);
	add_rows(p, facts, spec);
	for (size_t i = 0; i < p->count; i++)
		bytes += room_for(p->rows[i].path) + room_for(p->rows[i].top_name);
	list_users(p, f, spec, kind, users);
	for (size_t i = 0; i < p->user_count; i++)
		bytes += room_for(users[i].exe);
	list_programs(p, f, spec, kind, programs);
	for (size_t i = 0; i < p->program_count; i++)
		bytes += room_for(programs[i].exe);
	reserve(p, 0, bytes);
	at = p->memory;
	for (size_t i = 0; i < p->count; i++) {
		p->rows[i].path = keep(&at, p->rows[i].path);
		p->rows[i].top_name = keep(&at, p->rows[i].top_name);
	}
	for (size_t i = 0; i < p->user_count; i++) {
		/* NOLINTNEXTLINE: the counts are those of list_users() and list_programs(), after reserve(), too */
		p->users[i].exe = keep(&at, users[i].exe);
		p->users[i].name = name_of(p->users[i].exe);
	}
	for (size_t i = 0; i < p->program_count; i++) {
		p->programs[i].exe = keep(&at, programs[i].exe);
		p->programs[i].name = name_of(p->programs[i].exe);
	}
	if (spec->directories)
		files_children_free(facts, p->kept);
	else
		free(facts);
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
