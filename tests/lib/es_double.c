/* es_double - see es_double.h. */
#include "tests/lib/es_double.h"
#include "model/event.h"
#include "model/mutes.h"
#include "src/es/decode.h"
#include "src/es/payload.h"

#include <Block.h>
#include <bsm/libbsm.h>
#include <mach/mach.h>
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <es_linux.h>
#endif

struct es_double es_double;

/* ---- messages: fields that are there, the rest hidden ---- */

enum { HIDDEN = 0xa5 };

static void *
hidden(size_t size)
{
	void *p = malloc(size);

	if (!p)
		abort();
	memset(p, HIDDEN, size);
	ASAN_POISON_MEMORY_REGION(p, size);
	return p;
}

static void
dispose(void *p, size_t size)
{
	if (!p)
		return;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	free(p);
}

#define SET(place, ...)                                            \
	do {                                                       \
		ASAN_UNPOISON_MEMORY_REGION(&(place), sizeof(place)); \
		(place) = __VA_ARGS__;                             \
	} while (0)

/* Also NULL, where the header does not allow it: what an event lacks is not said by the type alone. */
#define SET_POINTER(place, value)                                     \
	do {                                                          \
		void *pointer_ = (value);                             \
		ASAN_UNPOISON_MEMORY_REGION(&(place), sizeof(place)); \
		memcpy(&(place), &pointer_, sizeof(pointer_));        \
	} while (0)

#define SET_SINCE(first, place, ...)             \
	do {                                     \
		if (version >= (first))          \
			SET(place, __VA_ARGS__); \
	} while (0)

/* In memory of exactly its length; an empty one has none at all. */
static es_string_token_t
string(const char *s)
{
	size_t length = s ? strlen(s) : 0;
	char *data = NULL;

	if (length) {
		data = malloc(length);
		if (!data)
			abort();
		memcpy(data, s, length);
	}
	return (es_string_token_t){ .length = length, .data = data };
}

static void
free_string(es_string_token_t s)
{
	free((void *)(uintptr_t)s.data);
}

static es_file_t *
file(const char *path)
{
	es_file_t *f = hidden(sizeof(*f));

	SET(f->path, string(path));
	SET(f->path_truncated, false);
	SET(f->stat, (struct stat){ .st_nlink = 1 });
	return f;
}

static void
free_file(es_file_t *f)
{
	if (!f)
		return;
	free_string(f->path);
	dispose(f, sizeof(*f));
}

static audit_token_t
token(int32_t pid, uint32_t version, uint32_t uid)
{
	return (audit_token_t){ .val = { uid, uid, uid, uid, uid, (unsigned)pid, 0, version } };
}

/* How old the process is must be known to free it. */
struct process_block {
	uint32_t version;
	es_process_t process;
};

es_process_t *
es_double_process(uint32_t version, struct double_proc from)
{
	struct process_block *block = hidden(sizeof(*block));
	es_process_t *p = &block->process;

	SET(block->version, version);
	SET(p->audit_token, token(from.pid, from.version, from.uid));
	SET(p->ppid, from.ppid);
	SET(p->original_ppid, from.ppid);
	SET(p->group_id, from.pid);
	SET(p->session_id, from.pid);
	SET(p->codesigning_flags, 0);
	SET(p->is_platform_binary, false);
	SET(p->is_es_client, false);
	ASAN_UNPOISON_MEMORY_REGION(p->cdhash, sizeof(p->cdhash));
	memset(p->cdhash, 0, sizeof(p->cdhash));
	SET(p->signing_id, (es_string_token_t){ .length = 0 });
	SET(p->team_id, (es_string_token_t){ .length = 0 });
	SET(p->executable, file(from.exe));
	SET(p->executable->path_truncated, from.exe_truncated);
	SET_SINCE(2, p->tty, from.tty ? file(from.tty) : NULL);
	SET_SINCE(3, p->start_time,
		  (struct timeval){ .tv_sec = (time_t)(from.start_us / 1000000),
				    .tv_usec = (suseconds_t)(from.start_us % 1000000) });
	SET_SINCE(4, p->responsible_audit_token,
		  from.responsible ? token(from.responsible, 1, 0) : p->audit_token);
	SET_SINCE(4, p->parent_audit_token, token(from.ppid, 1, 0));
	SDK_V10(SET_SINCE(10, p->cs_validation_category, ES_CS_VALIDATION_CATEGORY_NONE);)
	SDK_V11(SET_SINCE(11, p->cdhash_full, (es_token_t){ .size = 0 });)
	return p;
}

void
es_double_free_process(es_process_t *p)
{
	struct process_block *block;

	if (!p)
		return;
	block = (struct process_block *)((char *)p - offsetof(struct process_block, process));
	free_file(p->executable);
	if (block->version >= 2)
		free_file(p->tty);
	dispose(block, sizeof(*block));
}

/* What the accessors of an exec find is kept in front of the message. */
struct message_block {
	es_string_token_t *args;
	size_t arg_count;
	bool args_cut;
	_Alignas(es_message_t) char message[sizeof(es_message_t)];
};

static struct message_block *
block_of(const es_message_t *msg)
{
	return (struct message_block *)((uintptr_t)msg - offsetof(struct message_block, message));
}

static es_message_t *
message(uint32_t version, es_event_type_t type, struct double_proc who)
{
	struct message_block *block = hidden(sizeof(*block));
	es_message_t *msg = (es_message_t *)(void *)block->message;

	SET(block->args, NULL);
	SET(block->arg_count, 0);
	SET(block->args_cut, false);
	SET(msg->version, version);
	SET(msg->time, (struct timespec){ .tv_sec = 1700000000, .tv_nsec = 123456789 });
	SET(msg->mach_time, 1000);
	SET(msg->deadline, 0);
	SET(msg->process, es_double_process(version, who));
	SET_SINCE(2, msg->seq_num, 0);
	SET(msg->action_type, ES_ACTION_TYPE_NOTIFY);
	SET(msg->action.notify, (es_result_t){ .result_type = ES_RESULT_TYPE_AUTH });
	SET(msg->event_type, type);
	if (version >= 4) {
		SET(msg->thread, malloc(sizeof(*msg->thread)));
		msg->thread->thread_id = 7;
	}
	SET_SINCE(4, msg->global_seq_num, 0);
	return msg;
}

const struct double_proc double_shell = {
	.pid = 100,
	.version = 5,
	.ppid = 1,
	.uid = 501,
	.start_us = 1699999999000001,
	.exe = "/bin/zsh",
	.tty = "/dev/ttys001",
};

es_message_t *
es_double_open(uint32_t version, struct double_proc who, const char *path, int fflag)
{
	es_message_t *msg = message(version, ES_EVENT_TYPE_NOTIFY_OPEN, who);

	SET(msg->event.open.fflag, fflag);
	SET(msg->event.open.file, file(path));
	return msg;
}

es_message_t *
es_double_close(uint32_t version, struct double_proc who, const char *path, bool modified)
{
	es_message_t *msg = message(version, ES_EVENT_TYPE_NOTIFY_CLOSE, who);

	SET(msg->event.close.modified, modified);
	SET(msg->event.close.target, file(path));
	SET_SINCE(6, msg->event.close.was_mapped_writable, false);
	return msg;
}

es_message_t *
es_double_fork(uint32_t version, struct double_proc who, struct double_proc child)
{
	es_message_t *msg = message(version, ES_EVENT_TYPE_NOTIFY_FORK, who);

	SET(msg->event.fork.child, es_double_process(version, child));
	return msg;
}

es_message_t *
es_double_exit(uint32_t version, struct double_proc who, int status)
{
	es_message_t *msg = message(version, ES_EVENT_TYPE_NOTIFY_EXIT, who);

	SET(msg->event.exit.stat, status);
	return msg;
}

es_message_t *
es_double_exec(uint32_t version, struct double_proc who, struct double_exec from)
{
	es_message_t *msg = message(version, ES_EVENT_TYPE_NOTIFY_EXEC, who);
	es_event_exec_t *exec = &msg->event.exec;
	struct message_block *block = block_of(msg);

	SET(exec->target, es_double_process(version, from.after));
	SET_SINCE(2, exec->script, from.script ? file(from.script) : NULL);
	SET_SINCE(3, exec->cwd, file(from.cwd ? from.cwd : "/"));
	SET_SINCE(4, exec->last_fd, 2);
	SET_SINCE(6, exec->image_cputype, CPU_TYPE_ARM64);
	SET_SINCE(6, exec->image_cpusubtype, 0);
	SET_SINCE(7, exec->dyld_exec_path, string(from.after.exe));
	block->arg_count = from.arg_count;
	block->args_cut = from.args_cut;
	block->args = calloc(from.arg_count + 1, sizeof(*block->args));
	for (size_t i = 0; i < from.arg_count; i++)
		block->args[i] = string(from.args[i]);
	return msg;
}

/* ---- messages of any type, by src/es/payload.h ---- */

/* While one is built: what is next, and how. */
static struct {
	uint32_t version;
	int arm;
	bool bare;
	int number;
} making;

static es_string_token_t
text_of(const char *field)
{
	char text[80];

	if (making.bare)
		return (es_string_token_t){ .length = 0 };
	snprintf(text, sizeof(text), "%s %d", field, ++making.number);
	return string(text);
}

static es_file_t *
file_of(const char *field)
{
	char path[80];

	snprintf(path, sizeof(path), "/of/%s/%d", field, ++making.number);
	return file(path);
}

static es_process_t *
process_of(const char *field)
{
	struct double_proc who = { .ppid = 1, .uid = 502, .start_us = 1600000000000007 };
	char path[80];

	snprintf(path, sizeof(path), "/of/%s/%d", field, ++making.number);
	who.pid = 1000 + making.number;
	who.version = (uint32_t)(2000 + making.number);
	who.exe = path;
	return es_double_process(making.version, who);
}

static audit_token_t
token_of(void)
{
	making.number++;
	return token(1000 + making.number, (uint32_t)(2000 + making.number), 0);
}

static audit_token_t *
token_at(void)
{
	audit_token_t *at;

	if (making.bare)
		return NULL;
	at = malloc(sizeof(*at));
	*at = token_of();
	return at;
}

static es_string_token_t *
texts_of(const char *field, size_t n)
{
	es_string_token_t *texts = malloc((n + 1) * sizeof(*texts));

	for (size_t i = 0; i < n; i++)
		texts[i] = text_of(field);
	return texts;
}

static void
free_texts(es_string_token_t *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free_string(texts[i]);
	free(texts);
}

enum { SOME = 2 }; /* elements of an array */

/* Types with a union, the field that says which of its arms there is, and how many arms it has. */
static const struct with_arms {
	unsigned type;
	const char *field;
	int count;
} with_arms[] = {
	{ ES_EVENT_TYPE_NOTIFY_CREATE, "destination_type", 2 },
	{ ES_EVENT_TYPE_NOTIFY_RENAME, "destination_type", 2 },
	{ ES_EVENT_TYPE_NOTIFY_AUTHENTICATION, "type", 4 },
	{ ES_EVENT_TYPE_NOTIFY_GATEKEEPER_USER_OVERRIDE, "file_type", 2 },
	{ ES_EVENT_TYPE_NOTIFY_OD_GROUP_ADD, "member->member_type", 3 },
	{ ES_EVENT_TYPE_NOTIFY_OD_GROUP_REMOVE, "member->member_type", 3 },
	{ ES_EVENT_TYPE_NOTIFY_OD_GROUP_SET, "members->member_type", 3 },
};

static const struct with_arms *
arms_of(es_event_type_t type)
{
	for (size_t i = 0; i < sizeof(with_arms) / sizeof(with_arms[0]); i++)
		if (with_arms[i].type == type)
			return &with_arms[i];
	return NULL;
}

int
es_double_arms(es_event_type_t type)
{
	const struct with_arms *arms = arms_of(type);

	return arms ? arms->count : 1;
}

/* What says which arm of a union there is, or how many elements, is no number like others. */
static long
special(es_event_type_t type, const char *field)
{
	const struct with_arms *arms = arms_of(type);

	if (arms && strcmp(arms->field, field) == 0)
		return making.arm;
	if (strstr(field, "count") || strcmp(field, "argc") == 0)
		return making.bare ? 0 : SOME;
	return -1;
}

static long
number_of(es_event_type_t type, const char *field)
{
	long value = special(type, field);

	return value >= 0 ? value : ++making.number;
}

static void
make_member(es_od_member_id_t *member)
{
	ASAN_UNPOISON_MEMORY_REGION(&member->member_value, sizeof(member->member_value));
	if (making.arm == ES_OD_MEMBER_TYPE_USER_NAME)
		member->member_value.name = text_of("member");
	else
		memset(member->member_value.uuid, 0xab, sizeof(member->member_value.uuid));
}

static void
make_members(es_od_member_id_array_t *members)
{
	SET(members->member_count, making.bare ? 0 : SOME);
	ASAN_UNPOISON_MEMORY_REGION(&members->member_array, sizeof(members->member_array));
	if (making.arm == ES_OD_MEMBER_TYPE_USER_NAME) {
		members->member_array.names = texts_of("member", members->member_count);
		return;
	}
	members->member_array.uuids = malloc((members->member_count + 1) * sizeof(uuid_t));
	memset(members->member_array.uuids, 0xcd, members->member_count * sizeof(uuid_t));
}

static void
free_members(es_od_member_id_array_t *members)
{
	if (members->member_type == ES_OD_MEMBER_TYPE_USER_NAME)
		free_texts(members->member_array.names, members->member_count);
	else
		free(members->member_array.uuids);
}

static es_authorization_result_t *
make_results(size_t n)
{
	es_authorization_result_t *results = malloc((n + 1) * sizeof(*results));

	for (size_t i = 0; i < n; i++)
		results[i] = (es_authorization_result_t){ text_of("right_name"), (int)i, i % 2 };
	return results;
}

static void
free_results(es_authorization_result_t *results, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free_string(results[i].right_name);
	free(results);
}

static es_statfs_t *
make_statfs(void)
{
	es_statfs_t *fs = calloc(1, sizeof(*fs));

	fs->f_bsize = 4096;
	fs->f_blocks = 1000;
	return fs;
}

static es_sha256_t *
make_hash(void)
{
	es_sha256_t *hash = making.bare ? NULL : malloc(sizeof(*hash));

	if (hash)
		memset(hash, 0x5a, sizeof(*hash));
	return hash;
}

#define INT_OF(key, m) SET(p->m, (__typeof__(p->m))number_of(type, #m));
#define UINT_OF(key, m) INT_OF(key, m)
#define BOOL_OF(key, m) SET(p->m, !making.bare);
#define TEXT_OF(key, m) SET(p->m, text_of(#key));
#define TEXTS(key, m, count)                             \
	SET(p->count, (size_t)(making.bare ? 0 : SOME)); \
	SET(p->m, texts_of(#key, p->count));
#define FILE_OF(key, m) SET(p->m, file_of(#key));
#define PROCESS_OF(key, m) SET_POINTER(p->m, may_lack(type, #key) ? NULL : process_of(#key));
#define TOKEN_OF(key, m) SET(p->m, token_of());
#define TOKEN_AT_OF(key, m) SET(p->m, token_at());
#define UID_OF(key, has, m)        \
	SET(p->has, !making.bare); \
	if (p->has)                \
		SET(p->m, 501);
#define MOMENT(key) SET(p->key, (struct timespec){ .tv_sec = 1600000000, .tv_nsec = ++making.number });
#define NOTHING(key)
#define STATFS(key) SET(p->key, make_statfs());
#define RESULTS(key) SET(p->key, make_results(p->result_count));
#define MEMBER(key) make_member(p->member);
#define MEMBERS(key) make_members(p->members);
#define EXEC_LISTS(key)
#define CDHASH_OF(key, m)                                \
	ASAN_UNPOISON_MEMORY_REGION(p->m, sizeof(p->m)); \
	memset(p->m, 0x1c, sizeof(p->m));
#define SHA256(key) SET(p->key, make_hash());
#define SINCE(first, fields)             \
	if (making.version >= (first)) { \
		fields                   \
	}
#define WHEN(condition, fields) \
	if (p->condition) {     \
		fields          \
	}
#define OBJECT(key, fields) fields
#define INNER(key, fields) fields
#define POINTED(key, m, pointed, fields)                                              \
	SET_POINTER(p->m, may_lack(type, #key) ? NULL : hidden(sizeof(pointed)));     \
	if (p->m) {                                                                   \
		fields                                                                \
	}
#define INSIDE(member) es_event_##member##_t *p = &msg->event.member;
#define BEHIND(member)                                         \
	SET(msg->event.member, hidden(sizeof(es_event_##member##_t))); \
	es_event_##member##_t *p = msg->event.member;

/* In a bare message. Not all pointers may be NULL. */
static bool
may_lack(es_event_type_t type, const char *key)
{
	static const char *const some[] = { "instigator",   "petitioner",  "app",         "responsible",
					    "thread_state", "reject_info", "signing_info" };

	if (!making.bare)
		return false;
	if (strcmp(key, "target") == 0)
		return type == ES_EVENT_TYPE_NOTIFY_PROC_CHECK ||
		       type == ES_EVENT_TYPE_NOTIFY_PROC_SUSPEND_RESUME;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		if (strcmp(some[i], key) == 0)
			return true;
	return false;
}

/* Which arm of a union there is is said behind it in the table, so the types are set before. */
static void
set_arm(es_message_t *msg, es_event_type_t type, int arm)
{
	switch (type) {
	case ES_EVENT_TYPE_NOTIFY_AUTHENTICATION:
		SET(msg->event.authentication->type, (es_authentication_type_t)arm);
		break;
	case ES_EVENT_TYPE_NOTIFY_GATEKEEPER_USER_OVERRIDE:
		SET(msg->event.gatekeeper_user_override->file_type,
		    (es_gatekeeper_user_override_file_type_t)arm);
		break;
	default:
		break;
	}
}

#define X(id, where, target, second, number, fields)               \
	static void make_##id(es_message_t *msg)                   \
	{                                                          \
		const es_event_type_t type = ES_EVENT_TYPE_NOTIFY_##id; \
		where                                              \
		set_arm(msg, type, making.arm);                    \
		(void)p;                                           \
		fields                                             \
	}
PAYLOAD_TABLE(X)
#undef X

es_message_t *
es_double_any(uint32_t version, es_event_type_t type, struct double_proc who, int arm, bool bare)
{
	es_message_t *msg = message(version, type, who);

	making.version = version;
	making.arm = arm;
	making.bare = bare;
	making.number = 0;
	switch (type) {
#define X(id, ...)                      \
	case ES_EVENT_TYPE_NOTIFY_##id: \
		make_##id(msg);         \
		break;
	PAYLOAD_TABLE(X)
#undef X
	default:
		break;
	}
	return msg;
}

#undef INT_OF
#undef UINT_OF
#undef BOOL_OF
#undef TEXT_OF
#undef TEXTS
#undef FILE_OF
#undef PROCESS_OF
#undef TOKEN_OF
#undef TOKEN_AT_OF
#undef UID_OF
#undef MOMENT
#undef STATFS
#undef RESULTS
#undef MEMBER
#undef MEMBERS
#undef CDHASH_OF
#undef SHA256
#undef SINCE
#undef POINTED
#undef BEHIND

#define INT_OF(key, m)
#define UINT_OF(key, m)
#define BOOL_OF(key, m)
#define TEXT_OF(key, m) free_string(p->m);
#define TEXTS(key, m, count) free_texts(p->m, p->count);
#define FILE_OF(key, m) free_file(p->m);
#define PROCESS_OF(key, m) es_double_free_process(p->m);
#define TOKEN_OF(key, m)
#define TOKEN_AT_OF(key, m) free(p->m);
#define UID_OF(key, has, m)
#define MOMENT(key)
#define STATFS(key) free(p->key);
#define RESULTS(key) free_results(p->key, p->result_count);
#define MEMBER(key)                                               \
	if (p->member->member_type == ES_OD_MEMBER_TYPE_USER_NAME) \
		free_string(p->member->member_value.name);
#define MEMBERS(key) free_members(p->members);
#define CDHASH_OF(key, m)
#define SHA256(key) free(p->key);
#define SINCE(first, fields)           \
	if (msg->version >= (first)) { \
		fields                 \
	}
#define POINTED(key, m, pointed, fields)        \
	if (p->m) {                             \
		fields                          \
		dispose(p->m, sizeof(pointed)); \
	}
#define BEHIND(member)                                \
	es_event_##member##_t *p = msg->event.member; \
	behind = p;                                   \
	size = sizeof(*p);

#define X(id, where, target, second, number, fields)  \
	static void free_##id(es_message_t *msg)      \
	{                                             \
		void *behind = NULL;                  \
		size_t size = 0;                      \
		where                                 \
		(void)p;                              \
		fields                                \
		dispose(behind, size);                \
	}
PAYLOAD_TABLE(X)
#undef X

void
es_double_no_thread(es_message_t *msg)
{
	if (msg->version < 4)
		return;
	free(msg->thread);
	msg->thread = NULL;
}

void
es_double_free(es_message_t *msg)
{
	struct message_block *block = block_of(msg);

	switch (msg->event_type) {
#define X(id, ...)                      \
	case ES_EVENT_TYPE_NOTIFY_##id: \
		free_##id(msg);         \
		break;
	PAYLOAD_TABLE(X)
#undef X
	default:
		break;
	}
	for (size_t i = 0; i < block->arg_count; i++)
		free_string(block->args[i]);
	free(block->args);
	es_double_free_process(msg->process);
	if (msg->version >= 4)
		free(msg->thread);
	dispose(block, sizeof(struct message_block));
}

static const struct message_block *
block_of_exec(const es_event_exec_t *exec)
{
	return block_of((const es_message_t *)((uintptr_t)exec - offsetof(es_message_t, event)));
}

uint32_t
es_exec_arg_count(const es_event_exec_t *event)
{
	return (uint32_t)block_of_exec(event)->arg_count;
}

es_string_token_t
es_exec_arg(const es_event_exec_t *event, uint32_t index)
{
	if (index >= block_of_exec(event)->arg_count)
		abort();
	return block_of_exec(event)->args[index];
}

/* ---- the system behind the calls ---- */

struct types {
	bool has[DOUBLE_TYPES];
};

struct muted_process {
	audit_token_t token;
	struct types types;
};

struct muted_path {
	es_mute_path_type_t type;
	char *path;
	struct types types;
};

struct es_client_s {
	es_handler_block_t handler;
};

enum { ENTRIES = 1024 };

static struct {
	struct es_client_s client;
	pthread_t creator;
	struct muted_process process[ENTRIES];
	struct muted_path path[ENTRIES];
	es_message_t **queue;
	size_t queued, room;
	uint64_t next[DOUBLE_TYPES], next_global, lost[DOUBLE_TYPES];
	void (^sync)(void); /* to run behind what is queued */
} sys;

static void
note(char letter)
{
	size_t n = strlen(es_double.calls);

	if (n + 1 < sizeof(es_double.calls))
		es_double.calls[n] = letter;
}

static void
drop_queue(void)
{
	for (size_t i = 0; i < sys.queued; i++)
		es_double_free(sys.queue[i]);
	free(sys.queue);
	sys.queue = NULL;
	sys.queued = sys.room = 0;
}

void
es_double_reset(void)
{
	drop_queue();
	for (size_t i = 0; i < es_double.muted_paths; i++)
		free(sys.path[i].path);
	memset(&sys, 0, sizeof(sys));
	es_double = (struct es_double){ .reason = "", .mute_limit = ENTRIES, .knows_meaning = true };
}

static void begin_with_defaults(void);

es_new_client_result_t
es_new_client(es_client_t **client, es_handler_block_t handler)
{
	*client = NULL;
	note('C');
	if (es_double.refuse_client != ES_NEW_CLIENT_RESULT_SUCCESS)
		return es_double.refuse_client;
	sys.client.handler = Block_copy(handler);
	sys.creator = pthread_self();
	es_double.clients++;
	begin_with_defaults();
	*client = &sys.client;
	return ES_NEW_CLIENT_RESULT_SUCCESS;
}

es_return_t
es_delete_client(es_client_t *client)
{
	note(pthread_equal(sys.creator, pthread_self()) ? 'D' : '!');
	drop_queue();
	Block_release(client->handler);
	client->handler = NULL;
	es_double.clients--;
	return ES_RETURN_SUCCESS;
}

es_return_t
es_sync_client(es_client_t *client, void (^block)(void))
{
	(void)client;
	if (es_double.late_sync) {
		sys.sync = Block_copy(block);
		return ES_RETURN_SUCCESS;
	}
	es_double_run();
	block();
	return ES_RETURN_SUCCESS;
}

static void
subscribe(const es_event_type_t *types, size_t n, bool on)
{
	for (size_t i = 0; i < n; i++)
		es_double.subscribed[types[i]] = on;
}

es_return_t
es_subscribe(es_client_t *client, const es_event_type_t *events, uint32_t event_count)
{
	(void)client;
	note('S');
	if (es_double.refuse_subscription)
		return ES_RETURN_ERROR;
	for (uint32_t i = 0; i < event_count; i++)
		if (es_double.refuse_type && events[i] == es_double.refuse_type)
			return ES_RETURN_ERROR;
	subscribe(events, event_count, true);
	return ES_RETURN_SUCCESS;
}

es_return_t
es_unsubscribe(es_client_t *client, const es_event_type_t *events, uint32_t event_count)
{
	(void)client;
	subscribe(events, event_count, false);
	return ES_RETURN_SUCCESS;
}

es_return_t
es_unsubscribe_all(es_client_t *client)
{
	(void)client;
	note('U');
	memset(es_double.subscribed, 0, sizeof(es_double.subscribed));
	return ES_RETURN_SUCCESS;
}

/* ---- mutes ---- */

static bool
is_empty(const struct types *t)
{
	for (size_t i = 0; i < DOUBLE_TYPES; i++)
		if (t->has[i])
			return false;
	return true;
}

static struct types
all_types(void)
{
	struct types t;

	memset(t.has, true, sizeof(t.has));
	return t;
}

static struct types
listed(const es_event_type_t *types, size_t n)
{
	struct types t = { { false } };

	for (size_t i = 0; i < n; i++)
		t.has[types[i]] = true;
	return t;
}

static void
change(struct types *to, const struct types *by, bool on)
{
	for (size_t i = 0; i < DOUBLE_TYPES; i++)
		if (by->has[i])
			to->has[i] = on;
}

static bool
same(audit_token_t a, audit_token_t b)
{
	return a.val[5] == b.val[5] && a.val[7] == b.val[7];
}

/* Which of both meanings a muted token has is not documented. */
static bool
is_entry_of(audit_token_t entry, audit_token_t who)
{
	return es_double.mutes_processes ? entry.val[5] == who.val[5] : same(entry, who);
}

static es_return_t
mute_process(const audit_token_t *who, struct types types, bool on)
{
	size_t i, n = es_double.muted_processes;

	if (on && es_double.forget) {
		es_double.forget--;
		return ES_RETURN_SUCCESS;
	}
	for (i = 0; i < n && !is_entry_of(sys.process[i].token, *who); i++)
		;
	if (i == n) {
		if (!on)
			return ES_RETURN_SUCCESS;
		if (n == es_double.mute_limit || n == ENTRIES || (int32_t)who->val[5] == es_double.gone)
			return ES_RETURN_ERROR;
		sys.process[i] = (struct muted_process){ .token = *who };
		es_double.muted_processes++;
	}
	change(&sys.process[i].types, &types, on);
	if (is_empty(&sys.process[i].types))
		sys.process[i] = sys.process[--es_double.muted_processes];
	return ES_RETURN_SUCCESS;
}

es_return_t
es_mute_process(es_client_t *client, const audit_token_t *audit_token)
{
	(void)client;
	note('M');
	return mute_process(audit_token, all_types(), true);
}

es_return_t
es_mute_process_events(es_client_t *client, const audit_token_t *audit_token, const es_event_type_t *events,
		       size_t event_count)
{
	(void)client;
	note('M');
	return mute_process(audit_token, listed(events, event_count), true);
}

es_return_t
es_unmute_process_events(es_client_t *client, const audit_token_t *audit_token, const es_event_type_t *events,
			 size_t event_count)
{
	(void)client;
	return mute_process(audit_token, listed(events, event_count), false);
}

es_return_t
es_unmute_process(es_client_t *client, const audit_token_t *audit_token)
{
	(void)client;
	return mute_process(audit_token, all_types(), false);
}

es_return_t
es_invert_muting(es_client_t *client, es_mute_inversion_type_t mute_type)
{
	(void)client;
	if (es_double.refuse_inversion)
		return ES_RETURN_ERROR;
	note('I');
	es_double.inverted[mute_type] = !es_double.inverted[mute_type];
	return ES_RETURN_SUCCESS;
}

es_mute_inverted_return_t
es_muting_inverted(es_client_t *client, es_mute_inversion_type_t mute_type)
{
	(void)client;
	return es_double.inverted[mute_type] ? ES_MUTE_INVERTED : ES_MUTE_NOT_INVERTED;
}

static bool
has_target(es_event_type_t type)
{
	enum event_id id = event_by_number(type);

	return type == ES_EVENT_TYPE_AUTH_EXEC || (id < EV_COUNT && event_info[id].target);
}

static es_return_t
mute_path(const char *path, es_mute_path_type_t type, struct types types, bool on)
{
	size_t i, n = es_double.muted_paths;

	if (type == ES_MUTE_PATH_TYPE_TARGET_PREFIX || type == ES_MUTE_PATH_TYPE_TARGET_LITERAL)
		for (i = 0; i < DOUBLE_TYPES; i++)
			types.has[i] = types.has[i] && has_target((es_event_type_t)i);
	if (is_empty(&types) || (on && es_double.refuse_paths))
		return ES_RETURN_ERROR;
	for (i = 0; i < n && (sys.path[i].type != type || strcmp(sys.path[i].path, path) != 0); i++)
		;
	if (i == n) {
		if (!on)
			return ES_RETURN_SUCCESS;
		sys.path[i] = (struct muted_path){ .type = type, .path = strdup(path) };
		es_double.muted_paths++;
	}
	change(&sys.path[i].types, &types, on);
	if (is_empty(&sys.path[i].types)) {
		free(sys.path[i].path);
		sys.path[i] = sys.path[--es_double.muted_paths];
	}
	return ES_RETURN_SUCCESS;
}

es_return_t
es_mute_path_events(es_client_t *client, const char *path, es_mute_path_type_t type,
		    const es_event_type_t *events, size_t event_count)
{
	(void)client;
	note('P');
	return mute_path(path, type, listed(events, event_count), true);
}

es_return_t
es_unmute_path_events(es_client_t *client, const char *path, es_mute_path_type_t type,
		      const es_event_type_t *events, size_t event_count)
{
	(void)client;
	return mute_path(path, type, listed(events, event_count), false);
}

/* Of the types that decide, all that were seen muted; exec is not among them. */
static const es_event_type_t decisions[] = {
	ES_EVENT_TYPE_AUTH_OPEN,         ES_EVENT_TYPE_AUTH_MMAP,
	ES_EVENT_TYPE_AUTH_MPROTECT,     ES_EVENT_TYPE_AUTH_RENAME,
	ES_EVENT_TYPE_AUTH_SIGNAL,       ES_EVENT_TYPE_AUTH_UNLINK,
	ES_EVENT_TYPE_AUTH_READLINK,     ES_EVENT_TYPE_AUTH_TRUNCATE,
	ES_EVENT_TYPE_AUTH_LINK,         ES_EVENT_TYPE_AUTH_CREATE,
	ES_EVENT_TYPE_AUTH_SETATTRLIST,  ES_EVENT_TYPE_AUTH_SETEXTATTR,
	ES_EVENT_TYPE_AUTH_SETFLAGS,     ES_EVENT_TYPE_AUTH_SETMODE,
	ES_EVENT_TYPE_AUTH_SETOWNER,     ES_EVENT_TYPE_AUTH_CHDIR,
	ES_EVENT_TYPE_AUTH_GETATTRLIST,  ES_EVENT_TYPE_AUTH_CHROOT,
	ES_EVENT_TYPE_AUTH_UTIMES,       ES_EVENT_TYPE_AUTH_CLONE,
	ES_EVENT_TYPE_AUTH_GETEXTATTR,   ES_EVENT_TYPE_AUTH_LISTEXTATTR,
	ES_EVENT_TYPE_AUTH_READDIR,      ES_EVENT_TYPE_AUTH_DELETEEXTATTR,
	ES_EVENT_TYPE_AUTH_FSGETPATH,    ES_EVENT_TYPE_AUTH_SETTIME,
	ES_EVENT_TYPE_AUTH_UIPC_BIND,    ES_EVENT_TYPE_AUTH_UIPC_CONNECT,
	ES_EVENT_TYPE_AUTH_EXCHANGEDATA, ES_EVENT_TYPE_AUTH_SETACL,
	ES_EVENT_TYPE_AUTH_PROC_CHECK,   ES_EVENT_TYPE_AUTH_GET_TASK,
	ES_EVENT_TYPE_AUTH_SEARCHFS,     ES_EVENT_TYPE_AUTH_FCNTL,
	ES_EVENT_TYPE_AUTH_IOKIT_OPEN,   ES_EVENT_TYPE_AUTH_PROC_SUSPEND_RESUME,
	ES_EVENT_TYPE_AUTH_REMOUNT,      ES_EVENT_TYPE_AUTH_GET_TASK_READ,
	ES_EVENT_TYPE_AUTH_COPYFILE,
};
_Static_assert(sizeof(decisions) / sizeof(decisions[0]) == 39, "as many as were seen");

/* A few by the name they have, the others numbered. */
static void
begin_with_defaults(void)
{
	static const char *const known[] = { "/usr/libexec/logd", "/usr/sbin/cfprefsd",
					     "/usr/libexec/opendirectoryd" };
	unsigned executables = 0, targets = 0;
	char path[64];

	if (es_double.defaults == DOUBLE_DEFAULTS_13)
		executables = 16;
	if (es_double.defaults == DOUBLE_DEFAULTS_26)
		executables = 28, targets = 7;
	for (unsigned i = 0; i < executables; i++) {
		snprintf(path, sizeof(path), "/usr/libexec/default/%u", i);
		mute_path(i < 3 ? known[i] : path, ES_MUTE_PATH_TYPE_LITERAL, listed(decisions, 39), true);
	}
	for (unsigned i = 0; i < targets; i++) {
		snprintf(path, sizeof(path), "/usr/bin/default/%u", i);
		mute_path(path, ES_MUTE_PATH_TYPE_TARGET_LITERAL,
			  listed((es_event_type_t[]){ ES_EVENT_TYPE_AUTH_EXEC }, 1), true);
	}
}

/* As little as the client may ask for: a set without members is no memory at all. */
es_return_t
es_muted_processes_events(es_client_t *client, es_muted_processes_t **muted_processes)
{
	size_t n = es_double.muted_processes;
	es_muted_process_t *list;

	(void)client;
	*muted_processes = NULL;
	if (es_double.refuse_lists)
		return ES_RETURN_ERROR;
	if (n == 0)
		return ES_RETURN_SUCCESS;
	*muted_processes = malloc(sizeof(**muted_processes) + n * sizeof(*list));
	list = (es_muted_process_t *)(*muted_processes + 1);
	for (size_t i = 0; i < n; i++)
		list[i] = (es_muted_process_t){ .audit_token = sys.process[i].token };
	(*muted_processes)->count = n;
	(*muted_processes)->processes = list;
	return ES_RETURN_SUCCESS;
}

void
es_release_muted_processes(es_muted_processes_t *muted_processes)
{
	free(muted_processes);
}

es_return_t
es_muted_paths_events(es_client_t *client, es_muted_paths_t **muted_paths)
{
	size_t n = es_double.muted_paths, text = 0;
	es_event_type_t *events;
	char *at;
	es_muted_path_t *list;

	(void)client;
	*muted_paths = NULL;
	if (es_double.refuse_lists)
		return ES_RETURN_ERROR;
	if (n == 0)
		return ES_RETURN_SUCCESS;
	for (size_t i = 0; i < n; i++)
		text += strlen(sys.path[i].path);
	*muted_paths =
		malloc(sizeof(**muted_paths) + n * sizeof(*list) + n * DOUBLE_TYPES * sizeof(*events) + text);
	list = (es_muted_path_t *)(*muted_paths + 1);
	events = (es_event_type_t *)(list + n);
	at = (char *)(events + n * DOUBLE_TYPES);
	for (size_t i = 0; i < n; i++) {
		list[i] = (es_muted_path_t){ .type = sys.path[i].type,
					     .events = events,
					     .path = { .length = strlen(sys.path[i].path), .data = at } };
		at = mempcpy(at, sys.path[i].path, list[i].path.length);
		for (unsigned type = 0; type < DOUBLE_TYPES; type++)
			if (sys.path[i].types.has[type])
				events[list[i].event_count++] = (es_event_type_t)type;
		events += DOUBLE_TYPES;
	}
	(*muted_paths)->count = n;
	(*muted_paths)->paths = list;
	return ES_RETURN_SUCCESS;
}

void
es_release_muted_paths(es_muted_paths_t *muted_paths)
{
	free(muted_paths);
}

/* ---- events ---- */

static bool
path_matches(const struct muted_path *p, es_string_token_t path, bool prefix)
{
	size_t length = strlen(p->path);

	return (prefix ? path.length >= length : path.length == length) &&
	       memcmp(path.data, p->path, length) == 0;
}

/* Of an event with two targets, both have to be. */
static bool
path_is_muted(const struct muted_path *p, const es_message_t *msg)
{
	static char room[DECODE_PATH_MAX];
	struct decode_path targets[2];
	unsigned n;

	if (p->type == ES_MUTE_PATH_TYPE_PREFIX || p->type == ES_MUTE_PATH_TYPE_LITERAL)
		return path_matches(p, msg->process->executable->path, p->type == ES_MUTE_PATH_TYPE_PREFIX);
	n = decode_targets(msg, targets);
	for (unsigned i = 0; i < n; i++) {
		es_string_token_t path = { targets[i].length, decode_path(&targets[i], room) };

		if (!path_matches(p, path, p->type == ES_MUTE_PATH_TYPE_TARGET_PREFIX))
			return false;
	}
	return n > 0;
}

static bool
process_is_muted(const es_message_t *msg)
{
	for (size_t i = 0; i < es_double.muted_processes; i++)
		if (sys.process[i].types.has[msg->event_type] &&
		    is_entry_of(sys.process[i].token, msg->process->audit_token))
			return true;
	return false;
}

static bool
any_path_is_muted(const es_message_t *msg, bool target)
{
	for (size_t i = 0; i < es_double.muted_paths; i++)
		if (mute_kind_is_target((enum mute_kind)sys.path[i].type) == target &&
		    sys.path[i].types.has[msg->event_type] && path_is_muted(&sys.path[i], msg))
			return true;
	return false;
}

/* In the order of the header's flow chart; what has no target passes the last. */
static bool
is_muted(const es_message_t *msg)
{
	return process_is_muted(msg) != es_double.inverted[ES_MUTE_INVERSION_TYPE_PROCESS] ||
	       any_path_is_muted(msg, false) != es_double.inverted[ES_MUTE_INVERSION_TYPE_PATH] ||
	       (has_target(msg->event_type) &&
		any_path_is_muted(msg, true) != es_double.inverted[ES_MUTE_INVERSION_TYPE_TARGET_PATH]);
}

bool
es_double_produce(es_message_t *msg)
{
	if (!es_double.subscribed[msg->event_type] || is_muted(msg)) {
		es_double_free(msg);
		return false;
	}
	if (msg->version >= 2)
		msg->seq_num = sys.next[msg->event_type];
	if (msg->version >= 4)
		msg->global_seq_num = sys.next_global;
	sys.next[msg->event_type]++;
	sys.next_global++;
	if (sys.queued == sys.room) {
		sys.room = sys.room ? sys.room * 2 : 64;
		sys.queue = realloc(sys.queue, sys.room * sizeof(*sys.queue));
	}
	sys.queue[sys.queued++] = msg;
	return true;
}

void
es_double_lose(es_event_type_t type, uint64_t count)
{
	sys.next[type] += count;
	sys.next_global += count;
	sys.lost[type] += count;
}

void
es_double_renumber(es_event_type_t type, uint64_t next)
{
	sys.next[type] = next;
}

size_t
es_double_run(void)
{
	size_t n = sys.queued;

	for (size_t i = 0; i < n; i++) {
		es_double_deliver(sys.queue[i]);
		es_double_free(sys.queue[i]);
	}
	sys.queued = 0;
	if (sys.sync) {
		sys.sync();
		Block_release(sys.sync);
		sys.sync = NULL;
	}
	return n;
}

void
es_double_deliver(const es_message_t *msg)
{
	sys.client.handler(&sys.client, msg);
}

/* ---- the rest of the system ---- */

kern_return_t
task_info(task_name_t task, task_flavor_t flavor, task_info_t info, mach_msg_type_number_t *count)
{
	audit_token_t self = token(getpid(), DOUBLE_SELF_VERSION, 0);

	if (task != mach_task_self() || flavor != TASK_AUDIT_TOKEN || !es_double.clients ||
	    *count < TASK_AUDIT_TOKEN_COUNT)
		abort();
	if (es_double.no_token)
		return KERN_FAILURE;
	memcpy(info, &self, sizeof(self));
	return KERN_SUCCESS;
}

#ifdef __linux__
void
es_linux_prepare(void)
{
}

bool
es_linux_start_time(pid_t pid, struct timeval *start)
{
	(void)pid;
	*start = (struct timeval){ .tv_sec = 1 };
	return true;
}

/* A system that does not follow forks by itself, nor counts what it suppresses. */
es_return_t
es_linux_mute_subtree(es_client_t *client, const audit_token_t *token, const es_event_type_t *events,
		      size_t event_count)
{
	(void)client, (void)token, (void)events, (void)event_count;
	return ES_RETURN_ERROR;
}

es_return_t
es_linux_unmute_subtree(es_client_t *client, const audit_token_t *token)
{
	(void)client, (void)token;
	return ES_RETURN_SUCCESS;
}

es_return_t
es_linux_mute_unit(es_client_t *client, const char *name, const es_event_type_t *events, size_t event_count)
{
	(void)client, (void)events, (void)event_count;
	snprintf(es_double.unit, sizeof(es_double.unit), "%s", name);
	return es_double.refuse_units ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_linux_unmute_unit(es_client_t *client, const char *name)
{
	(void)client, (void)name;
	es_double.unit[0] = '\0';
	return ES_RETURN_SUCCESS;
}

es_return_t
es_linux_mute_user(es_client_t *client, uid_t uid, const es_event_type_t *events, size_t event_count)
{
	(void)client, (void)events, (void)event_count;
	es_double.user = uid;
	return es_double.refuse_units ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_linux_unmute_user(es_client_t *client, uid_t uid)
{
	(void)client, (void)uid;
	es_double.user = 0;
	return ES_RETURN_SUCCESS;
}

static es_return_t
suppressed(uint64_t known, uint64_t *count)
{
	if (known)
		*count = known;
	return known ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}

es_return_t
es_linux_suppressed_unit(es_client_t *client, const char *name, uint64_t *count)
{
	(void)client, (void)name;
	return suppressed(es_double.of_unit, count);
}

es_return_t
es_linux_suppressed_user(es_client_t *client, uid_t uid, uint64_t *count)
{
	(void)client, (void)uid;
	return suppressed(es_double.of_user, count);
}

void
es_linux_cgroups(es_client_t *client, void (^visit)(const char *))
{
	(void)client;
	if (es_double.known_cgroup)
		visit(es_double.known_cgroup);
}

es_return_t
es_linux_suppressed_process(es_client_t *client, const audit_token_t *token, uint64_t *count)
{
	(void)client, (void)token;
	return suppressed(es_double.of_process, count);
}

es_return_t
es_linux_suppressed_subtree(es_client_t *client, const audit_token_t *token, uint64_t *count)
{
	(void)client, (void)token;
	return suppressed(es_double.of_subtree, count);
}

es_return_t
es_linux_suppressed_path(es_client_t *client, const char *path, es_mute_path_type_t type, uint64_t *count)
{
	(void)client, (void)path;
	return suppressed(es_double.of_path[type], count);
}

const char *
es_linux_error(void)
{
	return es_double.reason;
}

void
es_linux_debug(FILE *to)
{
	(void)to; /* the script has nothing to add to its sentences */
}

bool
es_linux_can_give(es_event_type_t type)
{
	return (unsigned)type < ES_EVENT_TYPE_LAST && (!es_double.last_type || type <= es_double.last_type);
}

bool
es_linux_mutes_executions(void)
{
	return es_double.knows_meaning;
}

bool
es_linux_args_cut(const es_message_t *message)
{
	return block_of(message)->args_cut;
}

es_linux_hooks_t
es_linux_hooks(es_client_t *client)
{
	(void)client;
	return ES_LINUX_HOOKS_TRACEPOINTS;
}

es_return_t
es_linux_configure(const es_linux_config_t *config)
{
	(void)config;
	return ES_RETURN_SUCCESS;
}

/* A process of a double is not the library's: it is in the cgroup the test says. */
const es_linux_cgroup_t *
es_linux_cgroup(const es_process_t *process)
{
	static es_linux_cgroup_t cgroup;
	const char *path = es_double.cgroup ? es_double.cgroup(process) : NULL;

	if (!path)
		return NULL;
	cgroup = (es_linux_cgroup_t){ strlen(path), { strlen(path), path } };
	return &cgroup;
}

void
es_linux_doctor(void (*tell)(void *ctx, const char *name, bool ok, const char *text), void *ctx)
{
	tell(ctx, "double", true, "a script plays this system");
}

bool
es_linux_has_cgroups(void)
{
	return !es_double.cgroup_v1;
}

const es_linux_mount_t *
es_linux_mount(const es_message_t *message)
{
	static const es_linux_mount_t mount = {
		.on = { 8, "/Volumes/x" },
		.from = { 4, "/dev" },
		.type = { 4, "apfs" },
	};

	(void)message;
	return &mount;
}

es_return_t
es_linux_stats(es_client_t *client, es_linux_stats_t *stats)
{
	(void)client;
	if (!es_double.counts)
		return ES_RETURN_ERROR;
	*stats = (es_linux_stats_t){ .ring_bytes = 1000, .ring_used = sys.queued };
	for (size_t i = 0; i < DOUBLE_TYPES; i++)
		stats->event[i].lost = sys.lost[i];
	return ES_RETURN_SUCCESS;
}

es_return_t
es_linux_processes(es_client_t *client, void (^visit)(const es_process_t *, const es_linux_extra_t *))
{
	(void)client;
	for (size_t i = 0; i < es_double.running_count; i++) {
		const struct double_running *r = &es_double.running[i];
		es_process_t *process = es_double_process(7, r->proc);
		es_string_token_t *args = calloc(r->arg_count + 1, sizeof(*args));
		es_linux_extra_t extra = { .kernel_thread = r->kernel_thread,
					   .comm = string(r->kernel_thread),
					   .arg_count = (uint32_t)r->arg_count,
					   .args = r->arg_count ? args : NULL };

		for (size_t k = 0; k < r->arg_count; k++)
			args[k] = string(r->args[k]);
		visit(process, &extra);
		for (size_t k = 0; k < r->arg_count; k++)
			free_string(args[k]);
		free(args);
		free_string(extra.comm);
		es_double_free_process(process);
	}
	return ES_RETURN_SUCCESS;
}
#endif

/* Messages of a script have no environment and no descriptors. */
uint32_t
es_exec_env_count(const es_event_exec_t *event)
{
	(void)event;
	return 0;
}

es_string_token_t
es_exec_env(const es_event_exec_t *event, uint32_t index)
{
	(void)event, (void)index;
	return (es_string_token_t){ 0 };
}

uint32_t
es_exec_fd_count(const es_event_exec_t *event)
{
	(void)event;
	return 0;
}

const es_fd_t *
es_exec_fd(const es_event_exec_t *event, uint32_t index)
{
	static const es_fd_t none;

	(void)event, (void)index;
	return &none;
}
