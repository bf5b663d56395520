/* say and notes: what reaches stderr is lines of plain characters, and not more of them than fit. */
#include "src/base/notes.h"
#include "src/base/say.h"

#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char said[1 << 16];

/* What this writes to stderr is in said. */
static void
capture(void (*speak)(void *), void *arg)
{
	char path[] = "/tmp/estop-say-XXXXXX";
	int file = mkstemp(path), old = dup(STDERR_FILENO);
	ssize_t n;

	assert_true(file >= 0 && old >= 0);
	unlink(path);
	dup2(file, STDERR_FILENO);
	speak(arg);
	dup2(old, STDERR_FILENO);
	close(old);
	n = pread(file, said, sizeof(said) - 1, 0);
	assert_true(n >= 0);
	said[n] = '\0';
	close(file);
}

static void
say_it(void *sentence)
{
	say("%s", (const char *)sentence);
}

static void
a_sentence_is_one_line_of_plain_characters(void **state)
{
	static char evil[] = "\033]0;T\a \xc2\x9b \xff \xe2\x80\xae a\nb\r \x7f \xc3\xa4";

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	capture(say_it, evil);
	assert_string_equal(said,
			    "estop: ^[]0;T^G \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd a^Jb^M ^? \xc3\xa4\n");
	assert_non_null(setlocale(LC_CTYPE, "C"));
	capture(say_it, evil);
	assert_string_equal(said, "estop: ^[]0;T^G \\u009b \\xff \\u202e a^Jb^M ^? \\u00e4\n");
}

static void
write_page(FILE *out, void *lines)
{
	fputs(lines, out);
}

static void
say_lines(void *lines)
{
	say_page(write_page, lines);
}

static void
a_page_keeps_its_lines(void **state)
{
	static char page[] = "\none\033[2J\n\n  two", lines[] = "";

	(void)state;
	capture(say_lines, page);
	assert_string_equal(said, "\none^[[2J\n\n  two\n");
	capture(say_lines, lines);
	assert_string_equal(said, "");
}

static void
say_notes(void *notes)
{
	notes_say(notes);
}

static void
of_many_notes_twenty_are_said_and_the_rest_counted(void **state)
{
	struct notes n = { .count = 0 };
	char first[NOTE_BYTES], longest[2000];
	unsigned lines = 0;

	(void)state;
	assert_false(notes_first(&n, first, sizeof(first)));
	notes_add(&n, "line %d", 1);
	assert_true(notes_first(&n, first, sizeof(first)));
	assert_string_equal(first, "line 1");
	for (int i = 2; i <= 200000; i++)
		notes_add(&n, "line %d", i);
	assert_true(notes_first(&n, first, sizeof(first)));
	assert_string_equal(first, "line 1; and 199999 more, printed at the end");
	capture(say_notes, &n);
	for (const char *at = said; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, NOTES_KEPT + 1);
	assert_non_null(strstr(said, "estop: line 20\nestop: and 199980 more of this kind\n"));
	notes_finish(&n);
	assert_int_equal(n.count, 0);

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	notes_add(&n, "%s", longest);
	assert_int_equal(strlen(n.kept[0]), NOTE_BYTES - 1);
	notes_finish(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sentence_is_one_line_of_plain_characters),
		cmocka_unit_test(a_page_keeps_its_lines),
		cmocka_unit_test(of_many_notes_twenty_are_said_and_the_rest_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
