/* live - workloads run in child processes, and the events a client received from them. */
#include "tests/lib/live.h"
#include "tests/lib/sanitizer.h"

#include <Block.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#if SANITIZED_THREAD
/* Workloads are forked while the client's thread runs, and some make threads. */
const char *__tsan_default_options(void);
const char *
__tsan_default_options(void)
{
	return "die_after_fork=0";
}
#endif

enum { PID_MAX = 4 << 20 }; /* the most that Linux can be set to */

/* Written by the handler's thread, read by the test's. */
struct live_log {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct live_event **events;
	size_t count, room;
	uint64_t next_seq[ES_LINUX_EVENT_MAX], next_global;
	uint64_t unseen[ES_LINUX_EVENT_MAX], unseen_global; /* messages missing in the numbers */
	bool went_back;                                     /* a number did */
	char *dir;
	size_t dir_len;
	unsigned char followed[PID_MAX / 8]; /* bit: a workload's process, alive */
};

uint64_t
live_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct timespec
deadline(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_sec += LIVE_DEADLINE_MS / 1000;
	return t;
}

static void *
allocate(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

/* ---- copies of messages ------------------------------------------------- */

static struct live_string
copy_string(es_string_token_t token)
{
	struct live_string s = { .len = token.length, .data = allocate(token.length + 1) };

	if (token.length)
		memcpy(s.data, token.data, token.length);
	return s;
}

static void
copy_process(struct live_process *to, const es_process_t *from)
{
	const es_linux_cgroup_t *cgroup;

	to->token = from->audit_token;
	to->parent = from->parent_audit_token;
	to->responsible = from->responsible_audit_token;
	to->pid = audit_token_to_pid(from->audit_token);
	to->version = audit_token_to_pidversion(from->audit_token);
	to->ppid = from->ppid;
	to->original_ppid = from->original_ppid;
	to->group = from->group_id;
	to->session = from->session_id;
	to->path = copy_string(from->executable->path);
	to->stat = from->executable->stat;
	to->path_truncated = from->executable->path_truncated;
	to->start = from->start_time;
	if (from->tty) {
		to->tty = copy_string(from->tty->path);
		to->tty_stat = from->tty->stat;
	}
	cgroup = es_linux_cgroup(from);
	if (cgroup)
		to->cgroup = copy_string(cgroup->path);
}

static void
copy_exec(struct live_event *e, const es_event_exec_t *exec)
{
	copy_process(&e->other, exec->target);
	e->image = exec->image_cputype;
	e->argc = es_exec_arg_count(exec);
	e->args = allocate((e->argc + 1) * sizeof(*e->args));
	for (uint32_t i = 0; i < e->argc; i++)
		e->args[i] = copy_string(es_exec_arg(exec, i));
	e->envc = es_exec_env_count(exec);
	e->env = allocate((e->envc + 1) * sizeof(*e->env));
	for (uint32_t i = 0; i < e->envc; i++)
		e->env[i] = copy_string(es_exec_env(exec, i));
	e->fdc = es_exec_fd_count(exec);
	e->fds = allocate((e->fdc + 1) * sizeof(*e->fds));
	for (uint32_t i = 0; i < e->fdc; i++)
		e->fds[i] = *es_exec_fd(exec, i);
	e->cwd = copy_string(exec->cwd->path);
	if (exec->script)
		e->script = copy_string(exec->script->path);
	e->asked = copy_string(exec->dyld_exec_path);
	e->last_fd = exec->last_fd;
}

static void
copy_file(struct live_event *e, const es_file_t *file)
{
	e->path = copy_string(file->path);
	e->stat = file->stat;
	e->path_truncated = file->path_truncated;
}

static void
copy_second(struct live_event *e, const es_file_t *file)
{
	e->path2 = copy_string(file->path);
	e->stat2 = file->stat;
}

/* A name in a directory, as path2 and name. */
static void
copy_entry(struct live_event *e, const es_file_t *dir, es_string_token_t name)
{
	size_t length = dir->path.length == 1 ? 0 : dir->path.length;
	char *path = allocate(length + name.length + 2);

	memcpy(path, dir->path.data, length);
	path[length] = '/';
	memcpy(path + length + 1, name.data, name.length);
	e->path2 = (struct live_string){ length + 1 + name.length, path };
	e->name = copy_string(name);
}

/* path: where; path2: its source; name: its type */
static void
copy_mount(struct live_event *e, const es_message_t *m, const es_statfs_t *statfs)
{
	const es_linux_mount_t *mount = es_linux_mount(m);

	e->mount.f_flags = (unsigned long)statfs->f_flags;
	if (!mount)
		return;
	e->path = copy_string(mount->on);
	e->path2 = copy_string(mount->from);
	e->name = copy_string(mount->type);
}

/* Events that say no more than which file. */
#define ONE_FILE(X)                                                                      \
	X(TRUNCATE, truncate, target)                                                    \
	X(WRITE, write, target)                                                          \
	X(READDIR, readdir, target)                                                      \
	X(READLINK, readlink, source)                                                    \
	X(STAT, stat, target)                                                            \
	X(LISTEXTATTR, listextattr, target)                                              \
	X(CHDIR, chdir, target)                                                          \
	X(CHROOT, chroot, target)                                                        \
	X(DUP, dup, target)

/* Calls that make, move and remove names. */
static bool
copy_names(struct live_event *e, const es_message_t *m)
{
	const es_events_t *event = &m->event;

	switch ((int)m->event_type) {
	case NOTIFY(CREATE):
		e->create.destination_type = event->create.destination_type;
		if (event->create.destination_type == ES_DESTINATION_TYPE_EXISTING_FILE)
			copy_file(e, event->create.destination.existing_file);
		return true;
	case NOTIFY(UNLINK):
		copy_file(e, event->unlink.target);
		copy_second(e, event->unlink.parent_dir);
		return true;
	case NOTIFY(RENAME):
		e->rename.destination_type = event->rename.destination_type;
		copy_file(e, event->rename.source);
		if (event->rename.destination_type == ES_DESTINATION_TYPE_NEW_PATH)
			copy_entry(e, event->rename.destination.new_path.dir,
				   event->rename.destination.new_path.filename);
		return true;
	case NOTIFY(EXCHANGEDATA):
		copy_file(e, event->exchangedata.file1);
		copy_second(e, event->exchangedata.file2);
		return true;
	case NOTIFY(LINK):
		copy_file(e, event->link.source);
		copy_entry(e, event->link.target_dir, event->link.target_filename);
		return true;
	case NOTIFY(CLONE):
		copy_file(e, event->clone.source);
		copy_entry(e, event->clone.target_dir, event->clone.target_name);
		return true;
	case NOTIFY(COPYFILE):
		copy_file(e, event->copyfile.source);
		copy_entry(e, event->copyfile.target_dir, event->copyfile.target_name);
		e->stat2 = event->copyfile.target_file->stat;
		e->copyfile.mode = event->copyfile.mode;
		e->copyfile.flags = event->copyfile.flags;
		return true;
	default:
		return false;
	}
}

/* Calls on one file. */
static bool
copy_one_file(struct live_event *e, const es_message_t *m)
{
	const es_events_t *event = &m->event;

	switch ((int)m->event_type) {
#define X(id, name, field)                                                               \
	case NOTIFY(id):                                                                 \
		copy_file(e, event->name.field);                                         \
		return true;
		ONE_FILE(X)
#undef X
	case NOTIFY(ACCESS):
		copy_file(e, event->access.target);
		e->access.mode = event->access.mode;
		return true;
	case NOTIFY(FCNTL):
		copy_file(e, event->fcntl.target);
		e->fcntl.cmd = event->fcntl.cmd;
		return true;
	case NOTIFY(MMAP):
		copy_file(e, event->mmap.source);
		e->mmap.protection = event->mmap.protection;
		e->mmap.max_protection = event->mmap.max_protection;
		e->mmap.flags = event->mmap.flags;
		e->mmap.file_pos = event->mmap.file_pos;
		return true;
	case NOTIFY(SETMODE):
		copy_file(e, event->setmode.target);
		e->setmode.mode = event->setmode.mode;
		return true;
	case NOTIFY(SETOWNER):
		copy_file(e, event->setowner.target);
		e->setowner.uid = event->setowner.uid;
		e->setowner.gid = event->setowner.gid;
		return true;
	case NOTIFY(SETFLAGS):
		copy_file(e, event->setflags.target);
		e->setflags.flags = event->setflags.flags;
		return true;
	case NOTIFY(SETACL):
		copy_file(e, event->setacl.target);
		e->setacl.set_or_clear = event->setacl.set_or_clear;
		return true;
	case NOTIFY(SETEXTATTR):
		copy_file(e, event->setextattr.target);
		e->name = copy_string(event->setextattr.extattr);
		return true;
	case NOTIFY(GETEXTATTR):
		copy_file(e, event->getextattr.target);
		e->name = copy_string(event->getextattr.extattr);
		return true;
	case NOTIFY(DELETEEXTATTR):
		copy_file(e, event->deleteextattr.target);
		e->name = copy_string(event->deleteextattr.extattr);
		return true;
	case NOTIFY(UTIMES):
		copy_file(e, event->utimes.target);
		e->times[0] = event->utimes.atime;
		e->times[1] = event->utimes.mtime;
		return true;
	default:
		return false;
	}
}

/* Calls about a process, the caller or another one. */
static bool
copy_process_call(struct live_event *e, const es_message_t *m)
{
	const es_events_t *event = &m->event;

	switch ((int)m->event_type) {
	case NOTIFY(SIGNAL):
		e->signal.sig = event->signal.sig;
		copy_process(&e->other, event->signal.target);
		return true;
	case NOTIFY(PROC_SUSPEND_RESUME):
		if (event->proc_suspend_resume.target)
			copy_process(&e->other, event->proc_suspend_resume.target);
		e->proc_suspend_resume.type = event->proc_suspend_resume.type;
		return true;
	case NOTIFY(TRACE):
		copy_process(&e->other, event->trace.target);
		return true;
	case NOTIFY(GET_TASK):
		copy_process(&e->other, event->get_task.target);
		e->get_task.type = event->get_task.type;
		return true;
	case NOTIFY(SETUID):
		e->setuid.uid = event->setuid.uid;
		return true;
	case NOTIFY(SETGID):
		e->setgid.gid = event->setgid.gid;
		return true;
	case NOTIFY(SETEUID):
		e->seteuid.euid = event->seteuid.euid;
		return true;
	case NOTIFY(SETEGID):
		e->setegid.egid = event->setegid.egid;
		return true;
	case NOTIFY(SETREUID):
		e->setreuid.ruid = event->setreuid.ruid;
		e->setreuid.euid = event->setreuid.euid;
		return true;
	case NOTIFY(SETREGID):
		e->setregid.rgid = event->setregid.rgid;
		e->setregid.egid = event->setregid.egid;
		return true;
	case NOTIFY(MPROTECT):
		e->mprotect.protection = event->mprotect.protection;
		e->mprotect.address = event->mprotect.address;
		e->mprotect.size = event->mprotect.size;
		return true;
	default:
		return false;
	}
}

/* Sockets, mounts, modules and terminals. */
static bool
copy_system_call(struct live_event *e, const es_message_t *m)
{
	const es_events_t *event = &m->event;

	switch ((int)m->event_type) {
	case NOTIFY(UIPC_BIND):
		copy_entry(e, event->uipc_bind.dir, event->uipc_bind.filename);
		e->path = (struct live_string){ e->path2.len, strndup(e->path2.data, e->path2.len) };
		e->uipc_bind.mode = event->uipc_bind.mode;
		return true;
	case NOTIFY(UIPC_CONNECT):
		copy_file(e, event->uipc_connect.file);
		e->uipc_connect.domain = event->uipc_connect.domain;
		e->uipc_connect.type = event->uipc_connect.type;
		e->uipc_connect.protocol = event->uipc_connect.protocol;
		return true;
	case NOTIFY(MOUNT):
		copy_mount(e, m, event->mount.statfs);
		return true;
	case NOTIFY(UNMOUNT):
		copy_mount(e, m, event->unmount.statfs);
		return true;
	case NOTIFY(REMOUNT):
		copy_mount(e, m, event->remount.statfs);
		return true;
	case NOTIFY(KEXTLOAD):
		e->name = copy_string(event->kextload.identifier);
		return true;
	case NOTIFY(KEXTUNLOAD):
		e->name = copy_string(event->kextunload.identifier);
		return true;
	case NOTIFY(PTY_GRANT):
		e->pty_grant.dev = event->pty_grant.dev;
		return true;
	case NOTIFY(PTY_CLOSE):
		e->pty_close.dev = event->pty_close.dev;
		return true;
	default:
		return false;
	}
}

static void
copy_call(struct live_event *e, const es_message_t *m)
{
	if (!copy_names(e, m) && !copy_one_file(e, m) && !copy_process_call(e, m))
		copy_system_call(e, m);
}

static struct live_event *
copy_message(const es_message_t *m)
{
	struct live_event *e = allocate(sizeof(*e));

	e->type = m->event_type;
	e->message_version = m->version;
	e->action = m->action_type;
	e->seq = m->seq_num;
	e->global_seq = m->global_seq_num;
	e->time = m->time;
	e->mach_time = m->mach_time;
	e->tid = m->thread ? m->thread->thread_id : 0;
	copy_process(&e->actor, m->process);
	switch ((int)m->event_type) {
	case OPEN:
		copy_file(e, m->event.open.file);
		e->fflag = m->event.open.fflag;
		break;
	case CLOSE:
		copy_file(e, m->event.close.target);
		e->modified = m->event.close.modified;
		e->mapped = m->event.close.was_mapped_writable;
		break;
	case EXEC:
		copy_exec(e, &m->event.exec);
		break;
	case FORK:
		copy_process(&e->other, m->event.fork.child);
		break;
	case EXIT:
		e->status = m->event.exit.stat;
		break;
	default:
		copy_call(e, m);
	}
	return e;
}

static void
free_process(struct live_process *p)
{
	free(p->path.data);
	free(p->tty.data);
	free(p->cgroup.data);
}

static void
free_event(struct live_event *e)
{
	free_process(&e->actor);
	free_process(&e->other);
	for (uint32_t i = 0; i < e->argc; i++)
		free(e->args[i].data);
	for (uint32_t i = 0; i < e->envc; i++)
		free(e->env[i].data);
	free(e->args);
	free(e->env);
	free(e->fds);
	free(e->path.data);
	free(e->path2.data);
	free(e->name.data);
	free(e->cwd.data);
	free(e->script.data);
	free(e->asked.data);
	free(e);
}

/* ---- the log ------------------------------------------------------------ */

static bool
followed(const struct live_log *log, pid_t pid)
{
	return pid > 0 && pid < PID_MAX && log->followed[pid / 8] & 1 << pid % 8;
}

static void
follow(struct live_log *log, pid_t pid)
{
	if (pid > 0 && pid < PID_MAX)
		log->followed[pid / 8] |= (unsigned char)(1 << pid % 8);
}

static void
unfollow(struct live_log *log, pid_t pid)
{
	if (pid > 0 && pid < PID_MAX)
		log->followed[pid / 8] &= (unsigned char)~(1 << pid % 8);
}

/* Is it a workload's, or about the test's directory? Forks extend what is followed. */
static bool
is_of_interest(struct live_log *log, const es_message_t *m)
{
	const pid_t pid = audit_token_to_pid(m->process->audit_token);
	const es_file_t *file = NULL;

	if (followed(log, m->process->ppid))
		follow(log, pid);
	if (followed(log, pid)) {
		if (m->event_type == ES_EVENT_TYPE_NOTIFY_FORK)
			follow(log, audit_token_to_pid(m->event.fork.child->audit_token));
		if (m->event_type == ES_EVENT_TYPE_NOTIFY_EXIT)
			unfollow(log, pid);
		return true;
	}
	if (m->event_type == ES_EVENT_TYPE_NOTIFY_OPEN)
		file = m->event.open.file;
	if (m->event_type == ES_EVENT_TYPE_NOTIFY_CLOSE)
		file = m->event.close.target;
	return file && file->path.length >= log->dir_len &&
	       memcmp(file->path.data, log->dir, log->dir_len) == 0;
}

static void
append(struct live_log *log, struct live_event *e)
{
	if (log->count == log->room) {
		log->room = log->room ? log->room * 2 : 256;
		log->events = realloc(log->events, log->room * sizeof(struct live_event *));
		if (!log->events)
			abort();
	}
	log->events[log->count++] = e;
}

static void
take(struct live_log *log, const es_message_t *m)
{
	unsigned type = (unsigned)m->event_type % ES_LINUX_EVENT_MAX;

	pthread_mutex_lock(&log->lock);
	log->went_back |= m->seq_num < log->next_seq[type] || m->global_seq_num < log->next_global;
	log->unseen[type] += m->seq_num - log->next_seq[type];
	log->unseen_global += m->global_seq_num - log->next_global;
	log->next_seq[type] = m->seq_num + 1;
	log->next_global = m->global_seq_num + 1;
	if (is_of_interest(log, m)) {
		append(log, copy_message(m));
		pthread_cond_broadcast(&log->more);
	}
	pthread_mutex_unlock(&log->lock);
}

static bool
matches(const struct live_event *e, es_event_type_t type, pid_t pid, const char *path)
{
	return e->type == type && (!pid || e->actor.pid == pid) && (!path || live_is(&e->path, path));
}

static bool
is_below(const struct live_event *e, const char *dir)
{
	size_t len = strlen(dir);

	return e->path.len >= len && memcmp(e->path.data, dir, len) == 0 &&
	       (e->path.len == len || e->path.data[len] == '/');
}

size_t
live_count(struct live *l, es_event_type_t type, pid_t pid, const char *path)
{
	size_t n = 0;

	pthread_mutex_lock(&l->log->lock);
	for (size_t i = l->from; i < l->log->count; i++)
		n += matches(l->log->events[i], type, pid, path);
	pthread_mutex_unlock(&l->log->lock);
	return n;
}

size_t
live_count_below(struct live *l, es_event_type_t type, pid_t pid, const char *dir)
{
	size_t n = 0;

	pthread_mutex_lock(&l->log->lock);
	for (size_t i = l->from; i < l->log->count; i++)
		n += matches(l->log->events[i], type, pid, NULL) && is_below(l->log->events[i], dir);
	pthread_mutex_unlock(&l->log->lock);
	return n;
}

const struct live_event *
live_event(struct live *l, es_event_type_t type, pid_t pid, const char *path, size_t nth)
{
	const struct live_event *found = NULL;
	size_t n = 0;

	pthread_mutex_lock(&l->log->lock);
	for (size_t i = l->from; i < l->log->count && !found; i++)
		if (matches(l->log->events[i], type, pid, path) && n++ == nth)
			found = l->log->events[i];
	pthread_mutex_unlock(&l->log->lock);
	if (!found) {
		live_dump(l);
		fail_msg("no event %zu of type %d, pid %d, path %s", nth, (int)type, (int)pid,
			 path ? path : "any");
	}
	return found;
}

size_t
live_size(struct live *l)
{
	size_t n;

	pthread_mutex_lock(&l->log->lock);
	n = l->log->count;
	pthread_mutex_unlock(&l->log->lock);
	return n;
}

const struct live_event *
live_at(struct live *l, size_t index)
{
	const struct live_event *e;

	pthread_mutex_lock(&l->log->lock);
	e = l->log->events[index];
	pthread_mutex_unlock(&l->log->lock);
	return e;
}

void
live_forget(struct live *l)
{
	live_flush(l);
	l->from = live_size(l);
}

void
live_wait(struct live *l, es_event_type_t type, pid_t pid, const char *path, size_t n)
{
	const struct timespec until = deadline(CLOCK_MONOTONIC);
	size_t looked = l->from, seen = 0;
	int error = 0;

	pthread_mutex_lock(&l->log->lock);
	for (;;) {
		for (; looked < l->log->count; looked++)
			seen += matches(l->log->events[looked], type, pid, path);
		if (seen >= n || error)
			break;
		error = pthread_cond_timedwait(&l->log->more, &l->log->lock, &until);
	}
	pthread_mutex_unlock(&l->log->lock);
	if (seen < n) {
		live_dump(l);
		fail_msg("%zu of %zu events came of type %d, pid %d, path %s", seen, n, (int)type, (int)pid,
			 path ? path : "any");
	}
}

bool
live_is(const struct live_string *s, const char *text)
{
	return s->data && s->len == strlen(text) && memcmp(s->data, text, s->len) == 0;
}

bool
live_same_program(audit_token_t a, audit_token_t b)
{
	return audit_token_to_pid(a) == audit_token_to_pid(b) &&
	       audit_token_to_pidversion(a) == audit_token_to_pidversion(b);
}

/* Enough of a string to know it by. */
static void
dump_string(const char *name, const struct live_string *s)
{
	if (!s->data)
		return;
	fprintf(stderr, " %s=", name);
	for (size_t i = 0; i < s->len && i < 200; i++)
		fputc(s->data[i] >= ' ' && s->data[i] < 127 ? s->data[i] : '?', stderr);
	if (s->len >= 200)
		fprintf(stderr, "... (%zu bytes)", s->len);
}

void
live_dump(struct live *l)
{
	size_t size = live_size(l), first = size > l->from + 100 ? size - 100 : l->from;

	fprintf(stderr, "log: %zu events, %zu looked at, the last ones:\n", size, size - l->from);
	for (size_t i = first; i < size; i++) {
		const struct live_event *e = live_at(l, i);
		const char *name = e->type == (int)OPEN    ? "open"
				   : e->type == (int)CLOSE ? "close"
				   : e->type == (int)EXEC  ? "exec"
				   : e->type == (int)FORK  ? "fork"
				   : e->type == (int)EXIT  ? "exit"
							   : "event";

		fprintf(stderr, "  %-5s %3d %d/%x tid %" PRIu64, name, (int)e->type, (int)e->actor.pid,
			(unsigned)e->actor.version, e->tid);
		if (e->other.pid)
			fprintf(stderr, " -> %d/%x", (int)e->other.pid, (unsigned)e->other.version);
		dump_string("path", &e->path);
		dump_string("path2", &e->path2);
		dump_string("name", &e->name);
		dump_string("by", &e->actor.path);
		dump_string("program", &e->other.path);
		if (e->type == (int)EXIT)
			fprintf(stderr, " status=%x", (unsigned)e->status);
		fputc('\n', stderr);
	}
}

void
live_assert_only(struct live *l, es_event_type_t type, pid_t pid, const char *path, size_t n)
{
	size_t of_path = live_count(l, type, pid, path), all = live_count(l, type, pid, NULL);

	if (of_path != n || all != n)
		live_dump(l);
	assert_int_equal(of_path, n);
	assert_int_equal(all, n);
}

/* ---- begin and end ------------------------------------------------------ */

void
live_skip_unless_possible(void)
{
	static enum { UNKNOWN, POSSIBLE, IMPOSSIBLE } answer;

	if (answer == UNKNOWN) {
		es_client_t *client = NULL;
		es_new_client_result_t result =
			es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
			  (void)c;
			  (void)m;
			});

		if (result == ES_NEW_CLIENT_RESULT_SUCCESS)
			answer = POSSIBLE;
		else if (result == ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED ||
			 result == ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED)
			answer = IMPOSSIBLE;
		else
			fail_msg("no client: %d, %s", (int)result, es_linux_error());
		if (client)
			assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
	}
	if (answer == POSSIBLE)
		return;
	print_message("SKIP: %s\n", es_linux_error());
	skip();
}

struct live *
live_prepare(void **state)
{
	const char *tmp = getenv("TMPDIR");
	pthread_condattr_t attributes;
	char name[PATH_MAX];
	struct live *l;

	live_skip_unless_possible();
	signal(SIGPIPE, SIG_IGN); /* a child that died is found out by its answer */
	*state = l = allocate(sizeof(*l));
	l->log = allocate(sizeof(*l->log));
	pthread_mutex_init(&l->log->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&l->log->more, &attributes);
	pthread_condattr_destroy(&attributes);

	snprintf(name, sizeof(name), "%s/estop-live.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(name))
		fail_msg("%s: %s", name, strerror(errno));
	l->dir = realpath(name, NULL);
	assert_non_null(l->dir);
	l->log->dir = l->dir;
	l->log->dir_len = strlen(l->dir);
	return l;
}

void
live_connect(struct live *l)
{
	struct live_log *log = l->log;
	es_new_client_result_t result = es_new_client(&l->client, ^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  take(log, m);
	});

	if (result != ES_NEW_CLIENT_RESULT_SUCCESS)
		fail_msg("no client: %d, %s", (int)result, es_linux_error());
}

void
live_mute_self(struct live *l)
{
	audit_token_t self;

	assert_int_equal(es_linux_self_token(&self), ES_RETURN_SUCCESS);
	assert_int_equal(audit_token_to_pid(self), getpid());
	assert_int_equal(es_mute_process(l->client, &self), ES_RETURN_SUCCESS);
}

void
live_subscribe(struct live *l)
{
	const es_event_type_t all[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE,
					ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_FORK,
					ES_EVENT_TYPE_NOTIFY_EXIT };

	assert_int_equal(es_subscribe(l->client, all, LENGTH(all)), ES_RETURN_SUCCESS);
}

struct live *
live_begin(void **state)
{
	struct live *l = live_prepare(state);

	live_connect(l);
	live_mute_self(l);
	live_subscribe(l);
	return l;
}

struct live *
live_begin_with(void **state, const es_event_type_t types[], size_t n)
{
	const es_event_type_t life[] = { ES_EVENT_TYPE_NOTIFY_FORK, ES_EVENT_TYPE_NOTIFY_EXIT };
	struct live *l = live_prepare(state);

	live_connect(l);
	live_mute_self(l);
	assert_int_equal(es_subscribe(l->client, life, LENGTH(life)), ES_RETURN_SUCCESS);
	assert_int_equal(es_subscribe(l->client, types, (uint32_t)n), ES_RETURN_SUCCESS);
	return l;
}

/* Relative, since a path in there may be longer than a path can be. */
static void
remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) != 0)
			remove_tree(fd, entry->d_name);
	}
	if (dir)
		closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* An event that a test misses may be one that was lost. */
static void
say_losses(struct live *l)
{
	es_linux_stats_t *stats = calloc(1, sizeof(*stats));

	if (stats && es_linux_stats(l->client, stats) == ES_RETURN_SUCCESS)
		for (unsigned type = 0; type < ES_LINUX_EVENT_MAX; type++)
			if (stats->event[type].lost)
				print_message("lost of type %u: %llu\n", type,
					      (unsigned long long)stats->event[type].lost);
	free(stats);
}

int
live_end(void **state)
{
	struct live *l = *state;
	int failed = 0;

	if (!l)
		return 0; /* it was skipped */
	for (size_t i = 0; i < l->child_count; i++)
		if (l->children[i]) {
			kill(l->children[i], SIGKILL);
			waitpid(l->children[i], NULL, 0);
		}
	if (l->client) {
		say_losses(l);
		failed = es_delete_client(l->client) != ES_RETURN_SUCCESS;
	}
	for (size_t i = 0; i < l->log->count; i++)
		free_event(l->log->events[i]);
	free(l->log->events);
	pthread_mutex_destroy(&l->log->lock);
	pthread_cond_destroy(&l->log->more);
	free(l->log);
	if (l->dir)
		remove_tree(AT_FDCWD, l->dir);
	free(l->dir);
	for (size_t i = 0; i < l->path_count; i++)
		free(l->paths[i]);
	for (size_t i = 0; i < l->shared_count; i++)
		munmap(l->shared[i].p, l->shared[i].size);
	free(l->paths);
	free(l);
	*state = NULL;
	return failed;
}

const char *
live_path(struct live *l, const char *format, ...)
{
	char *name, *path;
	va_list args;

	va_start(args, format);
	assert_true(vasprintf(&name, format, args) >= 0);
	va_end(args);
	assert_true(asprintf(&path, "%s%s%s", l->dir, *name ? "/" : "", name) >= 0);
	free(name);
	l->paths = realloc(l->paths, (l->path_count + 1) * sizeof(*l->paths));
	assert_non_null(l->paths);
	l->paths[l->path_count++] = path;
	return path;
}

const char *
live_file(struct live *l, const char *name, const char *content)
{
	const char *path = live_path(l, "%s", name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(close(fd), 0);
	return path;
}

void
live_assert_numbered(struct live *l)
{
	es_linux_stats_t *stats = calloc(1, sizeof(*stats));
	uint64_t unseen[ES_LINUX_EVENT_MAX], unseen_global, lost = 0;
	bool went_back;

	assert_non_null(stats);
	/* The gaps first: losses are only more afterwards. */
	pthread_mutex_lock(&l->log->lock);
	memcpy(unseen, l->log->unseen, sizeof(unseen));
	unseen_global = l->log->unseen_global;
	went_back = l->log->went_back;
	pthread_mutex_unlock(&l->log->lock);
	assert_int_equal(es_linux_stats(l->client, stats), ES_RETURN_SUCCESS);
	assert_false(went_back);
	/* Another BPF program on the same CPU can be in the way of ours: rarely, and then it is said. */
	for (unsigned type = 0; type < ES_LINUX_EVENT_MAX; type++) {
		assert_in_range(unseen[type], 0, stats->event[type].lost);
		lost += stats->event[type].lost;
	}
	assert_in_range(unseen_global, 0, lost);
	free(stats);
}

const char *
live_deep_path(struct live *l, size_t length)
{
	char *path = allocate(length + 1);
	size_t at = strlen(l->dir);
	const char *kept;

	memcpy(path, l->dir, at);
	while (at < length) {
		size_t name = length - at - 1;

		if (name > 201) /* never leaves a lone slash */
			name = 200;
		path[at++] = '/';
		memset(path + at, 'a' + (int)(at % 26), name);
		at += name;
	}
	kept = live_path(l, "%s", path + strlen(l->dir) + 1);
	free(path);
	assert_int_equal(strlen(kept), length);
	return kept;
}

int
live_make_deep(struct live *l, const char *path)
{
	const char *name = path + strlen(l->dir) + 1, *slash;
	int at = open(l->dir, O_PATH | O_DIRECTORY), next;
	char piece[256];

	for (; (slash = strchr(name, '/')); name = slash + 1) {
		snprintf(piece, sizeof(piece), "%.*s", (int)(slash - name), name);
		MUST(mkdirat(at, piece, 0700) == 0);
		next = openat(at, piece, O_PATH | O_DIRECTORY);
		MUST(next >= 0 && close(at) == 0);
		at = next;
	}
	return at;
}

const char *
live_self_path(void)
{
	static char path[PATH_MAX];
	ssize_t n;

	if (!*path) {
		n = readlink("/proc/self/exe", path, sizeof(path) - 1);
		assert_true(n > 0);
	}
	return path;
}

const char *
live_program(struct live *l, const char *name)
{
	const char *path = live_path(l, "%s", name);
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	char buffer[65536];
	ssize_t n;

	assert_true(from >= 0 && to >= 0);
	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		assert_int_equal(write(to, buffer, (size_t)n), n);
	assert_int_equal(n, 0);
	assert_int_equal(close(from), 0);
	assert_int_equal(close(to), 0);
	return path;
}

/* ---- workloads ---------------------------------------------------------- */

void (^const live_nothing)(void) = ^{
};

void
live_die(const char *what, int line)
{
	dprintf(STDERR_FILENO, "workload: line %d: %s: %s\n", line, what, strerror(errno));
	_exit(99);
}

pid_t
live_spawn(struct live *l, void (^work)(void))
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	int gate[2];
	pid_t pid;

	assert_true(l->child_count < LENGTH(l->children));
	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char go;

		/* A crash is the child's end; cmocka would take it for its own and run on. */
		for (size_t i = 0; i < LENGTH(crashes); i++)
			signal(crashes[i], SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(gate[1]);
		/* Not before the log follows it. */
		MUST(read(gate[0], &go, 1) == 1);
		close(gate[0]);
		work();
		_exit(0);
	}
	l->children[l->child_count++] = pid;
	pthread_mutex_lock(&l->log->lock);
	follow(l->log, pid);
	pthread_mutex_unlock(&l->log->lock);
	close(gate[0]);
	assert_int_equal(write(gate[1], "", 1), 1);
	close(gate[1]);
	return pid;
}

bool
live_kernel_is(int major, int minor)
{
	struct utsname u;
	int has_major = 0, has_minor = 0;

	assert_int_equal(uname(&u), 0);
	assert_int_equal(sscanf(u.release, "%d.%d", &has_major, &has_minor), 2);
	return has_major > major || (has_major == major && has_minor >= minor);
}

int
live_open_dir(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	MUST(fd >= 0);
	return fd;
}

int
live_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0644);

	MUST(fd >= 0);
	return fd;
}

pid_t
live_fork(void (^work)(void))
{
	pid_t pid = fork();

	MUST(pid >= 0);
	if (pid == 0) {
		work();
		_exit(0);
	}
	return pid;
}

static int
call_block(void *block)
{
	((void (^)(void))block)();
	return 0;
}

pid_t
live_clone(int flags, void (^work)(void))
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(call_block, stack + sizeof(stack), flags, (void *)work);

	MUST(pid > 0);
	return pid;
}

void
live_reap(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, __WALL) == pid && status == 0);
}

static void *
thread_block(void *block)
{
	((void (^)(void))block)();
	Block_release(block);
	return NULL;
}

pthread_t
live_thread(void (^work)(void))
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, thread_block, (void *)Block_copy(work)) == 0);
	return thread;
}

void
live_exit_first_thread_first(int status, void (^then)(void))
{
	live_thread(^{
	  char name[64], line[256] = "";

	  snprintf(name, sizeof(name), "/proc/self/task/%d/stat", (int)getpid());
	  while (!strstr(line, ") Z ")) {
		  FILE *f = fopen(name, "r");

		  MUST(f && fgets(line, sizeof(line), f));
		  fclose(f);
	  }
	  if (then)
		  then();
	  syscall(SYS_exit, 0);
	});
	syscall(SYS_exit, status);
}

void
live_exec_exit(const char *program)
{
	char *argv[] = { (char *)(uintptr_t)program, (char *)"live:exit", NULL };

	execv(program, argv);
	live_die("execv", __LINE__);
}

/* Before the deadline. */
static bool
readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	while ((n = poll(&p, 1, (int)LIVE_DEADLINE_MS)) < 0 && errno == EINTR)
		;
	return n == 1;
}

int
live_reap_quietly(struct live *l, pid_t pid)
{
	int status, fd = (int)syscall(SYS_pidfd_open, pid, 0);

	/* Bounded: whatever a child is stuck in, the test is not. live_end() kills it. */
	assert_true(fd >= 0);
	if (!readable(fd))
		fail_msg("workload %d does not end", (int)pid);
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (size_t i = 0; i < l->child_count; i++)
		if (l->children[i] == pid) {
			l->children[i] = l->children[--l->child_count];
			break;
		}
	return status;
}

int
live_finish(struct live *l, pid_t pid)
{
	int status = live_reap_quietly(l, pid);

	live_wait(l, ES_EVENT_TYPE_NOTIFY_EXIT, pid, NULL, 1);
	return status;
}

pid_t
live_run(struct live *l, void (^work)(void))
{
	pid_t pid = live_spawn(l, work);
	int status = live_finish(l, pid);

	if (status)
		fail_msg("the workload ended with status %#x", (unsigned)status);
	return pid;
}

pid_t
live_run_privileged(struct live *l, void (^work)(void))
{
	pid_t pid = live_spawn(l, work);
	int status = live_finish(l, pid);

	if (WIFEXITED(status) && WEXITSTATUS(status) == LIVE_NOT_ALLOWED) {
		print_message("SKIP: needs root, not only what a client needs\n");
		skip();
	}
	assert_int_equal(status, 0);
	return pid;
}

void *
live_shared(struct live *l, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	assert_true(l->shared_count < LENGTH(l->shared));
	l->shared[l->shared_count].p = p;
	l->shared[l->shared_count++].size = size;
	return p;
}

void
live_flush(struct live *l)
{
	/* Not on the stack: the block may come after the deadline. */
	sem_t *done = allocate(sizeof(*done));
	const struct timespec until = deadline(CLOCK_REALTIME);
	int error;

	sem_init(done, 0, 0);
	assert_int_equal(es_sync_client(l->client,
					^{
					  sem_post(done);
					}),
			 ES_RETURN_SUCCESS);
	while ((error = sem_timedwait(done, &until)) != 0 && errno == EINTR)
		;
	if (error)
		fail_msg("es_sync_client() did not run its block");
	sem_destroy(done);
	free(done);
}

void
live_marker(struct live *l)
{
	const char *path = live_path(l, "marker.%u", l->markers++);
	pid_t pid = live_spawn(l, ^{
	  MUST(close(live_open(path)) == 0);
	});

	assert_int_equal(live_reap_quietly(l, pid), 0);
	live_wait(l, ES_EVENT_TYPE_NOTIFY_OPEN, pid, path, 1);
}

/* ---- puppets ------------------------------------------------------------- */

struct program {
	char *path, to[16], from[16];
};

static void
execute(const struct program *p)
{
	char *argv[] = { p->path, (char *)"live:puppet", (char *)p->to, (char *)p->from, NULL };

	execv(p->path, argv);
	live_die("execv", __LINE__);
}

static void
open_and_close(const char *path)
{
	MUST(close(live_open(path)) == 0);
}

static void
obey(char *command, int to, int from)
{
	char *argument = command + strcspn(command, " ");

	if (*argument)
		*argument++ = '\0';
	if (strcmp(command, "open") == 0) {
		open_and_close(argument);
	} else if (strcmp(command, "many") == 0) {
		for (long n = strtol(argument, &argument, 10); n > 0; n--)
			open_and_close(argument + 1);
	} else if (strcmp(command, "write") == 0) {
		int fd = open(argument, O_WRONLY | O_CREAT | O_APPEND, 0600);

		MUST(fd >= 0 && write(fd, "text", 4) == 4 && close(fd) == 0);
	} else if (strcmp(command, "fork") == 0) {
		live_reap(live_fork(live_nothing));
	} else if (strcmp(command, "threadfork") == 0) {
		live_reap(live_fork(^{
		  live_exit_first_thread_first(0, NULL);
		}));
	} else if (strcmp(command, "shell") == 0) {
		live_reap(live_fork(^{
		  open_and_close(argument);
		}));
	} else if (strcmp(command, "exec") == 0 || strcmp(command, "threadexec") == 0) {
		struct program p = { .path = argument };

		snprintf(p.to, sizeof(p.to), "%d", to);
		snprintf(p.from, sizeof(p.from), "%d", from);
		if (*command == 'e')
			execute(&p);
		pthread_join(live_thread(^{
			       execute(&p);
			     }),
			     NULL);
	} else if (strcmp(command, "exit") == 0) {
		_exit(0);
	} else {
		live_die(command, __LINE__);
	}
}

/* Commands are their length and their bytes; an answer is one byte. Beyond that: no calls. */
static void
be_puppet(int to, int from)
{
	static char command[8192];
	uint32_t length;

	MUST(write(from, "", 1) == 1);
	while (read(to, &length, sizeof(length)) == sizeof(length)) {
		MUST(length < sizeof(command) && read(to, command, length) == (ssize_t)length);
		command[length] = '\0';
		obey(command, to, from);
		MUST(write(from, "", 1) == 1);
	}
	_exit(0);
}

/* Whatever a program is started for here, it never comes to main(). */
__attribute__((constructor)) static void
start_as_puppet(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "live:exit") == 0)
		_exit(0);
	while (argc >= 2 && strcmp(argv[1], "live:pause") == 0)
		pause();
	if (argc == 4 && strcmp(argv[1], "live:puppet") == 0)
		be_puppet(atoi(argv[2]), atoi(argv[3]));
}

static void
hear(struct puppet *p)
{
	char answer;

	if (!readable(p->from) || read(p->from, &answer, 1) != 1)
		fail_msg("the puppet died, or does not finish its command");
}

struct puppet
live_puppet(struct live *l, const char *program)
{
	int to[2], from[2], its_to, its_from;
	struct puppet p;

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(from, O_CLOEXEC), 0);
	p.to = to[1];
	p.from = from[0];
	its_to = to[0];
	its_from = from[1];
	p.pid = live_spawn(l, ^{
	  struct program self = { .path = (char *)(uintptr_t)program };

	  close(p.to);
	  close(p.from);
	  fcntl(its_to, F_SETFD, 0);
	  fcntl(its_from, F_SETFD, 0);
	  if (!program)
		  be_puppet(its_to, its_from);
	  snprintf(self.to, sizeof(self.to), "%d", its_to);
	  snprintf(self.from, sizeof(self.from), "%d", its_from);
	  execute(&self);
	});
	close(its_to);
	close(its_from);
	hear(&p);
	return p;
}

static void
say(struct puppet *p, const char *command)
{
	uint32_t length = (uint32_t)strlen(command);

	assert_int_equal(write(p->to, &length, sizeof(length)), sizeof(length));
	assert_int_equal(write(p->to, command, length), length);
}

void
puppet_tell(struct puppet *p, const char *format, ...)
{
	char *command;
	va_list args;

	va_start(args, format);
	assert_true(vasprintf(&command, format, args) >= 0);
	va_end(args);
	say(p, command);
	free(command);
	hear(p);
}

void
puppet_end(struct live *l, struct puppet *p)
{
	/* Said: other children have its pipe too, so closing is not enough. */
	say(p, "exit");
	close(p->to);
	assert_int_equal(live_reap_quietly(l, p->pid), 0);
	close(p->from);
	live_flush(l);
}

audit_token_t
live_token(struct live *l, pid_t pid)
{
	__block audit_token_t token = { { 0 } };
	__block size_t found = 0;
	es_return_t result =
		es_linux_processes(l->client, ^(const es_process_t *p, const es_linux_extra_t *extra) {
		  (void)extra;
		  if (audit_token_to_pid(p->audit_token) == pid) {
			  token = p->audit_token;
			  found++;
		  }
		});

	assert_int_equal(result, ES_RETURN_SUCCESS);
	assert_int_equal(found, 1);
	return token;
}

void
live_settle_link(const char *link)
{
	struct stat st;
	char to[64];

	do {
		assert_true(readlink(link, to, sizeof(to)) > 0);
		assert_int_equal(lstat(link, &st), 0);
	} while (st.st_atim.tv_sec == st.st_ctim.tv_sec && st.st_atim.tv_nsec <= st.st_ctim.tv_nsec);
}
