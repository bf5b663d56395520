/* position - see position.h. */
#include "model/position.h"

#include "model/units.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS_IN_ALL = 20, STEP_UNKNOWN_SECS = 10 };

bool
position_is_whole(const struct position *p)
{
	return p->scanned >= 1;
}

uint64_t
position_step(const struct position *p)
{
	static const uint32_t round[] = { 1,   2,   5,   10,   15,   30,   60,    120,
					  300, 600, 900, 1800, 3600, 7200, 10800, 21600 };
	uint64_t secs =
		(p->end_ns > p->begin_ns ? p->end_ns - p->begin_ns : 0) / NS_PER_SECOND / STEPS_IN_ALL;
	size_t i = 0;

	if (!position_is_whole(p))
		return STEP_UNKNOWN_SECS * NS_PER_SECOND;
	while (i + 1 < sizeof(round) / sizeof(*round) && round[i + 1] <= secs)
		i++;
	return round[i] * NS_PER_SECOND;
}

const char *
position_clock(char *out, size_t size, uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_SECOND);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(out, size, "%H:%M:%S", &tm))
		snprintf(out, size, "?");
	return out;
}

/* ---- what is typed ---- */

/* A number, digits with a fraction at most: no sign, no exponent, no "inf". */
static bool
number(const char **text, double *value)
{
	const char *at = *text;
	size_t digits = strspn(at, "0123456789");
	char *end;

	if (!digits || digits > 12)
		return false;
	*value = strtod(at, &end);
	at += digits;
	if (*at == '.') {
		size_t fraction = strspn(at + 1, "0123456789");

		if (!fraction || fraction > 9)
			return false;
		at += 1 + fraction;
	}
	if (end != at) /* an exponent, hexadecimal */
		return false;
	*text = at;
	return true;
}

/* "1h2m3s", "90", "1.5 min": in seconds. A number alone is seconds. */
static bool
duration(const char *text, bool unit_needed, double *secs)
{
	static const struct {
		const char *word;
		double secs;
	} units[] = { { "min", 60 }, { "ms", 1e-3 }, { "h", 3600 }, { "m", 60 }, { "s", 1 } };
	double value;

	*secs = 0;
	text += strspn(text, " ");
	do {
		size_t i = 0, n = sizeof(units) / sizeof(*units);

		if (!number(&text, &value))
			return false;
		text += strspn(text, " ");
		while (i < n && strncmp(text, units[i].word, strlen(units[i].word)) != 0)
			i++;
		if (i == n && (unit_needed || *text))
			return false;
		*secs += value * (i < n ? units[i].secs : 1);
		text += i < n ? strlen(units[i].word) : 0;
		text += strspn(text, " ");
	} while (*text);
	return true;
}

/* So many digits, at most. */
static bool
digits(const char **text, size_t most, int *value)
{
	size_t n = strspn(*text, "0123456789");

	if (!n || n > most)
		return false;
	*value = atoi(*text);
	*text += n;
	return true;
}

struct typed_time {
	struct tm tm;
	double fraction;
	bool dated, utc;
};

/* "14:03", "14:03:20.5", with "2026-11-24 " or "2026-11-24T" before and "Z" behind. */
static bool
read_time(const char *text, struct typed_time *t)
{
	double secs = 0;
	int year, month;

	*t = (struct typed_time){ .tm.tm_isdst = -1 };
	t->dated = strchr(text, '-') != NULL;
	if (t->dated) {
		if (!digits(&text, 4, &year) || *text++ != '-' || !digits(&text, 2, &month) ||
		    *text++ != '-' || !digits(&text, 2, &t->tm.tm_mday) || (*text != ' ' && *text != 'T'))
			return false;
		text++;
		t->tm.tm_year = year - 1900;
		t->tm.tm_mon = month - 1;
		if (year < 1970 || month < 1 || month > 12 || t->tm.tm_mday < 1 || t->tm.tm_mday > 31)
			return false;
	}
	if (!digits(&text, 2, &t->tm.tm_hour) || *text++ != ':' || !digits(&text, 2, &t->tm.tm_min))
		return false;
	if (*text == ':') {
		text++;
		if (!number(&text, &secs))
			return false;
	}
	t->utc = *text == 'Z';
	text += t->utc;
	t->tm.tm_sec = (int)secs;
	t->fraction = secs - (int)secs;
	return !*text && t->tm.tm_hour < 24 && t->tm.tm_min < 60 && secs < 61;
}

static uint64_t
time_of(const struct typed_time *t)
{
	struct tm tm = t->tm;
	time_t seconds = t->utc ? timegm(&tm) : mktime(&tm);

	return seconds < 0 ? 0 : (uint64_t)seconds * NS_PER_SECOND + (uint64_t)(t->fraction * 1e9 + 0.5);
}

/* The first time of day at or after the beginning. */
static uint64_t
first_of_day(const struct position *p, struct typed_time *t)
{
	time_t begin = (time_t)(p->begin_ns / NS_PER_SECOND);
	struct tm day;
	uint64_t ns;

	if (!(t->utc ? gmtime_r(&begin, &day) : localtime_r(&begin, &day)))
		return 0;
	t->tm.tm_year = day.tm_year;
	t->tm.tm_mon = day.tm_mon;
	t->tm.tm_mday = day.tm_mday;
	ns = time_of(t);
	/* Typed to the second, the second in which it begins is its beginning. */
	if (ns + NS_PER_SECOND > p->begin_ns)
		return ns < p->begin_ns ? p->begin_ns : ns;
	t->tm.tm_mday++;
	return time_of(t);
}

static int
bad_range(const struct position *p, char *why, size_t len)
{
	char from[32], to[32];

	snprintf(why, len, "outside of %s to %s", position_clock(from, sizeof(from), p->begin_ns),
		 position_clock(to, sizeof(to), p->end_ns));
	return -ERANGE;
}

static int
percent(const struct position *p, double value, uint64_t *to, char *why, size_t len)
{
	if (value > 100) {
		snprintf(why, len, "expected 0%% to 100%%");
		return -ERANGE;
	}
	if (p->scanned < 0) {
		snprintf(why, len, "a pipe has no known length: type a time, or +10s");
		return -EAGAIN;
	}
	if (!position_is_whole(p)) {
		snprintf(why, len, "the length is not known yet: %.0f%% scanned", p->scanned * 100);
		return -EAGAIN;
	}
	*to = p->begin_ns + (uint64_t)((double)(p->end_ns - p->begin_ns) * value / 100);
	return 0;
}

/* From here with a sign, else from the beginning. */
static int
relative(const struct position *p, const char *text, double secs, uint64_t *to, char *why, size_t len)
{
	bool back = *text == '-';
	uint64_t base = back || *text == '+' ? p->now_ns : p->begin_ns, ns;

	if (secs > 1e9)
		return bad_range(p, why, len);
	ns = (uint64_t)(secs * 1e9);
	if (back && (base < ns || base - ns < p->begin_ns))
		return bad_range(p, why, len);
	*to = back ? base - ns : base + ns;
	return 0;
}

int
position_parse(const struct position *p, const char *typed, uint64_t *to, char *why, size_t len)
{
	char text[64];
	const char *at = text;
	struct typed_time time;
	double value;
	size_t n;
	int error;

	typed += strspn(typed, " ");
	n = strlen(typed);
	while (n && typed[n - 1] == ' ')
		n--;
	if (!n || n >= sizeof(text)) {
		snprintf(why, len, "expected 14:03:20, +5s, -1m or 50%%");
		return -EINVAL;
	}
	memcpy(text, typed, n);
	text[n] = '\0';
	if (!p->begin_ns) {
		snprintf(why, len, "nothing received yet");
		return -EAGAIN;
	}
	if (number(&at, &value) && strcmp(at + strspn(at, " "), "%") == 0)
		return percent(p, value, to, why, len);
	if (read_time(text, &time)) {
		*to = time.dated ? time_of(&time) : first_of_day(p, &time);
	} else if (duration(text + (*text == '+' || *text == '-'), *text != '+' && *text != '-', &value)) {
		error = relative(p, text, value, to, why, len);
		if (error)
			return error;
	} else {
		snprintf(why, len, "expected 14:03:20, +5s, -1m or 50%%");
		return -EINVAL;
	}
	if (*to < p->begin_ns || (position_is_whole(p) && *to > p->end_ns + NS_PER_SECOND))
		return bad_range(p, why, len);
	if (position_is_whole(p) && *to > p->end_ns)
		*to = p->end_ns;
	return 0;
}
