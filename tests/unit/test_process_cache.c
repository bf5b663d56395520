#include "src/linux/process_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bsm/libbsm.h>
#include <cmocka.h>

enum { PID = 200, PARENT = 100, OLD = 7, NEW = 8 };

/* The record of a program execution, its path behind it. */
static struct process_cache *
table_with(u32 version, u64 start)
{
	static const char path[] = "/usr/bin/make";
	struct {
		struct wire_proc proc;
		char text[sizeof(path)];
	} record = { .proc = { .head = { .size = sizeof(record),
					 .kind = WIRE_PROC,
					 .pid = PID,
					 .version = version,
					 .text = sizeof(record.proc),
					 .text_len = sizeof(path) - 1 },
			       .start = start,
			       .ppid = PARENT,
			       .sid = 150 } };
	struct process_cache *t = process_cache_create();

	assert_non_null(t);
	memcpy(record.text, path, sizeof(path));
	process_cache_add(t, &record.proc);
	return t;
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
		cmocka_unit_test(a_start_that_is_not_known_is_not_the_boot),
	};

	return cmocka_run_group_tests_name("process_cache", tests, NULL, NULL);
}
