/* event: names, masks, fields, and records from outside. */
#include "tests/build.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static event_mask
mask(const char *list)
{
	event_mask m = 0;
	char why[128] = "";

	assert_int_equal(event_mask_parse(list, &m, why, sizeof(why)), 0);
	return m;
}

static void
names_and_numbers_lead_back_to_their_event(void **state)
{
	(void)state;
	for (unsigned id = 0; id < EV_COUNT; id++) {
		assert_int_equal(event_by_name(event_info[id].name), id);
		assert_int_equal(event_by_number(event_info[id].number), id);
	}
	assert_int_equal(event_by_name("opens"), EV_NONE);
	assert_int_equal(event_by_number(9999), EV_NONE);
}

static void
vital_events_are_exec_fork_and_exit(void **state)
{
	event_mask vital = EVENT_BIT(EV_EXEC) | EVENT_BIT(EV_FORK) | EVENT_BIT(EV_EXIT);

	(void)state;
	assert_int_equal(event_mask_vital() & vital, vital);
	assert_int_equal(event_mask_vital() & EVENT_BIT(EV_OPEN), 0);
	assert_int_equal(event_mask_target() & EVENT_BIT(EV_FORK), 0);
	assert_true(event_mask_target() & EVENT_BIT(EV_OPEN));
}

static void
a_list_is_read_from_left_to_right(void **state)
{
	(void)state;
	assert_int_equal(mask("open"), EVENT_BIT(EV_OPEN));
	assert_int_equal(mask("open,close"), EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE));
	assert_int_equal(mask("all"), EVENT_ALL);
	assert_int_equal(mask("all,-close"), EVENT_ALL & ~EVENT_BIT(EV_CLOSE));
	assert_int_equal(mask("-close"), EVENT_ALL & ~EVENT_BIT(EV_CLOSE));
	assert_int_equal(mask("-close,close"), EVENT_ALL);
	assert_true(mask("file") & EVENT_BIT(EV_OPEN));
	assert_int_equal(mask("file,-open") & EVENT_BIT(EV_OPEN), 0);
}

static void
a_list_that_makes_no_sense_is_refused_with_a_sentence(void **state)
{
	static const char *const bad[] = { "", "opens", "open,", ",open", "all,-all", "-", "OPEN",
					   "open close" };
	event_mask m = 42;
	char why[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		assert_int_equal(event_mask_parse(bad[i], &m, why, sizeof(why)), -EINVAL);
		assert_true(strlen(why) > 10);
		assert_int_equal(m, 42);
	}
	event_mask_parse("open,opens", &m, why, sizeof(why));
	assert_non_null(strstr(why, "'opens'"));
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
		cmocka_unit_test(vital_events_are_exec_fork_and_exit),
		cmocka_unit_test(a_list_is_read_from_left_to_right),
		cmocka_unit_test(a_list_that_makes_no_sense_is_refused_with_a_sentence),
		cmocka_unit_test(fields_are_found_by_tag),
		cmocka_unit_test(every_length_of_field_keeps_records_aligned),
		cmocka_unit_test(broken_records_are_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
