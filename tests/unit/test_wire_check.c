/* wire_check: a record that says more than it has is not read. */
#include "src/linux/message.h"
#include "src/linux/wire_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static union {
	struct wire_head head;
	struct wire_syscall call;
	struct wire_file file;
	struct wire_text text;
	char bytes[1024];
} record;

static void
begin(enum wire_kind kind, unsigned flags, size_t body, unsigned text)
{
	memset(&record, 0, sizeof(record));
	record.head = (struct wire_head){ .size = (u32)(body + text),
					  .kind = (u8)kind,
					  .flags = (u8)flags,
					  .text = text ? (u16)body : 0,
					  .text_len = text };
}

static void
a_record_has_its_struct(void **state)
{
	static const struct {
		enum wire_kind kind;
		unsigned flags;
		size_t body;
	} rows[] = {
		{ WIRE_OPEN, 0, sizeof(struct wire_file) },
		{ WIRE_CLOSE, 0, sizeof(struct wire_file) },
		{ WIRE_CREATE, 0, sizeof(struct wire_file) },
		{ WIRE_CREATE, WIRE_SYSCALL, sizeof(struct wire_syscall) },
		{ WIRE_EXEC, 0, sizeof(struct wire_exec) },
		{ WIRE_FORK, 0, sizeof(struct wire_fork) },
		{ WIRE_EXIT, 0, sizeof(struct wire_exit) },
		{ WIRE_SIGNAL, 0, sizeof(struct wire_signal) },
		{ WIRE_PROC_SUSPEND_RESUME, 0, sizeof(struct wire_signal) },
		{ WIRE_RENAME, WIRE_SYSCALL, sizeof(struct wire_syscall) },
		{ WIRE_PROC, 0, sizeof(struct wire_proc) },
		{ WIRE_TEXT, 0, sizeof(struct wire_text) },
		{ WIRE_END, 0, sizeof(struct wire_head) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].kind, rows[i].flags, rows[i].body, 0);
		assert_true(wire_valid(&record.head));
		record.head.size--;
		assert_false(wire_valid(&record.head));
	}
	begin(WIRE_RENAME, 0, sizeof(struct wire_syscall), 0); /* is always a system call */
	assert_false(wire_valid(&record.head));
	begin(WIRE_END + 1, 0, sizeof(record), 0);
	assert_false(wire_valid(&record.head));
}

static void
its_text_lies_behind_the_struct_and_before_the_end(void **state)
{
	(void)state;
	begin(WIRE_OPEN, 0, sizeof(struct wire_file), 5);
	assert_true(wire_valid(&record.head));
	record.head.text_len = 6;
	assert_false(wire_valid(&record.head));
	record.head.text_len = UINT32_MAX;
	assert_false(wire_valid(&record.head));
	record.head.text_len = 5;
	record.head.text -= 1;
	assert_false(wire_valid(&record.head));
	record.head.text = 0; /* of which there is none */
	assert_false(wire_valid(&record.head));
}

static void
so_do_the_pieces_of_a_call(void **state)
{
	(void)state;
	begin(WIRE_RENAME, WIRE_SYSCALL, sizeof(struct wire_syscall), 12);
	record.head.text_len = 4;
	for (unsigned i = 0; i < WIRE_PIECES; i++)
		record.call.length[i] = 2;
	assert_true(wire_valid(&record.head));
	for (unsigned i = 0; i < WIRE_PIECES; i++) {
		record.call.length[i] = 3;
		assert_false(wire_valid(&record.head));
		record.call.length[i] = 2;
	}
}

static void
descriptors_are_aligned(void **state)
{
	(void)state;
	begin(WIRE_TEXT, 0, sizeof(struct wire_text), 24);
	record.text.what = WIRE_TEXT_FDS;
	assert_true(wire_valid(&record.head));
	record.head.text += 4;
	record.head.text_len -= 4;
	assert_false(wire_valid(&record.head));
	record.text.what = WIRE_TEXT_ARGS;
	assert_true(wire_valid(&record.head));
}

/* argc is what the caller gave; what came along of the arguments is bounded. */
static void
an_exec_has_no_more_arguments_than_text(void **state)
{
	struct process_cache *t = process_cache_create(NULL);
	struct held *h = message_create();
	struct exec_text text = { .args = malloc(5), .length = 5 };
	struct wire_proc proc = { .head = {
					  .size = sizeof(proc), .kind = WIRE_PROC, .pid = 7, .version = 1 } };
	struct wire_exec exec = { .head = { .size = sizeof(exec), .kind = WIRE_EXEC, .pid = 7, .version = 1 },
				  .new_version = 2,
				  .argc = UINT32_MAX,
				  .envc = UINT32_MAX,
				  .args_len = 3 };
	struct cached_process *process;
	const es_event_exec_t *e;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		text.args[i] = "a\0b\0c"[i];
	process_cache_add(t, &proc);
	process = process_cache_find(t, 7, 1);
	assert_true(message_fill(h, &exec.head, process, process, &text, 0));
	e = &message_of(h)->event.exec;
	assert_int_equal(es_exec_arg_count(e), 2);
	assert_int_equal(es_exec_env_count(e), 2); /* an empty one, and what began after it */
	assert_int_equal(es_exec_arg(e, 1).length, 1);
	message_release(h);
	process_cache_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_has_its_struct),
		cmocka_unit_test(its_text_lies_behind_the_struct_and_before_the_end),
		cmocka_unit_test(so_do_the_pieces_of_a_call),
		cmocka_unit_test(descriptors_are_aligned),
		cmocka_unit_test(an_exec_has_no_more_arguments_than_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
