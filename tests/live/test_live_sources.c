/*
 * Sources of others: small NOTIFY clients in the styles people write them in, compiled with nothing but
 * src/linux in the include path. Each tests itself and ends with 0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Where this program is, or in the directory that the build has beside that one. */
static void
find(char *path, size_t size, const char *name)
{
	char self[4096] = "";

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	*strrchr(self, '/') = '\0';
	snprintf(path, size, "%s/client_%s", self, name);
	if (access(path, X_OK) != 0)
		snprintf(path, size, "%s/../programs/client_%s", self, name);
}

static void
run(const char *name)
{
	char path[8192], command[8300];
	int status;

	if (geteuid() != 0) {
		puts("SKIP: needs root; run make check as root");
		skip();
	}
	find(path, sizeof(path), name);
	snprintf(command, sizeof(command), "exec '%s' >/dev/null", path);
	status = system(command);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		printf("SKIP: %s may not do here what it needs\n", path);
		skip();
	}
	if (status != 0)
		fail_msg("%s: wait status %#x", path, (unsigned)status);
}

#define CLIENT(name, fact)         \
	static void fact(void **state) \
	{                          \
		(void)state;       \
		run(#name);        \
	}
CLIENT(auth_branch, a_client_with_a_branch_for_auth_events_compiles_and_is_refused)
CLIENT(own_token, a_client_mutes_itself_by_task_info)
CLIENT(cpp20, a_client_in_cpp20_reads_mounts)
CLIENT(available, a_monitor_takes_the_types_there_are)
CLIENT(dispatch_free, a_client_without_libdispatch_keeps_messages_and_counts_clients)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_with_a_branch_for_auth_events_compiles_and_is_refused),
		cmocka_unit_test(a_client_mutes_itself_by_task_info),
		cmocka_unit_test(a_client_in_cpp20_reads_mounts),
		cmocka_unit_test(a_monitor_takes_the_types_there_are),
		cmocka_unit_test(a_client_without_libdispatch_keeps_messages_and_counts_clients),
	};

	return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
