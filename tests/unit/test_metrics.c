/*
 * --metrics: the text and its formats, as promtool reads them; and the server, asked by those who
 * behave and those who do not, while events flow.
 */
#include "src/app/metrics_server.h"
#include "src/app/session.h"
#include "src/base/clock.h"
#include "tests/lib/build.h"
#include "tests/lib/fake_source.h"
#include "tests/lib/patience.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static struct options options;
static struct session session;
static struct snapshot_spec spec;
static char why[512], answer[1 << 20];

static int
setup(void **state)
{
	(void)state;
	options = (struct options){ .events = EVENT_ALL,
				    .batch = true,
				    .metrics = true,
				    .metrics_address = "127.0.0.1:0",
				    .metrics_top = 5,
				    .settings = { .interval_ms = 1000, .exited_secs = 5 } };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	session_close(&session);
	return 0;
}

static void
open_session(const struct fake_config *config)
{
	fake_config = *config;
	why[0] = '\0';
	if (session_open(&session, &options, fake_open, why, sizeof(why)) == 0)
		return;
	if (strstr(why, "needs libmicrohttpd")) {
		puts("SKIP: no libmicrohttpd here");
		skip();
	}
	fail_msg("%s", why);
}

static void
drain_all(void)
{
	bool more = true;

	for (int i = 0; !fake_finished(&session.source); i++) {
		assert_true(i < 60000);
		session_drain(&session, 10000000, &more);
		usleep(1000);
	}
	do
		session_drain(&session, 1000000000, &more);
	while (more);
	session_tick(&session, &spec);
}

/* ---- the text ---- */

static const char *
text(bool open)
{
	static char copy[1 << 20];
	size_t length;
	const char *bytes = metrics_text(session.metrics, open, &length);

	assert_true(length < sizeof(copy));
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

/* Of the samples whose line begins so, for this type; type "": of any. */
static uint64_t
sum(const char *begin, const char *type)
{
	char wanted[128];
	uint64_t result = 0;

	snprintf(wanted, sizeof(wanted), "type=\"%s\"}", type);
	for (const char *line = text(false); line && *line; line = strchr(line, '\n') + 1) {
		size_t length = strcspn(line, "\n");
		const char *value = line + length, *found;

		if (strncmp(line, begin, strlen(begin)) != 0)
			continue;
		while (value > line && value[-1] != ' ')
			value--;
		found = type[0] ? memmem(line, length, wanted, strlen(wanted)) : line;
		if (found)
			result += strtoull(value, NULL, 10);
	}
	return result;
}

static void
run_promtool(const char *arguments, const char *input)
{
	char command[512], said[4096] = "", path[] = "/tmp/estop-metrics.XXXXXX";
	FILE *pipe;
	size_t n;
	int fd;

	if (system("command -v promtool >/dev/null") != 0) {
		puts("SKIP: no promtool; make deps check installs it");
		skip();
	}
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, input, strlen(input)), strlen(input));
	close(fd);
	snprintf(command, sizeof(command), "promtool %s <%s 2>&1", arguments, path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	n = fread(said, 1, sizeof(said) - 1, pipe);
	said[n] = '\0';
	if (pclose(pipe) != 0)
		fail_msg("%s: %s", command, said);
	unlink(path);
}

static void
the_text_is_what_promtool_wants(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 20, .events = 20000, .others = 40 });
	drain_all();
	run_promtool("check metrics", text(false));
}

/* Programs and units are the sums again, each type of its own. */
static void
what_is_counted_by_program_is_what_was_applied(void **state)
{
	unsigned types = 0;

	(void)state;
	open_session(&(struct fake_config){ .processes = 20, .events = 20000, .others = 40 });
	session_tick(&session, &spec);
	drain_all();
	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t applied = tree_applied(session.model.tree, (enum event_id)id);
		const char *name = event_info[id].name;

		assert_int_equal(sum("estop_events_total{", name), applied);
		assert_int_equal(sum("estop_program_events_total{", name), applied);
		assert_int_equal(sum("estop_unit_events_total{unit=\"", name), applied);
		types += applied > 0;
	}
	assert_true(types > 20);
	assert_int_equal(sum("estop_lost_total{", ""), 0);
	/* So many as are asked for, and the others. */
	assert_non_null(strstr(text(false), "estop_program_events_total{program=\"other\",type=\"open\"}"));
	assert_non_null(strstr(text(false), "estop_build{version=\"" ESTOP_VERSION "\"} 1\n"));
}

static void
a_counter_has_its_name_in_both_formats(void **state)
{
	const char *end;

	(void)state;
	open_session(&(struct fake_config){ .processes = 2, .events = 100 });
	drain_all();
	assert_non_null(
		strstr(text(true), "\n# TYPE estop_events counter\nestop_events_total{type=\"open\"} "));
	end = text(true) + strlen(text(true)) - 6;
	assert_string_equal(end, "# EOF\n");
	assert_non_null(strstr(text(false),
			       "\n# TYPE estop_events_total counter\nestop_events_total{type=\"open\"} "));
	assert_null(strstr(text(false), "# EOF"));
}

static void
no_name_can_break_the_text(void **state)
{
	static const char *const names[] = {
		"/bin/a\"b", "/bin/a\\b", "/bin/a\nb", "/bin/\xff\xfe", "/bin/{x=\"y\"} 1", "other", "",
	};
	struct metrics *m;
	struct tree *tree = tree_create();
	struct source_stats stats = { 0 };
	struct self self = { 0 };
	struct mutes *mutes;
	char longest[5000];

	(void)state;
	open_session(&(struct fake_config){ .processes = 1, .events = 1 });
	m = session.metrics;
	mutes = session.model.mutes;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			metrics_take(m, tree,
				     with(open_of(pid((int32_t)i + 10, 1), "x"), FIELD_EXE, names[i]));
		metrics_take(m, tree, with(open_of(pid(9, 1), "x"), FIELD_EXE, longest));
		metrics_update(m, &(struct metrics_input){ .tree = tree,
							   .mutes = mutes,
							   .stats = &stats,
							   .self = &self,
							   .now_ns = NOON });
		usleep(1000); /* another time */
	}
	run_promtool("check metrics", text(false));
	tree_destroy(tree);
}

static void
the_handler_is_a_histogram(void **state)
{
	struct source_stats stats = { .handler_count = 10, .handler_sum_ns = 5000 };
	struct self self = { 0 };

	(void)state;
	open_session(&(struct fake_config){ .processes = 1, .events = 1 });
	stats.handler_bucket[0] = 2;
	stats.handler_bucket[3] = 7;
	metrics_update(session.metrics, &(struct metrics_input){ .tree = session.model.tree,
								 .mutes = session.model.mutes,
								 .stats = &stats,
								 .self = &self });
	assert_non_null(strstr(text(false), "# TYPE estop_handler_seconds histogram\n"
					    "estop_handler_seconds_bucket{le=\"3.2e-08\"} 2\n"
					    "estop_handler_seconds_bucket{le=\"6.4e-08\"} 2\n"
					    "estop_handler_seconds_bucket{le=\"1.28e-07\"} 2\n"
					    "estop_handler_seconds_bucket{le=\"2.56e-07\"} 9\n"));
	assert_non_null(strstr(text(false), "estop_handler_seconds_bucket{le=\"+Inf\"} 10\n"
					    "estop_handler_seconds_sum 5e-06\n"
					    "estop_handler_seconds_count 10\n"));
	run_promtool("check metrics", text(false));
}

/* ---- the server ---- */

static struct sockaddr_in
address(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t length = sizeof(a);

	assert_int_equal(getsockname(metrics_fd(session.metrics), (struct sockaddr *)&a, &length), 0);
	assert_int_equal(ntohl(a.sin_addr.s_addr), INADDR_LOOPBACK);
	return a;
}

static int
dial(bool wait)
{
	struct sockaddr_in a = address();
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);

	assert_true(fd >= 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		assert_true(!wait && errno == EINPROGRESS);
	return fd;
}

/* Reads until the other side closes, or what came has this: into answer. False: it took too long. */
static bool
read_answer(int fd, const char *until)
{
	uint64_t end = clock_steady() + patience(60) * UINT64_C(1000000000);
	size_t at = 0;

	answer[0] = '\0';
	while (clock_steady() < end) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, 1000) <= 0)
			continue;
		n = read(fd, answer + at, sizeof(answer) - 1 - at);
		if (n <= 0)
			return true;
		at += (size_t)n;
		answer[at] = '\0';
		if (until && strstr(answer, until))
			return true;
	}
	return false;
}

static void
ask(const char *request, size_t length, const char *until)
{
	int fd = dial(true);

	/* It may hang up before it has all. */
	for (size_t at = 0; at < length;) {
		ssize_t n = send(fd, request + at, length - at, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		at += (size_t)n;
	}
	assert_true(read_answer(fd, until));
	close(fd);
}

static void
get(const char *path, const char *accept)
{
	char request[512];

	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.1\r\nHost: x\r\nAccept: %s\r\nConnection: close\r\n\r\n", path, accept);
	ask(request, strlen(request), NULL);
}

static void
whoever_asks_gets_the_last_text_in_the_format_it_reads(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 2, .events = 1000 });
	get("/metrics", "*/*");
	assert_non_null(strstr(answer, "HTTP/1.1 503 "));
	drain_all();
	get("/metrics", "application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5");
	assert_non_null(strstr(answer, "HTTP/1.1 200 "));
	assert_non_null(strstr(answer, "application/openmetrics-text; version=1.0.0"));
	assert_string_equal(strstr(answer, "\r\n\r\n") + 4, text(true));
	get("/metrics", "text/plain");
	assert_non_null(strstr(answer, "text/plain; version=0.0.4"));
	assert_string_equal(strstr(answer, "\r\n\r\n") + 4, text(false));
}

static void
bad_requests_are_answered_or_hung_up_on(void **state)
{
	static char large[1 << 17];
	static const char post[] = "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nxxxx";
	static const char start[] = "GET /metrics HTTP/1.1\r\nX: ";
	static const char head[] = "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

	(void)state;
	open_session(&(struct fake_config){ .processes = 2, .events = 1000 });
	drain_all();
	get("/", "*/*");
	assert_non_null(strstr(answer, "HTTP/1.1 404 "));
	get("/../../etc/passwd", "*/*");
	assert_non_null(strstr(answer, "HTTP/1.1 404 "));
	ask(post, sizeof(post) - 1, "\r\n\r\n");
	assert_non_null(strstr(answer, "HTTP/1.1 405 "));
	ask(head, sizeof(head) - 1, NULL);
	assert_non_null(strstr(answer, "HTTP/1.1 200 "));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
	/* Longer than the memory of a connection, and no HTTP at all. */
	memset(large, 'a', sizeof(large));
	for (size_t i = 0; i < sizeof(start) - 1; i++)
		large[i] = start[i];
	ask(large, sizeof(large), NULL);
	assert_null(strstr(answer, " 200 "));
	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)(i * 2654435761u >> 13);
	for (size_t i = 0; i < 4; i++)
		large[1000 + i] = "\r\n\r\n"[i];
	ask(large, sizeof(large), NULL);
	assert_null(strstr(answer, " 200 "));
	get("/metrics", "*/*");
	assert_non_null(strstr(answer, "HTTP/1.1 200 "));
}

static unsigned
descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* None of them finishes its request. */
static void
a_thousand_connections_cost_no_event(void **state)
{
	enum { CONNECTIONS = 1000 };
	static int fds[CONNECTIONS];
	struct rlimit limit;
	uint64_t produced = 0;
	unsigned before;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < 3000) {
		puts("SKIP: too few descriptors are allowed");
		skip();
	}
	limit.rlim_cur = 3000;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	open_session(&(struct fake_config){
		.processes = 50, .events = 300000, .per_second = 300000, .waits = true });
	before = descriptors();
	fake_go(&session.source);
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		bool more;

		fds[i] = dial(false);
		(void)!send(fds[i], "GET /met", 8, MSG_NOSIGNAL);
		session_drain(&session, 1000000, &more);
		if (i % 100 == 0)
			session_tick(&session, &spec);
	}
	drain_all();
	/* Its own are bounded. */
	assert_in_range(descriptors(), before + CONNECTIONS, before + CONNECTIONS + METRICS_CONNECTIONS + 4);
	session_tick(&session, &spec);
	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t here = fake_produced(&session.source, (enum event_id)id);

		assert_int_equal(tree_applied(session.model.tree, (enum event_id)id), here);
		produced += here;
	}
	assert_int_equal(session_lost(&session), 0);
	assert_true(produced >= 300000);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		close(fds[i]);
	get("/metrics", "*/*");
	assert_non_null(strstr(answer, "HTTP/1.1 200 "));
	assert_non_null(strstr(answer, "estop_events_total{type=\"open\"} "));
}

/* Who has taken the first piece of an answer and no more does not keep others from theirs. */
static void
a_slow_reader_holds_up_nobody(void **state)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
	enum { READERS = METRICS_CONNECTIONS / 2 };
	int fds[READERS];
	char first[16];

	(void)state;
	open_session(&(struct fake_config){ .processes = 200, .events = 20000, .others = 20 });
	drain_all();
	for (unsigned i = 0; i < READERS; i++) {
		fds[i] = dial(true);
		assert_int_equal(send(fds[i], request, sizeof(request) - 1, MSG_NOSIGNAL),
				 sizeof(request) - 1);
		assert_true(read(fds[i], first, sizeof(first)) > 0);
	}
	for (int i = 0; i < 20; i++) {
		session_tick(&session, &spec);
		get("/metrics", "*/*");
		assert_non_null(strstr(answer, "HTTP/1.1 200 "));
	}
	for (unsigned i = 0; i < READERS; i++)
		close(fds[i]);
}

static void
an_address_in_use_is_said(void **state)
{
	char taken[40];
	struct session second;

	(void)state;
	open_session(&(struct fake_config){ .processes = 1, .events = 1 });
	snprintf(taken, sizeof(taken), "127.0.0.1:%u", ntohs(address().sin_port));
	options.metrics_address = taken;
	assert_int_equal(session_open(&second, &options, fake_open, why, sizeof(why)), -EADDRINUSE);
	assert_non_null(strstr(why, "cannot listen on 127.0.0.1:"));
}

/* ---- what is installed for others ---- */

static char *
file(const char *path)
{
	FILE *f = fopen(path, "r");
	static char bytes[1 << 18];
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes) - 1, f);
	bytes[n] = '\0';
	fclose(f);
	return bytes;
}

/* A word that begins with estop_ is the name of a sample. */
static unsigned
expect_names(const char *expression)
{
	unsigned n = 0;

	for (const char *at = expression; (at = strstr(at, "estop_")) != NULL; n++) {
		size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
		char wanted[128];

		snprintf(wanted, sizeof(wanted), "\n%.*s", (int)length, at);
		if (!strstr(text(false), wanted))
			fail_msg("no metric is called %s", wanted + 1);
		at += length;
	}
	return n;
}

static void
open_with_all_metrics(void)
{
	struct source_stats stats = { .handler_count = 1, .loss.muted_known = true };
	struct self self = { .rss = 1 };

	open_session(&(struct fake_config){ .processes = 1, .events = 1 });
	metrics_update(session.metrics, &(struct metrics_input){ .tree = session.model.tree,
								 .mutes = session.model.mutes,
								 .stats = &stats,
								 .self = &self,
								 .subscribed = EVENT_CORE });
}

static unsigned
expect_in(const json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;
	unsigned n = 0;

	if (json_is_array(value))
		json_array_foreach(value, i, item) n += expect_in(item);
	else if (json_is_object(value))
		json_object_foreach((json_t *)value, key, item) n +=
			json_is_string(item) && (strcmp(key, "expr") == 0 || strcmp(key, "query") == 0)
				? expect_names(json_string_value(item))
				: expect_in(item);
	return n;
}

static void
the_dashboard_shows_metrics_that_there_are(void **state)
{
	json_error_t error;
	json_t *dashboard;

	(void)state;
	open_with_all_metrics();
	dashboard = json_load_file("src/dist/estop-dashboard.json", JSON_REJECT_DUPLICATES, &error);
	if (!dashboard)
		fail_msg("line %d: %s", error.line, error.text);
	assert_true(expect_in(dashboard) >= 8);
	json_decref(dashboard);
}

static void
the_alert_rules_are_valid_and_fire(void **state)
{
	(void)state;
	open_with_all_metrics();
	assert_true(expect_names(strstr(file("src/dist/estop-alerts.yml"), "groups:")) >= 2);
	run_promtool("check rules src/dist/estop-alerts.yml", "");
	run_promtool("test rules tests/unit/alerts.yml", "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_text_is_what_promtool_wants),
		TEST(what_is_counted_by_program_is_what_was_applied),
		TEST(a_counter_has_its_name_in_both_formats),
		TEST(no_name_can_break_the_text),
		TEST(the_handler_is_a_histogram),
		TEST(whoever_asks_gets_the_last_text_in_the_format_it_reads),
		TEST(bad_requests_are_answered_or_hung_up_on),
		TEST(a_thousand_connections_cost_no_event),
		TEST(a_slow_reader_holds_up_nobody),
		TEST(an_address_in_use_is_said),
		TEST(the_dashboard_shows_metrics_that_there_are),
		TEST(the_alert_rules_are_valid_and_fire),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
