/* event: names, masks, fields, and records from outside. */
#include "tests/lib/build.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const event_mask usual = EVENT_ALL & ~EVENT_BIT(EV_STAT) & ~EVENT_BIT(EV_WRITE);

static event_mask
parsed(const char *list, event_mask *named)
{
	event_mask m = 0;
	char why[128] = "";

	if (event_mask_parse(list, usual, &m, named, why, sizeof(why)) != 0)
		fail_msg("%s: %s", list, why);
	return m;
}

static event_mask
mask(const char *list)
{
	return parsed(list, NULL);
}

static void
names_and_numbers_lead_back_to_their_event(void **state)
{
	(void)state;
	for (unsigned id = 0; id < EV_COUNT; id++) {
		assert_int_equal(event_by_name(event_info[id].name), id);
		if (id != EV_OTHER)
			assert_int_equal(event_by_number(event_info[id].number), id);
	}
	assert_int_equal(event_by_name("opens"), EV_NONE);
	assert_int_equal(event_by_number(9999), EV_NONE);
	assert_int_equal(event_by_number(1), EV_NONE); /* AUTH_OPEN */
}

/* Types of the macOS versions, as the headers number them: 104 up to 15.4. */
static void
every_notify_type_up_to_tcc_modify_has_a_row(void **state)
{
	(void)state;
	assert_int_equal(EV_OTHER, 104);
	assert_int_equal(event_by_number(9), EV_EXEC);
	assert_int_equal(event_by_number(32), EV_UNLINK);
	assert_int_equal(event_by_number(147), EV_TCC_MODIFY);
	assert_int_equal(event_by_number(148), EV_NONE);
}

static void
no_name_means_a_type_and_a_group(void **state)
{
	(void)state;
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++) {
		assert_int_equal(event_by_name(event_group_name[group]), EV_NONE);
		assert_true(event_mask_group((enum event_group)group) != 0);
	}
}

static void
a_number_nobody_knows_is_shown_by_itself(void **state)
{
	struct event *e = open_of(pid(7, 1), "/etc/hosts");
	char number[16];

	(void)state;
	assert_string_equal(event_name(e, number), "open");
	e->id = EV_OTHER;
	e->number = 157;
	assert_string_equal(event_name(e, number), "event 157");
	assert_true(event_valid(e, e->size));
}

static void
vital_events_are_exec_fork_and_exit(void **state)
{
	(void)state;
	assert_true(event_mask_vital() == (EVENT_BIT(EV_EXEC) | EVENT_BIT(EV_FORK) | EVENT_BIT(EV_EXIT)));
	assert_true(!(event_mask_vital() & event_mask_hot()));
}

static void
what_has_no_target_cannot_be_muted_by_it(void **state)
{
	static const enum event_id none[] = { EV_FORK,  EV_EXIT,   EV_LOOKUP,     EV_MPROTECT, EV_FSGETPATH,
					      EV_MOUNT, EV_SETUID, EV_IOKIT_OPEN, EV_SUDO,     EV_OTHER };
	static const enum event_id some[] = { EV_OPEN,          EV_CLOSE,  EV_EXEC,     EV_SIGNAL,
					      EV_GET_TASK_NAME, EV_RENAME, EV_SEARCHFS, EV_UIPC_BIND,
					      EV_MMAP,          EV_STAT };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(event_mask_target() & EVENT_BIT(none[i]) ? true : false);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		assert_true(event_mask_target() & EVENT_BIT(some[i]) ? true : false);
	/* Below macOS 13 the kernel reports; who reports by message has no target. */
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (event_info[id].number >= 111)
			assert_false(event_info[id].target);
}

static void
a_list_is_read_from_left_to_right(void **state)
{
	event_mask open = EVENT_BIT(EV_OPEN), close = EVENT_BIT(EV_CLOSE), stat = EVENT_BIT(EV_STAT);

	(void)state;
	assert_true(mask("open") == open);
	assert_true(mask("open,close") == (open | close));
	assert_true(mask("all") == EVENT_ALL);
	assert_true(mask("all,-close") == (EVENT_ALL & ~close));
	assert_true(mask("-close") == (usual & ~close));
	assert_true(mask("-close,close") == usual);
	assert_true(mask("default,stat") == (usual | stat));
	assert_true(mask("open,-open,close") == close);
	assert_true(mask("file") == event_mask_group(EVENT_GROUP_FILE));
	assert_true(mask("file,-open") == (event_mask_group(EVENT_GROUP_FILE) & ~open));
	assert_true(mask("-session,-system") ==
		    (usual & ~event_mask_group(EVENT_GROUP_SESSION) & ~event_mask_group(EVENT_GROUP_SYSTEM)));
}

static void
what_is_asked_for_by_name_is_told_apart(void **state)
{
	event_mask named;

	(void)state;
	parsed("all,-open", &named);
	assert_true(named == 0);
	parsed("metadata,open,close,-close", &named);
	assert_true(named == EVENT_BIT(EV_OPEN));
}

static void
words_for_a_set_are_few_and_read_back(void **state)
{
	static const char *const lists[] = {
		"open",      "all",          "all,-exec,-fork,-exit", "file",
		"file,stat", "-memory,-hot", "all,-file,-open",       "session,sudo,system"
	};
	char text[EVENT_MASK_TEXT];
	event_mask m = 1;

	(void)state;
	event_mask_text(EVENT_ALL & ~event_mask_vital(), text, sizeof(text));
	assert_string_equal(text, "all,-exec,-fork,-exit");
	event_mask_text(mask("process,open"), text, sizeof(text));
	assert_string_equal(text, "process,open");
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char why[128];

		if (event_mask_parse(lists[i], EVENT_ALL, &m, NULL, why, sizeof(why)) != 0)
			continue;
		event_mask_text(m, text, sizeof(text));
		assert_true(mask(text) == m);
	}
	/* Sets of every size, scattered. */
	for (unsigned step = 1; step < EV_COUNT; step++) {
		m = 0;
		for (unsigned id = 0; id < EV_COUNT; id += step)
			m |= EVENT_BIT(id);
		event_mask_text(m, text, sizeof(text));
		assert_true(mask(text) == m);
	}
}

static void
words_that_have_no_room_are_left_out_whole(void **state)
{
	char text[12];

	(void)state;
	event_mask_text(EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE) | EVENT_BIT(EV_STAT), text, sizeof(text));
	assert_string_equal(text, "open,close");
}

static void
a_list_that_makes_no_sense_is_refused_with_a_sentence(void **state)
{
	static const char *const bad[] = { "",  "opens",     "open,", ",open",     "all,-all",
					   "-", "event 157", "OPEN",  "open close" };
	event_mask m = 42;
	char why[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		assert_int_equal(event_mask_parse(bad[i], usual, &m, NULL, why, sizeof(why)), -EINVAL);
		assert_true(strlen(why) > 10);
		assert_true(m == 42);
	}
	event_mask_parse("open,opens", usual, &m, NULL, why, sizeof(why));
	assert_non_null(strstr(why, "'opens'"));
}

static void
each_flag_has_a_bit_of_its_own(void **state)
{
	static const unsigned flags[] = { EVENT_TRUNCATED, EVENT_MODIFIED, EVENT_KERNEL,  EVENT_FILTERED,
					  EVENT_NO_TIME,   EVENT_ARGS_CUT, EVENT_PLATFORM };
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		assert_int_equal(seen & flags[i], 0);
		seen |= flags[i];
	}
	assert_int_equal((uint8_t)seen, seen);
}

static void
fields_are_found_by_tag(void **state)
{
	struct event *e = open_of(pid(7, 1), "/etc/hosts");
	size_t length = 0;

	(void)state;
	with(e, FIELD_EXE, "/bin/cat");
	with(e, FIELD_TTY, "");
	assert_string_equal(event_field(e, FIELD_TARGET, &length), "/etc/hosts");
	assert_int_equal(length, 10);
	assert_string_equal(event_field(e, FIELD_EXE, NULL), "/bin/cat");
	assert_string_equal(event_field(e, FIELD_TTY, &length), "");
	assert_int_equal(length, 0);
	assert_null(event_field(e, FIELD_CWD, NULL));
	assert_int_equal(e->size % 8, 0);
	assert_true(event_valid(e, e->size));
}

static void
every_length_of_field_keeps_records_aligned(void **state)
{
	char text[40] = "";

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		struct event *e = open_of(pid(7, 1), text);

		with(e, FIELD_CWD, "/");
		assert_int_equal(e->size % 8, 0);
		assert_true(event_valid(e, e->size));
		assert_string_equal(event_field(e, FIELD_TARGET, NULL), text);
		assert_string_equal(event_field(e, FIELD_CWD, NULL), "/");
		text[n] = 'x';
	}
}

/* A copy in memory of exactly its size, so that a sanitizer sees reads beyond it. */
static bool
valid_copy(const struct event *e, size_t size)
{
	void *copy = malloc(size ? size : 1);
	bool valid;

	memcpy(copy, e, size);
	valid = event_valid(copy, size);
	free(copy);
	return valid;
}

static void
broken_records_are_not_valid(void **state)
{
	struct event *e = with(open_of(pid(7, 1), "/etc/hosts"), FIELD_EXE, "/bin/cat");
	struct field *f = (struct field *)(e + 1);

	(void)state;
	assert_true(valid_copy(e, e->size));
	for (size_t size = 0; size < e->size; size++)
		assert_false(valid_copy(e, size));
	e->id = EV_NONE + 1;
	assert_false(valid_copy(e, e->size));
	e->id = EV_OPEN;
	f->tag = FIELD_COUNT;
	assert_false(valid_copy(e, e->size));
	f->tag = FIELD_TARGET;
	f->length = UINT32_MAX;
	assert_false(valid_copy(e, e->size));
	f->length = 11;
	f->bytes[11] = 'x';
	assert_false(valid_copy(e, e->size));
	f->bytes[11] = '\0';
	assert_true(valid_copy(e, e->size));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers_lead_back_to_their_event),
		cmocka_unit_test(every_notify_type_up_to_tcc_modify_has_a_row),
		cmocka_unit_test(no_name_means_a_type_and_a_group),
		cmocka_unit_test(a_number_nobody_knows_is_shown_by_itself),
		cmocka_unit_test(vital_events_are_exec_fork_and_exit),
		cmocka_unit_test(what_has_no_target_cannot_be_muted_by_it),
		cmocka_unit_test(a_list_is_read_from_left_to_right),
		cmocka_unit_test(what_is_asked_for_by_name_is_told_apart),
		cmocka_unit_test(words_for_a_set_are_few_and_read_back),
		cmocka_unit_test(words_that_have_no_room_are_left_out_whole),
		cmocka_unit_test(a_list_that_makes_no_sense_is_refused_with_a_sentence),
		cmocka_unit_test(each_flag_has_a_bit_of_its_own),
		cmocka_unit_test(fields_are_found_by_tag),
		cmocka_unit_test(every_length_of_field_keeps_records_aligned),
		cmocka_unit_test(broken_records_are_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
