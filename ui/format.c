/* format - see format.h. */
#include "ui/format.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* Names without the SIG; sigabbrev_np() and sys_signame are not everywhere. */
#define SIGNAL_TABLE(X)                                                                        \
	X(HUP)                                                                                 \
	X(INT) X(QUIT) X(ILL) X(TRAP) X(ABRT) X(BUS) X(FPE) X(KILL) X(USR1) X(SEGV) X(USR2)    \
		X(PIPE) X(ALRM) X(TERM) X(CHLD) X(CONT) X(STOP) X(TSTP) X(TTIN) X(TTOU) X(URG) \
			X(XCPU) X(XFSZ) X(VTALRM) X(PROF) X(WINCH) X(IO) X(SYS)

static const struct {
	int number;
	const char *name;
} signals[] = {
#define X(name) {SIG##name, "SIG" #name},
	SIGNAL_TABLE(X)
#undef X
};

/* Darwin's flags of an open, as Endpoint Security gives them on every system. */
#define OPEN_TABLE(X)                                                                      \
	X(0x1, "read", "r")                                                                \
	X(0x2, "write", "w") X(0x8, "append", " append") X(0x200, "create", " create")     \
		X(0x400, "truncate", " trunc") X(0x800, "exclusive", " excl")              \
			X(0x100000, "directory", " dir") X(0x40000000, "execute", " exec") \
				X(0x100, "no link", "") X(0x4, "no waiting", "")

static const struct {
	uint32_t bit;
	const char *word, *brief;
} open_flags[] = {
#define X(bit, word, brief) {bit, word, brief},
	OPEN_TABLE(X)
#undef X
};

void
format_signal(char *out, size_t size, int number)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (signals[i].number == number) {
			snprintf(out, size, "%s", signals[i].name);
			return;
		}
	snprintf(out, size, "signal %d", number);
}

void
format_status(char *out, size_t size, int status)
{
	if (status == -1)
		snprintf(out, size, "exit not seen");
	else if (WIFSIGNALED(status))
		format_signal(out, size, WTERMSIG(status));
	else
		snprintf(out, size, "exit %d", WEXITSTATUS(status));
}

static void
open_words(char *out, size_t size, uint32_t flags, bool brief)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < sizeof(open_flags) / sizeof(*open_flags); i++)
		if (flags & open_flags[i].bit && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used && !brief ? ", " : "",
						 brief ? open_flags[i].brief : open_flags[i].word);
}

void
format_value(char *out, size_t size, const struct event *e, bool brief)
{
	size_t used;

	*out = '\0';
	switch (e->id) {
	case EV_OPEN:
		open_words(out, size, (uint32_t)e->value, brief);
		return;
	case EV_CLOSE:
		if (e->flags & EVENT_MODIFIED)
			snprintf(out, size, "modified");
		return;
	case EV_EXIT:
		format_status(out, size, (int)e->value);
		return;
	case EV_FORK:
		snprintf(out, size, "child %d", pid_shown(e->other.pid));
		return;
	case EV_EXEC:
		return;
	case EV_SIGNAL:
		format_signal(out, size, (int)e->value);
		break;
	case EV_SETMODE:
		snprintf(out, size, "%04" PRIo64, (uint64_t)e->value);
		break;
	default:
		if (e->value)
			snprintf(out, size, "%" PRId64, e->value);
		break;
	}
	used = strlen(out);
	if (e->other.pid)
		snprintf(out + used, size - used, "%sto %d", used ? " " : "", pid_shown(e->other.pid));
}

static struct tm
local(uint64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / 1000000000u);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm;
}

const char *
format_program(const char *exe)
{
	const char *slash = strrchr(exe, '/');

	if (!*exe)
		return "?";
	return *exe == '/' && slash[1] ? slash + 1 : exe;
}

void
format_time(char *out, size_t size, uint64_t time_ns, unsigned digits)
{
	struct tm tm = local(time_ns);
	char fraction[16];

	snprintf(fraction, sizeof(fraction), ".%09u", (unsigned)(time_ns % 1000000000u));
	fraction[digits ? digits + 1 : 0] = '\0';
	snprintf(out, size, "%02d:%02d:%02d%s", tm.tm_hour, tm.tm_min, tm.tm_sec, fraction);
}

void
format_date(char *out, size_t size, uint64_t time_ns)
{
	struct tm tm = local(time_ns);

	snprintf(out, size, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec);
}
