/*
 * estop without root: a copy of the program with file capabilities, as setcap(8) gives them, run by nobody.
 * The commands of estop(1), "Without root".
 */
#include "tests/lib/estop_run.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <cmocka.h>

#define BIT(name) (UINT64_C(1) << CAP_##name)
#define FOUR (BIT(BPF) | BIT(PERFMON) | BIT(SYS_PTRACE) | BIT(DAC_READ_SEARCH))

/* In a shell command, whoever has no privileges; %D/own is a directory of his. */
#define NOBODY "setpriv --reuid=65534 --regid=65534 --clear-groups "

/* A copy at %D/estop, with these capabilities permitted and effective at exec. */
static void
copy_with(uint64_t capabilities)
{
	struct vfs_cap_data data = {
		.magic_etc = htole32(VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE),
		.data = { { .permitted = htole32((uint32_t)capabilities) },
			  { .permitted = htole32((uint32_t)(capabilities >> 32)) } },
	};
	char path[100];

	if (estop_run("command -v setpriv >/dev/null") != 0) {
		puts("SKIP: needs setpriv");
		skip();
	}
	estop_expect("chmod 711 %D; cp %E %D/estop && chmod 755 %D/estop && mkdir %D/own && chown 65534 %D/own",
		     0);
	snprintf(path, sizeof(path), "%s/estop", estop_directory);
	if (setxattr(path, "security.capability", &data, sizeof(data), 0) != 0) {
		printf("SKIP: %s has no file capabilities: %s\n", path, strerror(errno));
		skip();
	}
}

static int
begin(void **state)
{
	(void)state;
	estop_begin("capabilities");
	return 0;
}

/* Root's, in a directory that is closed to others, through a symbolic link. */
static void
with_four_capabilities_processes_of_all_users_are_seen(void **state)
{
	(void)state;
	copy_with(FOUR);
	estop_expect("mkdir -m 700 %D/closed; echo text >%D/closed/file; ln -s closed/file %D/link; " NOBODY
		     "%D/estop --log=line -e open >%D/log 2>%D/err & p=$!; "
		     "until grep -q ' open .*file=%D/closed/file$' %D/log; do "
		     "kill -0 $p 2>/dev/null || { cat %D/err; exit 1; }; cat %D/link >/dev/null; done; "
		     "kill -TERM $p; wait $p; grep -c ' open .*euid=0 .*file=%D/closed/file$' %D/log >/dev/null",
		     0);
}

/* What follows a path through a link is estop itself, which may look into root's directory. */
static void
with_four_capabilities_symbolic_links_are_resolved(void **state)
{
	(void)state;
	copy_with(FOUR);
	estop_expect("mkdir -m 700 %D/closed; echo text >%D/closed/file; ln -s closed/file %D/link; " NOBODY
		     "%D/estop --log=line -e setmode >%D/log 2>%D/err & p=$!; "
		     "until grep -q ' setmode .*target=%D/closed/file' %D/log; do "
		     "kill -0 $p 2>/dev/null || { cat %D/err; exit 1; }; chmod 600 %D/link; done; "
		     "kill -TERM $p; wait $p; [ $? = 143 ]",
		     0);
}

static void
with_four_capabilities_mutes_hold_in_the_kernel(void **state)
{
	(void)state;
	copy_with(FOUR);
	/* The one that is not muted ends the wait; what the other did before is not there. */
	estop_expect("cp $(command -v cat) %D/muted; echo >%D/one; echo >%D/two; " NOBODY
		     "%D/estop --log=line -e open -m exe:%D/muted >%D/log 2>%D/err & p=$!; "
		     "until grep -q ' open .*file=%D/two$' %D/log; do "
		     "kill -0 $p 2>/dev/null || { cat %D/err; exit 1; }; "
		     "%D/muted %D/one >/dev/null; cat %D/two >/dev/null; done; "
		     "kill -TERM $p; wait $p; ! grep ' open .*file=%D/one$' %D/log",
		     0);
}

/* It has what its user has: nothing of estop's capabilities reaches the command. */
static void
a_command_gets_no_capabilities(void **state)
{
	(void)state;
	copy_with(FOUR);
	estop_expect(NOBODY "%D/estop --log=line -- grep CapEff: /proc/self/status 2>&1 | grep '^CapEff:'", 0);
	assert_string_equal(estop_output, "CapEff:\t0000000000000000\n");
}

static void
a_recording_belongs_to_the_user_and_cannot_go_elsewhere(void **state)
{
	(void)state;
	copy_with(FOUR);
	estop_expect(NOBODY "%D/estop -b -n 1 -d 0.1 -w %D/own/x.jsonl 2>&1 >/dev/null && "
			    "stat -c '%u %a' %D/own/x.jsonl",
		     0);
	assert_string_equal(estop_output, "65534 600\n");
	estop_expect(NOBODY "%D/estop -b -n 1 -d 0.1 -w %D/x.jsonl 2>&1 >/dev/null", 1);
	estop_says("Permission denied");
}

static void
doctor_says_what_is_less_than_with_root(void **state)
{
	(void)state;
	copy_with(FOUR);
	estop_expect(NOBODY "%D/estop --doctor", 0);
	estop_says("ok       privileges ");
	estop_says("ok       start ");
	estop_says(
		"limited  capabilities no CAP_DAC_OVERRIDE: files are written only where this user may; no CAP_KILL: ");
	estop_says("; no CAP_SYS_NICE: estop runs at normal priority\n");
	estop_expect("%E --doctor", 0);
	assert_int_equal(estop_lines("capabilities", "", ""), 0);
}

static void
two_capabilities_are_enough_to_count(void **state)
{
	(void)state;
	copy_with(BIT(BPF) | BIT(PERFMON));
	estop_expect(NOBODY "%D/estop -b -n 1 -d 0.1", 0);
	estop_says(" live (");
	estop_expect(NOBODY "%D/estop --doctor", 0);
	estop_says("limited  capabilities no CAP_SYS_PTRACE: ");
	estop_says("no CAP_DAC_READ_SEARCH: ");
}

static void
one_of_the_two_is_not(void **state)
{
	(void)state;
	copy_with(FOUR & ~BIT(PERFMON));
	estop_expect(NOBODY "%D/estop -b -n 1 -d 0.1 2>&1", 1);
	estop_says("give it CAP_BPF and CAP_PERFMON");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, estop_end)
	const struct CMUnitTest tests[] = {
		TEST(with_four_capabilities_processes_of_all_users_are_seen),
		TEST(with_four_capabilities_symbolic_links_are_resolved),
		TEST(with_four_capabilities_mutes_hold_in_the_kernel),
		TEST(a_command_gets_no_capabilities),
		TEST(a_recording_belongs_to_the_user_and_cannot_go_elsewhere),
		TEST(doctor_says_what_is_less_than_with_root),
		TEST(two_capabilities_are_enough_to_count),
		TEST(one_of_the_two_is_not),
	};

	return cmocka_run_group_tests_name("capabilities", tests, NULL, NULL);
}
