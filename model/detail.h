/*
 * detail - everything a message says, as a tree of named values in one piece of
 * memory without pointers: what a log line or a recording holds of an event.
 *
 * Made only while something is logged or recorded. It is a sequence of nodes
 * (kind, key, bytes), not aligned, in host order; DETAIL_OBJECT and DETAIL_ARRAY
 * go on until their DETAIL_END. Keys are those of eslogger(1), and an object has
 * them in the order of KEY_TABLE, others after these, so that one event always
 * gives the same text. Bytes of texts are as they came.
 */
#ifndef ESTOP_MODEL_DETAIL_H
#define ESTOP_MODEL_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Every key of eslogger's schema, as far as it is known; names of event types are keys, too, below "event". */
#define KEY_TABLE(X) \
	X(schema_version) X(version) X(time) X(mach_time) X(seq_num) X(global_seq_num) \
	X(event_type) X(event) X(process) X(thread) X(action_type) X(action) X(audit_token) \
	X(ppid) X(original_ppid) X(group_id) X(session_id) X(codesigning_flags) \
	X(is_platform_binary) X(is_es_client) X(cdhash) X(signing_id) X(team_id) \
	X(executable) X(tty) X(start_time) X(responsible_audit_token) X(parent_audit_token) \
	X(cs_validation_category) X(auid) X(euid) X(egid) X(ruid) X(rgid) X(pid) X(asid) \
	X(pidversion) X(path) X(path_truncated) X(stat) X(st_dev) X(st_mode) X(st_nlink) \
	X(st_ino) X(st_uid) X(st_gid) X(st_rdev) X(st_size) X(st_blocks) X(st_blksize) \
	X(st_flags) X(st_gen) X(st_atimespec) X(st_mtimespec) X(st_ctimespec) \
	X(st_birthtimespec) X(thread_id) X(result) X(result_type) X(auth) X(flags) X(fflag) \
	X(modified) X(was_mapped_writable) X(child) X(target) X(dyld_exec_path) X(script) \
	X(cwd) X(last_fd) X(image_cputype) X(image_cpusubtype) X(args) X(env) X(fds) X(fd) \
	X(fdtype) X(pipe) X(pipe_id) X(entitlements) X(file) X(source) X(parent_dir) \
	X(destination_type) X(destination) X(existing_file) X(new_path) X(dir) X(filename) \
	X(mode) X(acl) X(target_dir) X(target_filename) X(account_name) X(account_type) \
	X(address) X(app) X(app_token) X(app_url) X(argc) X(argv) X(atime) X(attribute_name) \
	X(attribute_value) X(attribute_value_count) X(attribute_values) X(attrlist) \
	X(authentication_type) X(authentication_username) X(auto_unlock) X(bitmapcount) X(cdhash_full) \
	X(cmd) X(command) X(commonattr) X(data) X(db_path) X(detected_executable) \
	X(detected_path) X(dev) X(dirattr) X(display_name) X(disposition) X(domain) \
	X(env_count) X(error_code) X(executable_path) X(existing_session) X(extattr) \
	X(f_bavail) X(f_bfree) X(f_blocks) X(f_bsize) X(f_ffree) X(f_files) X(f_flags) \
	X(f_flags_ext) X(f_fsid) X(f_fssubtype) X(f_fstypename) X(f_iosize) X(f_mntfromname) \
	X(f_mntonname) X(f_owner) X(f_type) X(failure_message) X(file1) X(file2) X(file_pos) \
	X(file_type) X(fileattr) X(flavor) X(forkattr) X(from_uid) X(from_username) X(gid) \
	X(granted) X(graphical_session_id) X(group_name) X(has_uid) X(identifier) \
	X(identity) X(identity_type) X(incident_identifier) X(install_source) X(instigator) \
	X(instigator_token) X(is_update) X(item) X(item_type) X(item_url) \
	X(kerberos_principal) X(legacy) X(malware_identifier) X(managed) X(max_protection) \
	X(member) X(member_array) X(member_count) X(member_type) X(member_value) X(members) X(mtime) X(node_name) X(od) \
	X(organization) X(parent_path) X(parent_registry_id) X(petitioner) \
	X(petitioner_token) X(plugin_name) X(plugin_type) X(profile) X(protection) \
	X(protocol) X(pubkey_hash) X(reason) X(record_name) X(record_type) X(reject_info) \
	X(relative_target) X(remediated_path) X(remediated_process_audit_token) \
	X(remount_flags) X(responsible) X(responsible_token) X(result_count) \
	X(result_description) X(results) X(return_code) X(right) X(right_count) \
	X(right_name) X(rights) X(rule_class) X(scope) X(service) X(service_domain_type) \
	X(service_name) X(session_username) X(set_or_clear) X(sha256) X(shell) X(sig) \
	X(signature_version) X(signing_info) X(size) X(source_address) \
	X(source_address_type) X(source_dir) X(state) X(statfs) X(success) X(target_file) \
	X(target_name) X(target_path) X(thread_state) X(to_uid) X(to_username) X(token) X(token_id) \
	X(touchid) X(touchid_mode) X(type) X(uid) X(update_type) X(user_client_class) \
	X(user_client_type) X(user_name) X(username) X(uuid) X(viewer_appleid) X(volattr) \
	/* ours */ \
	X(estop)

enum detail_key {
	KEY_NONE, /* an element of an array, and the outermost object */
#define X(name) KEY_##name,
	KEY_TABLE(X)
#undef X
	KEY_COUNT,
	KEY_OTHER = KEY_COUNT /* the name is in the node */
};

extern const char *const detail_key_name[KEY_COUNT];

/* KEY_OTHER when the schema has no such key. */
enum detail_key detail_key_of(const char *name, size_t length);

enum detail_kind {
	DETAIL_END, /* of an object or array */
	DETAIL_OBJECT,
	DETAIL_ARRAY,
	DETAIL_NULL,
	DETAIL_FALSE,
	DETAIL_TRUE,
	DETAIL_INT,   /* int64_t */
	DETAIL_UINT,  /* uint64_t, beyond int64_t */
	DETAIL_REAL,  /* double; no field of eslogger's is one */
	DETAIL_TEXT,  /* uint32_t length, bytes */
	DETAIL_HEX,   /* the same, to be written in hexadecimal digits */
	DETAIL_TIME,  /* struct detail_time */
	DETAIL_TOKEN, /* struct detail_token: an object */
	DETAIL_STAT,  /* struct detail_stat: an object */
	DETAIL_KINDS
};

/* Small and many, so they are packed. */
struct detail_time {
	int64_t seconds;
	uint32_t ns;
	uint32_t digits; /* after the point: 6 or 9 */
};

struct detail_token {
	uint32_t val[8]; /* as in audit_token_t */
};

/* In the order of the keys from st_dev to st_gen, and from st_atimespec on. */
enum { DETAIL_STAT_NUMBERS = 12, DETAIL_STAT_TIMES = 4 };
struct detail_stat {
	int64_t number[DETAIL_STAT_NUMBERS];
	struct detail_time time[DETAIL_STAT_TIMES];
};

/* ---- writing: into memory that is large enough, or, with memory NULL, only to learn the size ---- */

struct detail {
	char *memory;
	size_t size;
};

static inline void
detail_bytes(struct detail *d, const void *bytes, size_t length)
{
	if (d->memory && length)
		memcpy(d->memory + d->size, bytes, length);
	d->size += length;
}

/* name: for KEY_OTHER, up to 65535 bytes. */
static inline void
detail_head(struct detail *d, enum detail_kind kind, enum detail_key key, const char *name, size_t length)
{
	uint8_t small = (uint8_t)kind;
	uint16_t number = (uint16_t)key;

	detail_bytes(d, &small, sizeof(small));
	detail_bytes(d, &number, sizeof(number));
	if (key == KEY_OTHER) {
		number = (uint16_t)length;
		detail_bytes(d, &number, sizeof(number));
		detail_bytes(d, name, number);
	}
}

static inline void
detail_end(struct detail *d)
{
	uint8_t small = DETAIL_END;

	detail_bytes(d, &small, sizeof(small));
}

static inline void
detail_plain(struct detail *d, enum detail_kind kind, enum detail_key key)
{
	detail_head(d, kind, key, NULL, 0);
}

static inline void
detail_bool(struct detail *d, enum detail_key key, bool value)
{
	detail_plain(d, value ? DETAIL_TRUE : DETAIL_FALSE, key);
}

static inline void
detail_int(struct detail *d, enum detail_key key, int64_t value)
{
	detail_plain(d, DETAIL_INT, key);
	detail_bytes(d, &value, sizeof(value));
}

static inline void
detail_uint(struct detail *d, enum detail_key key, uint64_t value)
{
	detail_plain(d, value > INT64_MAX ? DETAIL_UINT : DETAIL_INT, key);
	detail_bytes(d, &value, sizeof(value));
}

static inline void
detail_text(struct detail *d, enum detail_key key, const char *bytes, size_t length)
{
	uint32_t n = (uint32_t)length;

	detail_plain(d, DETAIL_TEXT, key);
	detail_bytes(d, &n, sizeof(n));
	detail_bytes(d, bytes, n);
}

static inline void
detail_hex(struct detail *d, enum detail_key key, const void *bytes, size_t length)
{
	uint32_t n = (uint32_t)length;

	detail_plain(d, DETAIL_HEX, key);
	detail_bytes(d, &n, sizeof(n));
	detail_bytes(d, bytes, n);
}

static inline void
detail_moment(struct detail *d, enum detail_key key, int64_t seconds, uint32_t ns, uint32_t digits)
{
	const struct detail_time time = { seconds, ns, digits };

	detail_plain(d, DETAIL_TIME, key);
	detail_bytes(d, &time, sizeof(time));
}

/* ---- reading ---- */

struct detail_node {
	enum detail_kind kind;
	enum detail_key key;
	const char *name; /* of the key, not ended by NUL when it is KEY_OTHER; NULL for KEY_NONE */
	size_t name_length;
	union {
		int64_t number;
		uint64_t unsigned_number;
		double real;
		struct {
			const char *bytes;
			size_t length;
		} text; /* and hex */
		struct detail_time time;
		struct detail_token token;
		struct detail_stat stat;
	};
};

struct detail_reader {
	const char *at, *end;
};

/* The next node, in the order of writing; false at the end, and on malformed memory. */
bool detail_next(struct detail_reader *, struct detail_node *);

/* Moves past the DETAIL_END that belongs to an object or array whose node was just read. */
void detail_skip(struct detail_reader *);

/*
 * The value at these keys, KEY_NONE ends the list, below the object whose
 * members r is at the beginning of. For an object or array, r is where its members begin.
 */
bool detail_find(struct detail_reader *r, const enum detail_key keys[], struct detail_node *);

#endif
