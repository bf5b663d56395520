/* describe - see describe.h. */
#include "src/describe.h"

#include <bsm/libbsm.h>
#include <stdio.h>

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
		audit_token_to_auid(from), audit_token_to_euid(from), audit_token_to_egid(from),
		audit_token_to_ruid(from), audit_token_to_rgid(from), (uint32_t)audit_token_to_pid(from),
		(uint32_t)audit_token_to_asid(from), (uint32_t)audit_token_to_pidversion(from),
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
		detail_moment(d, KEY_start_time, p->start_time.tv_sec,
			      (uint32_t)p->start_time.tv_usec * 1000, 6);
	if (version >= 4) {
		put_token(d, KEY_responsible_audit_token, p->responsible_audit_token);
		put_token(d, KEY_parent_audit_token, p->parent_audit_token);
	}
	if (version >= 10)
		detail_int(d, KEY_cs_validation_category, p->cs_validation_category);
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

static void
put_exec(struct detail *d, const es_event_exec_t *exec, uint32_t version)
{
	put_process(d, KEY_target, exec->target, version);
	if (version >= 7)
		put_string(d, KEY_dyld_exec_path, &exec->dyld_exec_path);
	if (version >= 2)
		put_file(d, KEY_script, exec->script);
	if (version >= 3)
		put_file(d, KEY_cwd, exec->cwd);
	if (version >= 4)
		detail_int(d, KEY_last_fd, exec->last_fd);
	if (version >= 6) {
		detail_int(d, KEY_image_cputype, exec->image_cputype);
		detail_int(d, KEY_image_cpusubtype, exec->image_cpusubtype);
	}
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

/*
 * A payload is its fields, in the order of KEY_TABLE. The members of the
 * structures have the names of the keys.
 */
#define INT(field) detail_int(d, KEY_##field, p->field);
#define BOOL(field) detail_bool(d, KEY_##field, p->field);
#define FILE_AT(field) put_file(d, KEY_##field, p->field);
#define PROCESS_AT(field) put_process(d, KEY_##field, p->field, version);
#define SINCE(first, fields) if (version >= (first)) { fields }

#define PAYLOAD_TABLE(X)                                                                     \
	/* id    member  fields */                                                           \
	X(OPEN,  open,   INT(fflag) FILE_AT(file))                                           \
	X(CLOSE, close,  BOOL(modified) SINCE(6, BOOL(was_mapped_writable)) FILE_AT(target)) \
	X(EXEC,  exec,   put_exec(d, p, version);)                                           \
	X(FORK,  fork,   PROCESS_AT(child))                                                  \
	X(EXIT,  exit,   INT(stat))

#define X(id, member, fields)                                                  \
	static void put_payload_##id(struct detail *d, const es_message_t *m)  \
	{                                                                      \
		const es_event_##member##_t *p = &m->event.member;             \
		const uint32_t version = m->version;                           \
		(void)version;                                                 \
		fields                                                         \
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

/* ---- public ---- */

void
describe(struct detail *d, const es_message_t *m)
{
	enum event_id id = decode_id(m);
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
	if (put_payload[id])
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
}

static void
put_word(struct detail *d, enum detail_kind kind, const char *word)
{
	detail_head(d, kind, KEY_OTHER, word, strlen(word));
}

void
describe_process(struct detail *d, const struct decode_process *from)
{
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
	detail_end(d);
	detail_end(d);
}
