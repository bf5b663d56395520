/* The sentence of a program the verifier refuses, from what libbpf prints of it. */
#include "src/linux/refusal.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static char why[512];

static void
the_verifier_s_last_words_are_kept(void **state)
{
	struct refusal r = { .error = -EACCES };

	(void)state;
	refusal_hear(&r, "libbpf: prog 'on_exit': BPF program load failed: Permission denied\n");
	refusal_hear(&r, "libbpf: prog 'on_exit': -- BEGIN PROG LOAD LOG --\n"
			 "0: R1=ctx(off=0,imm=0) R10=fp0\n"
			 "; long id = *ids;\n"
			 "7: (79) r0 = *(u64 *)(r9 +0)\n"
			 "R9 !read_ok\n"
			 "verification time 12 usec\nstack depth 0\n"
			 "processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0\n"
			 "-- END PROG LOAD LOG --\n");
	refusal_hear(&r, "libbpf: prog 'on_exit': failed to load: -13\n");
	refusal_hear(&r, "libbpf: failed to load object 'trace'\n");
	assert_string_equal(r.program, "on_exit");
	assert_string_equal(r.verifier, "7: (79) r0 = *(u64 *)(r9 +0) | R9 !read_ok");
	refusal_of_verifier(&r, "6.12.5-amd64", why, sizeof(why));
	assert_string_equal(why,
			    "the verifier of Linux 6.12.5-amd64 refuses the BPF program on_exit, which is "
			    "a bug of this program: 7: (79) r0 = *(u64 *)(r9 +0) | R9 !read_ok");
}

static void
a_kernel_older_than_the_tests_is_said_to_be(void **state)
{
	static const struct {
		const char *release;
		bool tested;
	} kernels[] = {
		{ "5.17.0", false },
		{ "6.0.19", false },
		{ "6.1.0-18-amd64", true },
		{ "7.0", true },
	};
	struct refusal r = { .error = -EINVAL, .program = "on_fork", .verifier = "no" };

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		refusal_of_verifier(&r, kernels[i].release, why, sizeof(why));
		assert_int_equal(strstr(why, "not tested on kernels before 6.1") == NULL, kernels[i].tested);
	}
}

/* Megabytes without an end of line, and what a terminal would obey. */
static void
no_log_overflows_or_escapes(void **state)
{
	static char message[100000];
	struct refusal r = { .error = -EACCES };
	size_t used = (size_t)snprintf(message, sizeof(message),
				       "libbpf: prog '%0100d': -- BEGIN PROG LOAD LOG --\n", 7);

	(void)state;
	memset(message + used, '\033', sizeof(message) - used - 1);
	message[sizeof(message) / 2] = '\n';
	refusal_hear(&r, message);
	assert_int_equal(strlen(r.program), sizeof(r.program) - 1);
	assert_true(strlen(r.verifier) < sizeof(r.verifier));
	assert_null(strchr(r.verifier, '\033'));
	for (size_t len = 1; len < 300; len++) {
		why[len] = '#';
		refusal_of_verifier(&r, "6.12", why, len);
		assert_true(strlen(why) < len);
		assert_int_equal(why[len], '#');
	}
}

static void
a_log_that_is_empty_is_no_reason(void **state)
{
	struct refusal r = { .error = -EPERM };

	(void)state;
	refusal_hear(&r, "libbpf: prog 'on_fork': BPF program load failed: Operation not permitted\n");
	refusal_hear(&r, "libbpf: failed to load object 'trace'\n");
	assert_string_equal(r.program, "");
	assert_string_equal(r.words, "prog 'on_fork': BPF program load failed: Operation not permitted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verifier_s_last_words_are_kept),
		cmocka_unit_test(a_kernel_older_than_the_tests_is_said_to_be),
		cmocka_unit_test(no_log_overflows_or_escapes),
		cmocka_unit_test(a_log_that_is_empty_is_no_reason),
	};

	return cmocka_run_group_tests_name("refusal", tests, NULL, NULL);
}
