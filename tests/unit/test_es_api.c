/*
 * The Endpoint Security interface for Linux: the numbers, layouts and names that
 * a client written for macOS takes for granted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <es_linux.h>
#include <mach/mach.h>
#include <mach/mach_time.h>
#include <time.h>

/*
 * Numbers
 */

#define EVENT_NUMBERS(X)									\
	X(0, AUTH_EXEC) X(1, AUTH_OPEN) X(2, AUTH_KEXTLOAD) X(3, AUTH_MMAP)		\
	X(4, AUTH_MPROTECT) X(5, AUTH_MOUNT) X(6, AUTH_RENAME) X(7, AUTH_SIGNAL)	\
	X(8, AUTH_UNLINK) X(9, NOTIFY_EXEC) X(10, NOTIFY_OPEN) X(11, NOTIFY_FORK)	\
	X(12, NOTIFY_CLOSE) X(13, NOTIFY_CREATE) X(14, NOTIFY_EXCHANGEDATA)		\
	X(15, NOTIFY_EXIT) X(16, NOTIFY_GET_TASK) X(17, NOTIFY_KEXTLOAD)		\
	X(18, NOTIFY_KEXTUNLOAD) X(19, NOTIFY_LINK) X(20, NOTIFY_MMAP)			\
	X(21, NOTIFY_MPROTECT) X(22, NOTIFY_MOUNT) X(23, NOTIFY_UNMOUNT)		\
	X(24, NOTIFY_IOKIT_OPEN) X(25, NOTIFY_RENAME) X(26, NOTIFY_SETATTRLIST)		\
	X(27, NOTIFY_SETEXTATTR) X(28, NOTIFY_SETFLAGS) X(29, NOTIFY_SETMODE)		\
	X(30, NOTIFY_SETOWNER) X(31, NOTIFY_SIGNAL) X(32, NOTIFY_UNLINK)		\
	X(33, NOTIFY_WRITE) X(34, AUTH_FILE_PROVIDER_MATERIALIZE)			\
	X(35, NOTIFY_FILE_PROVIDER_MATERIALIZE) X(36, AUTH_FILE_PROVIDER_UPDATE)	\
	X(37, NOTIFY_FILE_PROVIDER_UPDATE) X(38, AUTH_READLINK)				\
	X(39, NOTIFY_READLINK) X(40, AUTH_TRUNCATE) X(41, NOTIFY_TRUNCATE)		\
	X(42, AUTH_LINK) X(43, NOTIFY_LOOKUP) X(44, AUTH_CREATE)			\
	X(45, AUTH_SETATTRLIST) X(46, AUTH_SETEXTATTR) X(47, AUTH_SETFLAGS)		\
	X(48, AUTH_SETMODE) X(49, AUTH_SETOWNER) X(50, AUTH_CHDIR)			\
	X(51, NOTIFY_CHDIR) X(52, AUTH_GETATTRLIST) X(53, NOTIFY_GETATTRLIST)		\
	X(54, NOTIFY_STAT) X(55, NOTIFY_ACCESS) X(56, AUTH_CHROOT)			\
	X(57, NOTIFY_CHROOT) X(58, AUTH_UTIMES) X(59, NOTIFY_UTIMES)			\
	X(60, AUTH_CLONE) X(61, NOTIFY_CLONE) X(62, NOTIFY_FCNTL)			\
	X(63, AUTH_GETEXTATTR) X(64, NOTIFY_GETEXTATTR) X(65, AUTH_LISTEXTATTR)		\
	X(66, NOTIFY_LISTEXTATTR) X(67, AUTH_READDIR) X(68, NOTIFY_READDIR)		\
	X(69, AUTH_DELETEEXTATTR) X(70, NOTIFY_DELETEEXTATTR) X(71, AUTH_FSGETPATH)	\
	X(72, NOTIFY_FSGETPATH) X(73, NOTIFY_DUP) X(74, AUTH_SETTIME)			\
	X(75, NOTIFY_SETTIME) X(76, NOTIFY_UIPC_BIND) X(77, AUTH_UIPC_BIND)		\
	X(78, NOTIFY_UIPC_CONNECT) X(79, AUTH_UIPC_CONNECT) X(80, AUTH_EXCHANGEDATA)	\
	X(81, AUTH_SETACL) X(82, NOTIFY_SETACL) X(83, NOTIFY_PTY_GRANT)			\
	X(84, NOTIFY_PTY_CLOSE) X(85, AUTH_PROC_CHECK) X(86, NOTIFY_PROC_CHECK)		\
	X(87, AUTH_GET_TASK) X(88, AUTH_SEARCHFS) X(89, NOTIFY_SEARCHFS)		\
	X(90, AUTH_FCNTL) X(91, AUTH_IOKIT_OPEN) X(92, AUTH_PROC_SUSPEND_RESUME)	\
	X(93, NOTIFY_PROC_SUSPEND_RESUME) X(94, NOTIFY_CS_INVALIDATED)			\
	X(95, NOTIFY_GET_TASK_NAME) X(96, NOTIFY_TRACE)					\
	X(97, NOTIFY_REMOTE_THREAD_CREATE) X(98, AUTH_REMOUNT) X(99, NOTIFY_REMOUNT)	\
	X(100, AUTH_GET_TASK_READ) X(101, NOTIFY_GET_TASK_READ)				\
	X(102, NOTIFY_GET_TASK_INSPECT) X(103, NOTIFY_SETUID) X(104, NOTIFY_SETGID)	\
	X(105, NOTIFY_SETEUID) X(106, NOTIFY_SETEGID) X(107, NOTIFY_SETREUID)		\
	X(108, NOTIFY_SETREGID) X(109, AUTH_COPYFILE) X(110, NOTIFY_COPYFILE)		\
	X(111, NOTIFY_AUTHENTICATION) X(112, NOTIFY_XP_MALWARE_DETECTED)		\
	X(113, NOTIFY_XP_MALWARE_REMEDIATED) X(114, NOTIFY_LW_SESSION_LOGIN)		\
	X(115, NOTIFY_LW_SESSION_LOGOUT) X(116, NOTIFY_LW_SESSION_LOCK)			\
	X(117, NOTIFY_LW_SESSION_UNLOCK) X(118, NOTIFY_SCREENSHARING_ATTACH)		\
	X(119, NOTIFY_SCREENSHARING_DETACH) X(120, NOTIFY_OPENSSH_LOGIN)		\
	X(121, NOTIFY_OPENSSH_LOGOUT) X(122, NOTIFY_LOGIN_LOGIN)			\
	X(123, NOTIFY_LOGIN_LOGOUT) X(124, NOTIFY_BTM_LAUNCH_ITEM_ADD)			\
	X(125, NOTIFY_BTM_LAUNCH_ITEM_REMOVE) X(126, NOTIFY_PROFILE_ADD)		\
	X(127, NOTIFY_PROFILE_REMOVE) X(128, NOTIFY_SU)					\
	X(129, NOTIFY_AUTHORIZATION_PETITION) X(130, NOTIFY_AUTHORIZATION_JUDGEMENT)	\
	X(131, NOTIFY_SUDO) X(132, NOTIFY_OD_GROUP_ADD)					\
	X(133, NOTIFY_OD_GROUP_REMOVE) X(134, NOTIFY_OD_GROUP_SET)			\
	X(135, NOTIFY_OD_MODIFY_PASSWORD) X(136, NOTIFY_OD_DISABLE_USER)		\
	X(137, NOTIFY_OD_ENABLE_USER) X(138, NOTIFY_OD_ATTRIBUTE_VALUE_ADD)		\
	X(139, NOTIFY_OD_ATTRIBUTE_VALUE_REMOVE) X(140, NOTIFY_OD_ATTRIBUTE_SET)	\
	X(141, NOTIFY_OD_CREATE_USER) X(142, NOTIFY_OD_CREATE_GROUP)			\
	X(143, NOTIFY_OD_DELETE_USER) X(144, NOTIFY_OD_DELETE_GROUP)			\
	X(145, NOTIFY_XPC_CONNECT) X(146, NOTIFY_GATEKEEPER_USER_OVERRIDE)		\
	X(147, NOTIFY_TCC_MODIFY) X(148, RESERVED_0) X(149, RESERVED_1)			\
	X(150, RESERVED_2) X(151, RESERVED_3) X(152, RESERVED_4) X(153, RESERVED_5)	\
	X(154, RESERVED_6) X(155, RESERVED_7) X(156, RESERVED_8)			\
	X(157, AUTH_XPC_CONNECT) X(158, AUTH_BOOTSTRAP_CHECK_IN)			\
	X(159, NOTIFY_BOOTSTRAP_CHECK_IN) X(160, AUTH_BOOTSTRAP_LOOK_UP)		\
	X(161, NOTIFY_BOOTSTRAP_LOOK_UP)

static void
event_types_have_apples_numbers(void **state)
{
	(void)state;
#define X(number, name) assert_int_equal(ES_EVENT_TYPE_##name, number);
	EVENT_NUMBERS(X)
#undef X
}

static void
event_types_are_dense(void **state)
{
	static const es_event_type_t types[] = {
#define X(number, name) ES_EVENT_TYPE_##name,
		EVENT_NUMBERS(X)
#undef X
	};
	(void)state;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		assert_int_equal(types[i], i);
	assert_int_equal(sizeof types / sizeof *types, ES_EVENT_TYPE_LAST);
	assert_true((int)ES_EVENT_TYPE_LAST <= ES_LINUX_EVENT_MAX);
}

#define ENUM_VALUES(X)                                       \
	X(ES_RETURN_SUCCESS, 0)                              \
	X(ES_RETURN_ERROR, 1)                                \
	X(ES_NEW_CLIENT_RESULT_SUCCESS, 0)                   \
	X(ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT, 1)      \
	X(ES_NEW_CLIENT_RESULT_ERR_INTERNAL, 2)              \
	X(ES_NEW_CLIENT_RESULT_ERR_NOT_ENTITLED, 3)          \
	X(ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED, 4)         \
	X(ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED, 5)        \
	X(ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS, 6)      \
	X(ES_RESPOND_RESULT_ERR_EVENT_TYPE, 5)               \
	X(ES_CLEAR_CACHE_RESULT_SUCCESS, 0)                  \
	X(ES_CLEAR_CACHE_RESULT_ERR_INTERNAL, 1)             \
	X(ES_CLEAR_CACHE_RESULT_ERR_THROTTLE, 2)             \
	X(ES_ACTION_TYPE_AUTH, 0)                            \
	X(ES_ACTION_TYPE_NOTIFY, 1)                          \
	X(ES_RESULT_TYPE_AUTH, 0)                            \
	X(ES_RESULT_TYPE_FLAGS, 1)                           \
	X(ES_AUTH_RESULT_ALLOW, 0)                           \
	X(ES_AUTH_RESULT_DENY, 1)                            \
	X(ES_MUTE_PATH_TYPE_PREFIX, 0)                       \
	X(ES_MUTE_PATH_TYPE_LITERAL, 1)                      \
	X(ES_MUTE_PATH_TYPE_TARGET_PREFIX, 2)                \
	X(ES_MUTE_PATH_TYPE_TARGET_LITERAL, 3)               \
	X(ES_MUTE_INVERSION_TYPE_PROCESS, 0)                 \
	X(ES_MUTE_INVERSION_TYPE_PATH, 1)                    \
	X(ES_MUTE_INVERSION_TYPE_TARGET_PATH, 2)             \
	X(ES_MUTE_INVERSION_TYPE_LAST, 3)                    \
	X(ES_MUTE_INVERTED, 0)                               \
	X(ES_MUTE_NOT_INVERTED, 1)                           \
	X(ES_MUTE_INVERTED_ERROR, 2)                         \
	X(ES_DESTINATION_TYPE_EXISTING_FILE, 0)              \
	X(ES_DESTINATION_TYPE_NEW_PATH, 1)                   \
	X(ES_SET, 0)                                         \
	X(ES_CLEAR, 1)                                       \
	X(ES_MOUNT_DISPOSITION_EXTERNAL, 0)                  \
	X(ES_MOUNT_DISPOSITION_INTERNAL, 1)                  \
	X(ES_MOUNT_DISPOSITION_NETWORK, 2)                   \
	X(ES_MOUNT_DISPOSITION_VIRTUAL, 3)                   \
	X(ES_MOUNT_DISPOSITION_NULLFS, 4)                    \
	X(ES_MOUNT_DISPOSITION_UNKNOWN, 5)                   \
	X(ES_PROC_CHECK_TYPE_LISTPIDS, 1)                    \
	X(ES_PROC_CHECK_TYPE_PIDINFO, 2)                     \
	X(ES_PROC_CHECK_TYPE_PIDFDINFO, 3)                   \
	X(ES_PROC_CHECK_TYPE_KERNMSGBUF, 4)                  \
	X(ES_PROC_CHECK_TYPE_SETCONTROL, 5)                  \
	X(ES_PROC_CHECK_TYPE_PIDFILEPORTINFO, 6)             \
	X(ES_PROC_CHECK_TYPE_TERMINATE, 7)                   \
	X(ES_PROC_CHECK_TYPE_DIRTYCONTROL, 8)                \
	X(ES_PROC_CHECK_TYPE_PIDRUSAGE, 9)                   \
	X(ES_PROC_CHECK_TYPE_UDATA_INFO, 14)                 \
	X(ES_PROC_SUSPEND_RESUME_TYPE_SUSPEND, 0)            \
	X(ES_PROC_SUSPEND_RESUME_TYPE_RESUME, 1)             \
	X(ES_PROC_SUSPEND_RESUME_TYPE_SHUTDOWN_SOCKETS, 3)   \
	X(ES_GET_TASK_TYPE_TASK_FOR_PID, 0)                  \
	X(ES_GET_TASK_TYPE_EXPOSE_TASK, 1)                   \
	X(ES_GET_TASK_TYPE_IDENTITY_TOKEN, 2)                \
	X(ES_CS_VALIDATION_CATEGORY_INVALID, 0)              \
	X(ES_CS_VALIDATION_CATEGORY_PLATFORM, 1)             \
	X(ES_CS_VALIDATION_CATEGORY_DEVELOPER_ID, 6)         \
	X(ES_CS_VALIDATION_CATEGORY_LOCAL_SIGNING, 7)        \
	X(ES_CS_VALIDATION_CATEGORY_NONE, 10)                \
	X(ES_AUTHENTICATION_TYPE_OD, 0)                      \
	X(ES_AUTHENTICATION_TYPE_TOUCHID, 1)                 \
	X(ES_AUTHENTICATION_TYPE_TOKEN, 2)                   \
	X(ES_AUTHENTICATION_TYPE_AUTO_UNLOCK, 3)             \
	X(ES_AUTO_UNLOCK_MACHINE_UNLOCK, 1)                  \
	X(ES_AUTO_UNLOCK_AUTH_PROMPT, 2)                     \
	X(ES_OPENSSH_INVALID_USER, 9)                        \
	X(ES_XPC_DOMAIN_TYPE_SYSTEM, 1)                      \
	X(ES_XPC_DOMAIN_TYPE_GUI, 8)                         \
	X(ES_GATEKEEPER_USER_OVERRIDE_FILE_TYPE_PATH, 0)     \
	X(ES_GATEKEEPER_USER_OVERRIDE_FILE_TYPE_FILE, 1)

static void
enums_have_apples_values(void **state)
{
	(void)state;
#define X(name, value) assert_int_equal(name, value);
	ENUM_VALUES(X)
#undef X
}

/*
 * Layout
 */

/* Events of macOS 12 and before: by value, with what is left of their reserve. */
#define EVENTS_BY_VALUE(X)                                                                      \
	X(access, 64) X(chdir, 64) X(chroot, 64) X(clone, 64) X(close, 64) X(copyfile, 56)      \
	X(create, 48) X(cs_invalidated, 64) X(deleteextattr, 64) X(dup, 64)                     \
	X(exchangedata, 64) X(exec, 64) X(exit, 64) X(fcntl, 64)                                \
	X(file_provider_materialize, 32) X(file_provider_update, 64) X(fork, 64)                \
	X(fsgetpath, 64) X(get_task, 60) X(get_task_inspect, 60) X(get_task_name, 60)           \
	X(get_task_read, 60) X(getattrlist, 64) X(getextattr, 64) X(iokit_open, 40)             \
	X(kextload, 64) X(kextunload, 64) X(link, 64) X(listextattr, 64) X(lookup, 64)          \
	X(mmap, 64) X(mount, 60) X(mprotect, 64) X(open, 64) X(proc_check, 64)                  \
	X(proc_suspend_resume, 64) X(pty_close, 64) X(pty_grant, 64) X(readdir, 64)             \
	X(readlink, 64) X(remote_thread_create, 64) X(remount, 52) X(rename, 64)                \
	X(searchfs, 64) X(setacl, 64) X(setattrlist, 64) X(setegid, 64) X(seteuid, 64)          \
	X(setextattr, 64) X(setflags, 64) X(setgid, 64) X(setmode, 64) X(setowner, 64)          \
	X(setregid, 64) X(setreuid, 64) X(settime, 64) X(setuid, 64) X(signal, 56) X(stat, 64)  \
	X(trace, 64) X(truncate, 64) X(uipc_bind, 64) X(uipc_connect, 64) X(unlink, 64)         \
	X(unmount, 64) X(utimes, 64) X(write, 64)

/* Events of macOS 13 and later: by pointer. */
#define EVENTS_BY_POINTER(X)                                                                    \
	X(authentication) X(authorization_judgement) X(authorization_petition)                  \
	X(btm_launch_item_add) X(btm_launch_item_remove) X(gatekeeper_user_override)            \
	X(login_login) X(login_logout) X(lw_session_lock) X(lw_session_login)                   \
	X(lw_session_logout) X(lw_session_unlock) X(od_attribute_set)                           \
	X(od_attribute_value_add) X(od_attribute_value_remove) X(od_create_group)               \
	X(od_create_user) X(od_delete_group) X(od_delete_user) X(od_disable_user)               \
	X(od_enable_user) X(od_group_add) X(od_group_remove) X(od_group_set)                    \
	X(od_modify_password) X(openssh_login) X(openssh_logout) X(profile_add)                 \
	X(profile_remove) X(screensharing_attach) X(screensharing_detach) X(su) X(sudo)         \
	X(tcc_modify) X(xp_malware_detected) X(xp_malware_remediated) X(xpc_connect)

#define MEMBER(type, name) (((type *)0)->name)

#define X(name, left)                                                                       \
	_Static_assert(__builtin_types_compatible_p(__typeof__(MEMBER(es_events_t, name)),  \
						    es_event_##name##_t),                   \
		       #name " stands in the union by value");                              \
	_Static_assert(sizeof MEMBER(es_event_##name##_t, reserved) == (left),              \
		       #name " has its reserve");                                           \
	_Static_assert(sizeof(es_event_##name##_t) -                                        \
				       offsetof(es_event_##name##_t, reserved) - (left) <   \
			       _Alignof(es_event_##name##_t),                               \
		       #name " ends in its reserve");
EVENTS_BY_VALUE(X)
#undef X

#define X(name)                                                                             \
	_Static_assert(__builtin_types_compatible_p(__typeof__(MEMBER(es_events_t, name)),  \
						    es_event_##name##_t *),                 \
		       #name " stands in the union by pointer");
EVENTS_BY_POINTER(X)
#undef X

#define FIELD_IS(type, name, of)                                                        \
	_Static_assert(__builtin_types_compatible_p(__typeof__(MEMBER(type, name)), of), \
		       #type "." #name " is " #of)
FIELD_IS(es_event_setgid_t, gid, uid_t);
FIELD_IS(es_event_setegid_t, egid, uid_t);
FIELD_IS(es_event_mprotect_t, address, uint64_t);
FIELD_IS(es_event_mprotect_t, size, uint64_t);
FIELD_IS(es_event_open_t, fflag, int32_t);
FIELD_IS(es_event_exec_t, image_cputype, int32_t);
FIELD_IS(es_message_t, seq_num, uint64_t);
FIELD_IS(es_message_t, time, struct timespec);
FIELD_IS(es_process_t, start_time, struct timeval);
FIELD_IS(es_file_t, stat, struct stat);
FIELD_IS(es_events_t, exit.stat, int);
_Static_assert(sizeof(es_result_t) == 36, "a result is its type and 32 bytes");
_Static_assert(sizeof MEMBER(es_message_t, action) == 36, "auth and notify share their place");
_Static_assert(sizeof(es_cdhash_t) == 20 && sizeof(es_sha256_t) == 32, "hashes have their size");
_Static_assert(sizeof(struct attrlist) == 24, "an attrlist is 24 bytes");

/* Asserts that a list of offsets grows. */
#define ASSERT_ASCENDS(...)                                                          \
	do {                                                                         \
		static const size_t at_[] = { __VA_ARGS__ };                         \
		for (size_t i_ = 1; i_ < sizeof at_ / sizeof *at_; i_++)             \
			assert_true(at_[i_ - 1] < at_[i_]);                          \
	} while (0)

static void
message_fields_are_in_apples_order(void **state)
{
	(void)state;
#define AT(name) offsetof(es_message_t, name)
	ASSERT_ASCENDS(AT(version), AT(time), AT(mach_time), AT(deadline), AT(process), AT(seq_num),
		       AT(action_type), AT(action), AT(event_type), AT(event), AT(thread), AT(global_seq_num),
		       AT(opaque));
#undef AT
	assert_int_equal(offsetof(es_message_t, version), 0);
}

static void
process_fields_are_in_apples_order(void **state)
{
	(void)state;
#define AT(name) offsetof(es_process_t, name)
	ASSERT_ASCENDS(AT(audit_token), AT(ppid), AT(original_ppid), AT(group_id), AT(session_id),
		       AT(codesigning_flags), AT(is_platform_binary), AT(is_es_client), AT(cdhash),
		       AT(signing_id), AT(team_id), AT(executable), AT(tty), AT(start_time),
		       AT(responsible_audit_token), AT(parent_audit_token), AT(cs_validation_category),
		       AT(cdhash_full));
#undef AT
	assert_int_equal(offsetof(es_process_t, cs_validation_category), 0xd0);
	assert_int_equal(offsetof(es_process_t, reserved), offsetof(es_process_t, cdhash_full));
}

/* A payload is found under its event's name, whether AUTH or NOTIFY. */
static void
each_notify_event_up_to_15_4_has_one_member(void **state)
{
	static const char *const members[] = {
#define X(name, ...) #name,
		EVENTS_BY_VALUE(X) EVENTS_BY_POINTER(X)
#undef X
	};
	static const struct { int number; const char *name; } events[] = {
#define X(number, name) { number, #name },
		EVENT_NUMBERS(X)
#undef X
	};
	const size_t count = sizeof members / sizeof *members;
	size_t notify = 0;
	(void)state;

	for (size_t e = 0; e < ES_EVENT_TYPE_RESERVED_0; e++) {
		size_t found = 0;

		if (strncmp(events[e].name, "NOTIFY_", 7) != 0)
			continue;
		notify++;
		for (size_t m = 0; m < count; m++)
			found += strcasecmp(events[e].name + 7, members[m]) == 0;
		if (found != 1)
			fail_msg("%s has %zu members", events[e].name, found);
	}
	assert_int_equal(notify, 104);
	assert_int_equal(notify, count);
}

/*
 * Tokens and time
 */

static void
audit_token_accessors_read_their_word(void **state)
{
	const audit_token_t token = { { 10, 11, 12, 13, 14, 15, 16, 17 } };
	(void)state;

	assert_int_equal(audit_token_to_auid(token), 10);
	assert_int_equal(audit_token_to_euid(token), 11);
	assert_int_equal(audit_token_to_egid(token), 12);
	assert_int_equal(audit_token_to_ruid(token), 13);
	assert_int_equal(audit_token_to_rgid(token), 14);
	assert_int_equal(audit_token_to_pid(token), 15);
	assert_int_equal(audit_token_to_asid(token), 16);
	assert_int_equal(audit_token_to_pidversion(token), 17);
}

static void
an_unset_login_user_is_minus_one(void **state)
{
	const audit_token_t token = { { 4294967295u, 0, 0, 0, 0, 1, 0, 4294967295u } };
	(void)state;

	assert_true(audit_token_to_auid(token) == (uid_t)-1);
	assert_int_equal(audit_token_to_pidversion(token), -1);
}

static uint64_t
monotonic_ns(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
mach_time_is_the_monotonic_clock_in_nanoseconds(void **state)
{
	mach_timebase_info_data_t base = { 0, 0 };
	const uint64_t before = monotonic_ns();
	const uint64_t now = mach_absolute_time();
	const uint64_t after = monotonic_ns();
	(void)state;

	assert_true(before <= now && now <= after);
	assert_int_equal(mach_timebase_info(&base), KERN_SUCCESS);
	assert_int_equal(base.numer, 1);
	assert_int_equal(base.denom, 1);
	assert_int_equal(mach_timebase_info(NULL), KERN_INVALID_ARGUMENT);
}

static void
an_audit_token_fills_its_task_info(void **state)
{
	(void)state;
	assert_int_equal(TASK_AUDIT_TOKEN, 15);
	assert_int_equal(TASK_AUDIT_TOKEN_COUNT, 8);
	assert_true(mach_task_self() != MACH_PORT_NULL);
}

/*
 * A client as one writes it on macOS, using every call at least once. It is
 * compiled, never called and never linked.
 */

__attribute__((unused)) static inline size_t
mac_client_look(const es_message_t *msg)
{
	size_t seen = msg->process->executable->path.length;

	switch (msg->event_type) {
	case ES_EVENT_TYPE_NOTIFY_EXEC: {
		const es_event_exec_t *exec = &msg->event.exec;

		for (uint32_t i = 0; i < es_exec_arg_count(exec); i++)
			seen += es_exec_arg(exec, i).length;
		for (uint32_t i = 0; i < es_exec_env_count(exec); i++)
			seen += es_exec_env(exec, i).length;
		for (uint32_t i = 0; i < es_exec_fd_count(exec); i++)
			seen += es_exec_fd(exec, i)->fdtype == 6 ? (size_t)es_exec_fd(exec, i)->pipe.pipe_id
								 : 0;
		if (msg->version >= 2 && exec->script != NULL)
			seen += exec->script->path.length;
		if (msg->version >= 7)
			seen += exec->dyld_exec_path.length;
		seen += exec->cwd->path.length + (size_t)exec->last_fd;
		seen += (size_t)audit_token_to_pid(exec->target->audit_token);
		break;
	}
	case ES_EVENT_TYPE_NOTIFY_FORK:
		seen += (size_t)msg->event.fork.child->ppid;
		break;
	case ES_EVENT_TYPE_NOTIFY_EXIT:
		seen += (size_t)msg->event.exit.stat;
		break;
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		seen += (size_t)msg->event.open.fflag + msg->event.open.file->path.length;
		break;
	case ES_EVENT_TYPE_NOTIFY_CLOSE:
		seen += msg->event.close.modified + msg->event.close.was_mapped_writable +
			(size_t)msg->event.close.target->stat.st_size;
		break;
	case ES_EVENT_TYPE_NOTIFY_CREATE:
		if (msg->event.create.destination_type == ES_DESTINATION_TYPE_NEW_PATH)
			seen += msg->event.create.destination.new_path.filename.length;
		else
			seen += msg->event.create.destination.existing_file->path.length;
		seen += msg->event.create.acl != NULL;
		break;
	case ES_EVENT_TYPE_NOTIFY_RENAME:
		seen += msg->event.rename.destination.new_path.dir->path.length;
		break;
	case ES_EVENT_TYPE_NOTIFY_SETACL:
		seen += msg->event.setacl.set_or_clear == ES_SET && msg->event.setacl.acl.set != NULL;
		break;
	case ES_EVENT_TYPE_NOTIFY_AUTHENTICATION:
		if (msg->event.authentication->type == ES_AUTHENTICATION_TYPE_OD)
			seen += msg->event.authentication->data.od->record_name.length;
		break;
	case ES_EVENT_TYPE_NOTIFY_OD_GROUP_SET:
		seen += msg->event.od_group_set->members->member_array.names[0].length;
		break;
	case ES_EVENT_TYPE_NOTIFY_GATEKEEPER_USER_OVERRIDE:
		seen += msg->event.gatekeeper_user_override->file.file_path.length;
		break;
	default:
		break;
	}
	if (msg->action_type == ES_ACTION_TYPE_NOTIFY && msg->action.notify.result_type == ES_RESULT_TYPE_AUTH)
		seen += msg->action.notify.result.auth == ES_AUTH_RESULT_DENY;
	if (msg->version >= 4 && msg->thread != NULL)
		seen += (size_t)msg->thread->thread_id;
	return seen;
}

__attribute__((unused)) static inline int
mac_client_run(void)
{
	static const es_event_type_t events[] = {
		ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_FORK,  ES_EVENT_TYPE_NOTIFY_EXIT,
		ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE,
	};
	const uint32_t count = sizeof(events) / sizeof(events[0]);
	mach_msg_type_number_t info_count = TASK_AUDIT_TOKEN_COUNT;
	es_muted_processes_t *processes = NULL;
	es_muted_paths_t *paths = NULL;
	es_event_type_t *subscriptions = NULL;
	es_client_t *client = NULL;
	audit_token_t self;
	size_t n = 0;
	__block uint64_t expected = 0;
	__block size_t lost = 0, seen = 0;

	es_new_client_result_t result = es_new_client(&client, ^(es_client_t *c, const es_message_t *msg) {
	  es_retain_message(msg);
	  if (msg->global_seq_num > expected)
		  lost += (size_t)(msg->global_seq_num - expected);
	  expected = msg->global_seq_num + 1;
	  seen += mac_client_look(msg);
	  if (msg->process->is_es_client)
		  es_mute_process(c, &msg->process->audit_token);
	  es_release_message(msg);
	});
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS)
		return 1;
	if (task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)&self, &info_count) != KERN_SUCCESS)
		return 1;

	es_mute_process(client, &self);
	es_mute_process_events(client, &self, events, count);
	es_unmute_process_events(client, &self, events, count);
	es_unmute_process(client, &self);
	if (es_muted_processes_events(client, &processes) == ES_RETURN_SUCCESS) {
		for (size_t i = 0; i < processes->count; i++)
			n += processes->processes[i].event_count;
		es_release_muted_processes(processes);
	}
	es_mute_path(client, "/usr/libexec/", ES_MUTE_PATH_TYPE_PREFIX);
	es_mute_path_events(client, "/private/tmp/x", ES_MUTE_PATH_TYPE_TARGET_LITERAL, events, count);
	es_unmute_path_events(client, "/private/tmp/x", ES_MUTE_PATH_TYPE_TARGET_LITERAL, events, count);
	es_unmute_path(client, "/usr/libexec/", ES_MUTE_PATH_TYPE_PREFIX);
	if (es_muted_paths_events(client, &paths) == ES_RETURN_SUCCESS) {
		for (size_t i = 0; i < paths->count; i++)
			n += paths->paths[i].path.length;
		es_release_muted_paths(paths);
	}
	if (es_muting_inverted(client, ES_MUTE_INVERSION_TYPE_PATH) == ES_MUTE_NOT_INVERTED)
		es_invert_muting(client, ES_MUTE_INVERSION_TYPE_PATH);
	es_unmute_all_paths(client);
	es_unmute_all_target_paths(client);

	es_subscribe(client, events, count);
	if (es_subscriptions(client, &n, &subscriptions) == ES_RETURN_SUCCESS)
		free(subscriptions);
	es_clear_cache(client);
	es_sync_client(client, ^{
	  expected = 0;
	});
	es_unsubscribe(client, events, 1);
	es_unsubscribe_all(client);
	if (es_delete_client(client) != ES_RETURN_SUCCESS)
		return 1;
	return lost > seen;
}

/* What macOS 10.15 had. */
__attribute__((unused)) static inline int
old_mac_client_run(es_client_t *client, const es_message_t *msg)
{
	es_message_t *copy = es_copy_message(msg);
	audit_token_t *tokens = NULL;
	size_t count = 0;

	if (copy == NULL || es_message_size(copy) < sizeof *copy)
		return 1;
	es_free_message(copy);
	if (es_muted_processes(client, &count, &tokens) == ES_RETURN_SUCCESS)
		free(tokens);
	es_mute_path_prefix(client, "/usr/libexec/");
	return es_mute_path_literal(client, "/bin/sh") != ES_RETURN_SUCCESS;
}

__attribute__((unused)) static inline es_return_t
linux_client_run(es_client_t *client)
{
	const es_linux_config_t config = { .ring_bytes = 1 << 20, .mute_limit = 255 };
	__block size_t processes = 0;
	es_linux_stats_t stats;
	audit_token_t self;

	if (es_linux_configure(&config) != ES_RETURN_SUCCESS)
		return es_linux_error()[0] == '\0' ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
	es_linux_self_token(&self);
	es_linux_stats(client, &stats);
	if (es_linux_processes(client, ^(const es_process_t *process, const es_linux_extra_t *extra) {
	      processes += !extra->kernel_thread && process->ppid > 0;
	    }) != ES_RETURN_SUCCESS)
		return ES_RETURN_ERROR;
	return processes > 0 ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_types_have_apples_numbers),
		cmocka_unit_test(event_types_are_dense),
		cmocka_unit_test(enums_have_apples_values),
		cmocka_unit_test(message_fields_are_in_apples_order),
		cmocka_unit_test(process_fields_are_in_apples_order),
		cmocka_unit_test(each_notify_event_up_to_15_4_has_one_member),
		cmocka_unit_test(audit_token_accessors_read_their_word),
		cmocka_unit_test(an_unset_login_user_is_minus_one),
		cmocka_unit_test(mach_time_is_the_monotonic_clock_in_nanoseconds),
		cmocka_unit_test(an_audit_token_fills_its_task_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
