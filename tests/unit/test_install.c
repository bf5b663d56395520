/* make install, uninstall, dist and deps, from outside: what is on the disk afterwards. */
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

static char directory[64], output[1 << 18];

static int
setup(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-install.XXXXXX");
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

static void
expect_line(const char *line)
{
	char text[300];

	snprintf(text, sizeof(text), "\n%s\n", line);
	if (!strstr(output, text))
		fail_msg("'%s' lacks '%s'", output, line);
}

static void
what_is_installed_is_where_gnu_has_it(void **state)
{
	(void)state;
	run("%M install DESTDIR='%D/root' PREFIX=/usr >/dev/null && cd '%D/root' && echo && "
	    "find . -type f -printf '%m %p\\n' | sort");
	expect_line("755 ./usr/bin/estop");
	expect_line("644 ./usr/share/man/man1/estop.1");
	expect_line("644 ./usr/share/man/man5/estop-recordings.5");
	expect_line("644 ./usr/share/man/man7/estop-mac.7");
	expect_line("644 ./usr/share/bash-completion/completions/estop");
	expect_line("644 ./usr/share/zsh/site-functions/_estop");
	expect_line("644 ./usr/share/fish/vendor_completions.d/estop.fish");
	run("'%D/root/usr/bin/estop' --version && cmp man/estop.1 '%D/root/usr/share/man/man1/estop.1'");
	/* All pages of man/ are there, but for those of the library. */
	run("for page in man/*.[124-9]; do [ -f \"%D/root/usr/share/man/man${page##*.}/${page#man/}\" ] || exit; done");
}

static void
each_directory_can_be_chosen(void **state)
{
	(void)state;
	run("%M install DESTDIR='%D/a root' BINDIR=/b/sbin MANDIR=/m BASHDIR=/c/bash ZSHDIR=/c/zsh FISHDIR=/c/fish "
	    ">/dev/null && cd '%D/a root' && echo && find . -type f | sort");
	expect_line("./b/sbin/estop");
	expect_line("./m/man5/estop-mutes.5");
	expect_line("./c/bash/estop");
	expect_line("./c/zsh/_estop");
	expect_line("./c/fish/estop.fish");
	run("cd '%D/a root' && find . -path ./usr");
	assert_string_equal(output, "");
	run("%M install PREFIX='%D/p' >/dev/null && cd '%D/p' && echo && find . -type f");
	expect_line("./bin/estop");
	expect_line("./share/man/man1/estop.1");
}

/* Each file that install has brought is gone, and no other. */
static void
uninstall_is_the_inverse_of_install(void **state)
{
	(void)state;
	run("r='%D/root'; mkdir -p \"$r/usr/bin\" \"$r/usr/share/man/man1\" \"$r/usr/share/zsh/site-functions\" && "
	    "touch \"$r/usr/bin/estop2\" \"$r/usr/share/man/man1/estop.1.other\" "
	    "\"$r/usr/share/zsh/site-functions/_other\" && "
	    "(cd \"$r\" && find . ! -type d | sort) >'%D/before' && "
	    "%M install DESTDIR=\"$r\" PREFIX=/usr >/dev/null && [ -x \"$r/usr/bin/estop\" ] && "
	    "%M uninstall DESTDIR=\"$r\" PREFIX=/usr >/dev/null && "
	    "(cd \"$r\" && find . ! -type d | sort) | diff '%D/before' - && "
	    /* Nothing to remove is no error. */
	    "%M uninstall DESTDIR=\"$r\" PREFIX=/usr >/dev/null");
}

static void
the_tarball_has_the_same_bytes_twice(void **state)
{
	(void)state;
	run("set -e; sh src/dist/tarball.sh estop-1 '%D/a.tar.gz' >/dev/null 2>&1; "
	    /* Neither the time of day, nor who makes it, nor how, is in it. */
	    "(umask 077; TZ=Asia/Tokyo LC_ALL=C sh src/dist/tarball.sh estop-1 '%D/b.tar.gz') >/dev/null 2>&1; "
	    "cmp '%D/a.tar.gz' '%D/b.tar.gz'; "
	    "tar -tf '%D/a.tar.gz' | grep -v '^estop-1/' || true; "
	    "tar -tf '%D/a.tar.gz' | grep -c '^estop-1/build/' || true");
	assert_string_equal(output, "0\n");
	/* Without git: unpacked twice, at other times and places. */
	run("set -e; for n in 1 2; do mkdir '%D/'$n; tar -C '%D/'$n -xf '%D/a.tar.gz'; cd '%D/'$n/estop-1; "
	    "mkdir build; touch build/old; touch Makefile; "
	    "GIT_CEILING_DIRECTORIES=/ GIT_DIR=/nonexistent sh src/dist/tarball.sh estop-1 '%D/'$n.tar.gz; cd /; done "
	    ">/dev/null; cmp '%D/1.tar.gz' '%D/2.tar.gz'; "
	    "tar -tf '%D/1.tar.gz' | sort >'%D/list'; "
	    "tar -tf '%D/a.tar.gz' | grep -v '/$' | sort | diff - '%D/list'");
}

/* With nothing but what is in it; the compiler optimizes nothing, which is quicker. */
static void
the_tarball_builds_elsewhere(void **state)
{
	const char *san = getenv("ESTOP_SAN");

	(void)state;
	if (san && *san) /* the same sources, built once more; once is enough */
		return;
	run("set -e; sh src/dist/tarball.sh estop-1 '%D/a.tar.gz' >/dev/null 2>&1; cd '%D'; tar -xf a.tar.gz; cd estop-1; "
	    "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u CI make -j2 CFLAGS=-O0 install DESTDIR='%D/root' PREFIX=/usr >../log 2>&1 || "
	    "{ tail ../log; exit 1; }; '%D/root/usr/bin/estop' -b -r tests/demo.jsonl.zst --speed max | tail -n 1");
	assert_true(output[0] != '\0');
}

/* As far as it goes without building: the spec is understood, and finds the source where it looks for it. */
static void
rpmbuild_unpacks_the_source(void **state)
{
	(void)state;
	run("sh src/dist/rpm.sh 1.2.3 '%D/rpm' -bp && [ -e '%D/rpm/BUILD/estop-1.2.3/Makefile' ] && "
	    "rpmspec -q --qf '%{name} %{version}\\n' '%D/rpm/SPECS/estop.spec' 2>/dev/null");
	assert_non_null(strstr(output, "estop 1.2.3\n"));
	assert_non_null(strstr(output, "libendpointsecurity 1.2.3\n"));
	assert_non_null(strstr(output, "libendpointsecurity-devel 1.2.3\n"));
}

/* Who only builds gets nothing that only tests or checks need. */
static void
deps_are_those_of_the_goals(void **state)
{
	(void)state;
	run("%M -n deps all | grep -o 'deps.sh.*'");
	assert_non_null(strstr(output, " clang "));
	assert_null(strstr(output, "clang-tidy"));
	assert_null(strstr(output, "libcmocka-dev"));
	run("%M -n deps check ONLY=test_ring | grep -o 'deps.sh.*'");
	assert_non_null(strstr(output, "libcmocka-dev"));
	assert_null(strstr(output, "clang-tidy"));
	run("%M -n deps lint | grep -o 'deps.sh.*'");
	assert_non_null(strstr(output, "clang-tidy"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_installed_is_where_gnu_has_it, setup, teardown),
		cmocka_unit_test_setup_teardown(each_directory_can_be_chosen, setup, teardown),
		cmocka_unit_test_setup_teardown(uninstall_is_the_inverse_of_install, setup, teardown),
		cmocka_unit_test_setup_teardown(the_tarball_has_the_same_bytes_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(the_tarball_builds_elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(rpmbuild_unpacks_the_source, setup, teardown),
		cmocka_unit_test_setup_teardown(deps_are_those_of_the_goals, setup, teardown),
	};

	return cmocka_run_group_tests_name("install", tests, NULL, NULL);
}
