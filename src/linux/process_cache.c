/* process_cache - the processes that records have described, ready to be put into messages. */
#include "src/linux/process_cache.h"
#include "src/linux/es_linux.h"

#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>
#include <utlist.h>

struct slot {
	u32 pid;
	struct cached_process *now, *before;
	struct exec_text text;
	u32 text_version;         /* whose text that is */
	size_t text_bytes;        /* of it, as counted in the cache */
	struct slot *prev, *next; /* among those that have text, oldest first */
	bool ended;               /* did not run any more when it was looked for */
	UT_hash_handle hh;
};

struct process_cache {
	struct slot *slots;
	struct slot *last;  /* the one found last: events come in runs */
	struct slot *texts; /* those that have text; list of utlist.h */
	size_t text_bytes;
	struct cgroups *cgroups;
};

struct cached_process *
process_cache_hold(struct cached_process *k)
{
	if (k)
		atomic_fetch_add_explicit(&k->references, 1, memory_order_relaxed);
	return k;
}

void
process_cache_drop(struct cached_process *k)
{
	/* acq_rel: every holder's reads come before the last one frees it. */
	if (k && atomic_fetch_sub_explicit(&k->references, 1, memory_order_acq_rel) == 1) {
		cgroup_name_drop(k->cgroup);
		free(k);
	}
}

void
process_cache_stat(struct stat *st, const struct wire_stat *w)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(w->dev >> 20, w->dev & 0xfffff);
	st->st_rdev = makedev(w->rdev >> 20, w->rdev & 0xfffff);
	st->st_ino = w->ino;
	st->st_mode = w->mode;
	st->st_nlink = w->nlink;
	st->st_uid = w->uid;
	st->st_gid = w->gid;
	st->st_size = (off_t)w->size;
	st->st_blocks = (blkcnt_t)w->blocks;
	st->st_blksize = (blksize_t)1 << (w->blkbits & 31); /* some 9 to 16; a record may say anything */
	st->st_atim = (struct timespec){ w->atime, w->atime_nsec };
	st->st_mtim = (struct timespec){ w->mtime, w->mtime_nsec };
	st->st_ctim = (struct timespec){ w->ctime, w->ctime_nsec };
}

static int64_t boot_time_ns; /* wall clock at boot; set once */

static void
find_boot_time(void)
{
	struct timespec wall, boot;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	boot_time_ns = (wall.tv_sec - boot.tv_sec) * INT64_C(1000000000) + wall.tv_nsec - boot.tv_nsec;
}

struct timeval
process_cache_start_time(u64 since_boot_ns)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int64_t ns;

	/* Once: the start time is part of a process's name and must not waver with the clock. */
	pthread_once(&once, find_boot_time);
	ns = boot_time_ns + (int64_t)since_boot_ns;
	return (struct timeval){ .tv_sec = ns / 1000000000, .tv_usec = ns % 1000000000 / 1000 };
}

bool
es_linux_start_time(pid_t pid, struct timeval *start)
{
	enum { FIELDS_AFTER_NAME = 19 }; /* from the state on; the start is the 22nd of all */
	char path[32], text[1024], *at, *end;
	unsigned long long ticks;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	at = strrchr(text, ')'); /* a name may hold anything */
	for (unsigned i = 0; at && i <= FIELDS_AFTER_NAME; i++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	ticks = strtoull(at + 1, &end, 10);
	if (end == at + 1)
		return false;
	*start = process_cache_start_time(
		(u64)(ticks * (1000000000ull / (unsigned long)sysconf(_SC_CLK_TCK))));
	return true;
}

/* Path of a terminal by its device number (Documentation/admin-guide/devices.txt). */
static int
tty_path(char *path, size_t len, u32 device)
{
	u32 major = device >> 20, minor = device & 0xfffff;

	if (major >= 136 && major <= 143)
		return snprintf(path, len, "/dev/pts/%u", (major - 136) * 256 + minor);
	if (major == 4)
		return snprintf(path, len, minor < 64 ? "/dev/tty%u" : "/dev/ttyS%u",
				minor < 64 ? minor : minor - 64);
	if (major == 5 && minor == 1)
		return snprintf(path, len, "/dev/console");
	return snprintf(path, len, "/dev/char/%u:%u", major, minor);
}

static struct slot *
find_slot(const struct process_cache *t, u32 pid)
{
	struct slot *s;

	if (t->last && t->last->pid == pid)
		return t->last;
	HASH_FIND_INT(t->slots, &pid, s);
	return s;
}

struct cached_process *
process_cache_find(const struct process_cache *t, u32 pid, u32 version)
{
	struct slot *s = find_slot(t, pid);

	if (!s)
		return NULL;
	((struct process_cache *)t)->last = s;
	if (s->now && s->now->process.audit_token.val[7] == version)
		return s->now;
	if (s->before && s->before->process.audit_token.val[7] == version)
		return s->before;
	return NULL;
}

struct cached_process *
process_cache_newest(const struct process_cache *t, u32 pid)
{
	struct slot *s = find_slot(t, pid);

	return s ? s->now : NULL;
}

struct cached_process *
process_cache_make(const struct process_cache *t, struct cgroups *cgroups, const struct wire_proc *w)
{
	char tty[48];
	int tty_length = w->tty ? tty_path(tty, sizeof(tty), w->tty) : 0;
	struct cached_process *k = calloc(1, sizeof(*k) + w->head.text_len + 1 + (size_t)tty_length + 1);
	struct cached_process *parent = t ? process_cache_find(t, w->ppid, w->parent_version) : NULL;
	es_process_t *p;
	char *text;

	if (!k)
		return NULL;
	p = &k->process;
	text = k->text;
	atomic_init(&k->references, 1);
	p->audit_token = (audit_token_t){ { w->auid, w->euid, w->egid, w->ruid, w->rgid, w->head.pid, w->asid,
					    w->head.version } };
	p->ppid = (pid_t)w->ppid;
	p->original_ppid = (pid_t)w->ppid;
	p->group_id = (pid_t)w->pgid;
	p->session_id = (pid_t)w->sid;
	p->is_es_client = (pid_t)w->head.pid == getpid();
	if (w->start) /* else it is not known; nothing started with the system but the kernel */
		p->start_time = process_cache_start_time(w->start);
	p->responsible_audit_token = p->audit_token;
	p->parent_audit_token = (audit_token_t){ .val = { [5] = w->ppid, [7] = w->parent_version } };
	if (parent)
		p->parent_audit_token = parent->process.audit_token;
	p->executable = &k->executable;
	memcpy(text, (const char *)w + w->head.text, w->head.text_len);
	k->executable.path = (es_string_token_t){ w->head.text_len, text };
	k->executable.path_truncated = w->head.flags & WIRE_CUT;
	process_cache_stat(&k->executable.stat, &w->stat);
	text += w->head.text_len + 1;
	if (tty_length) {
		memcpy(text, tty, (size_t)tty_length + 1);
		k->tty.path = (es_string_token_t){ (size_t)tty_length, text };
		k->tty.stat.st_rdev = makedev(w->tty >> 20, w->tty & 0xfffff);
		p->tty = &k->tty;
	}
	k->cgroup = cgroups_hold(cgroups, w->cgroup);
	k->kernel_thread = w->head.flags & WIRE_KERNEL;
	memcpy(k->comm, w->comm, sizeof(k->comm) - 1);
	return k;
}

/* The newest program execution of a pid; the one before it is kept until its exec is reported. */
static void
put(struct process_cache *t, struct cached_process *k)
{
	u32 pid = k->process.audit_token.val[5];
	struct slot *s = find_slot(t, pid);
	struct cached_process *last;

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s) {
			process_cache_drop(k);
			return;
		}
		s->pid = pid;
		HASH_ADD_INT(t->slots, pid, s);
		if (!s->hh.tbl) { /* out of memory inside the table */
			process_cache_drop(k);
			free(s);
			return;
		}
	}
	s->ended = false;
	last = s->now;
	if (last && timercmp(&last->process.start_time, &k->process.start_time, ==))
		k->process.original_ppid = last->process.original_ppid;
	s->now = k;
	if (last && last->process.audit_token.val[7] != k->process.audit_token.val[7]) {
		process_cache_drop(s->before);
		s->before = last;
	} else {
		process_cache_drop(last);
	}
	t->last = s;
}

struct cached_process *
process_cache_make_before(struct process_cache *t, const struct cached_process *next, u32 version)
{
	struct slot *s = find_slot(t, next->process.audit_token.val[5]);
	struct cached_process *k = calloc(1, sizeof(*k) + 1);

	if (!k || !s) {
		free(k);
		return NULL;
	}
	atomic_init(&k->references, 1);
	k->process = next->process;
	k->process.audit_token.val[7] = version;
	k->process.responsible_audit_token = k->process.audit_token;
	k->process.executable = &k->executable;
	k->executable.path = (es_string_token_t){ 0, k->text };
	k->process.tty = NULL;
	k->cgroup = cgroup_name_hold(next->cgroup);
	process_cache_drop(s->before);
	s->before = k;
	return k;
}

void
process_cache_add(struct process_cache *t, const struct wire_proc *w)
{
	struct cached_process *k = process_cache_make(t, t->cgroups, w);

	if (k)
		put(t, k);
}

bool
process_cache_fork(struct process_cache *t, const struct wire_fork *w)
{
	struct cached_process *parent = process_cache_find(t, w->head.pid, w->head.version), *k;
	size_t text;

	if (!parent)
		return false;
	text = parent->executable.path.length + 1 + (parent->process.tty ? parent->tty.path.length + 1 : 1);
	k = malloc(sizeof(*k) + text);
	if (!k)
		return false;
	memcpy(k, parent, sizeof(*k) + text);
	if (parent->cgroup && cgroup_name_facts(parent->cgroup)->id == w->child_cgroup)
		cgroup_name_hold(k->cgroup);
	else
		k->cgroup = cgroups_hold(t->cgroups, w->child_cgroup);
	atomic_init(&k->references, 1);
	k->executable.path.data = k->text;
	k->process.executable = &k->executable;
	if (k->process.tty) {
		k->tty.path.data = k->text + k->executable.path.length + 1;
		k->process.tty = &k->tty;
	}
	k->process.audit_token.val[5] = w->child_pid;
	k->process.audit_token.val[7] = w->child_version;
	k->process.responsible_audit_token = k->process.audit_token;
	k->process.parent_audit_token = parent->process.audit_token;
	if (w->child_ppid != w->head.pid) { /* CLONE_PARENT: a sibling */
		k->process.ppid = parent->process.ppid;
		k->process.parent_audit_token = parent->process.parent_audit_token;
	} else {
		k->process.ppid = (pid_t)w->head.pid;
	}
	k->process.original_ppid = k->process.ppid;
	k->process.start_time = process_cache_start_time(w->child_start);
	k->process.is_es_client = false;
	put(t, k);
	return true;
}

void
exec_text_free(struct exec_text *text)
{
	free(text->args);
	free(text->cwd);
	free(text->fds);
	*text = (struct exec_text){ 0 };
}

/* Moves out what there is of an exec, so that the slot has none. */
static struct exec_text
remove_text(struct process_cache *t, struct slot *s)
{
	struct exec_text text = s->text;

	if (s->text_bytes) {
		DL_DELETE(t->texts, s);
		t->text_bytes -= s->text_bytes;
		s->text_bytes = 0;
	}
	s->text = (struct exec_text){ 0 };
	return text;
}

static void
drop_text(struct process_cache *t, struct slot *s)
{
	struct exec_text text = remove_text(t, s);

	exec_text_free(&text);
}

/* After text was added to s: counts it, and drops the oldest until no more than allowed is left. */
static void
bound_texts(struct process_cache *t, struct slot *s)
{
	size_t bytes = s->text.length + s->text.fd_count * sizeof(*s->text.fds) + 1;

	if (s->text.cwd)
		bytes += strlen(s->text.cwd) + 1;
	if (!s->text_bytes)
		DL_APPEND(t->texts, s);
	t->text_bytes += bytes - s->text_bytes;
	s->text_bytes = bytes;
	while (t->text_bytes > PROCESS_CACHE_TEXT_MAX)
		drop_text(t, t->texts);
}

/* fdtype as libproc numbers it: what ES's clients expect. */
static es_fd_t
fd_of(const struct wire_fd *w)
{
	enum { VNODE = 1, SOCKET = 2, PIPE = 6 };
	es_fd_t fd = { .fd = w->fd, .fdtype = VNODE };

	if (S_ISSOCK(w->mode)) {
		fd.fdtype = SOCKET;
	} else if (S_ISFIFO(w->mode)) {
		fd.fdtype = PIPE;
		fd.pipe.pipe_id = w->ino;
	}
	return fd;
}

static void
take_fds(struct exec_text *text, const struct wire_fd *w, size_t n)
{
	free(text->fds);
	text->fds = calloc(n, sizeof(*text->fds));
	text->fd_count = text->fds ? (uint32_t)n : 0;
	for (uint32_t i = 0; i < text->fd_count; i++)
		text->fds[i] = fd_of(&w[i]);
}

/* Arguments come in pieces, in order; when one is missing what is whole is kept. */
static void
take_args(struct exec_text *text, size_t offset, const char *bytes, size_t length)
{
	char *args;

	if (offset != text->length)
		return;
	args = realloc(text->args, text->length + length + 1);
	if (!args)
		return;
	memcpy(args + text->length, bytes, length);
	text->args = args;
	text->length += length;
	args[text->length] = '\0';
}

void
process_cache_add_text(struct process_cache *t, const struct wire_text *w)
{
	struct slot *s = find_slot(t, w->head.pid);
	const char *bytes = (const char *)w + w->head.text;

	if (!s)
		return;
	if (s->text_version != w->head.version) {
		drop_text(t, s);
		s->text_version = w->head.version;
	}
	switch (w->what) {
	case WIRE_TEXT_ARGS:
		take_args(&s->text, w->offset, bytes, w->head.text_len);
		break;
	case WIRE_TEXT_CWD:
		free(s->text.cwd);
		s->text.cwd = strndup(bytes, w->head.text_len);
		break;
	case WIRE_TEXT_FDS:
		take_fds(&s->text, (const void *)bytes, w->head.text_len / sizeof(struct wire_fd));
		break;
	}
	bound_texts(t, s);
}

struct exec_text
process_cache_take_text(struct process_cache *t, u32 pid)
{
	struct slot *s = find_slot(t, pid);

	return s ? remove_text(t, s) : (struct exec_text){ 0 };
}

size_t
process_cache_text_bytes(const struct process_cache *t)
{
	return t->text_bytes;
}

void
process_cache_forget_old(struct process_cache *t, u32 pid)
{
	struct slot *s = find_slot(t, pid);

	if (s) {
		process_cache_drop(s->before);
		s->before = NULL;
	}
}

/* Of a slot that the table does not hold any more. */
static void
free_slot(struct process_cache *t, struct slot *s)
{
	process_cache_drop(s->now);
	process_cache_drop(s->before);
	drop_text(t, s);
	free(s);
}

void
process_cache_forget(struct process_cache *t, u32 pid)
{
	struct slot *s = find_slot(t, pid);

	if (!s)
		return;
	HASH_DEL(t->slots, s);
	t->last = NULL;
	free_slot(t, s);
}

void
process_cache_mark_ended(struct process_cache *t, bool (*runs)(void *, u32), void *ctx)
{
	for (struct slot *s = t->slots; s; s = s->hh.next)
		s->ended = !runs(ctx, s->pid);
}

void
process_cache_forget_ended(struct process_cache *t)
{
	struct slot *s, *next;

	t->last = NULL;
	for (s = t->slots; s; s = next) {
		next = s->hh.next;
		if (!s->ended)
			continue;
		HASH_DEL(t->slots, s); // NOLINT: uthash's lists are beyond the analyzer
		free_slot(t, s);
	}
}

size_t
process_cache_count(const struct process_cache *t)
{
	return HASH_COUNT(t->slots);
}

struct process_cache *
process_cache_create(struct cgroups *cgroups)
{
	struct process_cache *t = calloc(1, sizeof(*t));

	if (t)
		t->cgroups = cgroups;
	return t;
}

void
process_cache_destroy(struct process_cache *t)
{
	struct slot *s, *next;

	if (!t)
		return;
	s = t->slots;
	HASH_CLEAR(hh, t->slots); /* of the table: the slots stay linked */
	for (; s; s = next) {
		next = s->hh.next;
		free_slot(t, s);
	}
	free(t);
}
