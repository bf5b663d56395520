/* libEndpointSecurity.so.1, from outside: what it exports, and what is installed of it. */
#include "tests/lib/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char directory[64], output[1 << 16];

static int
setup(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-library.XXXXXX");
	assert_non_null(mkdtemp(directory));
	return 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

/* Runs a shell command that has to succeed, and puts what it writes into output. */
static void
run(const char *command)
{
	shell_make(command, directory, output, sizeof(output));
}

/* The list is Debian's, "NAME@VERSION SINCE" a line. One more or one less is a change of the interface. */
static void
it_exports_what_the_symbols_file_lists(void **state)
{
	(void)state;
	run("awk '/^ / { print $1 }' src/dist/debian/libendpointsecurity1.symbols | LC_ALL=C sort >'%D/listed'; "
	    "[ \"$(wc -l <'%D/listed')\" -gt 60 ] || exit; "
	    "nm -D --defined-only '%B/libEndpointSecurity.so.1' | "
	    "awk '{ sub(\"@@\", \"@\", $3); print $2 == \"A\" ? $3 \"@\" $3 : $3 }' | LC_ALL=C sort | "
	    "diff '%D/listed' - 2>&1");
	assert_string_equal(output, "");
}

/* Nothing with another name gets into a program. */
static void
all_names_are_es_or_audit_token(void **state)
{
	(void)state;
	run("nm -D --defined-only '%B/libEndpointSecurity.so.1' | "
	    "awk '$2 != \"A\" && $3 !~ /^(es_|audit_token_to_)[a-z_]*@@ENDPOINTSECURITY_1$/'");
	assert_string_equal(output, "");
}

/* Each function that an installed header declares can be linked with. */
static void
every_declared_function_is_exported(void **state)
{
	(void)state;
	run("nm -D --defined-only '%B/libEndpointSecurity.so.1' | sed 's/.* //; s/@.*//' | sort -u >'%D/has'; "
	    "grep -oh '\\<\\(es\\|audit_token_to\\)_[a-z_]*(' src/linux/es_linux.h "
	    "src/linux/EndpointSecurity/ESClient.h src/linux/bsm/libbsm.h src/linux/EndpointSecurity/ESMessage.h | "
	    "tr -d '(' | sort -u >'%D/declared'; [ \"$(wc -l <'%D/declared')\" -gt 60 ] || exit; "
	    "comm -23 '%D/declared' '%D/has'");
	assert_string_equal(output, "");
}

/* Their type information names sources; the same source makes the same bytes in every directory. */
static void
the_bpf_programs_do_not_say_where_they_were_built(void **state)
{
	(void)state;
	run("for o in '%B'/src/linux/trace-*.bpf.o; do grep -qaF src/linux/bpf/paths.bpf.h \"$o\" || exit; "
	    "! grep -qaF \"$PWD\" \"$o\" || exit; done");
}

static void
estop_itself_does_not_load_it(void **state)
{
	(void)state;
	run("readelf -d '%B/estop' | grep -c EndpointSecurity || true");
	assert_string_equal(output, "0\n");
	run("readelf -d '%B/libEndpointSecurity.so.1' | grep -o 'soname: .*'");
	assert_string_equal(output, "soname: [libEndpointSecurity.so.1]\n");
}

static void
what_is_installed_is_found_by_pkg_config_and_removed_again(void **state)
{
	(void)state;
	run("%M install-lib DESTDIR='%D/root' PREFIX=/usr LIBDIR=/usr/lib/there >/dev/null && cd '%D/root/usr' && "
	    "find . -type f -o -type l | sort");
	assert_non_null(strstr(output, "./include/endpointsecurity/EndpointSecurity/EndpointSecurity.h\n"));
	assert_non_null(strstr(output, "./include/endpointsecurity/es_linux.h\n"));
	assert_non_null(strstr(output, "./include/endpointsecurity/sys/attr.h\n"));
	assert_non_null(strstr(output, "./lib/there/libEndpointSecurity.so\n"));
	assert_non_null(strstr(output, "./lib/there/libEndpointSecurity.so.1\n"));
	assert_non_null(strstr(output, "./share/man/man3/EndpointSecurity.3\n"));
	run("v=$(sed -n 's/^VERSION *= //p' Makefile); export PKG_CONFIG_PATH='%D/root/usr/lib/there/pkgconfig'; "
	    "pkg-config --exact-version=\"$v\" endpointsecurity && "
	    "pkg-config --cflags --libs endpointsecurity | tr -s ' '");
	assert_non_null(strstr(output, "-I/usr/include/endpointsecurity"));
	assert_non_null(strstr(output, "-L/usr/lib/there -lEndpointSecurity -lBlocksRuntime"));
	run("%M uninstall-lib DESTDIR='%D/root' PREFIX=/usr LIBDIR=/usr/lib/there >/dev/null && "
	    "find '%D/root' ! -type d");
	assert_string_equal(output, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_exports_what_the_symbols_file_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(all_names_are_es_or_audit_token, setup, teardown),
		cmocka_unit_test_setup_teardown(every_declared_function_is_exported, setup, teardown),
		cmocka_unit_test_setup_teardown(the_bpf_programs_do_not_say_where_they_were_built, setup,
						teardown),
		cmocka_unit_test_setup_teardown(estop_itself_does_not_load_it, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_installed_is_found_by_pkg_config_and_removed_again,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}
