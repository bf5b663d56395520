/* value_names - see value_names.h. */
#include "model/value_names.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

struct word {
	uint64_t value;
	const char *name;
};

/* ---- bits ---- */

/* The kernel's form of Darwin's open flags. */
#define OPEN_FLAG_TABLE(X)                                                               \
	X(0x1, FREAD) X(0x2, FWRITE) X(0x4, O_NONBLOCK) X(0x8, O_APPEND) X(0x10, O_SHLOCK) \
	X(0x20, O_EXLOCK) X(0x40, O_ASYNC) X(0x80, O_SYNC) X(0x100, O_NOFOLLOW)            \
	X(0x200, O_CREAT) X(0x400, O_TRUNC) X(0x800, O_EXCL) X(0x1000, FMARK)              \
	X(0x2000, FDEFER) X(0x4000, FWASLOCKED) X(0x8000, O_EVTONLY) X(0x10000, FWASWRITTEN) \
	X(0x20000, O_NOCTTY) X(0x40000, FNOCACHE) X(0x80000, FNORDAHEAD)                   \
	X(0x100000, O_DIRECTORY) X(0x200000, O_SYMLINK) X(0x400000, O_DSYNC)               \
	X(0x800000, FNODIRECT) X(0x1000000, O_CLOEXEC) X(0x2000000, FENCRYPTED)            \
	X(0x4000000, FSINGLE_WRITER) X(0x8000000, O_CLOFORK) X(0x10000000, FUNENCRYPTED)   \
	X(0x20000000, O_NOFOLLOW_ANY) X(0x40000000, O_EXEC)

#define CS_FLAG_TABLE(X)                                                                 \
	X(0x1, CS_VALID) X(0x2, CS_ADHOC) X(0x4, CS_GET_TASK_ALLOW) X(0x8, CS_INSTALLER)   \
	X(0x10, CS_FORCED_LV) X(0x20, CS_INVALID_ALLOWED) X(0x100, CS_HARD) X(0x200, CS_KILL) \
	X(0x400, CS_CHECK_EXPIRATION) X(0x800, CS_RESTRICT) X(0x1000, CS_ENFORCEMENT)      \
	X(0x2000, CS_REQUIRE_LV) X(0x4000, CS_ENTITLEMENTS_VALIDATED)                      \
	X(0x8000, CS_NVRAM_UNRESTRICTED) X(0x10000, CS_RUNTIME) X(0x20000, CS_LINKER_SIGNED) \
	X(0x100000, CS_EXEC_SET_HARD) X(0x200000, CS_EXEC_SET_KILL)                        \
	X(0x400000, CS_EXEC_SET_ENFORCEMENT) X(0x800000, CS_EXEC_INHERIT_SIP)              \
	X(0x1000000, CS_KILLED) X(0x2000000, CS_NO_UNTRUSTED_HELPERS)                      \
	X(0x4000000, CS_PLATFORM_BINARY) X(0x8000000, CS_PLATFORM_PATH)                    \
	X(0x10000000, CS_DEBUGGED) X(0x20000000, CS_SIGNED) X(0x40000000, CS_DEV_CODE)     \
	X(0x80000000, CS_DATAVAULT_CONTROLLER)

#define PROTECTION_TABLE(X) X(1, READ) X(2, WRITE) X(4, EXEC)

#define MAP_FLAG_TABLE(X)                                                                \
	X(0x1, SHARED) X(0x2, PRIVATE) X(0x10, FIXED) X(0x20, RENAME) X(0x40, NORESERVE)   \
	X(0x100, NOEXTEND) X(0x200, HASSEMAPHORE) X(0x400, NOCACHE) X(0x800, JIT)          \
	X(0x1000, ANON)

#define ACCESS_TABLE(X) X(4, R_OK) X(2, W_OK) X(1, X_OK)

#define FILE_FLAG_TABLE(X)                                                               \
	X(0x1, UF_NODUMP) X(0x2, UF_IMMUTABLE) X(0x4, UF_APPEND) X(0x8, UF_OPAQUE)         \
	X(0x20, UF_COMPRESSED) X(0x40, UF_TRACKED) X(0x80, UF_DATAVAULT)                   \
	X(0x8000, UF_HIDDEN) X(0x10000, SF_ARCHIVED) X(0x20000, SF_IMMUTABLE)              \
	X(0x40000, SF_APPEND) X(0x80000, SF_RESTRICTED) X(0x100000, SF_NOUNLINK)

#define COPY_FLAG_TABLE(X) X(1, CPF_OVERWRITE) X(2, CPF_IGNORE_MODE)

/* ---- one of several ---- */

#define FCNTL_TABLE(X)                                                                   \
	X(0, F_DUPFD) X(1, F_GETFD) X(2, F_SETFD) X(3, F_GETFL) X(4, F_SETFL)              \
	X(5, F_GETOWN) X(6, F_SETOWN) X(7, F_GETLK) X(8, F_SETLK) X(9, F_SETLKW)           \
	X(42, F_PREALLOCATE) X(44, F_RDADVISE) X(45, F_RDAHEAD) X(48, F_NOCACHE)           \
	X(50, F_GETPATH) X(51, F_FULLFSYNC) X(67, F_DUPFD_CLOEXEC) X(85, F_BARRIERFSYNC)   \
	X(90, F_OFD_SETLK) X(91, F_OFD_SETLKW) X(92, F_OFD_GETLK) X(99, F_PUNCHHOLE)       \
	X(102, F_GETPATH_NOFIRMLINK)

#define DESTINATION_TABLE(X) X(0, existing_file) X(1, new_path)
#define SET_OR_CLEAR_TABLE(X) X(0, set) X(1, clear)
#define DISPOSITION_TABLE(X) \
	X(0, external) X(1, internal) X(2, network) X(3, virtual) X(4, nullfs) X(5, unknown)
#define TASK_TABLE(X) X(0, task_for_pid) X(1, expose_task) X(2, identity_token)
#define SUSPEND_TABLE(X) X(0, suspend) X(1, resume) X(3, shutdown_sockets)
#define PROC_CHECK_TABLE(X)                                                              \
	X(1, listpids) X(2, pidinfo) X(3, pidfdinfo) X(4, kernmsgbuf) X(5, setcontrol)     \
	X(6, pidfileportinfo) X(7, terminate) X(8, dirtycontrol) X(9, pidrusage)           \
	X(14, udata_info)
#define SOCKET_DOMAIN_TABLE(X) X(1, AF_UNIX)
#define SOCKET_TYPE_TABLE(X) X(1, SOCK_STREAM) X(2, SOCK_DGRAM) X(5, SOCK_SEQPACKET)
#define ADDRESS_TABLE(X) X(0, none) X(1, ipv4) X(2, ipv6) X(3, named_socket)
#define AUTHENTICATION_TABLE(X) X(0, od) X(1, touchid) X(2, token) X(3, auto_unlock)
#define OPENSSH_TABLE(X)                                                                 \
	X(0, exceed_maxtries) X(1, root_denied) X(2, auth_success) X(3, auth_fail_none)    \
	X(4, auth_fail_passwd) X(5, auth_fail_kbdint) X(6, auth_fail_pubkey)               \
	X(7, auth_fail_hostbased) X(8, auth_fail_gssapi) X(9, invalid_user)
#define ITEM_TABLE(X) X(0, user_item) X(1, app) X(2, login_item) X(3, agent) X(4, daemon)
#define PROFILE_SOURCE_TABLE(X) X(0, managed) X(1, install)
#define XPC_DOMAIN_TABLE(X)                                                              \
	X(1, system) X(2, user) X(3, user_login) X(4, session) X(5, pid) X(6, manager)     \
	X(7, port) X(8, gui)
#define MEMBER_TABLE(X) X(0, user_name) X(1, user_uuid) X(2, group_uuid)
#define ACCOUNT_TABLE(X) X(0, user) X(1, computer)
#define RECORD_TABLE(X) X(0, user) X(1, group)
#define TCC_UPDATE_TABLE(X) X(0, unknown) X(1, create) X(2, modify) X(3, delete)
#define TCC_RIGHT_TABLE(X)                                                               \
	X(0, denied) X(1, unknown) X(2, allowed) X(3, limited) X(4, add_modify_added)      \
	X(5, session_pid) X(6, learn_more)
#define TCC_IDENTITY_TABLE(X) \
	X(0, bundle_id) X(1, executable_path) X(2, policy_id) X(3, file_provider_domain_id)

/* The host's own numbers; those of a recording of another system may mean another signal. */
#define SIGNAL_TABLE(X)                                                                  \
	X(SIGHUP) X(SIGINT) X(SIGQUIT) X(SIGILL) X(SIGTRAP) X(SIGABRT) X(SIGFPE) X(SIGKILL) \
	X(SIGBUS) X(SIGSEGV) X(SIGSYS) X(SIGPIPE) X(SIGALRM) X(SIGTERM) X(SIGURG) X(SIGSTOP) \
	X(SIGTSTP) X(SIGCONT) X(SIGCHLD) X(SIGTTIN) X(SIGTTOU) X(SIGIO) X(SIGXCPU)         \
	X(SIGXFSZ) X(SIGVTALRM) X(SIGPROF) X(SIGWINCH) X(SIGUSR1) X(SIGUSR2)

#define X(value, name) { value, #name },
static const struct word open_flags[] = { OPEN_FLAG_TABLE(X) { 0, NULL } };
static const struct word cs_flags[] = { CS_FLAG_TABLE(X) { 0, NULL } };
static const struct word protections[] = { PROTECTION_TABLE(X) { 0, NULL } };
static const struct word map_flags[] = { MAP_FLAG_TABLE(X) { 0, NULL } };
static const struct word accesses[] = { ACCESS_TABLE(X) { 0, NULL } };
static const struct word file_flags[] = { FILE_FLAG_TABLE(X) { 0, NULL } };
static const struct word copy_flags[] = { COPY_FLAG_TABLE(X) { 0, NULL } };
static const struct word fcntl_commands[] = { FCNTL_TABLE(X) { 0, NULL } };
static const struct word destinations[] = { DESTINATION_TABLE(X) { 0, NULL } };
static const struct word set_or_clear[] = { SET_OR_CLEAR_TABLE(X) { 0, NULL } };
static const struct word dispositions[] = { DISPOSITION_TABLE(X) { 0, NULL } };
static const struct word tasks[] = { TASK_TABLE(X) { 0, NULL } };
static const struct word suspends[] = { SUSPEND_TABLE(X) { 0, NULL } };
static const struct word proc_checks[] = { PROC_CHECK_TABLE(X) { 0, NULL } };
static const struct word socket_domains[] = { SOCKET_DOMAIN_TABLE(X) { 0, NULL } };
static const struct word socket_types[] = { SOCKET_TYPE_TABLE(X) { 0, NULL } };
static const struct word addresses[] = { ADDRESS_TABLE(X) { 0, NULL } };
static const struct word authentications[] = { AUTHENTICATION_TABLE(X) { 0, NULL } };
static const struct word ssh_results[] = { OPENSSH_TABLE(X) { 0, NULL } };
static const struct word items[] = { ITEM_TABLE(X) { 0, NULL } };
static const struct word profile_sources[] = { PROFILE_SOURCE_TABLE(X) { 0, NULL } };
static const struct word xpc_domains[] = { XPC_DOMAIN_TABLE(X) { 0, NULL } };
static const struct word members[] = { MEMBER_TABLE(X) { 0, NULL } };
static const struct word accounts[] = { ACCOUNT_TABLE(X) { 0, NULL } };
static const struct word records[] = { RECORD_TABLE(X) { 0, NULL } };
static const struct word tcc_updates[] = { TCC_UPDATE_TABLE(X) { 0, NULL } };
static const struct word tcc_rights[] = { TCC_RIGHT_TABLE(X) { 0, NULL } };
static const struct word tcc_identities[] = { TCC_IDENTITY_TABLE(X) { 0, NULL } };
#undef X
#define X(name) { name, #name },
static const struct word signals[] = { SIGNAL_TABLE(X) { 0, NULL } };
#undef X

/* Which key of which event is what. EV_NONE: of all events. */
enum form { BITS, CHOICE, OCTAL, HEX, STATUS };

static const struct {
	enum event_id id;
	enum detail_key key;
	enum form form;
	const struct word *words;
} uses[] = {
	{ EV_NONE, KEY_codesigning_flags, BITS, cs_flags },
	{ EV_OPEN, KEY_fflag, BITS, open_flags },
	{ EV_EXIT, KEY_stat, STATUS, NULL },
	{ EV_MMAP, KEY_protection, BITS, protections },
	{ EV_MMAP, KEY_max_protection, BITS, protections },
	{ EV_MMAP, KEY_flags, BITS, map_flags },
	{ EV_MPROTECT, KEY_protection, BITS, protections },
	{ EV_ACCESS, KEY_mode, BITS, accesses },
	{ EV_SETFLAGS, KEY_flags, BITS, file_flags },
	{ EV_COPYFILE, KEY_flags, BITS, copy_flags },
	{ EV_NONE, KEY_mode, OCTAL, NULL },
	{ EV_MPROTECT, KEY_address, HEX, NULL },
	{ EV_NONE, KEY_commonattr, HEX, NULL },
	{ EV_NONE, KEY_volattr, HEX, NULL },
	{ EV_NONE, KEY_dirattr, HEX, NULL },
	{ EV_NONE, KEY_fileattr, HEX, NULL },
	{ EV_NONE, KEY_forkattr, HEX, NULL },
	{ EV_SIGNAL, KEY_sig, CHOICE, signals },
	{ EV_FCNTL, KEY_cmd, CHOICE, fcntl_commands },
	{ EV_NONE, KEY_destination_type, CHOICE, destinations },
	{ EV_SETACL, KEY_set_or_clear, CHOICE, set_or_clear },
	{ EV_NONE, KEY_disposition, CHOICE, dispositions },
	{ EV_GET_TASK, KEY_type, CHOICE, tasks },
	{ EV_GET_TASK_READ, KEY_type, CHOICE, tasks },
	{ EV_GET_TASK_INSPECT, KEY_type, CHOICE, tasks },
	{ EV_GET_TASK_NAME, KEY_type, CHOICE, tasks },
	{ EV_PROC_SUSPEND_RESUME, KEY_type, CHOICE, suspends },
	{ EV_PROC_CHECK, KEY_type, CHOICE, proc_checks },
	{ EV_UIPC_CONNECT, KEY_domain, CHOICE, socket_domains },
	{ EV_UIPC_CONNECT, KEY_type, CHOICE, socket_types },
	{ EV_NONE, KEY_source_address_type, CHOICE, addresses },
	{ EV_AUTHENTICATION, KEY_type, CHOICE, authentications },
	{ EV_OPENSSH_LOGIN, KEY_result_type, CHOICE, ssh_results },
	{ EV_NONE, KEY_item_type, CHOICE, items },
	{ EV_NONE, KEY_install_source, CHOICE, profile_sources },
	{ EV_XPC_CONNECT, KEY_service_domain_type, CHOICE, xpc_domains },
	{ EV_NONE, KEY_member_type, CHOICE, members },
	{ EV_NONE, KEY_account_type, CHOICE, accounts },
	{ EV_NONE, KEY_record_type, CHOICE, records },
	{ EV_TCC_MODIFY, KEY_update_type, CHOICE, tcc_updates },
	{ EV_TCC_MODIFY, KEY_right, CHOICE, tcc_rights },
	{ EV_TCC_MODIFY, KEY_identity_type, CHOICE, tcc_identities },
};

/* ---- writing ---- */

struct out {
	char *bytes;
	size_t length;
};

static void __attribute__((format(printf, 2, 3))) put(struct out *o, const char *format, ...)
{
	size_t room = VALUE_WORDS - o->length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(o->bytes + o->length, room, format, args);
	va_end(args);
	if (n > 0)
		o->length += (size_t)n < room ? (size_t)n : room - 1;
}

static void
put_bits(struct out *o, const struct word bits[], uint64_t value, bool one_word)
{
	uint64_t rest = value;

	for (; bits->name; bits++) {
		if (!(value & bits->value))
			continue;
		put(o, "%s%s", o->length ? "|" : "", bits->name);
		rest &= ~bits->value;
	}
	if (rest)
		put(o, "%s0x%" PRIx64, o->length ? "|" : "", rest);
	if (o->length)
		put(o, "%s(%" PRIu64 ")", one_word ? "" : " ", value);
	else
		put(o, "0");
}

static bool
put_choice(struct out *o, const struct word choices[], int64_t value, bool one_word)
{
	for (; choices->name; choices++)
		if ((int64_t)choices->value == value) {
			put(o, "%s%s(%" PRId64 ")", choices->name, one_word ? "" : " ", value);
			return true;
		}
	return false;
}

static void
put_status(struct out *o, int64_t value, bool one_word)
{
	/* As in wait(2) of every system that has Endpoint Security. */
	int status = (int)value, number = status & 0x7f;
	const char *gap = one_word ? "" : " ";

	if (number == 0)
		put(o, "exited%s%d", one_word ? "=" : " with ", status >> 8 & 0xff);
	else
		put(o, "killed%s%d%s", one_word ? "=" : " by signal ", number,
		    status & 0x80 ? one_word ? ",core" : ", core dumped" : "");
	put(o, "%s(%d)", gap, status);
}

bool
value_words(char out[VALUE_WORDS], enum event_id id, enum detail_key key, int64_t value, bool one_word)
{
	struct out o = { out, 0 };

	*out = '\0';
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if (uses[i].key != key || (uses[i].id != id && uses[i].id != EV_NONE))
			continue;
		switch (uses[i].form) {
		case BITS:
			put_bits(&o, uses[i].words,
				 key == KEY_fflag || key == KEY_codesigning_flags ? (uint32_t)value
										  : (uint64_t)value,
				 one_word);
			return true;
		case CHOICE:
			return put_choice(&o, uses[i].words, value, one_word);
		case OCTAL:
			put(&o, "0%" PRIo64, (uint64_t)value);
			return true;
		case HEX:
			put(&o, "0x%" PRIx64, (uint64_t)value);
			return true;
		case STATUS:
			put_status(&o, value, one_word);
			return true;
		}
	}
	return false;
}
