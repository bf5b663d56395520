#include "src/linux/process_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bsm/libbsm.h>
#include <cmocka.h>

enum { PID = 200, PARENT = 100, OLD = 7, NEW = 8 };

/* The record of a program execution, its path behind it. */
static void
add(struct process_cache *t, u32 pid, u32 version, u64 start)
{
	static const char path[] = "/usr/bin/make";
	struct {
		struct wire_proc proc;
		char text[sizeof(path)];
	} record = { .proc = { .head = { .size = sizeof(record),
					 .kind = WIRE_PROC,
					 .pid = pid,
					 .version = version,
					 .text = sizeof(record.proc),
					 .text_len = sizeof(path) - 1 },
			       .start = start,
			       .ppid = PARENT,
			       .sid = 150 } };

	memcpy(record.text, path, sizeof(path));
	process_cache_add(t, &record.proc);
}

static struct process_cache *
table_with(u32 version, u64 start)
{
	struct process_cache *t = process_cache_create(NULL);

	assert_non_null(t);
	add(t, PID, version, start);
	return t;
}

/* One piece of an exec's arguments, of as many bytes. */
static void
add_args(struct process_cache *t, u32 pid, u32 version, u32 offset, u32 length)
{
	struct wire_text *w = calloc(1, sizeof(*w) + length);

	assert_non_null(w);
	w->head = (struct wire_head){ .size = (u32)sizeof(*w) + length,
				      .kind = WIRE_TEXT,
				      .pid = pid,
				      .version = version,
				      .text = sizeof(*w),
				      .text_len = length };
	w->what = WIRE_TEXT_ARGS;
	w->offset = offset;
	memset(w + 1, 'x', length);
	process_cache_add_text(t, w);
	free(w);
}

static void
assert_args(struct process_cache *t, u32 pid, size_t length)
{
	struct exec_text text = process_cache_take_text(t, pid);

	assert_int_equal(text.length, length);
	exec_text_free(&text);
}

static void
text_of_execs_that_never_come_is_bounded(void **state)
{
	enum { EXECS = 200, LENGTH = 1 << 20, FITS = PROCESS_CACHE_TEXT_MAX / (LENGTH + 1) };
	struct process_cache *t = process_cache_create(NULL);

	(void)state;
	for (u32 pid = 1; pid <= EXECS; pid++) {
		add(t, pid, NEW, pid);
		for (u32 offset = 0; offset < LENGTH; offset += WIRE_CHUNK)
			add_args(t, pid, NEW, offset, WIRE_CHUNK);
		assert_true(process_cache_text_bytes(t) <= PROCESS_CACHE_TEXT_MAX);
	}
	/* The oldest went, the newest are whole. */
	assert_args(t, EXECS - FITS, 0);
	assert_args(t, EXECS - FITS + 1, LENGTH);
	assert_args(t, EXECS, LENGTH);
	for (u32 pid = 1; pid < EXECS; pid++)
		process_cache_forget(t, pid);
	assert_int_equal(process_cache_text_bytes(t), 0);
	process_cache_destroy(t);
}

static void
text_waits_for_its_exec(void **state)
{
	struct process_cache *t = table_with(NEW, 5000000000);

	(void)state;
	add_args(t, PID, NEW, 0, 5);
	add_args(t, PID, NEW, 5, 6);
	assert_true(process_cache_text_bytes(t) >= 11);
	assert_args(t, PID, 11);
	assert_int_equal(process_cache_text_bytes(t), 0);
	/* The next exec of the same process does not add to a text that was left over. */
	add_args(t, PID, NEW, 0, 5);
	add_args(t, PID, NEW + 1, 0, 7);
	assert_args(t, PID, 7);
	/* A piece whose beginning is missing is left out. */
	add_args(t, PID, NEW + 2, 16384, 7);
	assert_args(t, PID, 0);
	add_args(t, PID, NEW + 3, 0, 7);
	process_cache_destroy(t);
}

static void
who_executed_unseen_has_the_identity_of_its_process(void **state)
{
	struct process_cache *t = table_with(NEW, 5000000000);
	const struct cached_process *next = process_cache_find(t, PID, NEW), *before;

	(void)state;
	before = process_cache_make_before(t, next, OLD);
	assert_non_null(before);
	assert_int_equal(audit_token_to_pid(before->process.audit_token), PID);
	assert_int_equal(audit_token_to_pidversion(before->process.audit_token), OLD);
	assert_int_equal(before->process.ppid, PARENT);
	assert_int_equal(before->process.session_id, 150);
	assert_memory_equal(&before->process.start_time, &next->process.start_time, sizeof(struct timeval));
	/* What it ran is not known, and is not made up. */
	assert_int_equal(before->process.executable->path.length, 0);
	process_cache_destroy(t);
}

static void
the_program_that_runs_stays_the_newest(void **state)
{
	struct process_cache *t = table_with(NEW, 5000000000);
	struct cached_process *next = process_cache_find(t, PID, NEW);

	(void)state;
	process_cache_make_before(t, next, OLD);
	assert_ptr_equal(process_cache_newest(t, PID), next);
	assert_non_null(process_cache_find(t, PID, OLD));
	process_cache_forget_old(t, PID);
	assert_null(process_cache_find(t, PID, OLD));
	assert_ptr_equal(process_cache_find(t, PID, NEW), next);
	process_cache_destroy(t);
}

static void
a_start_that_is_not_known_is_not_the_boot(void **state)
{
	struct process_cache *t = table_with(NEW, 0);

	(void)state;
	assert_int_equal(process_cache_find(t, PID, NEW)->process.start_time.tv_sec, 0);
	process_cache_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_executed_unseen_has_the_identity_of_its_process),
		cmocka_unit_test(the_program_that_runs_stays_the_newest),
		cmocka_unit_test(text_of_execs_that_never_come_is_bounded),
		cmocka_unit_test(text_waits_for_its_exec),
		cmocka_unit_test(a_start_that_is_not_known_is_not_the_boot),
	};

	return cmocka_run_group_tests_name("process_cache", tests, NULL, NULL);
}
