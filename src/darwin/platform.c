/*
 * platform - see platform.h. On a Mac what Endpoint Security leaves open comes
 * from libproc, sysctl and Mach.
 */
#include "src/es/platform.h"
#include "src/base/clock.h"
#include "src/darwin/poll.h"
#include "src/darwin/procargs.h"
#include "src/darwin/release.h"
#include "src/darwin/remedy.h"
#include "src/es/decode.h"
#include "src/es/sdk.h"

#include <bsm/libbsm.h>
#include <errno.h>
#include <libproc.h>
#include <mach/mach.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <unistd.h>

/* The process we put together is as old as its youngest field, the start time. */
#define MESSAGE_VERSION 3

#define TRIES 4      /* at a process that execs while it is looked at */
#define SETTLE_MS 50 /* without a way to ask, for what is queued */

const char *
platform_source_name(es_client_t *es)
{
	(void)es;
	return "live (macOS ES)";
}

/* macOS has no choice of hooks. */
void
platform_hooks(enum source_hooks hooks)
{
	(void)hooks;
}

const char *
platform_hooks_name(enum source_hooks hooks)
{
	(void)hooks;
	return "Endpoint Security";
}

bool
platform_why(es_new_client_result_t result, char *why, size_t len)
{
	return remedy(result, geteuid() == 0, why, len);
}

void
platform_debug(FILE *to)
{
	(void)to;
}

/*
 * By the kernel's release: a process in compatibility mode reads an older kern.osproductversion.
 */
event_mask
platform_available(void)
{
	char release[32] = "";
	size_t length = sizeof(release) - 1;
	unsigned last;
	event_mask events = 0;

	if (sysctlbyname("kern.osrelease", release, &length, NULL, 0) != 0 ||
	    !(last = release_last_type(release)))
		return EVENT_ALL & ~EVENT_BIT(EV_OTHER); /* es_subscribe() will tell */
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (event_info[id].number <= last)
			events |= EVENT_BIT(id);
	return events;
}

int
platform_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	return poll_devices(fds, count, timeout_ms);
}

/* ---- backfill ---- */

/* What is known of one process, and the memory it takes, from one to the next. */
struct look {
	bool detail;
	struct proc_bsdinfo info;
	audit_token_t token;
	bool with_token;
	char path[PROC_PIDPATHINFO_MAXSIZE];
	size_t path_length;
	char tty[64];
	char *buffer; /* of KERN_PROCARGS2 */
	size_t buffer_room;
	es_string_token_t *args;
	uint32_t arg_count;
	struct event *event;
	size_t event_room;
};

static bool
info_of(pid_t pid, struct proc_bsdinfo *info)
{
	return proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, info, sizeof(*info)) == (int)sizeof(*info);
}

/* The task's name is enough to ask who it is, and unlike its port is given to root. */
static bool
token_of(pid_t pid, audit_token_t *token)
{
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;
	mach_port_name_t task;
	kern_return_t result;

	if (task_name_for_pid(mach_task_self(), pid, &task) != KERN_SUCCESS)
		return false;
	result = task_info(task, TASK_AUDIT_TOKEN, (task_info_t)token, &count);
	mach_port_deallocate(mach_task_self(), task);
	return result == KERN_SUCCESS && audit_token_to_pid(*token) == pid;
}

/*
 * A token of what libproc says. The pidversion is unknown, 0: the first event of
 * the process brings it. The places are those of xnu's set_security_token().
 */
static audit_token_t
token_from(const struct proc_bsdinfo *info)
{
	return (audit_token_t){ .val = { (unsigned)-1, info->pbi_uid, info->pbi_gid, info->pbi_ruid,
					 info->pbi_rgid, info->pbi_pid } };
}

static void
read_path(struct look *l, pid_t pid)
{
	int length;

	/* With the token there is no path but that of this very execution. */
	if (l->with_token)
		length = proc_pidpath_audittoken(&l->token, l->path, sizeof(l->path));
	else
		length = proc_pidpath(pid, l->path, sizeof(l->path));
	l->path_length = length > 0 ? (size_t)length : 0;
}

static void
read_args(struct look *l, pid_t pid)
{
	int name[] = { CTL_KERN, KERN_PROCARGS2, pid };
	size_t size = l->buffer_room;

	l->arg_count = 0;
	if (sysctl(name, 3, l->buffer, &size, NULL, 0) == 0)
		l->arg_count = procargs_parse(l->buffer, size, l->args, DECODE_ARGS_MAX);
}

static void
read_tty(struct look *l)
{
	const char *name = NULL;

	if (l->info.e_tdev != (uint32_t)NODEV)
		name = devname((dev_t)l->info.e_tdev, S_IFCHR);
	l->tty[0] = '\0';
	if (name && strcmp(name, "??") != 0)
		snprintf(l->tty, sizeof(l->tty), "/dev/%s", name);
}

/* Is the process still the one that was looked at, running the same program? */
static bool
is_same(const struct look *l, pid_t pid)
{
	struct proc_bsdinfo info;
	audit_token_t token;

	if (l->with_token)
		return token_of(pid, &token) &&
		       audit_token_to_pidversion(token) == audit_token_to_pidversion(l->token);
	return info_of(pid, &info) && info.pbi_start_tvsec == l->info.pbi_start_tvsec &&
	       info.pbi_start_tvusec == l->info.pbi_start_tvusec;
}

/*
 * False when the process has ended meanwhile. What is read in several calls may
 * be of several programs, or even processes, so it is read again until it is of one;
 * one that never stands still is left to its events.
 */
static bool
look_at(struct look *l, pid_t pid)
{
	for (int i = 0; i < TRIES; i++) {
		l->with_token = token_of(pid, &l->token);
		if (!info_of(pid, &l->info))
			return false;
		if (!l->with_token)
			l->token = token_from(&l->info);
		read_path(l, pid);
		read_args(l, pid);
		read_tty(l);
		if (is_same(l, pid))
			return true;
	}
	return false;
}

static es_string_token_t
name_of(const struct proc_bsdinfo *info)
{
	bool longer = info->pbi_name[0] != '\0';

	return (es_string_token_t){
		.length = longer ? strnlen(info->pbi_name, sizeof(info->pbi_name))
				 : strnlen(info->pbi_comm, sizeof(info->pbi_comm)),
		.data = longer ? info->pbi_name : info->pbi_comm,
	};
}

/* 0 or -ENOMEM. */
static int
tell(struct look *l, uint64_t now, void (*visit)(void *ctx, const struct event *), void *ctx)
{
	const es_string_token_t name = name_of(&l->info);
	es_file_t exe = { .path = { .length = l->path_length, .data = l->path } };
	es_file_t tty = { .path = { .length = strlen(l->tty), .data = l->tty } };
	const es_process_t process = {
		.audit_token = l->token,
		.ppid = (pid_t)l->info.pbi_ppid,
		.original_ppid = (pid_t)l->info.pbi_ppid,
		.group_id = (pid_t)l->info.pbi_pgid,
		.executable = &exe,
		.tty = l->tty[0] ? &tty : NULL,
		.start_time = { .tv_sec = (time_t)l->info.pbi_start_tvsec,
				.tv_usec = (suseconds_t)l->info.pbi_start_tvusec },
	};
	const struct seen_process from = {
		.process = &process,
		.version = MESSAGE_VERSION,
		.time_ns = now,
		.args = l->args,
		.arg_count = l->arg_count,
		.kernel_thread = l->info.pbi_flags & PROC_FLAG_SYSTEM ? &name : NULL,
		.detail = l->detail,
	};
	size_t size = decode_process_room(&from);

	if (size > l->event_room) {
		free(l->event);
		l->event = malloc(size);
		l->event_room = l->event ? size : 0;
	}
	if (!l->event)
		return -ENOMEM;
	decode_process(l->event, &from);
	visit(ctx, l->event);
	return 0;
}

/* All pids, *count of them, to be freed. NULL and errno when that cannot be. */
static pid_t *
list_pids(int *count)
{
	pid_t *pids = NULL;
	int room = 0;

	do {
		int now = proc_listallpids(NULL, 0);
		pid_t *more;

		if (now <= 0)
			break;
		/* Some more than now: there may be new ones until the next call. */
		room = now + 64 > room * 2 ? now + 64 : room * 2;
		more = realloc(pids, (size_t)room * sizeof(*pids));
		if (!more)
			break;
		pids = more;
		*count = proc_listallpids(pids, room * (int)sizeof(*pids));
		if (*count > 0 && *count < room)
			return pids;
	} while (*count >= room);
	free(pids);
	return NULL;
}

/* The kernel gives the end of what it has when there is less room than it may need. */
static size_t
args_room(void)
{
	int name[] = { CTL_KERN, KERN_ARGMAX }, most = 0;
	size_t size = sizeof(most);

	return sysctl(name, 2, &most, &size, NULL, 0) == 0 && most > 0 ? (size_t)most : 1 << 20;
}

int
platform_backfill(es_client_t *es, bool detail, void (*visit)(void *ctx, const struct event *), void *ctx)
{
	struct look *l = calloc(1, sizeof(*l));
	uint64_t now = clock_wall();
	pid_t *pids = NULL;
	int count = 0, error = 0;

	(void)es;
	if (!l)
		return -ENOMEM;
	l->detail = detail;
	l->buffer_room = args_room();
	l->buffer = malloc(l->buffer_room);
	l->args = calloc(DECODE_ARGS_MAX, sizeof(*l->args));
	if (!l->buffer || !l->args) {
		error = -ENOMEM;
		goto out;
	}
	errno = 0;
	pids = list_pids(&count);
	if (!pids) {
		error = errno ? -errno : -EIO;
		goto out;
	}
	for (int i = 0; !error && i < count; i++)
		if (look_at(l, pids[i]))
			error = tell(l, now, visit, ctx);
out:
	free(pids);
	free(l->event);
	free(l->args);
	free(l->buffer);
	free(l);
	return error;
}

/* ---- one process ---- */

/* The arguments, one behind the other, each with its NUL. */
static void
copy_args(struct process_look *to, const struct look *l)
{
	size_t at = 0, length = 0;

	for (uint32_t i = 0; i < l->arg_count; i++)
		length += l->args[i].length + 1;
	to->args = length ? malloc(length) : NULL;
	for (uint32_t i = 0; to->args && i < l->arg_count; i++) {
		memcpy(to->args + at, l->args[i].data, l->args[i].length);
		at += l->args[i].length;
		to->args[at++] = '\0';
	}
	to->args_length = at;
}

/* There is no descriptor of a process here: what is between the two calls is as short as can be. */
int
platform_signal(int32_t pid, uint64_t start_ns, int number)
{
	struct proc_bsdinfo info;

	if (!info_of(pid, &info) ||
	    info.pbi_start_tvsec * 1000000000u + info.pbi_start_tvusec * 1000u != start_ns)
		return -ESRCH;
	return kill(pid, number) == 0 ? 0 : -errno;
}

void
platform_look(int32_t pid, struct process_look *to)
{
	struct look *l = calloc(1, sizeof(*l));
	struct proc_vnodepathinfo directory;

	if (!l)
		return;
	l->buffer_room = args_room();
	l->buffer = malloc(l->buffer_room);
	l->args = calloc(DECODE_ARGS_MAX, sizeof(*l->args));
	if (l->buffer && l->args && look_at(l, pid)) {
		copy_args(to, l);
		to->tty = l->tty[0] ? strdup(l->tty) : NULL;
	}
	if (proc_pidinfo(pid, PROC_PIDVNODEPATHINFO, 0, &directory, sizeof(directory)) ==
	    (int)sizeof(directory))
		to->cwd = strndup(directory.pvi_cdir.vip_path, sizeof(directory.pvi_cdir.vip_path));
	free(l->args);
	free(l->buffer);
	free(l);
}

/*
 * KERN_PROCARGS2 reads the memory of the process. What it was executed with and what it may have
 * written there cannot be distinguished.
 */
size_t
platform_title(int32_t pid, char *out, size_t size)
{
	(void)pid, (void)out, (void)size;
	return 0;
}

/* ---- figures ---- */

/* Neither the queue nor its losses can be asked for; the client counts the gaps. */
void
platform_kernel_stats(es_client_t *es, struct platform_stats *to)
{
	(void)es;
	*to = (struct platform_stats){ .kernel_fill = -1 };
}

static void
wait_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = (long)ms * 1000000 }, NULL);
}

/* False: this system cannot say when that is. */
static bool
settle_exactly(es_client_t *es, unsigned timeout_ms)
{
#if ES_SDK >= 270000
	if (__builtin_available(macOS 27.0, *)) {
		/* In memory of its own: the block may run after this has given up. */
		__block atomic_bool handled = false;

		if (es_sync_client(es, ^{
		      /* Release: what the handler did before. Pairs with the acquire below. */
		      atomic_store_explicit(&handled, true, memory_order_release);
		    }) != ES_RETURN_SUCCESS)
			return false;
		while (!atomic_load_explicit(&handled, memory_order_acquire) && timeout_ms--)
			wait_ms(1);
		return true;
	}
#endif
	(void)es;
	(void)timeout_ms;
	return false;
}

static es_string_token_t
string_in(const char *name, size_t size)
{
	return (es_string_token_t){ .length = strnlen(name, size), .data = name };
}

/* es_new_client() shows the rest: see remedy.c. */
void
platform_doctor(void (*tell)(void *ctx, const char *name, enum finding, const char *text), void *ctx)
{
	char release[64] = "?", text[200];
	size_t size = sizeof(release);
	unsigned last;

	sysctlbyname("kern.osrelease", release, &size, NULL, 0);
	last = release_last_type(release);
	if (last >= RELEASE_FIRST_TYPE_OF_13)
		snprintf(text, sizeof(text), "Darwin %s, event types up to %u", release, last);
	else
		snprintf(text, sizeof(text), "Darwin %s is too old; macOS 13 (Darwin 22) or later is needed",
			 release);
	tell(ctx, "system", last >= RELEASE_FIRST_TYPE_OF_13 ? FINDING_OK : FINDING_MISSING, text);
	if (geteuid() == 0)
		tell(ctx, "root", FINDING_OK, "yes");
	else
		tell(ctx, "root", FINDING_MISSING, "only root may watch all processes; run it with sudo");
}

void
platform_mount(const es_message_t *msg, const es_statfs_t *fs, struct platform_mount *to)
{
	(void)msg;
	*to = (struct platform_mount){
		.on = string_in(fs->f_mntonname, sizeof(fs->f_mntonname)),
		.from = string_in(fs->f_mntfromname, sizeof(fs->f_mntfromname)),
		.type = string_in(fs->f_fstypename, sizeof(fs->f_fstypename)),
		.fsid = { fs->f_fsid.val[0], fs->f_fsid.val[1] },
		.owner = fs->f_owner,
		.subtype = fs->f_fssubtype,
		.flags_ext = fs->f_flags_ext,
		.io_size = fs->f_iosize,
	};
}

/* ARG_MAX is 1 MiB here, and a message has all of it. */
bool
platform_args_cut(const es_message_t *msg)
{
	(void)msg;
	return false;
}

void
platform_settle(es_client_t *es, unsigned timeout_ms)
{
	if (!settle_exactly(es, timeout_ms))
		wait_ms(timeout_ms < SETTLE_MS ? timeout_ms : SETTLE_MS);
}

int
platform_mute_owner(es_client_t *es, const struct mute_rule *rule, const es_event_type_t types[], uint32_t n,
		    bool on)
{
	(void)es, (void)rule, (void)types, (void)n, (void)on;
	return -ENOSYS;
}

bool
platform_suppressed_owner(es_client_t *es, const struct mute_rule *rule, uint64_t *count)
{
	(void)es, (void)rule, (void)count;
	return false;
}

bool
platform_cgroup(const es_process_t *process, struct platform_cgroup *to)
{
	(void)process, (void)to;
	return false;
}

bool
platform_mark(es_client_t *es, void (^block)(void))
{
#if ES_SDK >= 270000
	if (__builtin_available(macOS 27.0, *))
		return es_sync_client(es, block) == ES_RETURN_SUCCESS;
#endif
	(void)es, (void)block;
	return false;
}

/* ---- mutes ---- */

/*
 * Whole where the process still is that execution. Else of pid and pidversion alone, by which
 * Endpoint Security is believed to know processes; the places are those of xnu's set_security_token().
 */
audit_token_t
platform_token(int32_t pid, uint32_t version)
{
	audit_token_t token;

	if (token_of(pid, &token) && (uint32_t)audit_token_to_pidversion(token) == version)
		return token;
	return (audit_token_t){ .val = { [5] = (unsigned)pid, [7] = version } };
}

/* Not documented, and not verified on a Mac. */
bool
platform_mutes_executions(void)
{
	return false;
}

/* A mute is of one program execution here: forks and execs are followed above. */
int
platform_mute_subtree(es_client_t *es, const audit_token_t *token, const es_event_type_t types[], uint32_t n,
		      bool on)
{
	(void)es, (void)token, (void)types, (void)n, (void)on;
	return -ENOSYS;
}

/* What is muted is not counted by anybody. */
bool
platform_suppressed(es_client_t *es, const audit_token_t *token, bool subtree, const char *path,
		    es_mute_path_type_t type, uint64_t *count)
{
	(void)es, (void)token, (void)subtree, (void)path, (void)type, (void)count;
	return false;
}
