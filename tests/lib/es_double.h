/*
 * es_double - Endpoint Security played by a test.
 *
 * Linked in the place of the system's: the same es_* functions. A test sets what
 * they answer and reads what was called. It has no thread of its own; the test
 * decides when an event happens and when it is delivered.
 *
 * Messages have exactly the fields of their version. All the rest is filled with
 * 0xA5, and poisoned under AddressSanitizer, so that touching it ends the test.
 * Strings end where their memory ends, without a NUL.
 */
#ifndef ES_DOUBLE_H
#define ES_DOUBLE_H

#include <EndpointSecurity/EndpointSecurity.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOUBLE_TYPES = 256, DOUBLE_OLDEST = 1, DOUBLE_NEWEST = 11 };

/* ---- messages ---- */

struct double_proc {
	int32_t pid;
	uint32_t version;
	int32_t ppid;
	uint32_t uid;
	uint64_t start_us;
	const char *exe; /* NULL: an empty path */
	const char *tty; /* NULL: none */
	bool exe_truncated;
	int32_t responsible; /* pid; 0: itself */
};

/* A shell of a user at a terminal: who acts where it does not matter. */
extern const struct double_proc double_shell;

/* The caller's, until es_double_free() or es_double_produce(). version is the message's. */
es_message_t *es_double_open(uint32_t version, struct double_proc who, const char *path, int fflag);
es_message_t *es_double_close(uint32_t version, struct double_proc who, const char *path, bool modified);
es_message_t *es_double_fork(uint32_t version, struct double_proc who, struct double_proc child);
es_message_t *es_double_exit(uint32_t version, struct double_proc who, int status);

/* NULL for what is not there; cwd is there since version 3 and defaults to "/". */
struct double_exec {
	struct double_proc after;
	const char *const *args;
	size_t arg_count;
	const char *cwd, *script;
	bool args_cut; /* the process has more */
};
es_message_t *es_double_exec(uint32_t version, struct double_proc who, struct double_exec);

/*
 * A message of any type: strings hold the name of their field, paths begin with
 * "/of/", every number is another one. arm is what a union's type says (0 the
 * first). Where a pointer may be NULL, bare makes it so, and strings empty.
 */
es_message_t *es_double_any(uint32_t version, es_event_type_t, struct double_proc who, int arm, bool bare);
int es_double_arms(es_event_type_t); /* how many arms its union has; 1: it has none */

/* Since version 4; a new message has thread 7. */
void es_double_no_thread(es_message_t *);

void es_double_free(es_message_t *);

/* A process alone, of the age of this version. */
es_process_t *es_double_process(uint32_t version, struct double_proc);
void es_double_free_process(es_process_t *);

/* ---- the script, and what came of it ---- */

struct double_running {
	struct double_proc proc;
	const char *const *args;
	size_t arg_count;
	const char *kernel_thread; /* its name, or NULL */
};

/* The mute sets that clients were seen to begin with: AUTH types only. */
enum double_defaults {
	DOUBLE_DEFAULTS_NONE,
	DOUBLE_DEFAULTS_13, /* macOS 13.3.1: 16 executables, 39 types each */
	DOUBLE_DEFAULTS_26, /* macOS 26: 28 executables, and 7 targets of AUTH_EXEC */
};

struct es_double {
	/* What is answered. es_double_reset() makes everything succeed. */
	es_new_client_result_t refuse_client;
	const char *reason; /* es_linux_error() */
	/* The path of the cgroup of a process, for es_linux_cgroup(). NULL: there is none. */
	const char *(*cgroup)(const es_process_t *);
	bool cgroup_v1;           /* no cgroup v2 is mounted */
	const char *known_cgroup; /* es_linux_cgroups() */
	bool refuse_units;        /* and users */
	/* What was asked for last; "" and 0: nothing is muted. */
	char unit[256];
	uid_t user;
	bool refuse_subscription;
	unsigned refuse_type; /* a call with this type among others fails; 0: none */
	unsigned last_type;   /* of the system; 0: the newest there is */
	bool refuse_paths;
	bool refuse_lists; /* of what is muted */
	bool refuse_inversion;
	bool no_token;     /* task_info() fails */
	size_t mute_limit; /* processes, the client's own included */
	int32_t gone;      /* this pid is not running */
	bool late_sync;    /* es_sync_client() is done by the next es_double_run(); one at a time */
	bool counts;       /* es_linux_stats() knows */
	/* What mutes suppressed: of any process, subtree, unit, user, and path of that type. 0: not known. */
	uint64_t of_process, of_subtree, of_unit, of_user, of_path[4];
	enum double_defaults defaults; /* what the next client begins with */
	bool mutes_processes;          /* a mute is the process's, by whatever token, and outlives an exec */
	bool knows_meaning;            /* ... and the platform says that it is the execution's */
	unsigned forget;               /* so many mutes of processes are acknowledged, and not there */
	const struct double_running *running;
	size_t running_count;

	/* What was done. calls has a letter for each call: Create, Mute a process, mute a
	 * Path, Invert, Subscribe, Unsubscribe all, Delete; '!' for a Delete on another thread than
	 * the Create, which older systems forbid. */
	char calls[256];
	unsigned clients; /* that exist */
	bool subscribed[DOUBLE_TYPES];
	size_t muted_processes, muted_paths;
	bool inverted[3]; /* by es_mute_inversion_type_t */
};

extern struct es_double es_double;

void es_double_reset(void); /* before each test; what is queued is freed */

/* pidversion of the token task_info() gives. */
enum { DOUBLE_SELF_VERSION = 77 };

/*
 * An event happens. It is numbered and queued, unless it is not subscribed to or
 * muted now. The double frees the message.
 */
bool es_double_produce(es_message_t *);

/* That many events of a type happen and find no room in the queue. */
void es_double_lose(es_event_type_t, uint64_t count);

/* Numbers of this type start over, or jump; no system promises that they do not. */
void es_double_renumber(es_event_type_t, uint64_t next);

/* Delivers what is queued, on the calling thread. Number of messages. */
size_t es_double_run(void);

/* Straight into the handler, as it is; the message stays the caller's. */
void es_double_deliver(const es_message_t *);

#endif
