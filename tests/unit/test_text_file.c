/* Lines of files that people write: what is passed over, what is reported, and where it ends. */
#include "model/text_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char errors[1024];

static void
take_error(void *ctx, const char *sentence)
{
	(void)ctx;
	snprintf(errors + strlen(errors), sizeof(errors) - strlen(errors), "%s\n", sentence);
}

/* All lines of this text as "number:line|". */
static const char *
lines_of(const char *bytes, size_t size, size_t longest, size_t most)
{
	static char out[1024];
	struct text_file f = { .file = fmemopen((void *)(uintptr_t)bytes, size, "r"),
			       .path = "F",
			       .comments = "#;",
			       .longest = longest,
			       .most = most,
			       .error = take_error };
	char *line;

	assert_non_null(f.file);
	errors[0] = out[0] = '\0';
	while ((line = text_file_next(&f)) != NULL)
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%u:%s|", f.line, line);
	assert_null(text_file_next(&f));
	text_file_finish(&f);
	fclose(f.file);
	return out;
}

#define LINES_OF(text, longest, most) lines_of(text, sizeof(text) - 1, longest, most)

static void
blanks_comments_and_empty_lines_are_passed_over(void **state)
{
	(void)state;
	assert_string_equal(LINES_OF("\xef\xbb\xbfone\r\n\n \t \n# no\n  ; no\n\t two # yes \nthree", 99, 999),
			    "1:one|6:two # yes|7:three|");
	assert_string_equal(errors, "");
}

static void
a_line_that_cannot_be_read_is_reported_and_costs_itself(void **state)
{
	(void)state;
	assert_string_equal(LINES_OF("12345678\n123456789\na\0b\nend\n", 8, 999), "1:12345678|4:end|");
	assert_string_equal(errors,
			    "F:2: the line is longer than 8 bytes\nF:3: the line contains a NUL byte\n");
}

static void
reading_ends_at_the_limit_of_the_file_and_says_so_once(void **state)
{
	(void)state;
	assert_string_equal(LINES_OF("one\ntwo\n", 99, 8), "1:one|2:two|");
	assert_string_equal(errors, "");
	assert_string_equal(LINES_OF("one\ntwo\n3", 99, 8), "1:one|2:two|");
	assert_string_equal(errors, "F:2: only the first 8 bytes of the file are read\n");
	assert_string_equal(LINES_OF("one\ntwo\n", 99, 6), "1:one|");
	assert_string_equal(errors, "F:2: only the first 6 bytes of the file are read\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_comments_and_empty_lines_are_passed_over),
		cmocka_unit_test(a_line_that_cannot_be_read_is_reported_and_costs_itself),
		cmocka_unit_test(reading_ends_at_the_limit_of_the_file_and_says_so_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
