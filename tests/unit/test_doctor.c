/* estop --doctor: a line for each question, what to do, and rates. */
#include "model/hot_table.h"
#include "src/app/doctor.h"
#include "src/app/run.h"
#include "src/base/ring.h"
#include "tests/lib/build.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static struct ring *ring;
static char *said;

static event_mask
available(void *self)
{
	(void)self;
	return EVENT_ALL;
}

/* 30 opens, 9 writes, and a loss. */
static int
start(void *self, event_mask events, char *why, size_t len)
{
	(void)self, (void)why, (void)len;
	assert_true(events == EVENT_ALL);
	for (unsigned i = 0; i < 39; i++) {
		struct event *e = ring_reserve(ring, sizeof(*e), false);

		*e = (struct event){ .size = sizeof(*e), .id = i < 30 ? EV_OPEN : EV_WRITE };
		ring_commit(ring);
	}
	return 0;
}

static void
stats(void *self, struct source_stats *s)
{
	(void)self;
	s->loss.kernel[EV_FORK] = 4;
}

static void
close_it(void *self)
{
	(void)self;
	ring = NULL;
}

static const struct source_ops ops = { .name = "played",
				       .live = true,
				       .available = available,
				       .start = start,
				       .stats = stats,
				       .close = close_it };

static int
open_played(struct source *s, struct ring *r, int wake_fd, char *why, size_t len)
{
	(void)wake_fd, (void)why, (void)len;
	ring = r;
	*s = (struct source){ .ops = &ops };
	return 0;
}

static int
refuse(struct source *s, struct ring *r, int wake_fd, char *why, size_t len)
{
	(void)s, (void)r, (void)wake_fd;
	snprintf(why, len, "the moon is full; wait for another one");
	return -EPERM;
}

static int
ask(doctor_open_fn *open, long seconds)
{
	const struct options o = { .doctor_secs = seconds };
	size_t length;
	FILE *out;
	int status;

	free(said);
	said = NULL;
	out = open_memstream(&said, &length);
	status = doctor(out, &o, open);
	fclose(out);
	return status;
}

static void
says(const char *text)
{
	if (!strstr(said, text))
		fail_msg("'%s' is not in:\n%s", text, said);
}

static void
each_question_has_a_line(void **state)
{
	(void)state;
	ask(open_played, 0);
	says("\nok       start        played\n");
#define X(id, name, help) says(" " name " ");
	DOCTOR_TABLE(X)
#undef X
	assert_null(strstr(said, "PER SECOND"));
	assert_null(ring); /* the source was closed */
}

static void
what_is_missing_is_said_with_its_remedy(void **state)
{
	(void)state;
	assert_int_equal(ask(refuse, 1), EXIT_CANNOT);
	says("\nMISSING  start        the moon is full; wait for another one\n");
	assert_null(strstr(said, "PER SECOND"));
}

static void
rates_are_of_all_types_and_propose_what_to_leave_out(void **state)
{
	(void)state;
	ask(open_played, 1);
	says("open                             30.0   76.9%  over half: -e all,-open leaves it out\n");
	says("write                             9.0   23.1%  hot\n");
	says("fork                              0.0    0.0%  4 lost\n");
	says("all                              39.0\n");
}

/* EVENT_TABLE says which are, HOT_TABLE from what that is known. */
static void
the_hot_table_has_the_hot_types(void **state)
{
	event_mask hot = 0;

	(void)state;
#define X(id, linux_rate, mac)                                   \
	assert_true(event_info[EV_##id].hot);                    \
	hot |= EVENT_BIT(EV_##id);                               \
	assert_string_equal(mac, HOT_NOT_MEASURED);
	HOT_TABLE(X)
#undef X
	assert_true(hot == event_mask_hot());
}

/* The program itself, without privileges: what is missing is named before a client is asked for. */
static void
an_unprivileged_user_is_told_what_is_missing(void **state)
{
	const char *estop = getenv("ESTOP");
	char command[4200], line[2000], all[8000] = "";
	FILE *f;

	(void)state;
	if (!estop || geteuid() != 0 || system("setpriv --version >/dev/null 2>&1") != 0) {
		puts("SKIP: needs root, setpriv, and ESTOP to name the program");
		skip();
	}
	snprintf(command, sizeof(command),
		 "cp '%s' /tmp/estop-doctor.%d && setpriv --reuid=65534 --clear-groups "
		 "/tmp/estop-doctor.%d --doctor; echo status $?; rm /tmp/estop-doctor.%d",
		 estop, (int)getpid(), (int)getpid(), (int)getpid());
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		strncat(all, line, sizeof(all) - strlen(all) - 1);
	pclose(f);
	if (!strstr(all, "MISSING  privileges   watching needs privileges") ||
	    !strstr(all, "MISSING  start") || !strstr(all, "status 1\n"))
		fail_msg("%s", all);
}

static int
clean_up(void **state)
{
	(void)state;
	free(said);
	said = NULL;
	return 0;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, clean_up)
	const struct CMUnitTest tests[] = {
		TEST(each_question_has_a_line),
		TEST(what_is_missing_is_said_with_its_remedy),
		TEST(rates_are_of_all_types_and_propose_what_to_leave_out),
		TEST(the_hot_table_has_the_hot_types),
		TEST(an_unprivileged_user_is_told_what_is_missing),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
