/*
 * --metrics, scraped by a real Prometheus from two estops on real kernel events, and asked over its
 * HTTP API who makes most events. Needs root and Debian's prometheus.
 *
 * This program is also the one that floods: see main().
 */
#include "tests/lib/estop_run.h"
#include "tests/lib/patience.h"
#include "tests/lib/sanitizer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

/* Some 5,000 opens a second, until its parent is gone or the file is. */
static int
flood(const char *path)
{
	pid_t parent = getppid();

	while (getppid() == parent && access(path, F_OK) == 0) {
		for (int i = 0; i < 50; i++) {
			int fd = open(path, O_RDONLY | O_CLOEXEC);

			if (fd >= 0)
				close(fd);
		}
		usleep(10000);
	}
	return 0;
}

/* One that is free now. */
static unsigned
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &length), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static void
prometheus_names_the_program_that_floods(void **state)
{
	char command[8192];

	(void)state;
	if (estop_run("command -v prometheus && command -v curl") != 0) {
		puts("SKIP: no prometheus or curl; make deps check installs them");
		skip();
	}
	snprintf(command, sizeof(command),
		 "one=%u two=%u own=%u tries=%u; estop=$(realpath %%E); cd '%%D' && cp '%%C' flood && touch file || exit\n"
		 "cat >prometheus.yml <<END\n"
		 "global: { scrape_interval: 1s }\n"
		 "rule_files: [ \"$OLDPWD/src/dist/estop-alerts.yml\" ]\n"
		 "scrape_configs:\n"
		 "  - job_name: estop\n"
		 "    static_configs: [ { targets: [ \"127.0.0.1:$one\", \"127.0.0.1:$two\" ] } ]\n"
		 "END\n"
		 "pids=\n"
		 "end() { rm -f file; for p in $pids; do kill $p; done 2>/dev/null; wait; }\n"
		 "trap end EXIT\n"
		 "\"$estop\" --no-config --metrics=127.0.0.1:$one >one 2>&1 & pids=\"$pids $!\"\n"
		 "\"$estop\" --no-config --metrics=127.0.0.1:$two --metrics-top=3 -e open >two 2>&1 & pids=\"$pids $!\"\n"
		 "prometheus --config.file=prometheus.yml --storage.tsdb.path=data --log.level=warn "
		 "--web.listen-address=127.0.0.1:$own >prometheus.log 2>&1 & pids=\"$pids $!\"\n"
		 "./flood flood file & pids=\"$pids $!\"\n"
		 "ask() { curl -s -G http://127.0.0.1:$own/api/v1/query --data-urlencode \"query=$1\"; }\n"
		 "i=0\n"
		 "while [ $i -lt $tries ]; do i=$((i + 1)); sleep 0.2\n"
		 "  first=$(ask 'topk(1, topk(5, sum by (program) (rate(estop_program_events_total[10s]))))')\n"
		 "  each=$(ask 'count(topk by (instance) (1, sum by (instance, program) "
		 "(rate(estop_program_events_total[10s]))) > 1000)')\n"
		 "  top=$(ask 'topk(5, sum by (program) (rate(estop_program_events_total[10s])))')\n"
		 "  case $first in *'/flood\"'*) case $each in *',\"2\"]'*)\n"
		 "    case $top in *'/flood\"'*) echo \"$top\"; echo \"$each\"\n"
		 "      ask 'count by (instance) (count by (instance, program) "
		 "(estop_program_events_total))'; echo; exit 0;;\n"
		 "  esac;; esac;; esac\n"
		 "done\n"
		 "echo \"first: $first each: $each top: $top\"; cat one two prometheus.log; exit 1\n",
		 free_port(), free_port(), free_port(), 5 * patience(60));
	if (estop_run(command) != 0)
		fail_msg("%s", estop_output);
	estop_says("/flood\"");
	/* Series are bounded: three, and the others. */
	assert_non_null(strstr(estop_output, ",\"4\"]"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(prometheus_names_the_program_that_floods, estop_end),
	};

	if (argc == 3 && strcmp(argv[1], "flood") == 0)
		return flood(argv[2]);
	estop_find_self();
	estop_begin("metrics");
	return cmocka_run_group_tests_name("live_metrics", tests, NULL, NULL);
}
