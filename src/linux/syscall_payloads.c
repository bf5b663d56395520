/* syscall_payloads - the payload of an event that a system call made, from its record. */
#include "src/linux/syscall_payloads.h"

#include "src/linux/syscalls.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

void
syscall_payload_free(struct payload_room *room)
{
	free(room->text);
}

/* ---- strings and files ---------------------------------------------------- */

size_t
syscall_payload_join(char *out, const char *dir, size_t dir_length, const char *name, size_t name_length)
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
make_room(struct payload_room *room, const struct wire_syscall *w)
{
	size_t need = 2 * ((size_t)w->head.size - sizeof(*w)) + 64 + 4 * RESOLVE_MAX;

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
keep(struct payload_room *room, const char *text, size_t length)
{
	char *to = room->text + room->used;

	memcpy(to, text, length);
	to[length] = '\0';
	room->used += length + 1;
	return (es_string_token_t){ length, to };
}

/* A piece after the first path. */
static const char *
piece_of(const struct wire_syscall *w, enum wire_piece piece)
{
	const char *at = (const char *)w + w->head.text + w->head.text_len;

	for (unsigned i = 0; i < piece; i++)
		at += w->length[i];
	return at;
}

static es_string_token_t
keep_piece(struct payload_room *room, const struct wire_syscall *w, enum wire_piece piece)
{
	return keep(room, piece_of(w, piece), w->length[piece]);
}

/* Of those that only ask something the path is left as it was given: they are many. */
static bool
changes(const struct wire_syscall *w)
{
	switch (w->head.kind) {
	case WIRE_CREATE:
	case WIRE_UNLINK:
	case WIRE_RENAME:
	case WIRE_EXCHANGEDATA:
	case WIRE_LINK:
	case WIRE_TRUNCATE:
	case WIRE_SETMODE:
	case WIRE_SETOWNER:
	case WIRE_SETACL:
	case WIRE_SETEXTATTR:
	case WIRE_DELETEEXTATTR:
	case WIRE_UTIMES:
		return true;
	default:
		return false;
	}
}

/* Does the call act on what a link leads to that is the last component of its first path? */
static bool
follows_last(const struct wire_syscall *w)
{
	switch (w->call) {
	case CALL_truncate:
	case CALL_truncate64:
	case CALL_chmod:
	case CALL_fchmodat:
	case CALL_chown:
	case CALL_chown32:
	case CALL_setxattr:
	case CALL_removexattr:
	case CALL_utime:
	case CALL_utimes:
	case CALL_futimesat:
		return true;
	case CALL_fchmodat2:
	case CALL_utimensat:
	case CALL_utimensat_time64:
		return !(w->arg[3] & AT_SYMLINK_NOFOLLOW);
	case CALL_fchownat:
		return !(w->arg[4] & AT_SYMLINK_NOFOLLOW);
	case CALL_setxattrat:
	case CALL_removexattrat:
		return !(w->arg[2] & AT_SYMLINK_NOFOLLOW);
	case CALL_linkat:
		return w->arg[4] & AT_SYMLINK_FOLLOW;
	default:
		return false;
	}
}

/*
 * The file that the call changed, in place of a link to it. Not in another mount namespace or below
 * another root, where the same path is another file.
 */
static size_t
resolve(const struct payload_room *room, const struct wire_syscall *w, unsigned which, char *path,
	size_t length, const char *given, size_t base_length)
{
	char out[RESOLVE_MAX];
	size_t n;

	if (!room->resolve ||
	    w->head.flags & (WIRE_ELSEWHERE | WIRE_UNREAD | (which ? WIRE_CUT2 : WIRE_CUT)) ||
	    (*given == '/' && base_length > 1))
		return length;
	n = room->resolve(path, which == 0 && follows_last(w), out);
	if (n == 0)
		return length;
	memcpy(path, out, n + 1);
	return n;
}

/* The record's first or second file, as room->file[which]. */
static es_file_t *
keep_file(struct payload_room *room, const struct wire_syscall *w, unsigned which)
{
	enum wire_piece given = which ? WIRE_GIVEN2 : WIRE_GIVEN;
	const char *base = which ? piece_of(w, WIRE_BASE2) : (const char *)w + w->head.text;
	size_t base_length = which ? w->length[WIRE_BASE2] : w->head.text_len;
	const struct wire_stat *stat = which ? &w->stat2 : &w->stat;
	es_file_t *f = &room->file[which];
	char *path = room->text + room->used;
	size_t length = syscall_payload_join(path, base, base_length, piece_of(w, given), w->length[given]);

	if (w->length[given] && changes(w))
		length = resolve(room, w, which, path, length, piece_of(w, given), base_length);
	room->used += length + 1;
	*f = (es_file_t){ .path = { length, path },
			  .path_truncated = w->head.flags & ((which ? WIRE_CUT2 : WIRE_CUT) | WIRE_UNREAD) };
	if (stat->ino)
		process_cache_stat(&f->stat, stat);
	return f;
}

/* The directory a file is in, as room->file[2 + which], and what it is called there. */
static es_file_t *
keep_dir(struct payload_room *room, unsigned which, es_string_token_t *name)
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
target(struct payload_room *room, es_file_t *file)
{
	room->target[room->target_count++] = file->path;
	return file;
}

/* ---- Darwin's numbers ------------------------------------------------------ */

int32_t
syscall_payload_fcntl(uint32_t command)
{
	static const struct {
		uint16_t linux_command, darwin_command;
	} table[] = {
		{ 5, 7 },
		{ 6, 8 },
		{ 7, 9 }, /* locks */
		{ 12, 7 },
		{ 13, 8 },
		{ 14, 9 }, /* 32-bit programs' */
		{ 36, 92 },
		{ 37, 90 },
		{ 38, 91 }, /* of the open file */
		{ 8, 6 },
		{ 9, 5 },
		{ 15, 6 },
		{ 16, 5 }, /* owner */
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
		{ 0x4, 0x20 },     /* compressed */
		{ 0x10, 0x20000 }, /* immutable */
		{ 0x20, 0x40000 }, /* append */
		{ 0x40, 0x1 },     /* nodump */
	};
	uint32_t darwin = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (flags & table[i].linux_flag)
			darwin |= table[i].darwin_flag;
	return darwin;
}

/* The nth word of the struct the call was given, a long of the caller's. */
static int64_t
data_long(const struct wire_syscall *w, unsigned n)
{
	int64_t wide;
	int32_t small;

	if (w->compat && w->call != CALL_utimensat_time64) {
		memcpy(&small, w->data + 4 * n, sizeof(small));
		return small;
	}
	memcpy(&wide, w->data + 8 * n, sizeof(wide));
	return wide;
}

/* Access or modification time that was set: 0, 1. */
static struct timespec
time_set(const struct wire_syscall *w, unsigned which, struct timespec now, struct timespec before)
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
		t.tv_nsec = (long)((unsigned long)t.tv_nsec * 1000); /* as it was asked for, however odd */
	return t;
}

/* ---- events ------------------------------------------------------------------ */

/* The argument after the path, or after the descriptor alone. */
static uint64_t
argument(const struct wire_syscall *w, unsigned n)
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
fill_two(struct payload_room *room, es_message_t *m, const struct wire_syscall *w)
{
	es_file_t *first = keep_file(room, w, 0), *second = keep_file(room, w, 1), *dir;
	es_string_token_t name;

	target(room, first);
	target(room, second);
	switch (w->head.kind) {
	case WIRE_RENAME:
		dir = keep_dir(room, 1, &name);
		/* What it replaced, if anything, cannot be known any more. */
		m->event.rename = (es_event_rename_t){ .source = first,
						       .destination_type = ES_DESTINATION_TYPE_NEW_PATH,
						       .destination.new_path = { dir, name } };
		return true;
	case WIRE_EXCHANGEDATA:
		m->event.exchangedata = (es_event_exchangedata_t){ .file1 = first, .file2 = second };
		return true;
	case WIRE_LINK:
		dir = keep_dir(room, 1, &name);
		m->event.link =
			(es_event_link_t){ .source = first, .target_dir = dir, .target_filename = name };
		return true;
	case WIRE_CLONE: /* ioctl(target, FICLONE, source) */
		dir = keep_dir(room, 0, &name);
		m->event.clone =
			(es_event_clone_t){ .source = second, .target_dir = dir, .target_name = name };
		return true;
	case WIRE_COPYFILE:
		dir = keep_dir(room, 1, &name);
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
fill_one(struct payload_room *room, es_message_t *m, const struct wire_syscall *w)
{
	es_file_t *f = target(room, keep_file(room, w, 0));

	switch (w->head.kind) {
#define X(id, event_name, field)                                               \
	case WIRE_##id:                                                        \
		m->event.event_name = (es_event_##event_name##_t){ .field = f }; \
		return true;
		ONE_FILE_TABLE(X)
#undef X
	case WIRE_CREATE:
		syscall_payload_create(room, m, f);
		return true;
	case WIRE_UNLINK:
		m->event.unlink =
			(es_event_unlink_t){ .target = f, .parent_dir = keep_dir(room, 0, NULL) };
		return true;
	case WIRE_ACCESS:
		m->event.access = (es_event_access_t){ .mode = (int32_t)argument(w, 0), .target = f };
		return true;
	case WIRE_FCNTL:
		m->event.fcntl = (es_event_fcntl_t){ .target = f,
						    .cmd = syscall_payload_fcntl((uint32_t)w->arg[1]) };
		return true;
	case WIRE_MMAP:
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
		m->event.setmode =
			(es_event_setmode_t){ .mode = (mode_t)argument(w, 0) & 07777, .target = f };
		return true;
	case WIRE_SETOWNER:
		m->event.setowner = (es_event_setowner_t){ .uid = (uid_t)argument(w, 0),
							   .gid = (gid_t)argument(w, 1),
							   .target = f };
		return true;
	case WIRE_SETFLAGS: {
		uint32_t flags;

		memcpy(&flags, w->data, sizeof(flags));
		m->event.setflags = (es_event_setflags_t){ .flags = darwin_flags(flags), .target = f };
		return true;
	}
	case WIRE_SETACL:
		m->event.setacl = (es_event_setacl_t){ .target = f, .set_or_clear = ES_SET };
		if (w->call == CALL_removexattr || w->call == CALL_lremovexattr ||
		    w->call == CALL_fremovexattr || w->call == CALL_removexattrat)
			m->event.setacl.set_or_clear = ES_CLEAR;
		return true;
	case WIRE_SETEXTATTR:
		m->event.setextattr = (es_event_setextattr_t){ f, keep_piece(room, w, WIRE_NAME), { 0 } };
		return true;
	case WIRE_GETEXTATTR:
		m->event.getextattr = (es_event_getextattr_t){ f, keep_piece(room, w, WIRE_NAME), { 0 } };
		return true;
	case WIRE_DELETEEXTATTR:
		m->event.deleteextattr =
			(es_event_deleteextattr_t){ f, keep_piece(room, w, WIRE_NAME), { 0 } };
		return true;
	case WIRE_UTIMES:
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

/* Events of no file, but what the arguments say. */
static bool
fill_none(es_message_t *m, const struct wire_syscall *w)
{
	const uint32_t first = (uint32_t)w->arg[0], second = (uint32_t)w->arg[1];

	switch (w->head.kind) {
	case WIRE_MPROTECT:
		m->event.mprotect = (es_event_mprotect_t){ .protection = (int32_t)(w->arg[2] & 7),
							   .address = w->arg[0],
							   .size = w->arg[1] };
		return true;
	case WIRE_SETUID:
		m->event.setuid = (es_event_setuid_t){ .uid = first };
		return true;
	case WIRE_SETGID:
		m->event.setgid = (es_event_setgid_t){ .gid = first };
		return true;
	case WIRE_SETEUID:
		m->event.seteuid = (es_event_seteuid_t){ .euid = second };
		return true;
	case WIRE_SETEGID:
		m->event.setegid = (es_event_setegid_t){ .egid = second };
		return true;
	case WIRE_SETREUID:
		m->event.setreuid = (es_event_setreuid_t){ .ruid = first, .euid = second };
		return true;
	case WIRE_SETREGID:
		m->event.setregid = (es_event_setregid_t){ .rgid = first, .egid = second };
		return true;
	case WIRE_SETTIME:
		memset(&m->event.settime, 0, sizeof(m->event.settime));
		return true;
	case WIRE_PTY_GRANT:
		m->event.pty_grant = (es_event_pty_grant_t){ .dev = makedev(w->number[0], w->number[1]) };
		return true;
	case WIRE_PTY_CLOSE:
		m->event.pty_close = (es_event_pty_close_t){ .dev = makedev(w->number[0], w->number[1]) };
		return true;
	default:
		return false;
	}
}

static bool
fill_socket(struct payload_room *room, es_message_t *m, const struct wire_syscall *w)
{
	es_file_t *f = target(room, keep_file(room, w, 0)), *dir;
	es_string_token_t name;

	if (w->head.kind == WIRE_UIPC_CONNECT) {
		m->event.uipc_connect = (es_event_uipc_connect_t){
			.file = f, .domain = AF_UNIX, .type = (int)w->number[0], .protocol = (int)w->number[1]
		};
		return true;
	}
	dir = keep_dir(room, 0, &name);
	m->event.uipc_bind = (es_event_uipc_bind_t){ .dir = dir, .filename = name, .mode = f->stat.st_mode };
	return true;
}

static void
put_name(char *to, size_t size, const es_string_token_t *name)
{
	size_t length = name->length < size ? name->length : size - 1;

	memcpy(to, name->data, length);
	to[length] = '\0';
}

/* Of struct statfs only what the call itself says: asking the file system could hang. */
static bool
fill_mount(struct payload_room *room, es_message_t *m, const struct wire_syscall *w)
{
	/* What of mount(2)'s flags statfs(2) gives back in the same place. */
	enum { STATFS_FLAGS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x40 | 0x400 | 0x800 };

	room->mount.on = keep_file(room, w, 0)->path;
	room->mount.from = keep_piece(room, w, WIRE_GIVEN2);
	room->mount.type = keep_piece(room, w, WIRE_NAME);
	memset(&room->statfs, 0, sizeof(room->statfs));
	put_name(room->statfs.f_mntonname, sizeof(room->statfs.f_mntonname), &room->mount.on);
	put_name(room->statfs.f_mntfromname, sizeof(room->statfs.f_mntfromname), &room->mount.from);
	put_name(room->statfs.f_fstypename, sizeof(room->statfs.f_fstypename), &room->mount.type);
	if (w->call == CALL_mount)
		room->statfs.f_flags = (uint32_t)(w->arg[3] & STATFS_FLAGS);
	switch (w->head.kind) {
	case WIRE_MOUNT:
		m->event.mount = (es_event_mount_t){ .statfs = &room->statfs };
		return true;
	case WIRE_UNMOUNT:
		m->event.unmount = (es_event_unmount_t){ .statfs = &room->statfs };
		return true;
	default:
		m->event.remount = (es_event_remount_t){ .statfs = &room->statfs };
		return true;
	}
}

/* A module's file is named for it, but for dashes. init_module(2) is given none. */
static es_string_token_t
module_of_file(struct payload_room *room, const struct wire_syscall *w)
{
	es_string_token_t path = keep_file(room, w, 0)->path, name;
	const char *slash = strrchr(path.data, '/'), *end;
	char *at;

	if (w->call != CALL_finit_module || !slash)
		return keep(room, "", 0);
	end = strstr(slash, ".ko");
	name = keep(room, slash + 1, end ? (size_t)(end - slash - 1) : strlen(slash + 1));
	for (at = (char *)(uintptr_t)name.data; *at; at++)
		if (*at == '-')
			*at = '_';
	return name;
}

static bool
fill_module(struct payload_room *room, es_message_t *m, const struct wire_syscall *w)
{
	if (w->head.kind == WIRE_KEXTLOAD) {
		m->event.kextload = (es_event_kextload_t){ .identifier = module_of_file(room, w) };
	} else {
		m->event.kextunload = (es_event_kextunload_t){ .identifier = keep_piece(room, w, WIRE_NAME) };
	}
	return true;
}

static bool
fill_process(struct payload_room *room, es_message_t *m, const struct wire_syscall *w,
	     struct cached_process *other)
{
	if (!other)
		return false;
	room->target[0] = other->process.executable->path;
	room->target_count = 1;
	if (w->head.kind == WIRE_TRACE) {
		m->event.trace = (es_event_trace_t){ .target = &other->process };
	} else {
		m->event.get_task = (es_event_get_task_t){ .target = &other->process,
							   .type = ES_GET_TASK_TYPE_TASK_FOR_PID };
	}
	return true;
}

bool
syscall_payload_signal(struct payload_room *room, es_message_t *m, const struct wire_signal *w,
		       struct cached_process *other)
{
	if (!other)
		return false;
	room->target[0] = other->process.executable->path;
	room->target_count = 1;
	if (w->head.kind == WIRE_SIGNAL) {
		m->event.signal = (es_event_signal_t){ .sig = w->sig, .target = &other->process };
	} else {
		m->event.proc_suspend_resume = (es_event_proc_suspend_resume_t){
			.target = &other->process,
			.type = w->sig == SIGSTOP ? ES_PROC_SUSPEND_RESUME_TYPE_SUSPEND
						  : ES_PROC_SUSPEND_RESUME_TYPE_RESUME,
		};
	}
	return true;
}

bool
syscall_payload_other(const struct wire_head *w, u32 *pid, u32 *version)
{
	switch (w->kind) {
	case WIRE_SIGNAL:
	case WIRE_PROC_SUSPEND_RESUME:
		*pid = ((const struct wire_signal *)w)->pid;
		*version = ((const struct wire_signal *)w)->version;
		return true;
	case WIRE_TRACE:
	case WIRE_GET_TASK:
		*pid = ((const struct wire_syscall *)w)->number[0];
		*version = ((const struct wire_syscall *)w)->number[1];
		return true;
	default:
		return false;
	}
}

void
syscall_payload_create(struct payload_room *room, es_message_t *m, es_file_t *file)
{
	room->target[0] = file->path;
	room->target_count = 1;
	m->event.create = (es_event_create_t){ .destination_type = ES_DESTINATION_TYPE_EXISTING_FILE,
					       .destination.existing_file = file };
}

bool
syscall_payload_fill(struct payload_room *room, es_message_t *m, const struct wire_syscall *w,
		     struct cached_process *other)
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
	case WIRE_SETUID:
	case WIRE_SETGID:
	case WIRE_SETEUID:
	case WIRE_SETEGID:
	case WIRE_SETREUID:
	case WIRE_SETREGID:
	case WIRE_SETTIME:
	case WIRE_PTY_GRANT:
	case WIRE_PTY_CLOSE:
		return fill_none(m, w);
	case WIRE_UIPC_BIND:
	case WIRE_UIPC_CONNECT:
		return fill_socket(room, m, w);
	case WIRE_MOUNT:
	case WIRE_UNMOUNT:
	case WIRE_REMOUNT:
		return fill_mount(room, m, w);
	case WIRE_KEXTLOAD:
	case WIRE_KEXTUNLOAD:
		return fill_module(room, m, w);
	case WIRE_TRACE:
	case WIRE_GET_TASK:
		return fill_process(room, m, w, other);
	default:
		return fill_one(room, m, w);
	}
}
