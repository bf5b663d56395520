/* refusal - see refusal.h. */
#include "src/linux/refusal.h"

#include <es_linux.h>

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define LOCKDOWN_FILE "/sys/kernel/security/lockdown"
#define UID_MAP_FILE "/proc/self/uid_map"

/* ---- libbpf's messages ---- */

static __thread struct refusal *listener;
static __thread FILE *debug_file;

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void
keep_line(char *to, size_t size, const char *line, size_t length)
{
	if (length >= size)
		length = size - 1;
	for (size_t i = 0; i < length; i++)
		to[i] = line[i] >= ' ' && line[i] < 127 ? line[i] : ' ';
	to[length] = '\0';
}

/* The last lines of a log with words in them, "before last | last"; not its statistics. */
static void
keep_last_lines(char *to, size_t size, const char *log)
{
	enum { LINES = 2 };
	const char *lines[LINES] = { NULL };
	size_t lengths[LINES] = { 0 }, used = 0;

	to[0] = '\0';
	while (*log) {
		size_t length = strcspn(log, "\n");

		if (length && !has_prefix(log, "processed ") && !has_prefix(log, "libbpf: ") &&
		    !has_prefix(log, "Func#") && !has_prefix(log, "-- END ") &&
		    !has_prefix(log, "verification time ") && !has_prefix(log, "stack depth ")) {
			lines[0] = lines[1];
			lengths[0] = lengths[1];
			lines[1] = log;
			lengths[1] = length;
		}
		log += length + (log[length] == '\n');
	}
	for (unsigned i = 0; i < LINES; i++)
		if (lines[i]) {
			/* Half of the room each: the last one says what was wrong. */
			keep_line(to + used, size / LINES - 4, lines[i], lengths[i]);
			used += strlen(to + used);
			if (i + 1 < LINES)
				used += (size_t)snprintf(to + used, size - used, " | ");
		}
}

void
refusal_hear(struct refusal *r, const char *message)
{
	static const char begin[] = "-- BEGIN PROG LOAD LOG --\n", before[] = "prog '";
	const char *log = strstr(message, begin), *name = strstr(message, before);

	if (log) {
		keep_last_lines(r->verifier, sizeof(r->verifier), log + strlen(begin));
		if (name && name < log) {
			name += strlen(before);
			keep_line(r->program, sizeof(r->program), name, strcspn(name, "'"));
		}
		return;
	}
	/* "failed to load object" and the like come after it, and say less. */
	if (r->words[0])
		return;
	if (has_prefix(message, "libbpf: "))
		message += strlen("libbpf: ");
	keep_line(r->words, sizeof(r->words), message, strcspn(message, "\n"));
}

static int
hear(enum libbpf_print_level level, const char *format, va_list args)
{
	char *message = NULL;

	if ((level != LIBBPF_WARN || !listener) && !debug_file)
		return 0;
	if (vasprintf(&message, format, args) < 0)
		return 0;
	if (level == LIBBPF_WARN && listener)
		refusal_hear(listener, message);
	if (debug_file)
		fputs(message, debug_file);
	free(message);
	return 0;
}

void
refusal_listen(struct refusal *r, FILE *debug)
{
	*r = (struct refusal){ 0 };
	listener = r;
	debug_file = debug;
	libbpf_set_print(hear);
}

void
refusal_deafen(void)
{
	listener = NULL;
	debug_file = NULL;
}

/* ---- the questions ---- */

/* The first line of the file, or the one that begins with so. */
static bool
read_line(const char *path, const char *begins, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	bool found = false;

	line[0] = '\0';
	while (f && !found && fgets(line, (int)size, f))
		found = has_prefix(line, begins);
	if (f)
		fclose(f);
	if (!found)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return found;
}

bool
refusal_kernel_is(unsigned major, unsigned minor)
{
	struct utsname system;
	unsigned has_major = 0, has_minor = 0;

	return uname(&system) == 0 && sscanf(system.release, "%u.%u", &has_major, &has_minor) == 2 &&
	       (has_major > major || (has_major == major && has_minor >= minor));
}

bool
refusal_kernel_preempts(void)
{
	struct utsname system = { .version = "" };
	char line[4096];

	/* The choice of a kernel that has it: the present one is in brackets. */
	if (read_line("/sys/kernel/debug/sched/preempt", "", line, sizeof(line)))
		return strstr(line, "(full)") || strstr(line, "(lazy)");
	uname(&system);
	if (strstr(system.version, "PREEMPT_DYNAMIC"))
		return read_line("/proc/cmdline", "", line, sizeof(line)) && strstr(line, "preempt=full");
	return strstr(system.version, "PREEMPT") != NULL;
}

/* There is no command of that number, but who knows the call says so. */
static bool
no_ebpf(const struct refusal *r)
{
	(void)r;
	return syscall(SYS_bpf, -1, NULL, 0) != 0 && errno == ENOSYS;
}

static bool
too_old(const struct refusal *r)
{
	(void)r;
	return !refusal_kernel_is(KERNEL_NEEDED_MAJOR, KERNEL_NEEDED_MINOR);
}

static bool
no_sysfs(const struct refusal *r)
{
	(void)r;
	return access("/sys/kernel", F_OK) != 0;
}

static bool
no_btf(const struct refusal *r)
{
	(void)r;
	return access(BTF_FILE, R_OK) != 0;
}

static bool
lacks_capability(const struct refusal *r)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	(void)r;
#define HAS(name) ((data[CAP_TO_INDEX(CAP_##name)].effective & CAP_TO_MASK(CAP_##name)) != 0)
	return syscall(SYS_capget, &header, data) == 0 && !HAS(SYS_ADMIN) && !(HAS(BPF) && HAS(PERFMON));
#undef HAS
}

static bool
root_lacks_capability(const struct refusal *r)
{
	return geteuid() == 0 && lacks_capability(r);
}

/* Capabilities count in it alone; the first one maps every user to itself. */
static bool
in_user_namespace(const struct refusal *r)
{
	unsigned long inside, outside, count;
	char line[128];

	return r->error == -EPERM && read_line(UID_MAP_FILE, "", line, sizeof(line)) &&
	       sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3 && count != 0xffffffff;
}

static bool
is_locked_down(const struct refusal *r)
{
	char line[128];

	(void)r;
	return read_line(LOCKDOWN_FILE, "", line, sizeof(line)) && strstr(line, "[confidentiality]");
}

static bool
in_pid_namespace(const struct refusal *r)
{
	return r->host_pid && r->host_pid != getpid();
}

static bool
lacks_functions(const struct refusal *r)
{
	return r->no_functions;
}

static bool
refused_by_verifier(const struct refusal *r)
{
	return r->program[0] != '\0';
}

static bool
is_forbidden(const struct refusal *r)
{
	return r->error == -EPERM || r->error == -EACCES;
}

static bool
is_out_of_memory(const struct refusal *r)
{
	return r->error == -ENOMEM;
}

static bool
always(const struct refusal *r)
{
	(void)r;
	return true;
}

static const struct question {
	bool (*holds)(const struct refusal *);
	int error;
	const char *sentence;
} questions[] = {
#define X(holds, error, sentence) { holds, -(error), sentence },
	REFUSAL_TABLE(X)
#undef X
};

/* ---- the sentence ---- */

static void
write_sentence(const char *sentence, const struct refusal *r, const char *release, char *why, size_t len)
{
	char words[sizeof(r->words) + 2], untested[64] = "";
	unsigned major = 0, minor = 0;
	size_t used = 0;

	snprintf(words, sizeof(words), "%s%s", r->words[0] ? "; " : "", r->words);
	if (sscanf(release, "%u.%u", &major, &minor) == 2 &&
	    (major < KERNEL_TESTED_MAJOR || (major == KERNEL_TESTED_MAJOR && minor < KERNEL_TESTED_MINOR)))
		snprintf(untested, sizeof(untested), " (not tested on kernels before " KERNEL_TESTED ")");
	why[0] = '\0';
	for (; *sentence && used + 1 < len; sentence++) {
		const char *what = NULL;

		if (*sentence == '%')
			switch (*++sentence) {
			case 'R':
				what = release;
				break;
			case 'P':
				what = r->program;
				break;
			case 'V':
				what = r->verifier;
				break;
			case 'E':
				what = strerror(-r->error);
				break;
			case 'W':
				what = words;
				break;
			case 'T':
				what = untested;
				break;
			case 'O':
				what = untested[0] ? "not tested before " KERNEL_TESTED
						   : "tested from " KERNEL_TESTED " on";
				break;
			}
		used += (size_t)(what ? snprintf(why + used, len - used, "%s", what)
				      : snprintf(why + used, len - used, "%c", *sentence));
	}
}

void
refusal_of_verifier(const struct refusal *r, const char *release, char *why, size_t len)
{
	write_sentence(REFUSAL_BY_VERIFIER, r, release, why, len);
}

int
refusal_explain(const struct refusal *r, char *why, size_t len)
{
	const struct question *q = questions;
	struct utsname system = { .release = "?" };

	uname(&system);
	while (!q->holds(r))
		q++;
	write_sentence(q->sentence, r, system.release, why, len);
	return q->error;
}

static bool
is_missing(bool (*question)(const struct refusal *), const struct refusal *r, const char *release, char *why,
	   size_t len)
{
	const struct question *q = questions;

	if (!question(r))
		return false;
	while (q->holds != question)
		q++;
	write_sentence(q->sentence, r, release, why, len);
	return true;
}

void
es_linux_doctor(void (*tell)(void *ctx, const char *name, bool ok, const char *text), void *ctx)
{
	const struct refusal denied = { .error = -EPERM }; /* what user namespaces lead to */
	struct utsname system = { .release = "?" };
	char text[500];
	bool missing;

	uname(&system);
#define X(name, first, second, fine)                                                                       \
	missing = is_missing(first, &denied, system.release, text, sizeof(text)) ||                        \
		  is_missing(second, &denied, system.release, text, sizeof(text));                         \
	if (!missing)                                                                                      \
		write_sentence(fine, &denied, system.release, text, sizeof(text));                         \
	tell(ctx, name, !missing, text);
	DOCTOR_QUESTION_TABLE(X)
#undef X
}

/* ---- facts ---- */

#define FACT_TABLE(X)                                                  \
	/* what               file                       line begins */ \
	X("capabilities",     "/proc/self/status",       "CapEff:")    \
	X("pids",             "/proc/self/status",       "NSpid:")     \
	X("seccomp",          "/proc/self/status",       "Seccomp:")   \
	X("users mapped",     UID_MAP_FILE,              "")           \
	X("lockdown",         LOCKDOWN_FILE,             "")           \
	X("security modules", "/sys/kernel/security/lsm", "")          \
	X("unprivileged BPF disabled", "/proc/sys/kernel/unprivileged_bpf_disabled", "") \
	X("BPF JIT",          "/proc/sys/net/core/bpf_jit_enable", "")

void
refusal_facts(FILE *out)
{
	static const struct {
		const char *what, *file, *begins;
	} facts[] = {
#define X(what, file, begins) { what, file, begins },
		FACT_TABLE(X)
#undef X
	};
	struct utsname system;
	char line[256];
	struct stat st;

	if (uname(&system) == 0)
		fprintf(out, "kernel: %s %s %s %s\n", system.sysname, system.release, system.version,
			system.machine);
	fprintf(out, "libbpf: %s\n", libbpf_version_string());
	if (stat(BTF_FILE, &st) == 0)
		fprintf(out, "BTF: %s, %lld bytes\n", BTF_FILE, (long long)st.st_size);
	else
		fprintf(out, "BTF: %s: %s\n", BTF_FILE, strerror(errno));
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const char *value = line;

		if (!read_line(facts[i].file, facts[i].begins, line, sizeof(line)))
			value = "not known";
		else
			value += strlen(facts[i].begins) + strspn(line + strlen(facts[i].begins), " \t");
		fprintf(out, "%s: %s\n", facts[i].what, value);
	}
}
