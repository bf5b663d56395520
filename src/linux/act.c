/* act - the payload of an event that a system call made, from its record. */
#include "src/linux/act.h"

#include "src/linux/calls.h"
#include "src/linux/known.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void
act_free(struct act_room *room)
{
	free(room->text);
}

/* ---- strings and files ---------------------------------------------------- */

size_t
act_join(char *out, const char *dir, size_t dir_length, const char *name, size_t name_length)
{
	const char *end = name + name_length;
	size_t n = dir_length, floor = 0;

	while (n && dir[n - 1] == '/')
		n--;
	memcpy(out, dir, n);
	if (name_length && *name == '/')
		floor = n;
	while (name < end) {
		const char *slash = memchr(name, '/', (size_t)(end - name));
		size_t piece = (size_t)((slash ? slash : end) - name);

		if (piece == 2 && name[0] == '.' && name[1] == '.') {
			while (n > floor && out[n - 1] != '/')
				n--;
			n -= n > floor;
		} else if (piece && !(piece == 1 && *name == '.')) {
			out[n++] = '/';
			memcpy(out + n, name, piece);
			n += piece;
		}
		name += piece + 1;
	}
	if (n == 0)
		out[n++] = '/';
	out[n] = '\0';
	return n;
}

/* Room for all that one record can need: each path whole, and again as its directory. */
static bool
make_room(struct act_room *room, const struct wire_act *w)
{
	size_t need = 2 * ((size_t)w->head.size - sizeof(*w)) + 64;

	room->used = 0;
	room->target_count = 0;
	if (need > room->size) {
		char *text = realloc(room->text, need);

		if (!text)
			return false;
		room->text = text;
		room->size = need;
	}
	return true;
}

static es_string_token_t
keep(struct act_room *room, const char *text, size_t length)
{
	char *to = room->text + room->used;

	memcpy(to, text, length);
	to[length] = '\0';
	room->used += length + 1;
	return (es_string_token_t){ length, to };
}

/* A piece behind the first path. */
static const char *
piece_of(const struct wire_act *w, enum wire_piece piece)
{
	const char *at = (const char *)w + w->head.text + w->head.text_len;

	for (unsigned i = 0; i < piece; i++)
		at += w->length[i];
	return at;
}

static es_string_token_t
keep_piece(struct act_room *room, const struct wire_act *w, enum wire_piece piece)
{
	return keep(room, piece_of(w, piece), w->length[piece]);
}

/* The record's first or second file, as room->file[which]. */
static es_file_t *
keep_file(struct act_room *room, const struct wire_act *w, unsigned which)
{
	enum wire_piece given = which ? WIRE_GIVEN2 : WIRE_GIVEN;
	const char *base = which ? piece_of(w, WIRE_BASE2) : (const char *)w + w->head.text;
	size_t base_length = which ? w->length[WIRE_BASE2] : w->head.text_len;
	const struct wire_stat *stat = which ? &w->stat2 : &w->stat;
	es_file_t *f = &room->file[which];
	char *path = room->text + room->used;
	size_t length = act_join(path, base, base_length, piece_of(w, given), w->length[given]);

	room->used += length + 1;
	*f = (es_file_t){ .path = { length, path },
			 .path_truncated =
				 w->head.flags & ((which ? WIRE_CUT2 : WIRE_CUT) | WIRE_UNREAD) };
	if (stat->ino)
		known_stat(&f->stat, stat);
	return f;
}

/* The directory a file is in, as room->file[2 + which], and what it is called there. */
static es_file_t *
keep_dir(struct act_room *room, unsigned which, es_string_token_t *name)
{
	es_string_token_t path = room->file[which].path;
	size_t length = path.length;
	es_file_t *dir = &room->file[2 + which];

	while (length > 1 && path.data[length - 1] != '/')
		length--;
	if (name)
		*name = (es_string_token_t){ path.length - length, path.data + length };
	*dir = (es_file_t){ .path = keep(room, path.data, length > 1 ? length - 1 : length),
			   .path_truncated = room->file[which].path_truncated };
	return dir;
}

static es_file_t *
target(struct act_room *room, es_file_t *file)
{
	room->target[room->target_count++] = file->path;
	return file;
}

/* ---- Darwin's numbers ------------------------------------------------------ */

int32_t
act_darwin_fcntl(uint32_t command)
{
	static const struct {
		uint16_t linux_command, darwin_command;
	} table[] = {
		{ 5, 7 },   { 6, 8 },	{ 7, 9 },			 /* locks */
		{ 12, 7 },  { 13, 8 },	{ 14, 9 },			 /* 32-bit programs' */
		{ 36, 92 }, { 37, 90 }, { 38, 91 },			 /* of the open file */
		{ 8, 6 },   { 9, 5 },	{ 15, 6 },  { 16, 5 },		 /* owner */
		{ F_DUPFD_CLOEXEC, 67 },
	};

	if (command <= 4)
		return (int32_t)command; /* the same: F_DUPFD to F_SETFL */
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].linux_command == command)
			return table[i].darwin_command;
	return (int32_t)(0x10000 | command);
}

/* An inode's flags (FS_IMMUTABLE_FL ...) as chflags(2) has them; those it has not are left out. */
static uint32_t
darwin_flags(uint32_t flags)
{
	static const struct {
		uint32_t linux_flag, darwin_flag;
	} table[] = {
		{ 0x4, 0x20 },	   /* compressed */
		{ 0x10, 0x20000 }, /* immutable */
		{ 0x20, 0x40000 }, /* append */
		{ 0x40, 0x1 },	   /* nodump */
	};
	uint32_t darwin = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (flags & table[i].linux_flag)
			darwin |= table[i].darwin_flag;
	return darwin;
}

/* The nth word of the struct the call was given, a long of the caller's. */
static int64_t
data_long(const struct wire_act *w, unsigned n)
{
	int64_t wide;
	int32_t narrow;

	if (w->narrow && w->call != CALL_utimensat_time64) {
		memcpy(&narrow, w->data + 4 * n, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, w->data + 8 * n, sizeof(wide));
	return wide;
}

/* Access or modification time that was set: 0, 1. */
static struct timespec
time_set(const struct wire_act *w, unsigned which, struct timespec now, struct timespec before)
{
	const bool nanoseconds = w->call == CALL_utimensat || w->call == CALL_utimensat_time64;
	struct timespec t;

	switch (w->call) {
	case CALL_utime:
		if (!w->arg[1])
			return now;
		return (struct timespec){ .tv_sec = data_long(w, which) };
	case CALL_utimes:
		if (!w->arg[1])
			return now;
		break;
	default:
		if (!w->arg[2])
			return now;
	}
	t.tv_sec = data_long(w, 2 * which);
	t.tv_nsec = data_long(w, 2 * which + 1);
	if (nanoseconds && t.tv_nsec == UTIME_NOW)
		return now;
	if (nanoseconds && t.tv_nsec == UTIME_OMIT)
		return before;
	if (!nanoseconds)
		t.tv_nsec *= 1000;
	return t;
}

/* ---- events ------------------------------------------------------------------ */

/* The argument behind the path, or behind the descriptor alone. */
static uint64_t
argument(const struct wire_act *w, unsigned n)
{
	switch (w->call) {
	case CALL_fchmodat:
	case CALL_fchmodat2:
	case CALL_fchownat:
	case CALL_faccessat:
	case CALL_faccessat2:
		return w->arg[2 + n];
	default:
		return w->arg[1 + n];
	}
}

static bool
fill_two(struct act_room *room, es_message_t *m, const struct wire_act *w)
{
	es_file_t *first = keep_file(room, w, 0), *second = keep_file(room, w, 1), *dir;
	es_string_token_t name;

	target(room, first);
	target(room, second);
	switch (w->head.kind) {
	case WIRE_RENAME:
		dir = keep_dir(room, 1, &name);
		/* What it replaced, if anything, nobody can tell any more. */
		m->event_type = ES_EVENT_TYPE_NOTIFY_RENAME;
		m->event.rename =
			(es_event_rename_t){ .source = first,
					    .destination_type = ES_DESTINATION_TYPE_NEW_PATH,
					    .destination.new_path = { dir, name } };
		return true;
	case WIRE_EXCHANGEDATA:
		m->event_type = ES_EVENT_TYPE_NOTIFY_EXCHANGEDATA;
		m->event.exchangedata = (es_event_exchangedata_t){ .file1 = first, .file2 = second };
		return true;
	case WIRE_LINK:
		dir = keep_dir(room, 1, &name);
		m->event_type = ES_EVENT_TYPE_NOTIFY_LINK;
		m->event.link = (es_event_link_t){
			.source = first, .target_dir = dir, .target_filename = name };
		return true;
	case WIRE_CLONE: /* ioctl(target, FICLONE, source) */
		dir = keep_dir(room, 0, &name);
		m->event_type = ES_EVENT_TYPE_NOTIFY_CLONE;
		m->event.clone = (es_event_clone_t){
			.source = second, .target_dir = dir, .target_name = name };
		return true;
	case WIRE_COPYFILE:
		dir = keep_dir(room, 1, &name);
		m->event_type = ES_EVENT_TYPE_NOTIFY_COPYFILE;
		m->event.copyfile = (es_event_copyfile_t){ .source = first,
							  .target_file = second,
							  .target_dir = dir,
							  .target_name = name,
							  .mode = second->stat.st_mode };
		return true;
	default:
		return false;
	}
}

/* Events that say no more than which file. */
#define ONE_FILE_TABLE(X)                   \
	X(TRUNCATE, truncate, target)       \
	X(WRITE, write, target)             \
	X(READDIR, readdir, target)         \
	X(READLINK, readlink, source)       \
	X(STAT, stat, target)               \
	X(LISTEXTATTR, listextattr, target) \
	X(CHDIR, chdir, target)             \
	X(CHROOT, chroot, target)           \
	X(DUP, dup, target)

static bool
fill_one(struct act_room *room, es_message_t *m, const struct wire_act *w)
{
	es_file_t *f = target(room, keep_file(room, w, 0));

	switch (w->head.kind) {
#define X(id, event_name, field)                                               \
	case WIRE_##id:                                                        \
		m->event_type = ES_EVENT_TYPE_NOTIFY_##id;                     \
		m->event.event_name = (es_event_##event_name##_t){ .field = f }; \
		return true;
		ONE_FILE_TABLE(X)
#undef X
	case WIRE_CREATE:
		act_created(room, m, f);
		return true;
	case WIRE_UNLINK:
		m->event_type = ES_EVENT_TYPE_NOTIFY_UNLINK;
		m->event.unlink =
			(es_event_unlink_t){ .target = f, .parent_dir = keep_dir(room, 0, NULL) };
		return true;
	case WIRE_ACCESS:
		m->event_type = ES_EVENT_TYPE_NOTIFY_ACCESS;
		m->event.access = (es_event_access_t){ .mode = (int32_t)argument(w, 0), .target = f };
		return true;
	case WIRE_FCNTL:
		m->event_type = ES_EVENT_TYPE_NOTIFY_FCNTL;
		m->event.fcntl = (es_event_fcntl_t){ .target = f,
						    .cmd = act_darwin_fcntl((uint32_t)w->arg[1]) };
		return true;
	case WIRE_MMAP:
		m->event_type = ES_EVENT_TYPE_NOTIFY_MMAP;
		m->event.mmap = (es_event_mmap_t){
			.protection = (int32_t)(w->arg[2] & 7),
			.max_protection = 7,
			/* MAP_SHARED_VALIDATE is MAP_SHARED; MAP_FIXED is the same */
			.flags = (int32_t)((w->arg[3] & MAP_SHARED ? MAP_SHARED : MAP_PRIVATE) |
					   (w->arg[3] & MAP_FIXED)),
			.file_pos = w->call == CALL_mmap2 ? w->arg[5] * 4096 : w->arg[5],
			.source = f,
		 };
		return true;
	case WIRE_SETMODE:
		m->event_type = ES_EVENT_TYPE_NOTIFY_SETMODE;
		m->event.setmode =
			(es_event_setmode_t){ .mode = (mode_t)argument(w, 0) & 07777, .target = f };
		return true;
	case WIRE_SETOWNER:
		m->event_type = ES_EVENT_TYPE_NOTIFY_SETOWNER;
		m->event.setowner = (es_event_setowner_t){
			.uid = (uid_t)argument(w, 0), .gid = (gid_t)argument(w, 1), .target = f };
		return true;
	case WIRE_SETFLAGS: {
		uint32_t flags;

		memcpy(&flags, w->data, sizeof(flags));
		m->event_type = ES_EVENT_TYPE_NOTIFY_SETFLAGS;
		m->event.setflags =
			(es_event_setflags_t){ .flags = darwin_flags(flags), .target = f };
		return true;
	}
	case WIRE_SETACL:
		m->event_type = ES_EVENT_TYPE_NOTIFY_SETACL;
		m->event.setacl = (es_event_setacl_t){ .target = f, .set_or_clear = ES_SET };
		if (w->call == CALL_removexattr || w->call == CALL_lremovexattr ||
		    w->call == CALL_fremovexattr || w->call == CALL_removexattrat)
			m->event.setacl.set_or_clear = ES_CLEAR;
		return true;
	case WIRE_SETEXTATTR:
		m->event_type = ES_EVENT_TYPE_NOTIFY_SETEXTATTR;
		m->event.setextattr =
			(es_event_setextattr_t){ f, keep_piece(room, w, WIRE_NAME), { 0 } };
		return true;
	case WIRE_GETEXTATTR:
		m->event_type = ES_EVENT_TYPE_NOTIFY_GETEXTATTR;
		m->event.getextattr =
			(es_event_getextattr_t){ f, keep_piece(room, w, WIRE_NAME), { 0 } };
		return true;
	case WIRE_DELETEEXTATTR:
		m->event_type = ES_EVENT_TYPE_NOTIFY_DELETEEXTATTR;
		m->event.deleteextattr =
			(es_event_deleteextattr_t){ f, keep_piece(room, w, WIRE_NAME), { 0 } };
		return true;
	case WIRE_UTIMES:
		m->event_type = ES_EVENT_TYPE_NOTIFY_UTIMES;
		m->event.utimes = (es_event_utimes_t){
			.target = f,
			.atime = time_set(w, 0, m->time, f->stat.st_atim),
			.mtime = time_set(w, 1, m->time, f->stat.st_mtim),
		 };
		return true;
	default:
		return false;
	}
}

/* Events of no file. */
static bool
fill_none(es_message_t *m, const struct wire_act *w)
{
	switch (w->head.kind) {
	case WIRE_MPROTECT:
		m->event_type = ES_EVENT_TYPE_NOTIFY_MPROTECT;
		m->event.mprotect = (es_event_mprotect_t){ .protection = (int32_t)(w->arg[2] & 7),
							  .address = w->arg[0],
							  .size = w->arg[1] };
		return true;
	default:
		return false;
	}
}

void
act_created(struct act_room *room, es_message_t *m, es_file_t *file)
{
	room->target[0] = file->path;
	room->target_count = 1;
	m->event_type = ES_EVENT_TYPE_NOTIFY_CREATE;
	m->event.create = (es_event_create_t){ .destination_type = ES_DESTINATION_TYPE_EXISTING_FILE,
					      .destination.existing_file = file };
}

bool
act_fill(struct act_room *room, es_message_t *m, const struct wire_act *w)
{
	if (!make_room(room, w))
		return false;
	switch (w->head.kind) {
	case WIRE_RENAME:
	case WIRE_EXCHANGEDATA:
	case WIRE_LINK:
	case WIRE_CLONE:
	case WIRE_COPYFILE:
		return fill_two(room, m, w);
	case WIRE_MPROTECT:
		return fill_none(m, w);
	default:
		return fill_one(room, m, w);
	}
}
