/* Counters of the busiest names: bounded, never lower, and never without an event. */
#include "model/busiest.h"
#include "tests/lib/build.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct busiest *busiest;
static uint64_t now;

static int
setup(void **state)
{
	(void)state;
	now = NOON;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	busiest_destroy(busiest);
	busiest = NULL;
	return 0;
}

static void
take(const char *name, unsigned times)
{
	while (times--)
		busiest_take(busiest, name, EV_OPEN);
}

static void
tick(void)
{
	now += SECOND;
	busiest_tick(busiest, now);
}

static const struct busy *
shown(const char *label)
{
	const struct busy *b = NULL;

	while ((b = busiest_next(busiest, b)) != NULL)
		if (strcmp(b->label, label) == 0)
			return b;
	return NULL;
}

static uint64_t
count(const char *label)
{
	const struct busy *b = strcmp(label, BUSIEST_OTHER) == 0 ? busiest_others(busiest) : shown(label);

	if (!b)
		fail_msg("'%s' is not shown", label);
	return activity_total(&b->did);
}

static void
a_name_begins_at_zero_and_what_was_before_is_of_the_others(void **state)
{
	(void)state;
	busiest = busiest_create(2);
	take("/bin/a", 5);
	tick();
	assert_int_equal(count("/bin/a"), 0);
	assert_int_equal(count(BUSIEST_OTHER), 5);
	take("/bin/a", 3);
	busiest_take(busiest, "/bin/a", EV_RENAME);
	tick();
	assert_int_equal(count("/bin/a"), 4);
	assert_int_equal(activity_get(&shown("/bin/a")->did, EV_RENAME)->total, 1);
	assert_int_equal(count(BUSIEST_OTHER), 5);
}

static void
the_busiest_get_the_free_slots(void **state)
{
	(void)state;
	busiest = busiest_create(2);
	take("/bin/a", 1);
	take("/bin/b", 10);
	take("/bin/c", 5);
	tick();
	assert_non_null(shown("/bin/b"));
	assert_non_null(shown("/bin/c"));
	assert_null(shown("/bin/a"));
	assert_string_equal(busiest_others(busiest)->label, BUSIEST_OTHER);
}

static void
a_flood_takes_the_place_of_what_has_been_idle(void **state)
{
	(void)state;
	busiest = busiest_create(1);
	take("/bin/a", 1);
	tick();
	for (int i = 0; i < 300; i++)
		tick();
	take("/bin/flood", 1000);
	tick();
	assert_null(shown("/bin/a"));
	assert_int_equal(count("/bin/flood"), 0);
	take("/bin/flood", 1000);
	tick();
	assert_int_equal(count("/bin/flood"), 1000);
	assert_int_equal(count(BUSIEST_OTHER), 1001);
}

static void
a_name_stays_for_a_minute_while_it_is_active(void **state)
{
	int ticks = 0;

	(void)state;
	busiest = busiest_create(1);
	take("/bin/a", 10);
	tick();
	do {
		take("/bin/a", 10);
		take("/bin/flood", 1000);
		tick();
		ticks++;
	} while (shown("/bin/a"));
	assert_int_equal(ticks, BUSIEST_STAY_NS / SECOND);
	assert_non_null(shown("/bin/flood"));
}

static void
what_does_little_more_does_not_take_a_place(void **state)
{
	(void)state;
	busiest = busiest_create(1);
	take("/bin/a", 100);
	tick();
	for (int i = 0; i < 500; i++) {
		take("/bin/a", 100);
		take("/bin/b", 150);
		tick();
	}
	assert_non_null(shown("/bin/a"));
}

static void
a_name_that_comes_back_goes_on_where_it_stopped(void **state)
{
	(void)state;
	busiest = busiest_create(1);
	take("/bin/a", 1);
	tick();
	take("/bin/a", 7);
	for (int i = 0; i < 300; i++)
		tick();
	take("/bin/b", 10);
	tick();
	assert_null(shown("/bin/a"));
	for (int i = 0; i < 600; i++)
		tick();
	take("/bin/a", 10);
	tick();
	assert_int_equal(count("/bin/a"), 7);
}

static void
names_that_look_the_same_are_one(void **state)
{
	char one[400], two[400], label[400];

	(void)state;
	busiest = busiest_create(8);
	memset(one, 'x', sizeof(one));
	memset(two, 'y', sizeof(two));
	one[200] = '\xc3';
	one[201] = '\xa4'; /* cut where a character begins, or one later */
	strcpy(one + 300, "/end");
	strcpy(two + 300, "/end");
	memset(two + 150, 'x', 150);
	two[200] = '\xc3';
	two[201] = '\xa4';
	take(one, 1);
	take(two, 1);
	take("a\nb\x1b", 1);
	take("a^Jb^[", 1);
	take("", 1);
	take(BUSIEST_OTHER, 1);
	tick();
	take(one, 1);
	take(two, 1);
	take("a\nb\x1b", 1);
	take("a^Jb^[", 1);
	take("", 1);
	take(BUSIEST_OTHER, 1);
	tick();
	snprintf(label, sizeof(label), "\xe2\x80\xa6%s", one + 304 - BUSIEST_LABEL);
	assert_int_equal(count(label), 2);
	assert_int_equal(count("a^Jb^["), 2);
	assert_int_equal(count(BUSIEST_NONE), 1);
	assert_int_equal(count(BUSIEST_OTHER), 7);
}

/* As a reader of the text would see it. */
struct seen {
	char label[32];
	uint64_t count;
};

static void
whoever_adds_up_increases_has_every_event_once(void **state)
{
	enum { NAMES = 60, SLOTS = 7, TICKS = 3000 };
	static struct seen seen[NAMES];
	uint64_t others = 0, changes = 0;
	unsigned random = 1;

	(void)state;
	memset(seen, 0, sizeof(seen));
	busiest = busiest_create(SLOTS);
	for (int t = 0; t < TICKS; t++) {
		uint64_t came = 0, increase = 0;
		unsigned names = 0;

		for (unsigned i = 0; i < NAMES; i++) {
			char name[32];
			unsigned n;

			random = random * 1103515245 + 12345;
			/* Each has its busy time. */
			n = (unsigned)t / 100 % NAMES == i ? 200 : random >> 16 & 3;
			snprintf(name, sizeof(name), "/bin/%u", i);
			for (unsigned k = 0; k < n; k++)
				busiest_take(busiest, name, k % 5 ? EV_OPEN : EV_RENAME);
			came += n;
		}
		tick();
		for (const struct busy *b = NULL; (b = busiest_next(busiest, b)) != NULL; names++) {
			struct seen *s = &seen[atoi(b->label + 5)];
			uint64_t total = activity_total(&b->did);

			changes += !s->label[0] && t > 0;
			strcpy(s->label, b->label);
			assert_true(total >= s->count);
			increase += total - s->count;
			s->count = total;
		}
		assert_true(names <= SLOTS);
		assert_true(count(BUSIEST_OTHER) >= others);
		increase += count(BUSIEST_OTHER) - others;
		others = count(BUSIEST_OTHER);
		assert_int_equal(increase, came);
	}
	assert_true(changes > 10); /* or it has shown nothing */
}

static void
there_may_be_any_number_of_names(void **state)
{
	char name[32];
	uint64_t all = 0;

	(void)state;
	busiest = busiest_create(50);
	for (int t = 0; t < 50; t++) {
		for (int i = 0; i < 2 * BUSIEST_SEEN; i++, all++) {
			snprintf(name, sizeof(name), "/bin/%d-%d", t, i);
			take(name, 1);
		}
		tick();
	}
	/* None of those shown did anything again. */
	assert_int_equal(count(BUSIEST_OTHER), all);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_begins_at_zero_and_what_was_before_is_of_the_others),
		TEST(the_busiest_get_the_free_slots),
		TEST(a_flood_takes_the_place_of_what_has_been_idle),
		TEST(a_name_stays_for_a_minute_while_it_is_active),
		TEST(what_does_little_more_does_not_take_a_place),
		TEST(a_name_that_comes_back_goes_on_where_it_stopped),
		TEST(names_that_look_the_same_are_one),
		TEST(whoever_adds_up_increases_has_every_event_once),
		TEST(there_may_be_any_number_of_names),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("busiest", tests, NULL, NULL);
}
