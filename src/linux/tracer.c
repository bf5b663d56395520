/* tracer - the BPF programs in the kernel, seen from user space. */
#include "src/linux/tracer.h"

#include "src/base/mute_set.h"
#include "src/linux/bpf_object.h"
#include "src/linux/refusal.h"
#include "src/linux/syscalls.h"
#include "src/linux/wire_check.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Which programs the events need. Which system calls they need, syscalls.c knows. */
#define BIT(kind) (1ULL << WIRE_##kind)
#define MUTES (1ULL << 63)   /* a process is muted: its end must be noticed */
#define ENTRIES (1ULL << 62) /* some system call is looked at when it begins */
#define RETURNS (1ULL << 61) /* and when it has succeeded */
static const struct hook {
	const char *program;
	u64 kinds; /* attached while one of these is needed */
	/* on which kernels */
	enum hook_when {
		ALWAYS,
		WITH_PREPARE_EXEC,
		BY_BTF,
		BY_PERF,
		/* the rest with function hooks only */
		BY_FUNCTION,
		WITHOUT_PREPARE_EXEC,
		BY_CALL /* not in hook_up() */
	} when;
	const char *functions[2]; /* the first of these that there is */
} hooks[] = {
	{ "on_open", BIT(OPEN) | BIT(CREATE) | BIT(CLOSE), BY_FUNCTION, { "do_filp_open", "do_file_open" } },
	{ "on_close", BIT(CLOSE) | BIT(PTY_CLOSE), BY_FUNCTION, { "filp_flush", "filp_close" } },
	{ "on_fork", BIT(FORK), ALWAYS, { NULL } },
	{ "on_exec", BIT(EXEC) | MUTES, ALWAYS, { NULL } },
	{ "on_exit", BIT(EXIT) | BIT(CLOSE) | BIT(PTY_CLOSE) | MUTES, ALWAYS, { NULL } },
	{ "on_attach", ~0ULL, ALWAYS, { NULL } },
	{ "on_transfer", ~0ULL, ALWAYS, { NULL } },
	{ "on_signal", BIT(SIGNAL) | BIT(PROC_SUSPEND_RESUME), ALWAYS, { NULL } },
	{ "on_sys_exit", RETURNS, BY_BTF, { NULL } },
	{ "perf_sys_exit", RETURNS, BY_PERF, { NULL } },
	{ "on_sys_enter", ENTRIES, BY_BTF, { NULL } },
	{ "perf_sys_enter", ENTRIES, BY_PERF, { NULL } },
	{ "on_prepare_exec", BIT(EXEC) | BIT(CLOSE) | BIT(PTY_CLOSE) | MUTES, WITH_PREPARE_EXEC, { NULL } },
	{ "on_begin_exec",
	  BIT(EXEC) | BIT(CLOSE) | BIT(PTY_CLOSE) | MUTES,
	  WITHOUT_PREPARE_EXEC,
	  { "begin_new_exec" } },
	{ "on_left", BIT(EXIT) | MUTES, BY_FUNCTION, { "exit_fs" } },
	{ "on_call", 0, BY_CALL, { NULL } },
	{ "on_handle_open", BIT(OPEN) | BIT(CREATE) | BIT(CLOSE), BY_FUNCTION, { "do_handle_open" } },
};
enum {
	HOOKS = sizeof(hooks) / sizeof(hooks[0]),
	MOST_RECORD = 64 << 10, /* no record is that long */
};

/* Calls whose functions are attached to, all at once: one by one that takes too long. */
enum { CALL_WORDS = (CALL_COUNT + 63) / 64 };
struct call_link {
	struct bpf_link *link;
	u64 calls[CALL_WORDS]; /* bits of enum call_id */
};

struct tracer {
	struct bpf_object *object;
	struct bpf_link *links[HOOKS];
	struct bpf_program *iterator;
	int processes_fd, paths_fd, subtrees_fd, subtree_ids_fd, units_fd, users_fd, suppressed_fd;
	struct wire_control *control;
	struct wire_calls *calls;
	u8 looks;   /* at which ends of system calls: LOOK_* */
	char *cpus; /* the map `cpus`, element after element */
	size_t cpus_size, stride, control_size;
	int cpu_count;
	bool can_pick;    /* the iterator can be limited to one pid (6.1) */
	bool exec_begins; /* no sched_prepare_exec: the process is emitted when the call begins */
	bool functions;   /* opens and closes come from functions, not from system calls */
	bool by_calls;    /* so do the others, from those of their calls */
	struct call_link call_links[WIRE_EVENTS + 1];
	unsigned call_link_count;

	/* the ring: as in the kernel's documentation of BPF_MAP_TYPE_RINGBUF */
	int ring_fd, nudge_fd, wait_fd;
	size_t ring_bytes, page;
	_Atomic unsigned long *consumer; /* its page: written by us */
	const _Atomic unsigned long *producer;
	const char *data;
	char *whole; /* a record that wraps, put together */

	struct cgroups *cgroups;
	u32 prefixes[WIRE_PATH_MAX + 1]; /* muted prefixes by length */
	u32 free_slots[WIRE_SLOTS];      /* of counters of suppressed events */
	unsigned free_count;
};

/* What newer kernels offer; asking the version is quick, where reading all of their types is not. */
struct abilities {
	bool cast;         /* bpf_rdonly_cast(), 6.2 */
	bool prepare_exec; /* tracepoint sched_prepare_exec, 6.10 */
	bool preemption;   /* tracepoints with preemption on, 7.0; what it needs is there from 6.15 on */
	bool perf;         /* perf's tracepoints may be used */
	bool preempt_off;  /* bpf_preempt_disable(), and functions may be called then: 6.15 */
	bool functions;    /* functions can be attached to, and shall be */
	bool by_calls;     /* to many at once, and one is that of all 32-bit calls: 6.9 */
};

static size_t
page_round(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

static void *
map_map(struct bpf_object *object, const char *name, size_t size)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

static int
map_ring(struct tracer *t)
{
	void *p;

	t->ring_fd = bpf_object__find_map_fd_by_name(t->object, "ring");
	p = mmap(NULL, t->page, PROT_READ | PROT_WRITE, MAP_SHARED, t->ring_fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	t->consumer = p;
	/*
	 * The kernel offers the data twice in a row, so that no record seems to wrap;
	 * but then all of it counts twice as this process's memory. One record in
	 * tens of thousands is put together in `whole` instead.
	 */
	t->whole = malloc(MOST_RECORD);
	if (!t->whole)
		return -ENOMEM;
	p = mmap(NULL, t->page + t->ring_bytes, PROT_READ, MAP_SHARED, t->ring_fd, (off_t)t->page);
	if (p == MAP_FAILED)
		return -errno;
	t->producer = p;
	t->data = (const char *)p + t->page;
	/*
	 * Edge-triggered: an observer of everything always has something to read.
	 * Only the wake-up at the fill mark counts; else the reader keeps its pace.
	 */
	if (epoll_ctl(t->wait_fd, EPOLL_CTL_ADD, t->ring_fd,
		      &(struct epoll_event){ .events = EPOLLIN | EPOLLET }) != 0 ||
	    epoll_ctl(t->wait_fd, EPOLL_CTL_ADD, t->nudge_fd, &(struct epoll_event){ .events = EPOLLIN }) != 0)
		return -errno;
	return 0;
}

/*
 * Events of perf for the two tracepoints of system calls, opened while that is
 * allowed: Debian's kernels want CAP_SYS_ADMIN for it. Of the process, for good.
 */
enum { PERF_ENTER, PERF_EXIT, PERF_EVENTS };
static int perf_events[PERF_EVENTS] = { -1, -1 };

static int
open_perf_event(const char *tracepoint)
{
	static const char *const at[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr) };
	char path[96];

	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		FILE *f;
		bool found;

		snprintf(path, sizeof(path), "%s/events/raw_syscalls/%s/id", at[i], tracepoint);
		f = fopen(path, "re");
		if (!f)
			continue;
		found = fscanf(f, "%llu", &attr.config) == 1;
		fclose(f);
		if (found) /* of all processes; attached to on one CPU, a program runs on all */
			return (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	}
	return -1;
}

void
tracer_prepare(void)
{
	if (!refusal_kernel_is(6, 19))
		return;
	if (perf_events[PERF_ENTER] < 0)
		perf_events[PERF_ENTER] = open_perf_event("sys_enter");
	if (perf_events[PERF_EXIT] < 0)
		perf_events[PERF_EXIT] = open_perf_event("sys_exit");
}

/* An event carries one program: each client has events of its own, or the last one those of the process. */
static struct bpf_link *
attach_to_perf(struct bpf_program *p, int event)
{
	struct bpf_link *link = bpf_program__attach(p);
	int fd;

	if (link || (errno != EACCES && errno != EPERM))
		return link;
	fd = fcntl(event, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(p, fd);
	if (!link)
		close(fd);
	return link;
}

/* Is there no system call left for a program of their tracepoints? */
static bool
by_functions(const struct hook *hook, struct abilities has)
{
	return has.functions && (has.by_calls || hook->kinds == ENTRIES);
}

static bool
is_for(const struct hook *hook, struct abilities has)
{
	switch (hook->when) {
	case BY_FUNCTION:
		return has.functions;
	case BY_CALL:
		return has.functions && has.by_calls;
	case WITHOUT_PREPARE_EXEC:
		return has.functions && !has.prepare_exec;
	case WITH_PREPARE_EXEC:
		return has.prepare_exec;
	case BY_BTF:
		return !by_functions(hook, has) && (!has.preemption || !has.perf);
	case BY_PERF:
		return !by_functions(hook, has) && has.cast && has.preemption && has.perf;
	default:
		return true;
	}
}

/* The functions of system calls. */
#ifdef __x86_64__
#define CALL_PREFIX "__x64_sys_"
static const char *const compat_call = "ia32_sys_call"; /* one for all calls of 32-bit programs, since 6.9 */
#else
#define CALL_PREFIX "__arm64_sys_"
static const char *const compat_call; /* NULL: their calls are left out */
#endif

/* Loads a program that only returns. */
static int
load_probe(enum bpf_prog_type type, struct bpf_prog_load_opts *options)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(type, "probe", "Dual MIT/GPL", nothing, sizeof(nothing) / sizeof(nothing[0]),
			     options);
}

/*
 * Whether programs for functions may be loaded at all. The probe names BTF type 1, which is not a function:
 * a kernel that allows such programs returns EINVAL, one that forbids them an error of its own before it looks.
 */
static int
try_functions(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY, .attach_btf_id = 1);
	int fd = load_probe(BPF_PROG_TYPE_TRACING, &options);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EINVAL ? 0 : -errno;
}

/*
 * Whether a program can be attached to many functions at once; on x86-64 that of all 32-bit calls must be
 * among them.
 */
static bool
try_calls(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_KPROBE_MULTI);
	LIBBPF_OPTS(bpf_link_create_opts, link);
	const char *function = compat_call ? compat_call : CALL_PREFIX "dup";
	int fd = load_probe(BPF_PROG_TYPE_KPROBE, &options), attached;

	if (fd < 0)
		return false;
	link.kprobe_multi.flags = BPF_F_KPROBE_MULTI_RETURN;
	link.kprobe_multi.cnt = 1;
	link.kprobe_multi.syms = &function;
	attached = bpf_link_create(fd, 0, BPF_TRACE_KPROBE_MULTI, &link);
	if (attached >= 0)
		close(attached);
	close(fd);
	return attached >= 0;
}

/* The function of this kernel that a program is for. */
static int
choose_function(struct bpf_program *p, const struct hook *hook)
{
	int error = -ESRCH;

	for (unsigned i = 0; error && i < 2 && hook->functions[i]; i++)
		error = bpf_program__set_attach_target(p, 0, hook->functions[i]);
	return error;
}

/* As the kernel numbers it; 0 when that cannot be found out, and then every process is elsewhere. */
static u32
own_mount_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/mnt", &st) == 0 ? (u32)st.st_ino : 0;
}

static void
take_off(struct tracer *t)
{
	while (t->call_link_count)
		bpf_link__destroy(t->call_links[--t->call_link_count].link);
	for (unsigned i = 0; i < HOOKS; i++) {
		bpf_link__destroy(t->links[i]);
		t->links[i] = NULL;
	}
}

struct attaching {
	pthread_t thread;
	bool started;
	struct bpf_program *program;
	struct bpf_link *link;
	int error;
};

static void *
attach_one(void *arg)
{
	struct attaching *a = arg;

	a->link = bpf_program__attach(a->program);
	a->error = a->link ? 0 : -errno;
	return NULL;
}

/* Side by side: for each the kernel waits until no CPU can be in the function. */
static int
attach_functions(struct tracer *t, struct abilities has)
{
	struct attaching all[HOOKS] = { { 0 } };
	int error = 0;

	for (unsigned i = 0; i < HOOKS; i++) {
		if (!hooks[i].functions[0] || !is_for(&hooks[i], has))
			continue;
		all[i].program = bpf_object__find_program_by_name(t->object, hooks[i].program);
		all[i].started = pthread_create(&all[i].thread, NULL, attach_one, &all[i]) == 0;
		if (!all[i].started)
			attach_one(&all[i]);
	}
	for (unsigned i = 0; i < HOOKS; i++) {
		if (all[i].started)
			pthread_join(all[i].thread, NULL);
		t->links[i] = all[i].link;
		if (all[i].error)
			error = all[i].error;
	}
	return error;
}

/* Opens the programs, with the sizes and settings that must be there before they are loaded, and loads them. */
static int
load(struct tracer *t, unsigned mute_limit, struct abilities has)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "trace");
	struct wire_settings settings = {
		.ring_bytes = (u32)t->ring_bytes,
		.iterator_slot = (u32)t->cpu_count,
		.owner = (u32)getpid(),
		.preemptible = has.preemption || (has.functions && has.preempt_off),
		.mount_namespace = own_mount_namespace(),
		.functions = has.functions,
		.by_calls = has.functions && has.by_calls,
		.guarded = has.functions && !has.preempt_off,
	};
	struct bpf_map *map;
	int error = 0;

	if (has.cast)
		t->object = bpf_object__open_mem(bpf_object_cast,
						 (size_t)(bpf_object_cast_end - bpf_object_cast), &options);
	else
		t->object = bpf_object__open_mem(bpf_object_call,
						 (size_t)(bpf_object_call_end - bpf_object_call), &options);
	if (!t->object)
		return -errno;
	bpf_object__for_each_map(map, t->object)
	{
		const char *name = bpf_map__name(map);

		if (strcmp(name, "cpus") == 0) {
			bpf_map__set_max_entries(map, (u32)t->cpu_count + 1);
			/* mmap lays the elements out at this distance */
			t->stride = (bpf_map__value_size(map) + 7) & ~(size_t)7;
		} else if (strcmp(name, "ring") == 0) {
			bpf_map__set_max_entries(map, (u32)t->ring_bytes);
		} else if (strcmp(name, "muted_processes") == 0) {
			bpf_map__set_max_entries(map, mute_limit);
		} else if (strcmp(name, ".rodata.set") == 0) {
			bpf_map__set_initial_value(map, &settings, sizeof(settings));
		}
	}
	for (unsigned i = 0; i < HOOKS; i++) {
		struct bpf_program *p = bpf_object__find_program_by_name(t->object, hooks[i].program);

		if (p && !is_for(&hooks[i], has))
			bpf_program__set_autoload(p, false);
		else if (p && hooks[i].functions[0] && !error)
			error = choose_function(p, &hooks[i]);
	}
	if (!error)
		error = bpf_object__load(t->object);
	/* All of them or none: only attaching shows what a kernel takes. */
	if (!error)
		error = attach_functions(t, has);
	if (error) {
		take_off(t);
		bpf_object__close(t->object);
		t->object = NULL;
	}
	return error;
}

static void
keep_pid(void *ctx, const struct wire_proc *p)
{
	*(int32_t *)ctx = (int32_t)p->head.pid;
}

int
tracer_open(struct tracer **out, const struct tracer_options *options, char *why, size_t len)
{
	tracer_prepare();
	struct abilities has = { .cast = refusal_kernel_is(6, 2),
				 .prepare_exec = refusal_kernel_is(6, 10),
				 .preemption = refusal_kernel_is(6, 19),
				 .preempt_off = refusal_kernel_is(6, 15),
				 .by_calls = refusal_kernel_is(6, 9),
				 .perf = perf_events[PERF_ENTER] >= 0 && perf_events[PERF_EXIT] >= 0 };
	struct tracer *t = calloc(1, sizeof(*t));
	struct refusal refusal;
	int error = -ENOMEM;

	*out = NULL;
	refusal_listen(&refusal, options->debug);
	if (!t)
		goto fail;
	t->cgroups = cgroups_create();
	if (!t->cgroups)
		goto fail;
	t->page = (size_t)sysconf(_SC_PAGESIZE);
	t->ring_bytes = options->ring_bytes;
	t->cpu_count = libbpf_num_possible_cpus();
	t->nudge_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->wait_fd = epoll_create1(EPOLL_CLOEXEC);
	if (t->cpu_count < 1 || t->nudge_fd < 0 || t->wait_fd < 0) {
		error = -errno;
		goto fail;
	}
	if (options->hooks != ES_LINUX_HOOKS_TRACEPOINTS) {
		error = has.preempt_off || !refusal_kernel_preempts() ? try_functions() : -EOPNOTSUPP;
		if (!error) {
			has.by_calls = has.by_calls && try_calls();
			has.functions = true;
			error = load(t, options->mute_limit, has);
			has.functions = false;
		}
		t->functions = !error;
	}
	if (!t->functions && options->hooks == ES_LINUX_HOOKS_FUNCTIONS) {
		refusal.no_functions = true;
		goto fail;
	}
	if (!t->functions) {
		refusal_listen(&refusal, options->debug);
		error = load(t, options->mute_limit, has);
	}
	if (error && error != -EPERM && (has.cast || has.prepare_exec)) { /* a kernel unlike its version */
		refusal_listen(&refusal, options->debug);
		error = load(t, options->mute_limit, (struct abilities){ 0 });
	}
	if (error)
		goto fail;
	t->exec_begins =
		!t->functions &&
		!bpf_program__autoload(bpf_object__find_program_by_name(t->object, "on_prepare_exec"));
	t->by_calls = t->functions && has.by_calls;
	t->iterator = bpf_object__find_program_by_name(t->object, "list_processes");
	t->processes_fd = bpf_object__find_map_fd_by_name(t->object, "muted_processes");
	t->paths_fd = bpf_object__find_map_fd_by_name(t->object, "muted_paths");
	t->subtrees_fd = bpf_object__find_map_fd_by_name(t->object, "subtrees");
	t->subtree_ids_fd = bpf_object__find_map_fd_by_name(t->object, "subtree_ids");
	t->units_fd = bpf_object__find_map_fd_by_name(t->object, "muted_units");
	t->users_fd = bpf_object__find_map_fd_by_name(t->object, "muted_users");
	t->suppressed_fd = bpf_object__find_map_fd_by_name(t->object, "suppressed");
	for (u32 slot = WIRE_SLOTS - 1; slot > 0; slot--)
		t->free_slots[t->free_count++] = slot;
	t->control_size = page_round(sizeof(struct wire_control));
	t->cpus_size = page_round(t->stride * ((size_t)t->cpu_count + 1));
	t->control = map_map(t->object, "control", t->control_size);
	t->cpus = map_map(t->object, "cpus", t->cpus_size);
	t->calls = map_map(t->object, ".data.calls", page_round(sizeof(*t->calls)));
	t->can_pick = true;
	error = map_ring(t);
	if (!error && (!t->control || !t->cpus || !t->calls))
		error = -ENOMEM;
	if (!error)
		error = tracer_processes(t, SELF_PID, keep_pid, &refusal.host_pid);
	if (!error && refusal.host_pid != getpid())
		error = -ENXIO; /* pids of events would be those of another namespace */
	if (error)
		goto fail;
	t->control->generation = 1;
	refusal_deafen();
	*out = t;
	return 0;

fail:
	refusal.error = error;
	error = refusal_explain(&refusal, why, len);
	refusal_deafen();
	tracer_close(t);
	return error;
}

bool
tracer_uses_functions(const struct tracer *t)
{
	return t->functions;
}

void
tracer_close(struct tracer *t)
{
	if (!t)
		return;
	take_off(t);
	if (t->consumer)
		munmap((void *)t->consumer, t->page);
	if (t->producer)
		munmap((void *)t->producer, t->page + t->ring_bytes);
	if (t->control)
		munmap(t->control, t->control_size);
	if (t->calls)
		munmap(t->calls, page_round(sizeof(*t->calls)));
	if (t->cpus)
		munmap(t->cpus, t->cpus_size);
	free(t->whole);
	cgroups_destroy(t->cgroups);
	bpf_object__close(t->object);
	if (t->nudge_fd > 0)
		close(t->nudge_fd);
	if (t->wait_fd > 0)
		close(t->wait_fd);
	free(t);
}

/* ---- the functions of system calls ---- */

/* The calls that are wanted and not attached to yet; how many. */
static unsigned
missing_calls(const struct tracer *t, u64 kinds, u64 missing[CALL_WORDS])
{
	unsigned n = 0;

	for (unsigned id = 0; id < CALL_COUNT; id++) {
		bool has = syscalls_function(id, kinds) == NULL;

		for (unsigned i = 0; i < t->call_link_count; i++)
			has |= t->call_links[i].calls[id / 64] >> id % 64 & 1;
		if (!has)
			missing[id / 64] |= 1ULL << id % 64, n++;
	}
	return n;
}

/*
 * The names of their functions, as far as this kernel has them: it takes all or none. They are text of btf. The
 * first link has the function of all 32-bit calls, too.
 */
static size_t
find_functions(struct btf *btf, const u64 calls[CALL_WORDS], bool first, const char *names[CALL_COUNT + 1])
{
	const size_t prefix = strlen(CALL_PREFIX);
	unsigned types = btf__type_cnt(btf);
	size_t n = 0;

	for (unsigned i = 1; i < types; i++) {
		const struct btf_type *type = btf__type_by_id(btf, i);
		const char *name = btf_is_func(type) ? btf__name_by_offset(btf, type->name_off) : "";

		if (first && compat_call && strcmp(name, compat_call) == 0 && n <= CALL_COUNT)
			names[n++] = name;
		if (strncmp(name, CALL_PREFIX, prefix) != 0)
			continue;
		for (unsigned id = 0; id < CALL_COUNT && n <= CALL_COUNT; id++)
			if (calls[id / 64] >> id % 64 & 1 &&
			    strcmp(name + prefix, syscalls_function(id, ~0ULL)) == 0)
				names[n++] = name;
	}
	return n;
}

static int
attach_calls(struct tracer *t, const u64 calls[CALL_WORDS])
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options, .retprobe = true);
	struct call_link *to = &t->call_links[t->call_link_count];
	const char *names[CALL_COUNT + 1];
	struct btf *btf = btf__load_vmlinux_btf();

	if (!btf)
		return -errno;
	options.cnt = find_functions(btf, calls, t->call_link_count == 0, names);
	options.syms = names;
	to->link =
		options.cnt
			? bpf_program__attach_kprobe_multi_opts(bpf_object__find_program_by_name(t->object,
												 "on_call"),
								NULL, &options)
			: NULL;
	btf__free(btf);
	if (!to->link)
		return options.cnt ? -errno : 0;
	memcpy(to->calls, calls, sizeof(to->calls));
	t->call_link_count++;
	return 0;
}

/* Takes off the links of which no call is wanted any more, but for the one that has the 32-bit calls. */
static void
detach_calls(struct tracer *t, u64 kinds)
{
	for (unsigned i = 0; i < t->call_link_count;) {
		bool wanted = i == 0 && t->call_link_count > 1;

		for (unsigned id = 0; id < CALL_COUNT; id++)
			wanted |= t->call_links[i].calls[id / 64] >> id % 64 & 1 &&
				  syscalls_function(id, kinds);
		if (wanted) {
			i++;
			continue;
		}
		bpf_link__destroy(t->call_links[i].link);
		memmove(&t->call_links[i], &t->call_links[i + 1],
			(--t->call_link_count - i) * sizeof(t->call_links[0]));
	}
}

static int
hook_up_calls(struct tracer *t, u64 kinds)
{
	u64 missing[CALL_WORDS] = { 0 };
	int error = 0;

	if (t->call_link_count < sizeof(t->call_links) / sizeof(t->call_links[0]) &&
	    missing_calls(t, kinds, missing))
		error = attach_calls(t, missing);
	if (!error)
		detach_calls(t, kinds);
	return error;
}

/* The programs see what was changed before they see the new generation. */
static void
new_generation(struct tracer *t)
{
	u32 next = t->control->generation + 1;

	__atomic_store_n(&t->control->generation, next ? next : 1, __ATOMIC_RELEASE);
}

/* Attaches the programs that are needed now, and takes off the others. */
static int
hook_up(struct tracer *t)
{
	u64 needed = t->control->subscribed | (t->control->process_mutes ? MUTES : 0);

	if (t->control->subtrees)
		needed |= BIT(FORK) | BIT(EXEC); /* to pass the mute on */
	if (t->control->path_mutes)
		needed |= BIT(FORK); /* what is decided of the executable holds for children */
	if (t->by_calls) {
		int error = hook_up_calls(t, t->control->subscribed);

		if (error)
			return error;
	}
	needed |=
		(t->looks & LOOK_ENTER ? ENTRIES : 0) | (t->looks & LOOK_EXIT && !t->by_calls ? RETURNS : 0);
	if (!t->control->subscribed)
		needed = 0;
	for (unsigned i = 0; i < HOOKS; i++) {
		struct bpf_program *p = bpf_object__find_program_by_name(t->object, hooks[i].program);
		bool want = needed & hooks[i].kinds;

		if (!p || !bpf_program__autoload(p) || hooks[i].when == BY_CALL)
			continue;
		if (want && !t->links[i]) {
			t->links[i] =
				hooks[i].when != BY_PERF
					? bpf_program__attach(p)
					: attach_to_perf(p,
							 perf_events[hooks[i].kinds == ENTRIES ? PERF_ENTER
											       : PERF_EXIT]);
			/* EBUSY: a forked child still has the previous link, so the program is still attached. */
			if (!t->links[i] && (errno != EBUSY || !hooks[i].functions[0]))
				return -errno;
		} else if (!want && t->links[i]) {
			bpf_link__destroy(t->links[i]);
			t->links[i] = NULL;
		}
	}
	return 0;
}

int
tracer_subscribe(struct tracer *t, u64 kinds)
{
	/* Wanted before hooked up, unwanted before taken off: no event slips out undecided. */
	t->control->subscribed = kinds;
	t->looks = syscalls_choose(t->calls, kinds, t->exec_begins, t->functions);
	new_generation(t);
	return hook_up(t);
}

/* ---- mutes ---- */

/* Writes, or sums up, a counter of every CPU. */
static int
set_suppressed(struct tracer *t, u32 slot, u64 value)
{
	u64 values[t->cpu_count];

	for (int i = 0; i < t->cpu_count; i++)
		values[i] = value;
	return bpf_map_update_elem(t->suppressed_fd, &slot, values, BPF_ANY);
}

static bool
sum_suppressed(struct tracer *t, int map, const void *key, u64 *count)
{
	u64 values[t->cpu_count];
	struct wire_mute mute;

	*count = 0;
	if (bpf_map_lookup_elem(map, key, &mute) != 0 || !mute.slot ||
	    bpf_map_lookup_elem(t->suppressed_fd, &mute.slot, values) != 0)
		return false;
	for (int i = 0; i < t->cpu_count; i++)
		*count += values[i];
	return true;
}

static int
set_entry(struct tracer *t, int map, const void *key, u64 kinds, u32 *count)
{
	struct wire_mute mute = { 0 };
	bool had = bpf_map_lookup_elem(map, key, &mute) == 0;

	if (kinds) {
		if (!had && t->free_count) {
			mute.slot = t->free_slots[--t->free_count];
			set_suppressed(t, mute.slot, 0);
		}
		mute.kinds = kinds;
		if (bpf_map_update_elem(map, key, &mute, BPF_ANY) != 0) {
			int error = -errno;

			if (!had && mute.slot)
				t->free_slots[t->free_count++] = mute.slot;
			return error;
		}
		*count += !had;
	} else if (had) {
		bpf_map_delete_elem(map, key);
		if (mute.slot)
			t->free_slots[t->free_count++] = mute.slot;
		*count -= 1;
	}
	return 0;
}

int
tracer_mute_process(struct tracer *t, u32 pid, u32 version, u64 kinds)
{
	struct wire_process_key key = { .pid = pid, .version = version };
	u32 before = t->control->process_mutes;
	int error = set_entry(t, t->processes_fd, &key, kinds, &t->control->process_mutes);

	new_generation(t);
	if (!error && !before != !t->control->process_mutes)
		error = hook_up(t);
	return error;
}

int
tracer_mute_path(struct tracer *t, const char *path, size_t length, bool prefix, u64 kinds)
{
	struct wire_path_key key = {
		.hash = mute_path_hash(path, length),
		.length = (u32)length,
		.prefix = prefix,
	};
	u32 before = t->control->path_mutes;
	int error;

	if (length == 0 || length > WIRE_PATH_MAX)
		return -ENAMETOOLONG;
	error = set_entry(t, t->paths_fd, &key, kinds, &t->control->path_mutes);
	if (prefix) {
		t->prefixes[length] += t->control->path_mutes - before; /* +1, 0 or -1 */
		if (t->prefixes[length])
			t->control->prefix_length[length / 64] |= 1ULL << length % 64;
		else
			t->control->prefix_length[length / 64] &= ~(1ULL << length % 64);
	}
	t->control->path_generation++;
	new_generation(t);
	if (!error && !before != !t->control->path_mutes)
		error = hook_up(t);
	return error;
}

int
tracer_mute_subtree(struct tracer *t, u32 id, u64 kinds)
{
	u32 before = t->control->subtrees;
	int error = set_entry(t, t->subtrees_fd, &id, kinds, &t->control->subtrees);

	new_generation(t);
	if (!error && !before != !t->control->subtrees)
		error = hook_up(t);
	return error;
}

/* A path without slashes at its end; "/" is every cgroup's beginning, and has no component. */
static struct wire_unit_key
unit_key(const char *name)
{
	size_t length = strlen(name);

	while (length > 1 && name[length - 1] == '/')
		length--;
	return (struct wire_unit_key){
		.hash = mute_path_hash(name, length),
		.length = (u32)length,
		.whole = name[0] == '/',
	};
}

int
tracer_mute_unit(struct tracer *t, const char *name, u64 kinds)
{
	struct wire_unit_key key = unit_key(name);
	int error;

	if (!key.length || key.length > WIRE_CGROUP_MAX)
		return -ENAMETOOLONG;
	error = set_entry(t, t->units_fd, &key, kinds, &t->control->unit_mutes);
	t->control->unit_generation++;
	new_generation(t);
	return error;
}

int
tracer_mute_user(struct tracer *t, u32 uid, u64 kinds)
{
	int error = set_entry(t, t->users_fd, &uid, kinds, &t->control->user_mutes);

	new_generation(t);
	return error;
}

int
tracer_adopt(struct tracer *t, u32 id, u32 pid)
{
	struct wire_subtrees member = { { 0 } };
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), result = -ENOSPC;
	unsigned place = WIRE_SUBTREES_MAX;

	if (fd < 0)
		return -errno;
	/* None of its own yet: it is in no subtree. */
	if (bpf_map_lookup_elem(t->subtree_ids_fd, &fd, &member) != 0)
		member = (struct wire_subtrees){ { 0 } };
	for (unsigned i = 0; i < WIRE_SUBTREES_MAX; i++) {
		struct wire_mute mute;

		if (member.id[i] == id) {
			result = 0;
			goto out;
		}
		/* Slots of subtrees that ended are freed. */
		if (!member.id[i] || bpf_map_lookup_elem(t->subtrees_fd, &member.id[i], &mute) != 0)
			place = i;
	}
	if (place < WIRE_SUBTREES_MAX) {
		member.id[place] = id;
		result = bpf_map_update_elem(t->subtree_ids_fd, &fd, &member, BPF_ANY) == 0 ? 1 : -errno;
	}
	if (result > 0)
		new_generation(t);
out:
	close(fd);
	return result;
}

bool
tracer_suppressed_process(struct tracer *t, u32 pid, u32 version, u64 *count)
{
	struct wire_process_key key = { .pid = pid, .version = version };

	return sum_suppressed(t, t->processes_fd, &key, count);
}

bool
tracer_suppressed_path(struct tracer *t, const char *path, size_t length, bool prefix, u64 *count)
{
	struct wire_path_key key = {
		.hash = mute_path_hash(path, length),
		.length = (u32)length,
		.prefix = prefix,
	};

	return sum_suppressed(t, t->paths_fd, &key, count);
}

bool
tracer_suppressed_subtree(struct tracer *t, u32 id, u64 *count)
{
	return sum_suppressed(t, t->subtrees_fd, &id, count);
}

bool
tracer_suppressed_unit(struct tracer *t, const char *name, u64 *count)
{
	struct wire_unit_key key = unit_key(name);

	return sum_suppressed(t, t->units_fd, &key, count);
}

bool
tracer_suppressed_user(struct tracer *t, u32 uid, u64 *count)
{
	return sum_suppressed(t, t->users_fd, &uid, count);
}

void
tracer_invert(struct tracer *t, bool processes, bool paths)
{
	t->control->process_inverted = processes;
	t->control->path_inverted = paths;
	new_generation(t);
}

/* ---- the ring ------------------------------------------------------------ */

void
tracer_wait(struct tracer *t, int timeout_ms)
{
	struct epoll_event ready[2];
	uint64_t n;

	if (tracer_ring_used(t) > t->ring_bytes / 8)
		return;
	epoll_wait(t->wait_fd, ready, 2, timeout_ms);
	if (read(t->nudge_fd, &n, sizeof(n)) < 0)
		return; /* it was not that */
}

void
tracer_nudge(struct tracer *t)
{
	uint64_t one = 1;

	if (write(t->nudge_fd, &one, sizeof(one)) < 0)
		return; /* full: it is nudged already */
}

size_t
tracer_ring_used(struct tracer *t)
{
	unsigned long tail = atomic_load_explicit(t->producer, memory_order_relaxed);
	unsigned long head = atomic_load_explicit(t->consumer, memory_order_relaxed);

	return tail - head;
}

/* The record at this place, in one piece. */
static const struct wire_head *
in_one_piece(struct tracer *t, size_t at, u32 length)
{
	size_t before_end = t->ring_bytes - at;

	if (length <= before_end || length > MOST_RECORD)
		return (const struct wire_head *)(t->data + at);
	memcpy(t->whole, t->data + at, before_end);
	memcpy(t->whole + before_end, t->data, length - before_end);
	return (const struct wire_head *)t->whole;
}

bool
tracer_drained(struct tracer *t, uint64_t goal)
{
	return atomic_load_explicit(t->consumer, memory_order_relaxed) >= goal;
}

uint64_t
tracer_produced(struct tracer *t)
{
	/* Acquire: pairs with the kernel's release of the producer position. */
	return atomic_load_explicit(t->producer, memory_order_acquire);
}

unsigned
tracer_drain(struct tracer *t, unsigned max, void (*record)(void *, const struct wire_head *), void *ctx)
{
	enum { BUSY = 1u << 31, DISCARD = 1u << 30, PUBLISH = 32 };
	unsigned long head = atomic_load_explicit(t->consumer, memory_order_relaxed);
	/* Acquire: pairs with the kernel's release of the producer position. */
	unsigned long tail = atomic_load_explicit(t->producer, memory_order_acquire);
	unsigned n = 0;

	t->control->woken = 0;
	while (head < tail && n < max) {
		const _Atomic u32 *length_at = (const _Atomic u32 *)(t->data + (head & (t->ring_bytes - 1)));
		/* Acquire: pairs with the kernel's release when it commits the record. */
		u32 length = atomic_load_explicit(length_at, memory_order_acquire);

		if (length & BUSY)
			break;
		if (!(length & DISCARD))
			record(ctx, in_one_piece(t, (head + 8) & (t->ring_bytes - 1), length));
		head += ((length & ~(BUSY | DISCARD)) + 8 + 7) & ~7u;
		/*
		 * Release: the kernel may overwrite what lies before it. Not after
		 * every record, because each time the kernel must fetch the line anew.
		 */
		if (++n % PUBLISH == 0)
			atomic_store_explicit(t->consumer, head, memory_order_release);
		if (head == tail)
			tail = atomic_load_explicit(t->producer, memory_order_acquire);
	}
	atomic_store_explicit(t->consumer, head, memory_order_release);
	return n;
}

void
tracer_counters(struct tracer *t, struct wire_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (int i = 0; i < t->cpu_count; i++) {
		const volatile struct wire_counters *c = (const void *)(t->cpus + (size_t)i * t->stride);

		for (unsigned k = 0; k < WIRE_EVENTS; k++) {
			sum->produced[k] += c->produced[k];
			sum->lost[k] += c->lost[k];
			sum->muted[k] += c->muted[k];
		}
		sum->lost_other += c->lost_other;
		sum->muted_elsewhere += c->muted_elsewhere;
		sum->skipped += c->skipped;
	}
}

uint64_t
tracer_missed(struct tracer *t)
{
	uint64_t missed = 0;

	for (unsigned i = 0; i < HOOKS; i++) {
		struct bpf_program *p = bpf_object__find_program_by_name(t->object, hooks[i].program);
		int fd = p ? bpf_program__fd(p) : -1;
		struct bpf_prog_info info;
		uint32_t size = sizeof(info);

		memset(&info, 0, sizeof(info));
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
			missed += info.recursion_misses;
	}
	return missed;
}

struct cgroups *
tracer_cgroups(struct tracer *t)
{
	return t->cgroups;
}

/* ---- the process list ----------------------------------------------------- */

/* Opens the iterator, over one process where that is possible. */
static int
open_iterator(struct tracer *t, u32 pid)
{
	union bpf_iter_link_info info = { .task = { .tid = pid } };
	LIBBPF_OPTS(bpf_iter_attach_opts, options);
	struct bpf_link *link;
	int fd;

	if (pid && t->can_pick) {
		options.link_info = &info;
		options.link_info_len = sizeof(info);
	}
	link = bpf_program__attach_iter(t->iterator, &options);
	if (!link && pid && t->can_pick && errno != ESRCH) { /* older than 6.1: walk them all */
		t->can_pick = false;
		return open_iterator(t, pid);
	}
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		fd = -errno;
	bpf_link__destroy(link);
	return fd;
}

int
tracer_processes(struct tracer *t, u32 pid, void (*visit)(void *, const struct wire_proc *), void *ctx)
{
	enum { ROOM = 64 * 1024 }; /* more than the kernel gives at once, and than any record */
	bool self = pid == SELF_PID, found = false;
	size_t fill = 0;
	char *buffer;
	int fd, error = 0;

	fd = open_iterator(t, self ? (u32)getpid() : pid);
	if (fd < 0)
		return fd;
	buffer = malloc(ROOM);
	if (!buffer) {
		close(fd);
		return -ENOMEM;
	}
	for (;;) {
		ssize_t got = read(fd, buffer + fill, ROOM - fill);
		size_t at = 0;

		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0) {
			error = got < 0 ? -errno : 0;
			break;
		}
		fill += (size_t)got;
		while (fill - at >= sizeof(struct wire_head)) {
			const struct wire_proc *p = (const struct wire_proc *)(buffer + at);

			if (p->head.size > fill - at || !wire_valid(&p->head))
				break;
			if (p->head.kind == WIRE_CGROUP)
				cgroups_add(t->cgroups, (const void *)p);
			else if (pid == 0 || (self ? (p->head.flags & WIRE_SELF) != 0 : p->head.pid == pid)) {
				visit(ctx, p);
				found = true;
			}
			at += p->head.size;
		}
		memmove(buffer, buffer + at, fill - at);
		fill -= at;
	}
	free(buffer);
	close(fd);
	if (!error && !found)
		error = -ESRCH;
	return error;
}
