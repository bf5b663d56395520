/* overview: how long recordings are, found in the background. */
#include "src/stream/overview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#define SECOND UINT64_C(1000000000)
#define BEGIN (UINT64_C(1754560800) * SECOND) /* 2025-08-07 10:00:00 UTC */

static char directory[64], path[128], second[128];
static struct chart chart;

/* Line i of a long recording: two a second, opens and closes in turn, as a recorder writes them, or parsed. */
static void
put_line(FILE *file, unsigned i, bool plain)
{
	char time[64];
	time_t at = (time_t)(BEGIN / SECOND) + i / 2;
	struct tm tm;

	strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", gmtime_r(&at, &tm));
	if (plain)
		fprintf(file,
			"{\"schema_version\":1,\"time\":\"%s.%uZ\",\"event_type\":%u,\"event\":{\"x\":1}}\n",
			time, i % 2 * 5, (unsigned)event_info[i % 2 ? EV_CLOSE : EV_OPEN].number);
	else
		fprintf(file,
			"{\"process\":{\"audit_token\":{\"pid\":7,\"pidversion\":1}},\"time\":\"%s.%uZ\","
			"\"event_type\":%u,\"event\":{\"%s\":{}}}\n",
			time, i % 2 * 5, (unsigned)event_info[i % 2 ? EV_CLOSE : EV_OPEN].number,
			i % 2 ? "close" : "open");
}

static void
write_lines(const char *name, unsigned from, unsigned to, bool plain)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	for (unsigned i = from; i < to; i++)
		put_line(file, i, plain);
	assert_int_equal(fclose(file), 0);
}

static uint64_t
wait_for_all(struct overview *o)
{
	uint64_t end;

	for (int i = 0; overview_scanned(o, &end) < 1; i++) {
		assert_true(i < 20000);
		usleep(1000);
	}
	return end;
}

/* Events of one series in the slots [from, to). */
static double
events(unsigned series, unsigned from, unsigned to)
{
	double sum = 0;

	for (unsigned i = from; i < to; i++)
		sum += (double)chart.rate[i][series] * (double)chart.slot_ns / 1e9;
	return sum;
}

static void
the_length_and_every_event_are_found(void **state)
{
	const struct replay_input input = { .path = path };

	(void)state;
	for (int plain = 0; plain < 2; plain++) {
		write_lines(path, 0, 7201, plain); /* an hour */
		struct overview *o = overview_open(&input, 1, BEGIN);

		assert_non_null(o);
		assert_int_equal(wait_for_all(o), BEGIN + 3600 * SECOND);
		overview_chart(o, &chart);
		assert_int_equal(chart.begin_ns, BEGIN);
		assert_true(chart.count > CHART_SLOTS / 2 && chart.count <= CHART_SLOTS);
		assert_float_equal(events(EV_OPEN, 0, chart.count), 3601, 0.1);
		assert_float_equal(events(EV_CLOSE, 0, chart.count), 3600, 0.1);
		/* Half of them in the first half. */
		assert_float_equal(events(EV_OPEN, 0, (unsigned)(1800 * SECOND / chart.slot_ns)), 1800,
				   (double)chart.slot_ns / 1e9);
		overview_close(o);
	}
}

static void
recordings_of_several_hosts_are_one_length(void **state)
{
	const struct replay_input inputs[] = { { .path = path }, { .path = second } };

	(void)state;
	write_lines(path, 20, 30, true);
	write_lines(second, 0, 10, true);
	struct overview *o = overview_open(inputs, 2, BEGIN);

	assert_non_null(o);
	assert_int_equal(wait_for_all(o), BEGIN + 14 * SECOND + SECOND / 2);
	overview_chart(o, &chart);
	assert_float_equal(events(EV_OPEN, 0, chart.count), 10, 0.1);
	overview_close(o);
}

static void
losses_mutes_and_the_beginning_are_marked(void **state)
{
	static const char text[] =
		"{\"estop\":{\"start\":{\"time\":\"2025-08-07T10:00:00Z\",\"estop\":\"0.1.0\"}}}\n"
		"{\"estop\":{\"mute\":{\"time\":\"2025-08-07T10:00:01Z\",\"on\":true}}}\n"
		"{\"estop\":{\"lost\":{\"time\":\"2025-08-07T10:00:02Z\",\"kernel\":{\"open\":5}}}}\n"
		"{\"estop\":{\"end\":{\"time\":\"2025-08-07T10:00:03Z\"}}}\n";
	const struct replay_input input = { .path = path };
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	struct overview *o = overview_open(&input, 1, BEGIN);

	assert_non_null(o);
	assert_int_equal(wait_for_all(o), BEGIN + 3 * SECOND);
	overview_chart(o, &chart);
	assert_int_equal(chart.marks[0], chart_mark_bit(CHART_MARK_RECORD));
	assert_int_equal(chart.marks[SECOND / chart.slot_ns], chart_mark_bit(CHART_MARK_MUTES));
	assert_int_equal(chart.marks[2 * SECOND / chart.slot_ns], chart_mark_bit(CHART_MARK_LOST));
	overview_close(o);
}

static void
lines_that_cannot_be_read_are_left_out(void **state)
{
	const struct replay_input input = { .path = path };
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	fputs("{\"schema\n\x01\x02 garbage\n{\"time\":\"noon\",\"event_type\":9,\"event\":{}}\n", file);
	for (unsigned i = 0; i < 4; i++)
		put_line(file, i, true);
	fputs("{\"time\":\"2025-08-07T10:0", file);
	assert_int_equal(fclose(file), 0);
	struct overview *o = overview_open(&input, 1, BEGIN);

	assert_non_null(o);
	assert_int_equal(wait_for_all(o), BEGIN + SECOND + SECOND / 2);
	overview_chart(o, &chart);
	assert_float_equal(events(EV_OPEN, 0, chart.count), 2, 0.1);
	overview_close(o);
}

/* Nothing to assert but that it comes back, and what was known until then. */
static void
it_ends_when_it_is_closed(void **state)
{
	const struct replay_input input = { .path = path };
	uint64_t end;

	(void)state;
	write_lines(path, 0, 200000, false);
	struct overview *o = overview_open(&input, 1, BEGIN);

	assert_non_null(o);
	assert_true(overview_scanned(o, &end) <= 1);
	assert_true(end >= BEGIN);
	overview_close(o);
}

static void
pipes_have_no_overview(void **state)
{
	const struct replay_input inputs[] = { { .path = "-" }, { .path = path } };

	(void)state;
	assert_null(overview_open(&inputs[0], 1, BEGIN));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(overview_open(&inputs[1], 1, BEGIN));
}

static int
setup(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-overview.XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/a.jsonl", directory);
	snprintf(second, sizeof(second), "%s/b.jsonl", directory);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(second);
	return rmdir(directory);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_length_and_every_event_are_found),
		TEST(recordings_of_several_hosts_are_one_length),
		TEST(losses_mutes_and_the_beginning_are_marked),
		TEST(lines_that_cannot_be_read_are_left_out),
		TEST(it_ends_when_it_is_closed),
		TEST(pipes_have_no_overview),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
