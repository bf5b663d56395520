/* The table of system calls, what becomes of paths and numbers, and the page that says so. */
#include "src/linux/syscall_payloads.h"
#include "src/linux/syscalls.h"

#include <ctype.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct wire_calls chosen;

static size_t
looked_at(u8 bit)
{
	size_t n = 0;

	for (unsigned i = 0; i < WIRE_CALLS; i++)
		n += (chosen.look[i] & bit) != 0;
	return n;
}

#define KIND(id) (1ULL << WIRE_##id)
#define ALL_KINDS ((1ULL << WIRE_EVENTS) - 1)

static void
without_a_subscription_no_call_is_looked_at(void **state)
{
	(void)state;
	assert_int_equal(syscalls_choose(&chosen, ALL_KINDS, true, false), LOOK_ENTER | LOOK_EXIT);
	assert_true(looked_at(LOOK_EXIT) > 100);
	assert_int_equal(syscalls_choose(&chosen, 0, true, false), 0);
	assert_int_equal(looked_at(LOOK_ENTER | LOOK_EXIT), 0);
	for (unsigned i = 0; i < WIRE_CALLS; i++)
		for (unsigned t = 0; t < 2; t++)
			assert_int_equal(chosen.row[t][i] & 0xffff, SHAPE_NONE);
}

static void
events_of_processes_need_no_call(void **state)
{
	(void)state;
	assert_int_equal(syscalls_choose(&chosen, KIND(EXEC) | KIND(FORK) | KIND(EXIT) | KIND(SIGNAL), false,
					 false),
			 0);
	/* But for the beginning of an exec, where no tracepoint comes before it. */
	assert_int_equal(syscalls_choose(&chosen, KIND(EXEC), true, false), LOOK_ENTER);
	assert_int_equal(looked_at(LOOK_ENTER), 4); /* execve and execveat, in two numberings */
}

static void
only_the_calls_of_a_subscription_are_looked_at(void **state)
{
	(void)state;
	assert_int_equal(syscalls_choose(&chosen, KIND(CHROOT), true, false), LOOK_EXIT);
#ifdef __x86_64__
	assert_int_equal(looked_at(LOOK_EXIT), 2); /* in each of the two numberings */
	assert_int_equal(chosen.look[161], LOOK_EXIT);
	assert_int_equal(chosen.look[61], LOOK_EXIT);
	assert_int_equal(chosen.row[0][61] >> ROW_EXIT & 0xff, SHAPE_NONE);
#else
	assert_int_equal(looked_at(LOOK_EXIT), 1);
#endif
	/* dup2() closes, when it begins, and makes a descriptor, when it is done. */
	assert_int_equal(syscalls_choose(&chosen, KIND(DUP), true, false), LOOK_EXIT);
	assert_int_equal(syscalls_choose(&chosen, KIND(PTY_CLOSE), true, false), LOOK_ENTER);
}

#ifdef __x86_64__
/* A number that two rows claim would belong to the later one. */
static void
every_number_belongs_to_its_row(void **state)
{
	enum { NA = -1 };

	(void)state;
	syscalls_choose(&chosen, ALL_KINDS, true, false);
#define X(name, x86_64, i386, ...)                                                            \
	if ((x86_64) >= 0)                                                                    \
		assert_int_equal(chosen.row[0][(x86_64) < 0 ? 0 : (x86_64)] >> ROW_CALL & 255, CALL_##name); \
	if ((i386) >= 0)                                                                      \
		assert_int_equal(chosen.row[1][(i386) < 0 ? 0 : (i386)] >> ROW_CALL & 255, CALL_##name);
	CALL_TABLE(X)
#undef X
}
#endif

static void
a_record_has_room_for_the_number_of_a_call(void **state)
{
	(void)state;
	assert_true(CALL_COUNT <= 256);
	assert_true(WIRE_EVENTS < 61); /* the bits above have a meaning in tracer.c */
}

static void
assert_joined(const char *dir, const char *name, const char *wanted)
{
	char *out = malloc(strlen(dir) + strlen(name) + 2); /* no more: a sanitizer may look */
	size_t n = syscall_payload_join(out, dir, strlen(dir), name, strlen(name));

	assert_string_equal(out, wanted);
	assert_int_equal(n, strlen(wanted));
	free(out);
}

static void
paths_are_joined_by_their_text(void **state)
{
	(void)state;
	assert_joined("/a/b", "", "/a/b");
	assert_joined("/a/b", "c", "/a/b/c");
	assert_joined("/a/b", "c/d", "/a/b/c/d");
	assert_joined("/a/b", ".", "/a/b");
	assert_joined("/a/b", "..", "/a");
	assert_joined("/a/b", "../..", "/");
	assert_joined("/a/b", "../../../../c", "/c");
	assert_joined("/a/b", "./c/../d//e/", "/a/b/d/e");
	assert_joined("/a/b", ".c/..d/...", "/a/b/.c/..d/...");
	assert_joined("/", "", "/");
	assert_joined("/", "a", "/a");
	assert_joined("/", "..", "/");
	assert_joined("/", "/", "/");
	assert_joined("/", "/a//b/../c", "/a/c");
	/* a changed root */
	assert_joined("/jail", "/a", "/jail/a");
	assert_joined("/jail", "/../../a", "/jail/a");
	assert_joined("/jail", "/", "/jail");
	/* the beginning of a path may be missing, all of it may */
	assert_joined("", "a", "/a");
	assert_joined("", "", "/");
}

static void
fcntl_has_darwins_numbers(void **state)
{
	(void)state;
	assert_int_equal(syscall_payload_fcntl(F_DUPFD), 0);
	assert_int_equal(syscall_payload_fcntl(F_SETFL), 4);
	assert_int_equal(syscall_payload_fcntl(F_DUPFD_CLOEXEC), 67);
	assert_int_equal(syscall_payload_fcntl(F_SETLK), 8);
	assert_int_equal(syscall_payload_fcntl(F_OFD_SETLKW), 91);
	assert_int_equal(syscall_payload_fcntl(F_SETPIPE_SZ), 0x10000 | F_SETPIPE_SZ);
}

/* Is it one of an item's words: ".It Ic setuid , setgid"? */
static bool
is_an_item(const char *name)
{
	char line[1024], *word, *rest;
	FILE *f = fopen("man/estop-events.5", "re");
	bool found = false;

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f))
		if (strncmp(line, ".It Ic ", 7) == 0)
			for (word = strtok_r(line, " ,\n", &rest); word; word = strtok_r(NULL, " ,\n", &rest))
				found |= strcmp(word, name) == 0;
	fclose(f);
	return found;
}

static void
every_event_is_in_the_manual(void **state)
{
	static const char *const names[] = {
#define X(id, number) #id,
		WIRE_TABLE(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s", names[i]);
		for (char *p = name; *p; p++)
			*p = (char)tolower(*p);
		if (!is_an_item(name))
			fail_msg("%s is not in man/estop-events.5", name);
	}
	assert_false(is_an_item("no_such_event"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_subscription_no_call_is_looked_at),
		cmocka_unit_test(events_of_processes_need_no_call),
		cmocka_unit_test(only_the_calls_of_a_subscription_are_looked_at),
#ifdef __x86_64__
		cmocka_unit_test(every_number_belongs_to_its_row),
#endif
		cmocka_unit_test(a_record_has_room_for_the_number_of_a_call),
		cmocka_unit_test(paths_are_joined_by_their_text),
		cmocka_unit_test(fcntl_has_darwins_numbers),
		cmocka_unit_test(every_event_is_in_the_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
