/*
 * Payloads of events made from records, where no test can bring about the call
 * everywhere: cloning, modules, 32-bit programs, paths that were cut.
 */
#include "src/linux/message.h"
#include "src/linux/syscall_payloads.h"
#include "src/linux/syscalls.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

/* A record as the kernel lays it out, and what is made of it. */
static struct {
	struct wire_syscall call;
	char text[65536];
} record;
static struct cached_process *actor;
static struct held *held;
static es_message_t *message;

static void
begin(enum wire_kind kind, enum call_id call, const char *base)
{
	memset(&record, 0, sizeof(record));
	record.call.head = (struct wire_head){ .size = sizeof(record.call),
					       .kind = (u8)kind,
					       .flags = WIRE_SYSCALL,
					       .text = sizeof(record.call) };
	record.call.call = (u8)call;
	record.call.head.text_len = (u32)strlen(base);
	memcpy(record.text, base, strlen(base));
	record.call.head.size += (u32)strlen(base);
}

/* In the order of enum wire_piece. */
static void
add(enum wire_piece piece, const char *text)
{
	memcpy((char *)&record + record.call.head.size, text, strlen(text));
	record.call.length[piece] = (u16)strlen(text);
	record.call.head.size += (u32)strlen(text);
}

/* The message of a record of the same process, about no other one. */
static bool
fill_of(const struct wire_head *head)
{
	static const struct wire_proc nobody = { .head.text = sizeof(nobody) };
	struct exec_text text = { 0 };

	if (!actor)
		actor = process_cache_make(NULL, NULL, &nobody);
	held = held ? message_next(held) : message_create();
	assert_non_null(actor);
	assert_non_null(held);
	message = message_of(held);
	return message_fill(held, head, actor, NULL, &text, 77000000088);
}

static void
fill(void)
{
	assert_true(fill_of(&record.call.head));
}

static size_t
target_count(void)
{
	const es_string_token_t *paths;

	return message_targets(message, &paths);
}

static void
assert_is(es_string_token_t token, const char *text)
{
	assert_string_equal(token.data, text);
	assert_int_equal(token.length, strlen(text));
}

static int
forget(void **state)
{
	(void)state;
	message_release(held);
	process_cache_drop(actor);
	held = NULL;
	actor = NULL;
	return 0;
}

static void
a_clone_goes_from_the_second_file_to_the_first(void **state)
{
	(void)state;
	begin(WIRE_CLONE, CALL_ioctl, "/d/target");
	add(WIRE_BASE2, "/s/source");
	fill();
	assert_int_equal(message->event_type, ES_EVENT_TYPE_NOTIFY_CLONE);
	assert_is(message->event.clone.source->path, "/s/source");
	assert_is(message->event.clone.target_dir->path, "/d");
	assert_is(message->event.clone.target_name, "target");
	assert_int_equal(target_count(), 2);
}

static void
a_module_is_named_by_its_file(void **state)
{
	(void)state;
	begin(WIRE_KEXTLOAD, CALL_finit_module, "/lib/modules/6.1/snd-hda-intel.ko.zst");
	fill();
	assert_int_equal(message->event_type, ES_EVENT_TYPE_NOTIFY_KEXTLOAD);
	assert_is(message->event.kextload.identifier, "snd_hda_intel");
	begin(WIRE_KEXTLOAD, CALL_init_module, "");
	fill();
	assert_is(message->event.kextload.identifier, "");
	begin(WIRE_KEXTUNLOAD, CALL_delete_module, "");
	add(WIRE_NAME, "snd_hda_intel");
	fill();
	assert_int_equal(message->event_type, ES_EVENT_TYPE_NOTIFY_KEXTUNLOAD);
	assert_is(message->event.kextunload.identifier, "snd_hda_intel");
	assert_int_equal(target_count(), 0);
}

static void
times_of_32_bit_programs_are_short(void **state)
{
	const int32_t small[4] = { 1, 2, 3, 4 };
	const int64_t wide[4] = { 5, 6, 7, UTIME_NOW };

	(void)state;
	begin(WIRE_UTIMES, CALL_utimensat, "/file");
	record.call.compat = 1;
	record.call.arg[2] = 1;
	memcpy(record.call.data, small, sizeof(small));
	fill();
	assert_int_equal(message->event.utimes.atime.tv_sec, 1);
	assert_int_equal(message->event.utimes.atime.tv_nsec, 2);
	assert_int_equal(message->event.utimes.mtime.tv_sec, 3);
	assert_int_equal(message->event.utimes.mtime.tv_nsec, 4);
	record.call.call = CALL_utimensat_time64;
	memcpy(record.call.data, wide, sizeof(wide));
	fill();
	assert_int_equal(message->event.utimes.atime.tv_sec, 5);
	assert_int_equal(message->event.utimes.mtime.tv_sec, 77);
}

static void
offsets_of_32_bit_programs_are_in_pages(void **state)
{
	(void)state;
	begin(WIRE_MMAP, CALL_mmap2, "/file");
	record.call.arg[2] = 0x01000000 | 5; /* PROT_GROWSDOWN is Linux's own */
	record.call.arg[3] = 3;              /* MAP_SHARED_VALIDATE */
	record.call.arg[5] = 3;
	fill();
	assert_int_equal(message->event.mmap.protection, 5);
	assert_int_equal(message->event.mmap.flags, 1);
	assert_int_equal(message->event.mmap.file_pos, 3 * 4096);
}

static void
a_path_that_was_cut_says_so(void **state)
{
	const es_string_token_t *targets;

	(void)state;
	begin(WIRE_RENAME, CALL_rename, "/base");
	add(WIRE_BASE2, "/end-of/another");
	add(WIRE_GIVEN2, "to");
	add(WIRE_GIVEN, "from");
	record.call.head.flags |= WIRE_CUT2;
	fill();
	assert_is(message->event.rename.source->path, "/base/from");
	assert_false(message->event.rename.source->path_truncated);
	assert_is(message->event.rename.destination.new_path.dir->path, "/end-of/another");
	assert_true(message->event.rename.destination.new_path.dir->path_truncated);
	assert_is(message->event.rename.destination.new_path.filename, "to");
	assert_int_equal(message_targets(message, &targets), 2);
	assert_is(targets[1], "/end-of/another/to");
	/* What could not be read is not made up: the directory, and that it is not all. */
	begin(WIRE_UNLINK, CALL_unlink, "/base");
	record.call.head.flags |= WIRE_UNREAD;
	fill();
	assert_true(message->event.unlink.target->path_truncated);
}

static void
what_lies_in_the_root_has_the_root_as_its_directory(void **state)
{
	(void)state;
	begin(WIRE_UNLINK, CALL_unlink, "/");
	add(WIRE_GIVEN, "file");
	fill();
	assert_is(message->event.unlink.target->path, "/file");
	assert_is(message->event.unlink.parent_dir->path, "/");
}

static void
the_longest_record_fits(void **state)
{
	static char base[WIRE_PATH_MAX + 1], base2[7169], given[4096];

	(void)state;
	memset(base, 'a', sizeof(base) - 1);
	memset(base2, 'b', sizeof(base2) - 1);
	memset(given, 'c', sizeof(given) - 1);
	base[0] = base2[0] = '/';
	begin(WIRE_LINK, CALL_linkat, base);
	add(WIRE_BASE2, base2);
	add(WIRE_GIVEN2, given);
	add(WIRE_GIVEN, given);
	fill();
	assert_int_equal(message->event.link.source->path.length, strlen(base) + 1 + strlen(given));
	assert_int_equal(message->event.link.target_filename.length, strlen(given));
	assert_is(message->event.link.target_dir->path, base2);
}

static void
inode_flags_that_darwin_has_not_are_left_out(void **state)
{
	const uint32_t flags = 0x10 | 0x20 | 0x80000; /* the last: extents */

	(void)state;
	begin(WIRE_SETFLAGS, CALL_ioctl, "/file");
	memcpy(record.call.data, &flags, sizeof(flags));
	fill();
	assert_int_equal(message->event.setflags.flags, 0x20000 | 0x40000);
}

static void
an_event_about_a_process_needs_one(void **state)
{
	const struct wire_signal signal = { .head.kind = WIRE_SIGNAL, .pid = 4, .version = 5 };
	u32 pid, version;

	(void)state;
	assert_true(syscall_payload_other(&signal.head, &pid, &version));
	assert_int_equal(pid, 4);
	assert_int_equal(version, 5);
	assert_false(fill_of(&signal.head));
	begin(WIRE_TRACE, CALL_ptrace, "");
	record.call.number[0] = 6;
	record.call.number[1] = 7;
	assert_true(syscall_payload_other(&record.call.head, &pid, &version));
	assert_int_equal(pid, 6);
	assert_false(fill_of(&record.call.head));
	begin(WIRE_STAT, CALL_stat, "/");
	assert_false(syscall_payload_other(&record.call.head, &pid, &version));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_clone_goes_from_the_second_file_to_the_first, forget),
		cmocka_unit_test_teardown(a_module_is_named_by_its_file, forget),
		cmocka_unit_test_teardown(times_of_32_bit_programs_are_short, forget),
		cmocka_unit_test_teardown(offsets_of_32_bit_programs_are_in_pages, forget),
		cmocka_unit_test_teardown(a_path_that_was_cut_says_so, forget),
		cmocka_unit_test_teardown(what_lies_in_the_root_has_the_root_as_its_directory, forget),
		cmocka_unit_test_teardown(the_longest_record_fits, forget),
		cmocka_unit_test_teardown(inode_flags_that_darwin_has_not_are_left_out, forget),
		cmocka_unit_test_teardown(an_event_about_a_process_needs_one, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
