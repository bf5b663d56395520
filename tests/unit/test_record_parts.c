/* A recording in parts: of limited size, each readable alone, and nothing missing between them. */
#include "src/stream/eslogger.h"
#include "src/stream/value_reader.h"
#include "src/stream/record.h"
#include "tests/lib/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mount.h>
#endif
#include <cmocka.h>

enum {
	SIZE = 64 << 10,
	FIT = 6000, /* events that fit in the recorder's ring, so that none is lost there */
};

static char directory[64], why[512];
static struct eslogger reader;
static struct record *record;
static struct record_state last;
static struct loss loss;

static const char *
in(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static int
setup(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	strcpy(directory, "/tmp/estop-parts.XXXXXX");
	reader = (struct eslogger){ .detail = true };
	loss = (struct loss){ .muted_known = true };
	record = NULL;
	return mkdtemp(directory) ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	record_close(record, &loss, 0, 1, NULL);
	eslogger_finish(&reader);
#ifdef __linux__
	(void)umount(in("disk"));
#endif
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

static void
open_record(const char *name, unsigned rotate)
{
	const struct record_config config = { .path = in(name),
					      .overwrite = true,
					      .events = EVENT_CORE,
					      .host = "host",
					      .time_ns = 5,
					      .max_size = SIZE,
					      .rotate = rotate };

	if (record_open(&record, &config, why, sizeof(why)) != 0)
		fail_msg("%s", why);
}

static void
close_record(void)
{
	record_close(record, &loss, 0, 9, &last);
	record = NULL;
}

static void
put(const char *line)
{
	enum eslogger_kind kind = eslogger_read(&reader, line, strlen(line));

	assert_true(kind == ESLOGGER_EVENT || kind == ESLOGGER_SEEN);
	record_event(record, reader.event);
}

/* The line with this number as its seq_num, and a thing in it that cannot be compressed. */
static void
put_number(const char *line, unsigned number)
{
	static const char key[] = "\"seq_num\":", name[] = "org.example.tool";
	static unsigned random = 1;
	char text[8192], *tool;
	const char *at = strstr(line, key) + strlen(key);

	snprintf(text, sizeof(text), "%.*s%u%s", (int)(at - line), line, number,
		 at + strspn(at, "0123456789"));
	tool = strstr(text, name);
	for (size_t i = 0; i < strlen(name); i++)
		tool[i] = (char)('A' + ((random = random * 1664525u + 1013904223u) >> 24) % 26);
	put(text);
}

static void
wait_for(bool (*condition)(void))
{
	for (int i = 0; !condition(); i++) {
		assert_true(i < 20000);
		usleep(1000);
	}
}

static bool
is_dead(void)
{
	record_state(record, &last);
	return last.dead;
}

static uint64_t waited_for;

static bool
is_written(void)
{
	record_state(record, &last);
	return last.bytes >= waited_for;
}

/* What a part holds. */
struct part {
	unsigned lines, events, first, after; /* seq_num of the first, and one beyond the last */
	unsigned seen, mutes, number;
	unsigned begins, begins_after; /* line of the start; lines of the head */
	bool whole;
	uint64_t size;
	char cut[80], exe[64], args[64];
	uint64_t lost, recorder;
};

static bool
read_part(const char *name, struct part *p)
{
	struct eslogger in_part = { .detail = true };
	struct values *values;
	const char *line, *text;
	struct stat st;
	size_t length;
	int fd = open(in(name), O_RDONLY), result;

	*p = (struct part){ 0 };
	if (fd < 0)
		return false;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	p->size = (uint64_t)st.st_size;
	values = values_open(fd, -1, ESLOGGER_LINE_MAX);
	while ((result = values_next(values, &line, &length, false)) == 1) {
		enum eslogger_kind kind = eslogger_read(&in_part, line, length);

		p->lines++;
		assert_int_not_equal(kind, ESLOGGER_BROKEN);
		if (kind == ESLOGGER_START) {
			p->begins = p->lines;
			p->number = in_part.part;
		} else if (kind == ESLOGGER_SEEN) {
			assert_int_equal(p->events, 0);
			p->seen++;
			text = event_field(in_part.event, FIELD_EXE, NULL);
			snprintf(p->exe, sizeof(p->exe), "%s", text ? text : "");
			text = event_field(in_part.event, FIELD_ARGS, NULL);
			snprintf(p->args, sizeof(p->args), "%s", text ? text : "");
		} else if (kind == ESLOGGER_NOTE)
			p->mutes += memmem(line, length, "\"mute\"", 6) != NULL;
		else if (kind == ESLOGGER_LOST || kind == ESLOGGER_END) {
			p->lost = in_part.lost.kernel[EV_OPEN];
			if (in_part.lost.recorder > p->recorder)
				p->recorder = in_part.lost.recorder;
		} else if (kind == ESLOGGER_EVENT) {
			if (p->events++ == 0)
				p->first = (unsigned)in_part.seq_num;
			else
				assert_int_equal(in_part.seq_num, p->after);
			p->after = (unsigned)in_part.seq_num + 1;
		}
	}
	assert_int_equal(result, 0);
	assert_null(values_missing(values));
	p->whole = in_part.whole;
	strcpy(p->cut, in_part.cut);
	values_close(values);
	eslogger_finish(&in_part);
	return true;
}

static void
put_many(unsigned n)
{
	put_number(FIXTURE_FORK, 1);
	put_number(FIXTURE_EXEC, 2);
	for (unsigned i = 3; i <= n; i++)
		put_number(FIXTURE_OPEN, i);
}

/* All events are in one part each, in their order, from the oldest part to the newest. */
static unsigned
check_parts(const char *format, const char *newest, unsigned events, bool has_all)
{
	char name[64];
	struct part p;
	unsigned next = 0, parts = 1;

	while (snprintf(name, sizeof(name), format, parts) && read_part(name, &p))
		parts++;
	for (unsigned k = parts; k-- > 0;) {
		snprintf(name, sizeof(name), format, k);
		assert_true(read_part(k ? name : newest, &p));
		assert_true(p.size <= SIZE);
		assert_int_equal(p.begins, 1);
		assert_true(p.whole);
		assert_true(p.events > 0);
		if (k == parts - 1 && has_all) {
			assert_int_equal(p.number, 0);
			assert_int_equal(p.first, 1);
			assert_int_equal(p.seen, 0);
		} else {
			assert_true(p.number > 1);
			/* make, and nobody else, with what its exec reported */
			assert_int_equal(p.seen, 1);
			assert_string_equal(p.exe, "/usr/bin/make");
			assert_string_equal(p.args, "make");
		}
		if (next)
			assert_int_equal(p.first, next);
		next = p.after;
	}
	assert_int_equal(next, events + 1);
	return parts;
}

static void
no_event_is_missing_between_parts(void **state)
{
	(void)state;
	open_record("r.jsonl", 20);
	put_many(600);
	close_record();
	assert_int_equal(last.lost, 0);
	assert_true(check_parts("r.%u.jsonl", "r.jsonl", 600, true) > 3);
}

static void
no_more_than_asked_for_are_kept(void **state)
{
	struct part p;

	(void)state;
	open_record("r", 2);
	put_many(600);
	close_record();
	assert_int_equal(last.lost, 0);
	assert_int_equal(check_parts("r.%u", "r", 600, false), 3);
	assert_false(read_part("r.3", &p));
}

static void
parts_are_compressed_as_the_whole(void **state)
{
	static const char *const names[][2] = { { "r.jsonl.gz", "r.%u.jsonl.gz" },
						{ "s.jsonl.zst", "s.%u.jsonl.zst" },
						{ "t.zst", "t.%u.zst" } };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		open_record(names[i][0], 50);
		put_many(FIT);
		close_record();
		assert_int_equal(last.lost, 0);
		assert_true(check_parts(names[i][1], names[i][0], FIT, true) > 1);
	}
}

static void
a_part_begins_with_the_rules_and_losses_there_were(void **state)
{
	const struct mute_rule one = {
		.id = 3, .kind = MUTE_EXE, .events = EVENT_BIT(EV_OPEN), .path = "/bin/x"
	};
	const struct mute_rule two = {
		.id = 4, .kind = MUTE_EXE, .events = EVENT_BIT(EV_OPEN), .path = "/bin/y"
	};
	struct part p;

	(void)state;
	open_record("r", 5);
	record_mute(record, &one, 6);
	record_mute(record, &two, 6);
	record_unmute(record, 4, 7);
	loss.kernel[EV_OPEN] = 17;
	record_lost(record, &loss, 0, 8);
	put_many(60);
	loss.kernel[EV_OPEN] = 18;
	close_record();
	assert_true(read_part("r.1", &p));
	assert_int_equal(p.mutes, 3);
	assert_int_equal(p.lost, 17);
	assert_true(read_part("r", &p));
	assert_int_equal(p.mutes, 1);
	assert_int_equal(p.lost, 18);
}

static void
one_without_more_parts_ends_with_its_size(void **state)
{
	struct part p;

	(void)state;
	open_record("r.jsonl", 0);
	put_many(600);
	wait_for(is_dead);
	assert_true(last.full);
	close_record();
	assert_true(read_part("r.jsonl", &p));
	assert_true(p.size <= SIZE && p.size > SIZE / 2);
	assert_true(p.whole);
	assert_int_equal(p.events + last.lost, 600);
	assert_int_equal(p.after, p.events + 1);
	assert_false(read_part("r.1.jsonl", &p));
}

static void
what_is_in_the_way_is_not_moved(void **state)
{
	struct part p;

	(void)state;
	assert_int_equal(mkdir(in("r.2.jsonl"), 0700), 0);
	open_record("r.jsonl", 2);
	put_many(600);
	wait_for(is_dead);
	assert_int_equal(last.error, EEXIST);
	close_record();
	assert_true(read_part("r.jsonl", &p)); /* the part that could not make room */
	assert_true(p.whole);
	/* Moved by somebody else, who has put another file there. */
	assert_int_equal(rmdir(in("r.2.jsonl")), 0);
	open_record("r.jsonl", 2);
	assert_int_equal(rename(in("r.jsonl"), in("moved")), 0);
	close(open(in("r.jsonl"), O_CREAT | O_WRONLY, 0600));
	put_many(600);
	wait_for(is_dead);
	assert_int_equal(last.error, EEXIST);
	close_record();
	assert_true(read_part("moved", &p));
	assert_false(read_part("r.1.jsonl", &p));
}

/* A line that is larger than a part is alone in it. */
static void
only_one_event_can_make_a_part_too_large(void **state)
{
	char *line = malloc(4 * SIZE);
	struct part p;
	const char *at = strstr(FIXTURE_EXEC, "a b");
	int head = (int)(at - FIXTURE_EXEC);

	(void)state;
	open_record("r", 5);
	put_number(FIXTURE_OPEN, 1);
	snprintf(line, 4 * SIZE, "%.*s%0*d%s", head, FIXTURE_EXEC, 2 * SIZE, 0, at);
	put(line);
	put_number(FIXTURE_OPEN, 3);
	close_record();
	free(line);
	assert_int_equal(last.lost, 0);
	assert_true(read_part("r.1", &p));
	assert_int_equal(p.events, 1);
	assert_true(p.size > 2 * SIZE);
	assert_true(read_part("r", &p));
	assert_int_equal(p.events, 1);
	assert_int_equal(p.seen, 1);
	assert_true(p.size < SIZE); /* of such arguments the first are seen */
}

static bool
is_stopped(void)
{
	record_state(record, &last);
	return last.error == EFBIG || last.error == ENOSPC;
}

static void
ends_well_although_there_is_no_room(const char *name, unsigned n)
{
	struct part p;

	for (unsigned i = 1; i <= n; i++)
		put_number(FIXTURE_OPEN, i);
	wait_for(is_stopped);
	assert_false(last.dead);
	close_record();
	assert_true(last.lost > 0);
	assert_true(read_part(name, &p));
	assert_true(p.whole);
	assert_int_equal(p.events + last.lost, n);
	assert_int_equal(p.after, p.events + 1);
	assert_int_equal(p.recorder, last.lost);
	assert_string_equal(p.cut, strerror(last.error));
}

static void
a_full_disk_does_not_cut_the_end_off(void **state)
{
	static const char *const names[] = { "disk/r", "disk/r.gz", "disk/r.zst" };
	const struct record_config plain = { .path = in("disk/r"), .host = "host" };

	(void)state;
	assert_int_equal(mkdir(in("disk"), 0700), 0);
#ifdef __linux__
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct record_config config = plain;

		if (mount("estop", in("disk"), "tmpfs", 0, "size=128k") != 0) {
			print_message("no file system to be filled can be mounted here\n");
			return;
		}
		config.path = in(names[i]);
		assert_int_equal(record_open(&record, &config, why, sizeof(why)), 0);
		ends_well_although_there_is_no_room(names[i], FIT);
		assert_int_equal(umount(in("disk")), 0);
	}
#endif
}

static void
a_limit_does_not_cut_the_end_off(void **state)
{
	static const char *const names[] = { "r.zst" };
	struct rlimit before, small;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 128 << 10, before.rlim_max };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct record_config config = { .path = in(names[i]), .host = "host" };

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		assert_int_equal(record_open(&record, &config, why, sizeof(why)), 0);
		ends_well_although_there_is_no_room(names[i], FIT);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	}
}

/* The space reserved for the end is released. */
static void
a_file_takes_no_more_than_it_has(void **state)
{
	struct stat st;

	(void)state;
	open_record("r.jsonl", 3);
	put_many(20);
	waited_for = 1000;
	wait_for(is_written);
	close_record();
	assert_int_equal(stat(in("r.jsonl"), &st), 0);
	assert_true((uint64_t)st.st_blocks * 512 <= (uint64_t)st.st_size + 64 * 1024);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_event_is_missing_between_parts),
		TEST(no_more_than_asked_for_are_kept),
		TEST(parts_are_compressed_as_the_whole),
		TEST(a_part_begins_with_the_rules_and_losses_there_were),
		TEST(one_without_more_parts_ends_with_its_size),
		TEST(what_is_in_the_way_is_not_moved),
		TEST(only_one_event_can_make_a_part_too_large),
		TEST(a_full_disk_does_not_cut_the_end_off),
		TEST(a_limit_does_not_cut_the_end_off),
		TEST(a_file_takes_no_more_than_it_has),
	};

	return cmocka_run_group_tests_name("record_parts", tests, NULL, NULL);
}
