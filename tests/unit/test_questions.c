/* The questions of prog_questions, to an Endpoint Security that has either answer: it is found. */
#include "tests/lib/es_double.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define QUESTIONS_PLAYED
static void act(int i, char what);
static bool settle(void);
#include "tests/programs/prog_questions.c" /* NOLINT: its functions are private to it */

static bool starts_over; /* numbers do, at a subscription */

/* ---- the actors, played ---- */

static struct double_proc
actor(int i)
{
	return (struct double_proc){
		.pid = atomic_load(&seen.pid[i]), .version = version_of(i), .ppid = 1, .exe = "/bin/actor"
	};
}

static void
opens(struct double_proc who)
{
	for (int i = 0; i < ROUND; i++)
		es_double_produce(es_double_open(8, who, marker, 1));
}

static void
act(int i, char what)
{
	struct double_proc who = actor(i), after = who;

	if (what == 'o')
		opens(who);
	if (what == 'f') {
		who.pid += 100;
		opens(who);
	}
	if (what == 'x') {
		after.version++;
		es_double_produce(es_double_exec(8, who, (struct double_exec){ .after = after }));
	}
	if (starts_over && !es_double.subscribed[ES_EVENT_TYPE_NOTIFY_OPEN])
		es_double_renumber(ES_EVENT_TYPE_NOTIFY_OPEN, 0);
}

static bool
settle(void)
{
	uint64_t wanted = atomic_load(&seen.opens[WITNESS]) + ROUND;

	act(WITNESS, 'o');
	es_double_run();
	return atomic_load(&seen.opens[WITNESS]) >= wanted;
}

static char *said;

/* Asks all, of the double as it is set. */
static void
ask(void)
{
	static const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_EXEC };
	size_t length;

	memset(&seen, 0, sizeof(seen));
	for (int i = 0; i < ACTORS; i++) {
		atomic_store(&seen.pid[i], 500 + i);
		atomic_store(&seen.version[i], 7);
	}
	snprintf(marker, sizeof(marker), "/tmp/marker");
	out = open_memstream(&said, &length);
	assert_int_equal(es_new_client(&client,
				       ^(es_client_t *c, const es_message_t *m) {
					 (void)c;
					 handle(m);
				       }),
			 ES_NEW_CLIENT_RESULT_SUCCESS);
	es_subscribe(client, types, 2);
	ask_all();
	es_delete_client(client);
	fclose(out);
}

static void
says(const char *line)
{
	char whole[200];

	snprintf(whole, sizeof(whole), "%s\n", line);
	if (!strstr(said, whole))
		fail_msg("'%s' is not in:\n%s", line, said);
}

static int
reset(void **state)
{
	(void)state;
	es_double_reset();
	starts_over = false;
	free(said);
	said = NULL;
	return 0;
}

/* ---- the tests ---- */

static void
a_mute_of_executions_is_found(void **state)
{
	(void)state;
	ask();
	says("unmuted process: delivered");
	says("muted process: suppressed");
	says("child of a muted process: delivered");
	says("unmuted again: delivered");
	says("pidversion at exec: changed");
	says("muted process after its exec: delivered");
	says("listed after the exec: by the old execution");
	says("new execution muted, then the old one unmuted: suppressed");
	says("old execution unmuted, then the new one muted: suppressed");
	says("unmuted after all that: delivered");
}

static void
a_mute_of_processes_is_found(void **state)
{
	(void)state;
	es_double.mutes_processes = true;
	ask();
	says("muted process after its exec: suppressed");
	says("new execution muted, then the old one unmuted: delivered");
	says("old execution unmuted, then the new one muted: suppressed");
	says("unmuted after all that: delivered");
}

static void
the_default_set_is_counted_before_and_after(void **state)
{
	const char *line = "default set: 35 paths, 1099 types in all; 0 paths with NOTIFY open or exec\n",
		   *first;

	(void)state;
	es_double.defaults = DOUBLE_DEFAULTS_26;
	ask();
	first = strstr(said, line);
	assert_non_null(first);
	assert_non_null(strstr(first + 1, line));
}

static void
how_numbers_go_on_is_found(void **state)
{
	(void)state;
	ask();
	says("seq_num over 1000 muted opens: does not count them (0 numbers skipped)");
	says("seq_num over a resubscription with at least 1000 opens: goes on (0 numbers skipped)");
	reset(state);
	starts_over = true;
	ask();
	assert_non_null(strstr(said, "1000 opens: starts over"));
}

static void
inversion_is_found_and_taken_back(void **state)
{
	(void)state;
	ask();
	says("inverted at first: no");
	says("inverted, a process that is not listed: suppressed");
	says("inverted, a process that is listed: delivered");
	says("inverted back: delivered");
	assert_false(es_double.inverted[ES_MUTE_INVERSION_TYPE_PROCESS]);
}

static void
a_refused_type_is_reported(void **state)
{
	(void)state;
	ask();
	says("subscription to a type unknown to the system: SUCCESS");
	reset(state);
	es_double.refuse_type = 250;
	ask();
	says("subscription to a type unknown to the system: ERROR");
	says("subscription to it and another: ERROR");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_mute_of_executions_is_found, reset),
		cmocka_unit_test_setup(a_mute_of_processes_is_found, reset),
		cmocka_unit_test_setup(the_default_set_is_counted_before_and_after, reset),
		cmocka_unit_test_setup(how_numbers_go_on_is_found, reset),
		cmocka_unit_test_setup(inversion_is_found_and_taken_back, reset),
		cmocka_unit_test_setup(a_refused_type_is_reported, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
