/* metrics_server - see metrics_server.h. */
#include "src/app/metrics_server.h"
#include "model/xalloc.h"
#include "src/base/listener.h"
#include "src/base/usage.h"

#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is used of the library. */
#define CALL_TABLE(X)                   \
	X(MHD_start_daemon)             \
	X(MHD_stop_daemon)              \
	X(MHD_create_response_from_buffer) \
	X(MHD_add_response_header)      \
	X(MHD_queue_response)           \
	X(MHD_destroy_response)         \
	X(MHD_lookup_connection_value)

/* Its names: the ABI has been the same since 0.9.35. */
static const char *const names[] = {
	"libmicrohttpd.so.12",
	"libmicrohttpd.12.dylib",
	"/opt/homebrew/lib/libmicrohttpd.12.dylib",
	"/usr/local/lib/libmicrohttpd.12.dylib",
};

/* Sentences for those who ask for something else. */
#define SENTENCE_TABLE(X)                                                                     \
	X(NOT_FOUND,   MHD_HTTP_NOT_FOUND,           "There is only /metrics here.\n")        \
	X(NOT_ALLOWED, MHD_HTTP_METHOD_NOT_ALLOWED,  "Only GET and HEAD are answered.\n")     \
	X(NOT_YET,     MHD_HTTP_SERVICE_UNAVAILABLE, "There are no metrics yet.\n")

enum sentence {
#define X(id, ...) SENTENCE_##id,
	SENTENCE_TABLE(X)
#undef X
	SENTENCES
};

static const struct {
	unsigned status;
	const char *text;
} sentences[SENTENCES] = {
#define X(id, status, text) { status, text },
	SENTENCE_TABLE(X)
#undef X
};

static const char *const types[METRICS_FORMS] = {
	[METRICS_OPEN] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
	[METRICS_PLAIN] = "text/plain; version=0.0.4; charset=utf-8",
};

struct metrics_server {
	void *library;
#define X(name) __typeof__(&name) name;
	struct {
		CALL_TABLE(X)
	} call;
#undef X
	int fd;
	char where[80]; /* listener_name(): once confined it cannot be asked for */
	struct MHD_Daemon *daemon;
	struct MHD_Response *sentence[SENTENCES];
	pthread_mutex_t lock; /* of what follows */
	struct MHD_Response *last[METRICS_FORMS];
};

/* ---- the other thread ---- */

static bool
accepts_open(struct metrics_server *s, struct MHD_Connection *connection)
{
	const char *accept = s->call.MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept");

	return accept && strstr(accept, "application/openmetrics-text");
}

static enum MHD_Result
answer(void *server, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct metrics_server *s = server;
	enum sentence sentence = SENTENCE_NOT_YET;
	struct MHD_Response *last;
	enum MHD_Result result = MHD_NO;

	(void)version, (void)upload;
	if (*upload_size) /* nobody has to send anything: hang up */
		return MHD_NO;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		sentence = SENTENCE_NOT_ALLOWED; /* at once, whatever is to come */
	else if (!*state) {                      /* only the headers are there */
		*state = s;
		return MHD_YES;
	} else if (strcmp(url, "/metrics") != 0)
		sentence = SENTENCE_NOT_FOUND;
	else {
		/* Queueing only counts one more user of the text. */
		pthread_mutex_lock(&s->lock);
		last = s->last[accepts_open(s, connection) ? METRICS_OPEN : METRICS_PLAIN];
		if (last)
			result = s->call.MHD_queue_response(connection, MHD_HTTP_OK, last);
		pthread_mutex_unlock(&s->lock);
		if (last)
			return result;
	}
	return s->call.MHD_queue_response(connection, sentences[sentence].status, s->sentence[sentence]);
}

/* ---- opening ---- */

static int
load(struct metrics_server *s, char *why, size_t len)
{
	const char *error = "";

	for (size_t i = 0; !s->library && i < sizeof(names) / sizeof(names[0]); i++) {
		s->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
		if (!s->library && i == 0)
			error = dlerror();
	}
	if (!s->library) {
		snprintf(why, len, "--metrics needs libmicrohttpd (Debian: libmicrohttpd12): %.200s",
			 error ? error : "not found");
		return -ENOENT;
	}
#define X(name)                                                                            \
	*(void **)(void *)&s->call.name = dlsym(s->library, #name);                        \
	if (!s->call.name) {                                                               \
		snprintf(why, len, "this libmicrohttpd has no %s; 0.9.75 has", #name);     \
		return -ENOENT;                                                            \
	}
	CALL_TABLE(X)
#undef X
	return 0;
}

static struct MHD_Response *
response_of(struct metrics_server *s, const char *text, size_t length, const char *type)
{
	struct MHD_Response *r =
		s->call.MHD_create_response_from_buffer(length, (void *)text, MHD_RESPMEM_MUST_COPY);

	if (r)
		s->call.MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	return r;
}

/*
 * A thread inherits what its maker has: the server must not take the place of what reads events, which has
 * a high priority. Of a Mac's threads that is not true, and the priority stays.
 */
static void *
start(void *server)
{
	struct metrics_server *s = server;

#ifdef __linux__
	self_renice(10);
#endif
	s->daemon = s->call.MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL,
					     answer, s, MHD_OPTION_LISTEN_SOCKET, s->fd,
					     MHD_OPTION_CONNECTION_LIMIT, (unsigned)METRICS_CONNECTIONS,
					     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)METRICS_PATIENCE_SECS,
					     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)METRICS_MEMORY,
					     MHD_OPTION_END);
	return NULL;
}

int
metrics_server_open(struct metrics_server **to, const char *address, char *why, size_t len)
{
	struct metrics_server *s = xcalloc(1, sizeof(*s));
	pthread_t starter;
	int error = 0;

	*to = s;
	pthread_mutex_init(&s->lock, NULL);
	s->fd = listener_open(address, METRICS_PORT, why, len);
	if (s->fd < 0)
		error = s->fd;
	else
		listener_name(s->fd, s->where, sizeof(s->where));
	if (!error)
		error = load(s, why, len);
	for (unsigned i = 0; !error && i < SENTENCES; i++) {
		s->sentence[i] =
			response_of(s, sentences[i].text, strlen(sentences[i].text), types[METRICS_PLAIN]);
		error = s->sentence[i] ? 0 : -ENOMEM;
	}
	if (!error)
		error = -pthread_create(&starter, NULL, start, s);
	if (!error) {
		pthread_join(starter, NULL);
		error = s->daemon ? 0 : -EIO;
	}
	if (!error)
		return 0;
	if (!why[0])
		snprintf(why, len, "cannot start the server of --metrics: %s", strerror(-error));
	metrics_server_close(s);
	*to = NULL;
	return error;
}

void
metrics_server_close(struct metrics_server *s)
{
	if (!s)
		return;
	if (s->daemon)
		s->call.MHD_stop_daemon(s->daemon); /* and closes the socket */
	else if (s->fd >= 0)
		close(s->fd);
	for (unsigned i = 0; i < SENTENCES; i++)
		if (s->sentence[i])
			s->call.MHD_destroy_response(s->sentence[i]);
	for (unsigned i = 0; i < METRICS_FORMS; i++)
		if (s->last[i])
			s->call.MHD_destroy_response(s->last[i]);
	pthread_mutex_destroy(&s->lock);
	free(s);
	/* The library stays: what it set up for itself may refer to it at the end of the program. */
}

int
metrics_server_fd(const struct metrics_server *s)
{
	return s->fd;
}

const char *
metrics_server_where(const struct metrics_server *s)
{
	return s->where;
}

void
metrics_server_publish(struct metrics_server *s, const char *const text[METRICS_FORMS],
		       const size_t length[METRICS_FORMS])
{
	struct MHD_Response *fresh[METRICS_FORMS], *old;

	for (unsigned i = 0; i < METRICS_FORMS; i++)
		fresh[i] = response_of(s, text[i], length[i], types[i]);
	/* Nothing that reads events waits, not even for so long. */
	if (pthread_mutex_trylock(&s->lock) == 0) {
		for (unsigned i = 0; i < METRICS_FORMS; i++)
			if (fresh[i]) {
				old = s->last[i];
				s->last[i] = fresh[i];
				fresh[i] = old;
			}
		pthread_mutex_unlock(&s->lock);
	}
	for (unsigned i = 0; i < METRICS_FORMS; i++)
		if (fresh[i])
			s->call.MHD_destroy_response(fresh[i]);
}
