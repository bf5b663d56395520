/* describe - see describe.h. */
#include "src/es/describe.h"
#include "src/es/payload.h"
#include "src/es/platform.h"

#include <bsm/libbsm.h>
#include <stdio.h>
#include <string.h>

#ifdef __APPLE__
#define STAT_TIME(s, which) ((s)->st_##which##timespec)
#define STAT_BIRTH(s) ((s)->st_birthtimespec)
#define STAT_FLAGS(s) ((s)->st_flags)
#define STAT_GEN(s) ((s)->st_gen)
#else
#define STAT_TIME(s, which) ((s)->st_##which##tim)
#define STAT_BIRTH(s) ((struct timespec){ 0 })
#define STAT_FLAGS(s) 0
#define STAT_GEN(s) 0
#endif

/* ---- the parts ---- */

static void
put_string(struct detail *d, enum detail_key key, const es_string_token_t *s)
{
	detail_text(d, key, s->data, s->length);
}

/* Where eslogger writes null for an empty one. */
static void
put_optional(struct detail *d, enum detail_key key, const es_string_token_t *s)
{
	if (s->length)
		put_string(d, key, s);
	else
		detail_plain(d, DETAIL_NULL, key);
}

/* One that may be missing has no bytes at all. */
static void
put_text(struct detail *d, enum detail_key key, const es_string_token_t *s)
{
	if (s->data)
		put_string(d, key, s);
	else
		detail_plain(d, DETAIL_NULL, key);
}

static struct detail_time
moment(struct timespec t)
{
	return (struct detail_time){ t.tv_sec, (uint32_t)t.tv_nsec, 9 };
}

static void
put_stat(struct detail *d, const struct stat *s)
{
	const struct detail_stat stat = {
		.number = { (int64_t)s->st_dev, s->st_mode, (int64_t)s->st_nlink, (int64_t)s->st_ino,
			    s->st_uid, s->st_gid, (int64_t)s->st_rdev, s->st_size, s->st_blocks,
			    s->st_blksize, STAT_FLAGS(s), STAT_GEN(s) },
		.time = { moment(STAT_TIME(s, a)), moment(STAT_TIME(s, m)), moment(STAT_TIME(s, c)),
			  moment(STAT_BIRTH(s)) },
	};

	detail_plain(d, DETAIL_STAT, KEY_stat);
	detail_bytes(d, &stat, sizeof(stat));
}

static void
put_file(struct detail *d, enum detail_key key, const es_file_t *file)
{
	if (!file) {
		detail_plain(d, DETAIL_NULL, key);
		return;
	}
	detail_plain(d, DETAIL_OBJECT, key);
	put_string(d, KEY_path, &file->path);
	detail_bool(d, KEY_path_truncated, file->path_truncated);
	put_stat(d, &file->stat);
	detail_end(d);
}

static void
put_token(struct detail *d, enum detail_key key, audit_token_t from)
{
	const struct detail_token token = { {
		audit_token_to_auid(from),
		audit_token_to_euid(from),
		audit_token_to_egid(from),
		audit_token_to_ruid(from),
		audit_token_to_rgid(from),
		(uint32_t)audit_token_to_pid(from),
		(uint32_t)audit_token_to_asid(from),
		(uint32_t)audit_token_to_pidversion(from),
	} };

	detail_plain(d, DETAIL_TOKEN, key);
	detail_bytes(d, &token, sizeof(token));
}

static void
put_process_members(struct detail *d, const es_process_t *p, uint32_t version)
{
	put_token(d, KEY_audit_token, p->audit_token);
	detail_int(d, KEY_ppid, p->ppid);
	detail_int(d, KEY_original_ppid, p->original_ppid);
	detail_int(d, KEY_group_id, p->group_id);
	detail_int(d, KEY_session_id, p->session_id);
	detail_int(d, KEY_codesigning_flags, p->codesigning_flags);
	detail_bool(d, KEY_is_platform_binary, p->is_platform_binary);
	detail_bool(d, KEY_is_es_client, p->is_es_client);
	detail_hex(d, KEY_cdhash, p->cdhash, sizeof(p->cdhash));
	put_string(d, KEY_signing_id, &p->signing_id);
	put_optional(d, KEY_team_id, &p->team_id);
	put_file(d, KEY_executable, p->executable);
	if (version >= 2)
		put_file(d, KEY_tty, p->tty);
	if (version >= 3)
		detail_moment(d, KEY_start_time, p->start_time.tv_sec, (uint32_t)p->start_time.tv_usec * 1000,
			      6);
	if (version >= 4) {
		put_token(d, KEY_responsible_audit_token, p->responsible_audit_token);
		put_token(d, KEY_parent_audit_token, p->parent_audit_token);
	}
	SDK_V10(if (version >= 10) detail_int(d, KEY_cs_validation_category, p->cs_validation_category);)
}

static void
put_process(struct detail *d, enum detail_key key, const es_process_t *p, uint32_t version)
{
	if (!p) {
		detail_plain(d, DETAIL_NULL, key);
		return;
	}
	detail_plain(d, DETAIL_OBJECT, key);
	put_process_members(d, p, version);
	detail_end(d);
}

static void
put_fd(struct detail *d, const es_fd_t *fd)
{
	enum { PIPE = 6 };

	detail_plain(d, DETAIL_OBJECT, KEY_NONE);
	detail_int(d, KEY_fd, fd->fd);
	detail_int(d, KEY_fdtype, fd->fdtype);
	if (fd->fdtype == PIPE) {
		detail_plain(d, DETAIL_OBJECT, KEY_pipe);
		detail_uint(d, KEY_pipe_id, fd->pipe.pipe_id);
		detail_end(d);
	}
	detail_end(d);
}

/* ---- the payloads ---- */

/* Arguments, environment and descriptors, which only accessors give. */
static void
put_exec_lists(struct detail *d, const es_event_exec_t *exec)
{
	detail_plain(d, DETAIL_ARRAY, KEY_args);
	for (uint32_t i = 0, n = es_exec_arg_count(exec); i < n; i++) {
		es_string_token_t s = es_exec_arg(exec, i);

		put_string(d, KEY_NONE, &s);
	}
	detail_end(d);
	detail_plain(d, DETAIL_ARRAY, KEY_env);
	for (uint32_t i = 0, n = es_exec_env_count(exec); i < n; i++) {
		es_string_token_t s = es_exec_env(exec, i);

		put_string(d, KEY_NONE, &s);
	}
	detail_end(d);
	detail_plain(d, DETAIL_ARRAY, KEY_fds);
	for (uint32_t i = 0, n = es_exec_fd_count(exec); i < n; i++)
		put_fd(d, es_exec_fd(exec, i));
	detail_end(d);
}

static void
put_token_at(struct detail *d, enum detail_key key, const audit_token_t *token)
{
	if (token)
		put_token(d, key, *token);
	else
		detail_plain(d, DETAIL_NULL, key);
}

/* What only events of macOS 14 and later have. */
#if ES_SDK >= 140000
static void
put_texts(struct detail *d, enum detail_key key, const es_string_token_t texts[], size_t n)
{
	detail_plain(d, DETAIL_ARRAY, key);
	for (size_t i = 0; texts && i < n; i++)
		put_string(d, KEY_NONE, &texts[i]);
	detail_end(d);
}

static void
put_results(struct detail *d, const es_authorization_result_t results[], size_t n)
{
	detail_plain(d, DETAIL_ARRAY, KEY_results);
	for (size_t i = 0; results && i < n; i++) {
		detail_plain(d, DETAIL_OBJECT, KEY_NONE);
		detail_bool(d, KEY_granted, results[i].granted);
		put_string(d, KEY_right_name, &results[i].right_name);
		detail_int(d, KEY_rule_class, results[i].rule_class);
		detail_end(d);
	}
	detail_end(d);
}

/* As uuid_unparse(3) does, which not every system has in its libc. */
static void
put_uuid(struct detail *d, enum detail_key key, const uint8_t *uuid)
{
	char text[37];
	size_t at = 0;

	for (unsigned i = 0; i < 16; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%02X",
				       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
	detail_text(d, key, text, at);
}

static void
put_member(struct detail *d, const es_od_member_id_t *member)
{
	if (member->member_type == ES_OD_MEMBER_TYPE_USER_NAME)
		put_text(d, KEY_member_value, &member->member_value.name);
	else
		put_uuid(d, KEY_member_value, member->member_value.uuid);
}

static void
put_members(struct detail *d, const es_od_member_id_array_t *members)
{
	if (members->member_type == ES_OD_MEMBER_TYPE_USER_NAME) {
		put_texts(d, KEY_member_array, members->member_array.names, members->member_count);
		return;
	}
	detail_plain(d, DETAIL_ARRAY, KEY_member_array);
	for (size_t i = 0; members->member_array.uuids && i < members->member_count; i++)
		put_uuid(d, KEY_NONE, members->member_array.uuids[i]);
	detail_end(d);
}
#endif

static void
put_statfs(struct detail *d, const es_message_t *m, const es_statfs_t *fs)
{
	struct platform_mount mount;

	platform_mount(m, fs, &mount);
	detail_plain(d, DETAIL_OBJECT, KEY_statfs);
	detail_int(d, KEY_f_bavail, (int64_t)fs->f_bavail);
	detail_int(d, KEY_f_bfree, (int64_t)fs->f_bfree);
	detail_int(d, KEY_f_blocks, (int64_t)fs->f_blocks);
	detail_int(d, KEY_f_bsize, (int64_t)fs->f_bsize);
	detail_int(d, KEY_f_ffree, (int64_t)fs->f_ffree);
	detail_int(d, KEY_f_files, (int64_t)fs->f_files);
	detail_int(d, KEY_f_flags, (int64_t)fs->f_flags);
	detail_int(d, KEY_f_flags_ext, mount.flags_ext);
	detail_plain(d, DETAIL_ARRAY, KEY_f_fsid);
	detail_int(d, KEY_NONE, mount.fsid[0]);
	detail_int(d, KEY_NONE, mount.fsid[1]);
	detail_end(d);
	detail_int(d, KEY_f_fssubtype, mount.subtype);
	put_string(d, KEY_f_fstypename, &mount.type);
	detail_int(d, KEY_f_iosize, mount.io_size);
	put_string(d, KEY_f_mntfromname, &mount.from);
	put_string(d, KEY_f_mntonname, &mount.on);
	detail_int(d, KEY_f_owner, mount.owner);
	detail_int(d, KEY_f_type, (int64_t)fs->f_type);
	detail_end(d);
}

#define INT_OF(key, m) detail_int(d, KEY_##key, (int64_t)p->m);
#define UINT_OF(key, m) detail_uint(d, KEY_##key, p->m);
#define BOOL_OF(key, m) detail_bool(d, KEY_##key, p->m);
#define TEXT_OF(key, m) put_text(d, KEY_##key, &p->m);
#define TEXTS(key, m, count) put_texts(d, KEY_##key, p->m, p->count);
#define FILE_OF(key, m) put_file(d, KEY_##key, p->m);
#define PROCESS_OF(key, m) put_process(d, KEY_##key, p->m, version);
#define TOKEN_OF(key, m) put_token(d, KEY_##key, p->m);
#define TOKEN_AT_OF(key, m) put_token_at(d, KEY_##key, p->m);
#define UID_OF(key, has, m)                       \
	if (p->has)                               \
		detail_int(d, KEY_##key, p->m);   \
	else                                      \
		detail_plain(d, DETAIL_NULL, KEY_##key);
#define MOMENT(key) detail_moment(d, KEY_##key, p->key.tv_sec, (uint32_t)p->key.tv_nsec, 9);
#define NOTHING(key) detail_plain(d, DETAIL_NULL, KEY_##key);
#define STATFS(key) put_statfs(d, msg, p->key);
#define RESULTS(key) put_results(d, p->key, p->result_count);
#define MEMBER(key) put_member(d, p->member);
#define MEMBERS(key) put_members(d, p->members);
#define EXEC_LISTS(key) put_exec_lists(d, p);
#define CDHASH_OF(key, m) detail_hex(d, KEY_##key, p->m, sizeof(p->m));
#define SHA256(key)                                              \
	if (p->key)                                              \
		detail_hex(d, KEY_##key, *p->key, sizeof(*p->key)); \
	else                                                     \
		detail_plain(d, DETAIL_NULL, KEY_##key);
#define SINCE(first, fields)      \
	if (version >= (first)) { \
		fields            \
	}
#define WHEN(condition, fields) \
	if (p->condition) {     \
		fields          \
	}
#define OBJECT(key, fields)                        \
	detail_plain(d, DETAIL_OBJECT, KEY_##key); \
	fields detail_end(d);
#define INNER(key, fields)                         \
	detail_plain(d, DETAIL_OBJECT, KEY_##key); \
	fields detail_end(d);
#define POINTED(key, m, type, fields)                     \
	if (p->m) {                                       \
		detail_plain(d, DETAIL_OBJECT, KEY_##key);\
		fields                                    \
		detail_end(d);                            \
	} else {                                          \
		detail_plain(d, DETAIL_NULL, KEY_##key);  \
	}
#define INSIDE(member) const es_event_##member##_t *p = &msg->event.member;
#define BEHIND(member) const es_event_##member##_t *p = msg->event.member;

#define X(id, where, target, second, number, fields)                            \
	static void put_payload_##id(struct detail *d, const es_message_t *msg) \
	{                                                                       \
		const uint32_t version = msg->version;                          \
		where                                                           \
		(void)d, (void)p, (void)version;                                \
		fields                                                          \
	}
PAYLOAD_TABLE(X)
#undef X

static void (*const put_payload[EV_COUNT])(struct detail *, const es_message_t *) = {
#define X(id, ...) [EV_##id] = put_payload_##id,
	PAYLOAD_TABLE(X)
#undef X
};

static void
put_action(struct detail *d, const es_message_t *m)
{
	const es_result_t *r = &m->action.notify;

	detail_plain(d, DETAIL_OBJECT, KEY_action);
	detail_plain(d, DETAIL_OBJECT, KEY_result);
	detail_plain(d, DETAIL_OBJECT, KEY_result);
	if (r->result_type == ES_RESULT_TYPE_FLAGS)
		detail_int(d, KEY_flags, r->result.flags);
	else
		detail_int(d, KEY_auth, r->result.auth);
	detail_end(d);
	detail_int(d, KEY_result_type, r->result_type);
	detail_end(d);
	detail_end(d);
}

/* The head of a member that only estop writes. */
static void
put_word(struct detail *d, enum detail_kind kind, const char *word)
{
	detail_head(d, kind, KEY_OTHER, word, strlen(word));
}

static void
put_cgroup(struct detail *d, const char *name, const struct platform_cgroup *cgroup)
{
	put_word(d, DETAIL_OBJECT, name);
	put_string(d, KEY_path, &cgroup->path);
	put_word(d, DETAIL_UINT, "id");
	detail_bytes(d, &cgroup->id, sizeof(cgroup->id));
	detail_end(d);
}

/* In estop's own member, which other programs skip; not with each event, as it hardly ever changes. */
static void
put_cgroups(struct detail *d, const es_message_t *m, enum event_id id, bool wanted)
{
	const es_process_t *process = id == EV_EXEC ? m->event.exec.target : m->process;
	const es_process_t *child = id == EV_FORK ? m->event.fork.child : NULL;
	struct platform_cgroup cgroup, of_child;

	if ((!wanted && id != EV_EXEC && id != EV_FORK) || !platform_cgroup(process, &cgroup))
		return;
	detail_plain(d, DETAIL_OBJECT, KEY_estop);
	put_cgroup(d, "cgroup", &cgroup);
	if (child && platform_cgroup(child, &of_child) && of_child.id != cgroup.id)
		put_cgroup(d, "child_cgroup", &of_child);
	detail_end(d);
}

/* ---- public ---- */

void
describe(struct detail *d, const es_message_t *m, enum event_id id, bool cgroup)
{
	const char *name;
	char number[16];

	detail_int(d, KEY_schema_version, 1);
	detail_int(d, KEY_version, m->version);
	detail_moment(d, KEY_time, m->time.tv_sec, (uint32_t)m->time.tv_nsec, 9);
	detail_uint(d, KEY_mach_time, m->mach_time);
	if (m->version >= 2)
		detail_uint(d, KEY_seq_num, m->seq_num);
	if (m->version >= 4)
		detail_uint(d, KEY_global_seq_num, m->global_seq_num);
	detail_int(d, KEY_event_type, m->event_type);
	detail_plain(d, DETAIL_OBJECT, KEY_event);
	if (id == EV_OTHER)
		snprintf(number, sizeof(number), "event %u", (unsigned)m->event_type);
	name = id == EV_OTHER ? number : event_info[id].name;
	detail_head(d, DETAIL_OBJECT, KEY_OTHER, name, strlen(name));
	if (id != EV_OTHER) /* and so of a type that has a payload here */
		put_payload[id](d, m);
	detail_end(d);
	detail_end(d);
	put_process(d, KEY_process, m->process, m->version);
	if (m->version >= 4 && m->thread) {
		detail_plain(d, DETAIL_OBJECT, KEY_thread);
		detail_uint(d, KEY_thread_id, m->thread->thread_id);
		detail_end(d);
	} else {
		detail_plain(d, DETAIL_NULL, KEY_thread);
	}
	detail_int(d, KEY_action_type, m->action_type);
	put_action(d, m);
	put_cgroups(d, m, id, cgroup);
}

void
describe_process(struct detail *d, const struct seen_process *from)
{
	struct platform_cgroup cgroup;

	detail_plain(d, DETAIL_OBJECT, KEY_estop);
	put_word(d, DETAIL_OBJECT, "seen");
	detail_moment(d, KEY_time, (int64_t)(from->time_ns / 1000000000u),
		      (uint32_t)(from->time_ns % 1000000000u), 9);
	detail_plain(d, DETAIL_OBJECT, KEY_process);
	put_process_members(d, from->process, from->version);
	detail_end(d);
	detail_plain(d, DETAIL_ARRAY, KEY_args);
	for (uint32_t i = 0; i < from->arg_count; i++)
		put_string(d, KEY_NONE, &from->args[i]);
	detail_end(d);
	if (from->kernel_thread) {
		put_word(d, DETAIL_TEXT, "kernel_thread");
		uint32_t length = (uint32_t)from->kernel_thread->length;
		detail_bytes(d, &length, sizeof(length));
		detail_bytes(d, from->kernel_thread->data, length);
	}
	if (platform_cgroup(from->process, &cgroup))
		put_cgroup(d, "cgroup", &cgroup);
	detail_end(d);
	detail_end(d);
}
