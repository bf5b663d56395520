/*
 * prog_questions - asks Endpoint Security what its documentation leaves open, and prints the answers.
 *
 * A NOTIFY client of its own, with two child processes (actors) that open a file on command. Each
 * question prints one line, "name: answer". What runs it on a Mac is src/darwin/first-run.sh; it runs on
 * Linux as well, against the library there. A unit test includes this file and plays the actors by
 * the ES double.
 *
 *	prog_questions            asks; as root
 *	prog_questions actor R W  is an actor: commands from descriptor R, answers to W
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUND 20      /* opens in one go */
#define PATIENCE_S 10 /* for an event that must come */

/* What an actor opens; nobody else has a name like it. */
static char marker[256];

enum { ACTOR, WITNESS, ACTORS };

/* ---- the handler: what came of whom ---- */

static struct seen {
	_Atomic uint64_t opens[ACTORS];   /* of the marker */
	_Atomic uint64_t children;        /* opens of the marker by others: children of the actors */
	_Atomic uint64_t received;        /* opens of all */
	_Atomic uint64_t seq_num;         /* of the last of them */
	_Atomic uint64_t restarted;       /* a number of an open went back */
	_Atomic uint32_t version[ACTORS]; /* newest pidversion */
	_Atomic int32_t pid[ACTORS];
} seen;

static void
note_open(const es_message_t *m, pid_t pid)
{
	const es_string_token_t *path = &m->event.open.file->path;
	uint64_t before = atomic_exchange(&seen.seq_num, m->seq_num);

	atomic_fetch_add(&seen.received, 1);
	if (m->seq_num < before)
		atomic_fetch_add(&seen.restarted, 1);
	/* /tmp is a link to /private/tmp on a Mac. */
	if (path->length < strlen(marker) ||
	    memcmp(path->data + path->length - strlen(marker), marker, strlen(marker)) != 0)
		return;
	for (int i = 0; i < ACTORS; i++)
		if (pid == atomic_load(&seen.pid[i])) {
			atomic_fetch_add(&seen.opens[i], 1);
			return;
		}
	atomic_fetch_add(&seen.children, 1);
}

static void
handle(const es_message_t *m)
{
	pid_t pid = audit_token_to_pid(m->process->audit_token);
	uint32_t version = (uint32_t)audit_token_to_pidversion(m->process->audit_token);

	if (m->event_type == ES_EVENT_TYPE_NOTIFY_EXEC)
		version = (uint32_t)audit_token_to_pidversion(m->event.exec.target->audit_token);
	for (int i = 0; i < ACTORS; i++)
		if (pid == atomic_load(&seen.pid[i]))
			atomic_store(&seen.version[i], version);
	if (m->event_type == ES_EVENT_TYPE_NOTIFY_OPEN)
		note_open(m, pid);
}

/* ---- the actors ---- */

#ifndef QUESTIONS_PLAYED

static struct {
	int command, answer;
} line_to[ACTORS];

static void
open_marker(void)
{
	int fd = open(marker, O_RDONLY);

	if (fd >= 0)
		close(fd);
}

static int
be_actor(const char *program, char *const argv[])
{
	int in = atoi(argv[2]), out = atoi(argv[3]);
	char c = 'r';

	snprintf(marker, sizeof(marker), "%s", argv[4]);
	do {
		if (c == 'o')
			for (int i = 0; i < ROUND; i++)
				open_marker();
		if (c == 'x')
			execv(program, argv);
		if (c == 'f') {
			pid_t child = fork();

			if (child == 0) {
				for (int i = 0; i < ROUND; i++)
					open_marker();
				_exit(0);
			}
			waitpid(child, NULL, 0);
		}
		if (write(out, &c, 1) != 1)
			return 1;
	} while (read(in, &c, 1) == 1 && c != 'q');
	return 0;
}

static void
start_actor(int i, const char *program)
{
	int to[2], from[2];
	char in[12], out[12], ready;
	pid_t pid;

	if (pipe(to) != 0 || pipe(from) != 0)
		abort();
	snprintf(in, sizeof(in), "%d", to[0]);
	snprintf(out, sizeof(out), "%d", from[1]);
	pid = fork();
	if (pid == 0) {
		close(to[1]);
		close(from[0]);
		execl(program, program, "actor", in, out, marker, (char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	line_to[i].command = to[1];
	line_to[i].answer = from[0];
	atomic_store(&seen.pid[i], pid);
	if (read(from[0], &ready, 1) != 1) {
		fprintf(stderr, "questions: an actor cannot be started\n");
		exit(1);
	}
}

/* o: open the marker ROUND times; f: have a child do it; x: execute itself anew. Returns when done. */
static void
act(int i, char what)
{
	char answer;

	if (write(line_to[i].command, &what, 1) != 1 || read(line_to[i].answer, &answer, 1) != 1) {
		fprintf(stderr, "questions: an actor has gone\n");
		exit(1);
	}
}

static void
stop_actors(void)
{
	for (int i = 0; i < ACTORS; i++) {
		if (write(line_to[i].command, "q", 1) != 1)
			kill(atomic_load(&seen.pid[i]), SIGKILL);
		waitpid(atomic_load(&seen.pid[i]), NULL, 0);
	}
}

/* Events come in order: when those of the witness are there, so are all before. False: they never came. */
static bool
settle(void)
{
	uint64_t wanted = atomic_load(&seen.opens[WITNESS]) + ROUND;

	act(WITNESS, 'o');
	for (int i = 0; i < PATIENCE_S * 1000; i++) {
		if (atomic_load(&seen.opens[WITNESS]) >= wanted)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return false;
}

#endif

/* ---- asking ---- */

static FILE *out;
static es_client_t *client;
static const es_event_type_t open_type[] = { ES_EVENT_TYPE_NOTIFY_OPEN };

static void
answer(const char *name, const char *text)
{
	fprintf(out, "%s: %s\n", name, text);
	fflush(out);
}

static audit_token_t
stub(int i, uint32_t version)
{
	return (audit_token_t){ .val = { [5] = (unsigned)atomic_load(&seen.pid[i]), [7] = version } };
}

static uint32_t
version_of(int i)
{
	return atomic_load(&seen.version[i]);
}

static bool
mute(int i, uint32_t version, bool on)
{
	audit_token_t token = stub(i, version);

	return (on ? es_mute_process_events(client, &token, open_type, 1)
		   : es_unmute_process_events(client, &token, open_type, 1)) == ES_RETURN_SUCCESS;
}

/* How many of ROUND opens arrive; -1 when the witness is not heard of, so that nothing can be said. */
static int
heard(int i, char what)
{
	uint64_t before = what == 'f' ? atomic_load(&seen.children) : atomic_load(&seen.opens[i]);

	act(i, what);
	if (!settle())
		return -1;
	return (int)((what == 'f' ? atomic_load(&seen.children) : atomic_load(&seen.opens[i])) - before);
}

/* "suppressed", "delivered", or how much of each. */
static const char *
verdict(int arrived)
{
	static char text[64];

	if (arrived < 0)
		return "not known, the witness was not heard";
	if (arrived == 0)
		return "suppressed";
	if (arrived == ROUND)
		return "delivered";
	snprintf(text, sizeof(text), "%d of %d delivered", arrived, ROUND);
	return text;
}

static const char *
listed(int i, uint32_t now, uint32_t before)
{
	es_muted_processes_t *muted = NULL;
	const char *as = "no";

	if (es_muted_processes_events(client, &muted) != ES_RETURN_SUCCESS)
		return "es_muted_processes_events() failed";
	for (size_t k = 0; muted && k < muted->count; k++) {
		audit_token_t token = muted->processes[k].audit_token;

		if (audit_token_to_pid(token) != atomic_load(&seen.pid[i]))
			continue;
		as = (uint32_t)audit_token_to_pidversion(token) == now      ? "by the new execution"
		     : (uint32_t)audit_token_to_pidversion(token) == before ? "by the old execution"
									    : "by neither execution";
	}
	if (muted)
		es_release_muted_processes(muted);
	return as;
}

static void
ask_default_set(void)
{
	es_muted_paths_t *paths = NULL;
	size_t notify = 0, types = 0;

	if (es_muted_paths_events(client, &paths) != ES_RETURN_SUCCESS) {
		answer("default set", "es_muted_paths_events() failed");
		return;
	}
	for (size_t i = 0; paths && i < paths->count; i++) {
		bool any = false;

		types += paths->paths[i].event_count;
		for (size_t k = 0; k < paths->paths[i].event_count; k++)
			any |= paths->paths[i].events[k] == ES_EVENT_TYPE_NOTIFY_OPEN ||
			       paths->paths[i].events[k] == ES_EVENT_TYPE_NOTIFY_EXEC;
		notify += any;
	}
	fprintf(out, "default set: %zu paths, %zu types in all; %zu paths with NOTIFY open or exec\n",
		paths ? paths->count : 0, types, notify);
	if (paths)
		es_release_muted_paths(paths);
}

static void
ask_mute(void)
{
	answer("unmuted process", verdict(heard(ACTOR, 'o')));
	answer("mute by pid and pidversion alone",
	       mute(ACTOR, version_of(ACTOR), true) ? "accepted" : "refused");
	answer("muted process", verdict(heard(ACTOR, 'o')));
	answer("child of a muted process", verdict(heard(ACTOR, 'f')));
	answer("unmute by pid and pidversion alone",
	       mute(ACTOR, version_of(ACTOR), false) ? "accepted" : "refused");
	answer("unmuted again", verdict(heard(ACTOR, 'o')));
	answer("mute of an execution that never was",
	       mute(ACTOR, version_of(ACTOR) + 100000, true) ? "accepted" : "refused");
	mute(ACTOR, version_of(ACTOR) + 100000, false);
}

static void
ask_exec(void)
{
	uint32_t before = version_of(ACTOR), now;

	mute(ACTOR, before, true);
	act(ACTOR, 'x');
	settle();
	now = version_of(ACTOR);
	answer("pidversion at exec", now == before ? "not changed, or the exec was not seen" : "changed");
	answer("muted process after its exec", verdict(heard(ACTOR, 'o')));
	answer("listed after the exec", listed(ACTOR, now, before));
	mute(ACTOR, now, true);
	mute(ACTOR, before, false);
	answer("new execution muted, then the old one unmuted", verdict(heard(ACTOR, 'o')));
	mute(ACTOR, before, false);
	mute(ACTOR, now, true);
	answer("old execution unmuted, then the new one muted", verdict(heard(ACTOR, 'o')));
	mute(ACTOR, now, false);
	answer("unmuted after all that", verdict(heard(ACTOR, 'o')));
}

/*
 * Numbers that went to no event that was received, since a point where all was heard. Others on the
 * machine open files, too: what they did is in both figures.
 */
static int64_t
skipped_since(uint64_t seq_num, uint64_t received)
{
	return (int64_t)(atomic_load(&seen.seq_num) - seq_num) -
	       (int64_t)(atomic_load(&seen.received) - received);
}

static void
ask_numbers(void)
{
	enum { TIMES = 50, UNHEARD = TIMES * ROUND };
	uint64_t number, received;
	int64_t skipped;

	settle();
	number = atomic_load(&seen.seq_num);
	received = atomic_load(&seen.received);
	mute(ACTOR, version_of(ACTOR), true);
	for (int i = 0; i < TIMES; i++)
		act(ACTOR, 'o');
	mute(ACTOR, version_of(ACTOR), false);
	settle();
	skipped = skipped_since(number, received);
	fprintf(out, "seq_num over %d muted opens: %s (%lld numbers skipped)\n", UNHEARD,
		skipped == 0         ? "does not count them"
		: skipped == UNHEARD ? "counts them"
				     : "unclear",
		(long long)skipped);

	number = atomic_load(&seen.seq_num);
	received = atomic_load(&seen.received);
	atomic_store(&seen.restarted, 0);
	if (es_unsubscribe(client, open_type, 1) != ES_RETURN_SUCCESS) {
		answer("seq_num over a resubscription", "es_unsubscribe() failed");
		return;
	}
	for (int i = 0; i < TIMES; i++)
		act(ACTOR, 'o');
	if (es_subscribe(client, open_type, 1) != ES_RETURN_SUCCESS || !settle()) {
		answer("seq_num over a resubscription", "no events after it");
		return;
	}
	skipped = skipped_since(number, received);
	fprintf(out, "seq_num over a resubscription with at least %d opens: %s (%lld numbers skipped)\n",
		UNHEARD,
		atomic_load(&seen.restarted) ? "starts over"
		: skipped >= UNHEARD         ? "goes on, and counts what was not subscribed"
		: skipped == 0               ? "goes on"
					     : "unclear",
		(long long)skipped);
}

static void
ask_unknown_type(void)
{
	es_event_type_t unknown[] = { (es_event_type_t)250, ES_EVENT_TYPE_NOTIFY_CHDIR };

	answer("subscription to a type unknown to the system",
	       es_subscribe(client, unknown, 1) == ES_RETURN_SUCCESS ? "SUCCESS" : "ERROR");
	answer("subscription to it and another",
	       es_subscribe(client, unknown, 2) == ES_RETURN_SUCCESS ? "SUCCESS" : "ERROR");
	es_unsubscribe(client, unknown, 2);
	es_unsubscribe(client, unknown + 1, 1);
}

static void
ask_inversion(void)
{
	int other, chosen;

	answer("inverted at first",
	       es_muting_inverted(client, ES_MUTE_INVERSION_TYPE_PROCESS) == ES_MUTE_NOT_INVERTED
		       ? "no"
		       : "yes, or unknown");
	/* The witness is listed too, as all waiting hangs on it. */
	mute(WITNESS, version_of(WITNESS), true);
	if (es_invert_muting(client, ES_MUTE_INVERSION_TYPE_PROCESS) != ES_RETURN_SUCCESS) {
		answer("inversion of processes", "refused");
		mute(WITNESS, version_of(WITNESS), false);
		return;
	}
	other = heard(ACTOR, 'o');
	answer("inverted, a process that is not listed", verdict(other));
	mute(ACTOR, version_of(ACTOR), true);
	chosen = heard(ACTOR, 'o');
	answer("inverted, a process that is listed", verdict(chosen));
	es_invert_muting(client, ES_MUTE_INVERSION_TYPE_PROCESS);
	mute(ACTOR, version_of(ACTOR), false);
	mute(WITNESS, version_of(WITNESS), false);
	answer("inverted back", verdict(heard(ACTOR, 'o')));
}

/* All of it; the actors run, and client is subscribed to open and exec. */
static void
ask_all(void)
{
	ask_default_set();
	ask_mute();
	ask_exec();
	ask_numbers();
	ask_inversion();
	ask_unknown_type();
	ask_default_set();
}

#ifndef QUESTIONS_PLAYED

int
main(int argc, char *argv[])
{
	static const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_EXEC };
	es_new_client_result_t result;
	int file;

	if (argc == 5 && strcmp(argv[1], "actor") == 0)
		return be_actor(argv[0], argv);
	snprintf(marker, sizeof(marker), "/tmp/estop-questions-XXXXXX");
	file = mkstemp(marker);
	if (file < 0)
		return 1;
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  handle(m);
	});
	out = stdout;
	printf("es_new_client: %d\n", (int)result);
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS) {
		unlink(marker);
		return 2;
	}
	answer("subscription", es_subscribe(client, types, 2) == ES_RETURN_SUCCESS ? "SUCCESS" : "ERROR");
	for (int i = 0; i < ACTORS; i++)
		start_actor(i, argv[0]);
	answer("events arrive",
	       settle() && heard(ACTOR, 'o') == ROUND ? "yes" : "NO; nothing below can be relied on");
	ask_all();
	stop_actors();
	answer("es_delete_client", es_delete_client(client) == ES_RETURN_SUCCESS ? "SUCCESS" : "ERROR");
	close(file);
	unlink(marker);
	return 0;
}

#endif
