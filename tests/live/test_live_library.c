/*
 * Programs of others, built as they build them: with the library, the headers and the pkg-config file that
 * `make install-lib` has put somewhere, and nothing of this tree. Each tests itself and ends with 0.
 */
#include "tests/lib/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char root[64], output[1 << 16];

static int
shell(const char *command, const char *source)
{
	const struct shell_word words[] = {
		{ 'B', getenv("ESTOP_BUILD") }, { 'R', root }, { 'S', source }, { 0 }
	};

	return shell_run(command, words, output, sizeof(output));
}

static int
install(void **state)
{
	(void)state;
	if (!getenv("ESTOP_BUILD") || geteuid() != 0)
		return 0;
	snprintf(root, sizeof(root), "/tmp/estop-library.XXXXXX");
	if (!mkdtemp(root))
		return -1;
	/* Under a sanitizer, too, the one that is installed is without. */
	return shell("env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory B='%B' SAN=\"$ESTOP_SAN\" "
		     "install-lib DESTDIR='%R' PREFIX=/usr >'%R/log' 2>&1",
		     "");
}

static int
uninstall(void **state)
{
	(void)state;
	return root[0] ? shell("rm -r '%R'", "") : 0;
}

/* compiler: and its standard, if it is not to choose. */
static void
build_and_run(const char *compiler, const char *source)
{
	const char *san = getenv("ESTOP_SAN");
	char command[1000];
	int status;

	if (!root[0]) {
		puts("SKIP: needs root, and ESTOP_BUILD to name where programs are; run make check as root");
		skip();
	}
	if (san && *san) /* these programs are not built with it */
		return;
	snprintf(command, sizeof(command),
		 "export PKG_CONFIG_PATH='%%R/usr/lib/pkgconfig' PKG_CONFIG_SYSROOT_DIR='%%R'; cd '%%R' && "
		 "%s -Wall -Wextra -Werror -o client \"$OLDPWD/tests/programs/%%S\" -fblocks "
		 "$(pkg-config --cflags --libs endpointsecurity) 2>&1 || exit 1; "
		 "readelf -d client | grep -q 'libEndpointSecurity.so.1' || { echo not linked with it; exit 1; }; "
		 "LD_LIBRARY_PATH='%%R/usr/lib' ./client 2>&1",
		 compiler);
	status = shell(command, source);
	if (status == 77) {
		printf("SKIP: %s may not do here what it needs\n", source);
		skip();
	}
	if (status)
		fail_msg("%s: status %d, '%s'", source, status, output);
}

#define CLIENT(fact, compiler, source)           \
	static void fact(void **state)           \
	{                                        \
		(void)state;                     \
		build_and_run(compiler, source); \
	}
CLIENT(a_client_in_the_usual_shape_runs_with_the_installed_library, "clang", "client_auth_branch.c")
CLIENT(a_client_that_takes_what_there_is_runs_on, "clang -std=gnu11", "client_available.c")
CLIENT(task_info_comes_from_the_library, "clang", "client_own_token.c")
CLIENT(a_client_in_cpp20_runs_with_the_installed_library, "clang++ -std=c++20", "client_cpp20.cpp")
CLIENT(many_clients_keep_their_messages, "clang", "client_dispatch_free.c")

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_in_the_usual_shape_runs_with_the_installed_library),
		cmocka_unit_test(a_client_that_takes_what_there_is_runs_on),
		cmocka_unit_test(task_info_comes_from_the_library),
		cmocka_unit_test(a_client_in_cpp20_runs_with_the_installed_library),
		cmocka_unit_test(many_clients_keep_their_messages),
	};

	return cmocka_run_group_tests_name("library", tests, install, uninstall);
}
