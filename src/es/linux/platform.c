/* platform - see platform.h. On Linux all of it comes from es_linux.h. */
#include "src/es/platform.h"
#include "model/cgroup.h"
#include "model/xalloc.h"
#include "src/base/clock.h"
#include "src/es/decode.h"

#include <errno.h>
#include <es_linux.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

const char *
platform_source_name(es_client_t *es)
{
	return es_linux_hooks(es) == ES_LINUX_HOOKS_FUNCTIONS ? "live (eBPF fexit)" : "live (Linux eBPF)";
}

void
platform_hooks(enum source_hooks hooks)
{
	static const es_linux_hooks_t config[] = {
		[SOURCE_HOOKS_AUTO] = ES_LINUX_HOOKS_AUTO,
		[SOURCE_HOOKS_FUNCTIONS] = ES_LINUX_HOOKS_FUNCTIONS,
		[SOURCE_HOOKS_TRACEPOINTS] = ES_LINUX_HOOKS_TRACEPOINTS,
	};

	es_linux_configure(&(es_linux_config_t){ .hooks = config[hooks] });
}

const char *
platform_hooks_name(enum source_hooks hooks)
{
	static const char *const names[] = {
		[SOURCE_HOOKS_AUTO] = "eBPF; opens and closes from functions if it can, else tracepoints",
		[SOURCE_HOOKS_FUNCTIONS] = "eBPF; opens and closes from functions of the kernel",
		[SOURCE_HOOKS_TRACEPOINTS] = "eBPF; opens and closes from tracepoints",
	};

	return names[hooks];
}

bool
platform_why(es_new_client_result_t result, char *why, size_t len)
{
	const char *reason = es_linux_error();

	if (!reason[0])
		return false;
	/* All but this is the system's doing, and the sentence says what to do about it. */
	snprintf(why, len, "%s%s", reason,
		 result == ES_NEW_CLIENT_RESULT_ERR_INTERNAL
			 ? "; for a report, estop --debug=FILE writes all there is to know"
			 : "");
	return true;
}

void
platform_debug(FILE *to)
{
	es_linux_debug(to);
}

event_mask
platform_available(void)
{
	event_mask events = 0;

	for (unsigned id = 0; id < EV_OTHER; id++)
		if (es_linux_can_give((es_event_type_t)event_info[id].number))
			events |= EVENT_BIT(id);
	return events;
}

int
platform_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	return poll(fds, count, timeout_ms);
}

int
platform_backfill(es_client_t *es, bool detail, void (*visit)(void *ctx, const struct event *), void *ctx)
{
	__block struct event *e = NULL;
	__block size_t room = 0;
	__block int error = 0;
	uint64_t now = clock_wall();
	es_return_t result;

	result = es_linux_processes(es, ^(const es_process_t *p, const es_linux_extra_t *extra) {
	  const struct seen_process from = {
		  .process = p,
		  .version = ES_LINUX_MESSAGE_VERSION,
		  .time_ns = now,
		  .args = extra->args,
		  .arg_count = extra->arg_count,
		  .args_cut = extra->args_cut,
		  .kernel_thread = extra->kernel_thread ? &extra->comm : NULL,
		  .detail = detail,
	  };
	  size_t size = decode_process_room(&from);

	  if (size > room) {
		  free(e);
		  e = malloc(size);
		  room = e ? size : 0;
	  }
	  if (!e) {
		  error = -ENOMEM;
		  return;
	  }
	  decode_process(e, &from);
	  visit(ctx, e);
	});
	free(e);
	if (error)
		return error;
	return result == ES_RETURN_SUCCESS ? 0 : -EIO;
}

void
platform_kernel_stats(es_client_t *es, struct platform_stats *to)
{
	es_linux_stats_t from;

	*to = (struct platform_stats){ .kernel_fill = -1 };
	if (es_linux_stats(es, &from) != ES_RETURN_SUCCESS)
		return;
	to->known = true;
	if (from.ring_bytes)
		to->kernel_fill = (double)from.ring_used / (double)from.ring_bytes;
	to->missed = from.missed;
	to->muted_elsewhere = from.muted_elsewhere;
	for (unsigned id = 0; id < EV_OTHER; id++) {
		to->lost[id] = from.event[event_info[id].number].lost;
		to->muted[id] = from.event[event_info[id].number].muted;
	}
}

struct teller {
	void (*tell)(void *ctx, const char *name, enum finding, const char *text);
	void *ctx;
};

static void
tell_answer(void *ctx, const char *name, bool ok, const char *text)
{
	const struct teller *t = ctx;

	t->tell(t->ctx, name, ok ? FINDING_OK : FINDING_MISSING, text);
}

/* What watching does without; more than CAP_BPF and CAP_PERFMON, which es_linux_doctor() asks for. */
#define LIMIT_TABLE(X)                                                                              \
	X(SYS_PTRACE,      "directory and environment of other users' processes are not known")     \
	X(DAC_READ_SEARCH, "paths in directories closed to this user keep their symbolic links")    \
	X(DAC_OVERRIDE,    "files are written only where this user may")                            \
	X(KILL,            "a command after -- that changes its user is not ended")                 \
	X(SYS_NICE,        "estop runs at normal priority")

/* "no CAP_KILL: …; no CAP_SYS_NICE: …"; false: nothing is missing, or so much that it cannot watch. */
static bool
name_limits(char *text, size_t size)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	size_t used = 0;

	text[0] = '\0';
	if (syscall(SYS_capget, &header, data) != 0)
		return false;
#define HAS(name) (data[CAP_TO_INDEX(CAP_##name)].effective & CAP_TO_MASK(CAP_##name))
	if (!(HAS(BPF) && HAS(PERFMON)) && !HAS(SYS_ADMIN))
		return false;
#define X(name, means)                                                                              \
	if (!HAS(name) && used < size)                                                              \
		used += (size_t)snprintf(text + used, size - used, "%sno CAP_" #name ": %s",        \
					 used ? "; " : "", means);
	LIMIT_TABLE(X)
#undef X
#undef HAS
	return used > 0;
}

void
platform_doctor(void (*tell)(void *ctx, const char *name, enum finding, const char *text), void *ctx)
{
	struct teller t = { tell, ctx };
	char limits[600];

	es_linux_doctor(tell_answer, &t);
	if (name_limits(limits, sizeof(limits)))
		tell(ctx, "capabilities", FINDING_LIMITED, limits);
	if (es_linux_has_cgroups())
		tell(ctx, "cgroups", FINDING_OK, "v2: units and containers are known");
	else
		tell(ctx, "cgroups", FINDING_LIMITED,
		     "no cgroup v2, so units and containers are not known; boot with systemd.unified_cgroup_hierarchy=1");
}

void
platform_mount(const es_message_t *msg, const es_statfs_t *fs, struct platform_mount *to)
{
	const es_linux_mount_t *mount = es_linux_mount(msg);

	*to = (struct platform_mount){ .io_size = (int64_t)fs->f_bsize };
	memcpy(to->fsid, &fs->f_fsid, sizeof(to->fsid));
	if (!mount)
		return;
	to->on = mount->on;
	to->from = mount->from;
	to->type = mount->type;
}

/*
 * The components of cgroups' paths that a unit's name stands for. A systemd unit's, or a path, is its
 * own; a container's is short for one that is looked for among the cgroups there are. What was found
 * is kept for as long as it is muted. Main thread.
 */
struct alias {
	char *name, *component;
	struct alias *next;
};
static struct alias *aliases;

static bool
is_component(const char *name)
{
	char itself[CGROUP_UNIT_MAX];

	cgroup_component(name, 0, strlen(name), itself);
	return name[0] == '/' || strcmp(name, itself) == 0;
}

static bool
is_alias(const char *name, const char *component)
{
	for (const struct alias *a = aliases; a; a = a->next)
		if (strcmp(a->name, name) == 0 && strcmp(a->component, component) == 0)
			return true;
	return false;
}

static void
find_aliases(const char *name, const char *path)
{
	for (size_t at = 0, end; path[at]; at = end) {
		char unit[CGROUP_UNIT_MAX], component[256];
		struct alias *a;

		at += strspn(path + at, "/");
		end = at + strcspn(path + at, "/");
		if (end == at)
			break;
		cgroup_component(path, at, end, unit);
		snprintf(component, sizeof(component), "%.*s", (int)(end - at), path + at);
		if (strcmp(unit, name) != 0 || is_alias(name, component))
			continue;
		a = xcalloc(1, sizeof(*a));
		a->name = xstrdup(name);
		a->component = xstrdup(component);
		a->next = aliases;
		aliases = a;
	}
}

static void
forget_aliases(const char *name)
{
	struct alias **at = &aliases;

	while (*at) {
		struct alias *a = *at;

		if (strcmp(a->name, name) != 0) {
			at = &a->next;
			continue;
		}
		*at = a->next;
		free(a->name);
		free(a->component);
		free(a);
	}
}

static int
mute_unit(es_client_t *es, const char *name, const es_event_type_t types[], uint32_t n, bool on)
{
	unsigned found = 0;

	if (!es_linux_has_cgroups())
		return -EOPNOTSUPP;
	if (is_component(name)) {
		es_return_t result =
			on ? es_linux_mute_unit(es, name, types, n) : es_linux_unmute_unit(es, name);

		return result == ES_RETURN_SUCCESS ? 0 : -ENOSPC;
	}
	if (on)
		es_linux_cgroups(es, ^(const char *path) {
		  find_aliases(name, path);
		});
	for (const struct alias *a = aliases; a; a = a->next) {
		if (strcmp(a->name, name) != 0)
			continue;
		if (on && es_linux_mute_unit(es, a->component, types, n) == ES_RETURN_SUCCESS)
			found++;
		else if (!on)
			es_linux_unmute_unit(es, a->component);
	}
	if (!on)
		forget_aliases(name);
	return !on || found ? 0 : -ENOSPC;
}

int
platform_mute_owner(es_client_t *es, const struct mute_rule *rule, const es_event_type_t types[], uint32_t n,
		    bool on)
{
	es_return_t result;

	if (rule->kind == MUTE_UNIT)
		return mute_unit(es, rule->path, types, n, on);
	if (rule->kind != MUTE_USER)
		return -EOPNOTSUPP;
	result = on ? es_linux_mute_user(es, rule->uid, types, n) : es_linux_unmute_user(es, rule->uid);
	return result == ES_RETURN_SUCCESS ? 0 : -ENOSPC;
}

bool
platform_suppressed_owner(es_client_t *es, const struct mute_rule *rule, uint64_t *count)
{
	bool known = false;

	*count = 0;
	if (rule->kind == MUTE_USER)
		return es_linux_suppressed_user(es, rule->uid, count) == ES_RETURN_SUCCESS;
	if (is_component(rule->path))
		return es_linux_suppressed_unit(es, rule->path, count) == ES_RETURN_SUCCESS;
	for (const struct alias *a = aliases; a; a = a->next) {
		uint64_t more;

		if (strcmp(a->name, rule->path) == 0 &&
		    es_linux_suppressed_unit(es, a->component, &more) == ES_RETURN_SUCCESS) {
			*count += more;
			known = true;
		}
	}
	return known;
}

bool
platform_args_cut(const es_message_t *msg)
{
	return es_linux_args_cut(msg);
}

bool
platform_cgroup(const es_process_t *process, struct platform_cgroup *to)
{
	const es_linux_cgroup_t *from = es_linux_cgroup(process);

	if (!from)
		return false;
	to->id = from->id;
	to->path = from->path;
	if (!es_linux_has_cgroups())
		to->path = (es_string_token_t){ strlen(CGROUP_V1), CGROUP_V1 };
	return true;
}

bool
platform_mark(es_client_t *es, void (^block)(void))
{
	return es_sync_client(es, block) == ES_RETURN_SUCCESS;
}

void
platform_settle(es_client_t *es, unsigned timeout_ms)
{
	/* In memory of its own: the block may run after this has given up. */
	__block atomic_bool handled = false;

	if (es_sync_client(es, ^{
	      /* Release: what the handler did before. Pairs with the acquire below. */
	      atomic_store_explicit(&handled, true, memory_order_release);
	    }) != ES_RETURN_SUCCESS)
		return;
	while (!atomic_load_explicit(&handled, memory_order_acquire) && timeout_ms--)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* The places are those of the accessors on every system; nothing else is looked at. */
audit_token_t
platform_token(int32_t pid, uint32_t version)
{
	return (audit_token_t){ .val = { [5] = (unsigned)pid, [7] = version } };
}

bool
platform_mutes_executions(void)
{
	return es_linux_mutes_executions();
}

int
platform_mute_subtree(es_client_t *es, const audit_token_t *token, const es_event_type_t types[], uint32_t n,
		      bool on)
{
	es_return_t result =
		on ? es_linux_mute_subtree(es, token, types, n) : es_linux_unmute_subtree(es, token);

	if (result == ES_RETURN_SUCCESS)
		return 0;
	return kill((pid_t)token->val[5], 0) != 0 && errno == ESRCH ? -ESRCH : -ENOSPC;
}

bool
platform_suppressed(es_client_t *es, const audit_token_t *token, bool subtree, const char *path,
		    es_mute_path_type_t type, uint64_t *count)
{
	es_return_t result = path      ? es_linux_suppressed_path(es, path, type, count)
			     : subtree ? es_linux_suppressed_subtree(es, token, count)
				       : es_linux_suppressed_process(es, token, count);

	return result == ES_RETURN_SUCCESS;
}

/* What is in start cannot tell two processes apart that had the same pid within so long: there are none. */
#define TICK_NS 20000000

int
platform_signal(int32_t pid, uint64_t start_ns, int number)
{
	struct timeval start;
	uint64_t now_ns;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), error = 0;

	if (fd < 0)
		return -errno;
	/*
	 * Behind the descriptor: who is seen here with the right start time was there before, so it is
	 * whom the descriptor is of.
	 */
	if (!es_linux_start_time(pid, &start)) {
		error = -ESRCH;
	} else {
		now_ns = (uint64_t)start.tv_sec * 1000000000u + (uint64_t)start.tv_usec * 1000u;
		if (start_ns + TICK_NS < now_ns || now_ns + TICK_NS < start_ns)
			error = -ESRCH;
		else if (syscall(SYS_pidfd_send_signal, fd, number, NULL, 0) != 0)
			error = -errno;
	}
	close(fd);
	return error;
}
