/* units - see units.h. */
#include "model/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* ---- durations ---- */

/* Each unit, and below what it is used: what would round to more than that is said in the next one. */
static const struct {
	double ns, below;
	const char *name;
} units[] = {
	{ 1, 999.5, "ns" },        { 1e3, 999.5e3, "us" },        { 1e6, 999.5e6, "ms" },
	{ 1e9, 119.5e9, "s" },     { 60e9, 119.5 * 60e9, "min" }, { 3600e9, 47.5 * 3600e9, "h" },
	{ 86400e9, 1e30, "days" },
};

static void
rounded(char *out, size_t size, double ns)
{
	size_t i = 0;
	double value;

	while (ns >= units[i].below)
		i++;
	value = ns / units[i].ns;
	snprintf(out, size, "%.*f %s", value < 9.95 && (int)(value * 10 + 0.5) % 10 ? 1 : 0, value,
		 units[i].name);
}

static void
exact(char *out, size_t size, uint64_t ns)
{
	uint64_t s = ns / NS_PER_SECOND;

	if (ns < 1000)
		snprintf(out, size, "%" PRIu64 " ns", ns);
	else if (ns < 1000000)
		snprintf(out, size, "%" PRIu64 ".%" PRIu64 " us", ns / 1000, ns / 100 % 10);
	else if (s == 0)
		snprintf(out, size, "%" PRIu64 " ms", ns / 1000000);
	else if (s < 100)
		snprintf(out, size, "%" PRIu64 ".%" PRIu64 " s", s, ns / 100000000 % 10);
	else if (s < 100 * MINUTE)
		snprintf(out, size, "%" PRIu64 " min %02" PRIu64 " s", s / MINUTE, s % MINUTE);
	else if (s < 100 * HOUR)
		snprintf(out, size, "%" PRIu64 " h %02" PRIu64 " min", s / HOUR, s / MINUTE % 60);
	else
		snprintf(out, size, "%" PRIu64 " days", s / DAY);
}

static void
cell(char *out, size_t size, uint64_t s)
{
	if (s < 100)
		snprintf(out, size, "%" PRIu64 "s", s);
	else if (s < 100 * MINUTE)
		snprintf(out, size, "%" PRIu64 "m", s / MINUTE);
	else if (s < 100 * HOUR)
		snprintf(out, size, "%" PRIu64 "h", s / HOUR);
	else
		snprintf(out, size, "%" PRIu64 "d", s / DAY);
}

const char *
units_duration(char *out, size_t size, uint64_t ns, enum duration_form form)
{
	uint64_t s = ns / NS_PER_SECOND;

	switch (form) {
	case DURATION_ROUNDED:
		rounded(out, size, (double)ns);
		break;
	case DURATION_EXACT:
		exact(out, size, ns);
		break;
	case DURATION_CELL:
		cell(out, size, s);
		break;
	case DURATION_CLOCK:
		snprintf(out, size, "%" PRIu64 ":%02u:%02u", s / HOUR, (unsigned)(s / MINUTE % 60),
			 (unsigned)(s % MINUTE));
		break;
	}
	return out;
}

/* ---- numbers ---- */

const char *
units_count(char *out, size_t size, uint64_t value, unsigned width)
{
	static const char unit[] = "kMGTPE";
	uint64_t divisor = 1000;

	if (snprintf(out, size, "%llu", (unsigned long long)value) <= (int)width)
		return out;
	for (size_t i = 0; unit[i]; i++) {
		unsigned long long whole = value / divisor;
		unsigned hundredths = (unsigned)(value % divisor / (divisor / 100 ? divisor / 100 : 1));
		if (hundredths > 99)
			hundredths = 99;
		for (int digits = 2; whole < 1000 && digits >= 0; digits--) {
			int n = digits == 2 ? snprintf(out, size, "%llu.%02u%c", whole, hundredths, unit[i])
				: digits == 1
					? snprintf(out, size, "%llu.%u%c", whole, hundredths / 10, unit[i])
					: snprintf(out, size, "%llu%c", whole, unit[i]);
			if (n <= (int)width)
				return out;
		}
		if (unit[i + 1])
			divisor *= 1000;
	}
	snprintf(out, size, "%.*s", (int)width, "########");
	return out;
}

const char *
units_grouped(char *out, size_t size, uint64_t value)
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value), used = 0;

	for (size_t i = 0; i < n && used + 2 < size; i++) {
		if (i && (n - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return out;
}

const char *
units_rate(char *out, size_t size, double value, unsigned width)
{
	uint64_t whole = value >= 1.8e19 ? UINT64_MAX : value > 0 ? (uint64_t)(value + 0.5) : 0;

	if (!(value > 0))
		snprintf(out, size, "0");
	else if (value < 0.1)
		snprintf(out, size, "<0.1");
	else if (value < 9.95)
		snprintf(out, size, "%.*f", (int)(value * 10 + 0.5) % 10 ? 1 : 0, value);
	else if (width)
		units_count(out, size, whole, width);
	else
		units_grouped(out, size, whole);
	return out;
}
