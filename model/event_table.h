/*
 * event_table - every NOTIFY type of Endpoint Security up to macOS 15.4.
 *
 * A table and nothing else, so that src/linux can use it, too. The short name is
 * Endpoint Security's own, the number is es_event_type_t's. "vital" events shape the
 * tree: they have a reserve in the ring and stay when a process is muted. "target"
 * says whether Endpoint Security can mute the type by the path it acts on. "hot" ones
 * are high-volume: watched only when asked for.
 *
 * The first five are core: every process counts them by themselves and has
 * columns for them. Of the others a process counts what it does (model/rate.h).
 */
#ifndef ESTOP_MODEL_EVENT_TABLE_H
#define ESTOP_MODEL_EVENT_TABLE_H

#define EVENT_TABLE(X)                                                                                                                         \
	/* id                    number name                        group     vital target hot help */                                         \
	X(OPEN,                       10, "open",                      FILE,     0, 1, 0, "a file was opened")                                 \
	X(CLOSE,                      12, "close",                     FILE,     0, 1, 0, "an open file was closed")                           \
	X(EXEC,                        9, "exec",                      PROCESS,  1, 1, 0, "a process executed a program")                      \
	X(FORK,                       11, "fork",                      PROCESS,  1, 0, 0, "a process created a child process")                 \
	X(EXIT,                       15, "exit",                      PROCESS,  1, 0, 0, "a process exited")                                  \
	X(SIGNAL,                     31, "signal",                    PROCESS,  0, 1, 0, "a signal was sent to another process")              \
	X(TRACE,                      96, "trace",                     PROCESS,  0, 1, 0, "a process began to trace another")                  \
	X(GET_TASK,                   16, "get_task",                  PROCESS,  0, 1, 0, "the task control port of another process was obtained") \
	X(GET_TASK_READ,             101, "get_task_read",             PROCESS,  0, 1, 0, "the task read port of another process was obtained") \
	X(GET_TASK_INSPECT,          102, "get_task_inspect",          PROCESS,  0, 1, 0, "the task inspect port of another process was obtained") \
	X(GET_TASK_NAME,              95, "get_task_name",             PROCESS,  0, 1, 0, "the task name port of another process was obtained") \
	X(PROC_CHECK,                 86, "proc_check",                PROCESS,  0, 1, 1, "information about a process was requested, as by ps and top") \
	X(PROC_SUSPEND_RESUME,        93, "proc_suspend_resume",       PROCESS,  0, 1, 0, "a process was suspended or resumed")                \
	X(REMOTE_THREAD_CREATE,       97, "remote_thread_create",      PROCESS,  0, 1, 0, "a thread was created in another process")           \
	X(CREATE,                     13, "create",                    FILE,     0, 1, 0, "a file was created")                                \
	X(UNLINK,                     32, "unlink",                    FILE,     0, 1, 0, "a file name was removed")                           \
	X(RENAME,                     25, "rename",                    FILE,     0, 1, 0, "a file was renamed or moved")                       \
	X(LINK,                       19, "link",                      FILE,     0, 1, 0, "a hard link was created")                           \
	X(CLONE,                      61, "clone",                     FILE,     0, 1, 0, "a file was cloned (shared blocks)")                 \
	X(COPYFILE,                  110, "copyfile",                  FILE,     0, 1, 0, "a file was copied by the kernel")                   \
	X(EXCHANGEDATA,               14, "exchangedata",              FILE,     0, 1, 0, "two files were exchanged")                          \
	X(WRITE,                      33, "write",                     FILE,     0, 1, 1, "a file was written to")                             \
	X(TRUNCATE,                   41, "truncate",                  FILE,     0, 1, 0, "a file's length was changed by truncate(2)")        \
	X(LOOKUP,                     43, "lookup",                    FILE,     0, 0, 1, "a path was looked up in a directory")               \
	X(READLINK,                   39, "readlink",                  FILE,     0, 1, 1, "a symbolic link was read")                          \
	X(READDIR,                    68, "readdir",                   FILE,     0, 1, 1, "a directory was read")                              \
	X(CHDIR,                      51, "chdir",                     FILE,     0, 1, 0, "the working directory changed")                     \
	X(CHROOT,                     57, "chroot",                    FILE,     0, 1, 0, "the root directory changed")                        \
	X(DUP,                        73, "dup",                       FILE,     0, 1, 1, "a file descriptor was duplicated")                  \
	X(FCNTL,                      62, "fcntl",                     FILE,     0, 1, 1, "fcntl(2) was called on a file descriptor")          \
	X(FSGETPATH,                  72, "fsgetpath",                 FILE,     0, 0, 0, "a path was requested by file number")               \
	X(SEARCHFS,                   89, "searchfs",                  FILE,     0, 1, 0, "a volume was searched")                             \
	X(UIPC_BIND,                  76, "uipc_bind",                 FILE,     0, 1, 0, "a socket was bound to a path")                      \
	X(UIPC_CONNECT,               78, "uipc_connect",              FILE,     0, 1, 0, "a socket connected to a path")                      \
	X(FILE_PROVIDER_MATERIALIZE,  35, "file_provider_materialize", FILE,     0, 0, 0, "a file provider fetched a file")                    \
	X(FILE_PROVIDER_UPDATE,       37, "file_provider_update",      FILE,     0, 0, 0, "a file provider uploaded a file")                   \
	X(STAT,                       54, "stat",                      METADATA, 0, 1, 1, "a file's status was read")                          \
	X(ACCESS,                     55, "access",                    METADATA, 0, 1, 1, "access permission for a file was checked")          \
	X(SETMODE,                    29, "setmode",                   METADATA, 0, 1, 0, "permissions were changed")                          \
	X(SETOWNER,                   30, "setowner",                  METADATA, 0, 1, 0, "owner or group were changed")                       \
	X(SETFLAGS,                   28, "setflags",                  METADATA, 0, 1, 0, "flags of a file were changed")                      \
	X(SETACL,                     82, "setacl",                    METADATA, 0, 1, 0, "an access list was changed")                        \
	X(UTIMES,                     59, "utimes",                    METADATA, 0, 1, 0, "times of a file were set")                          \
	X(GETATTRLIST,                53, "getattrlist",               METADATA, 0, 1, 1, "attributes of a file were read")                    \
	X(SETATTRLIST,                26, "setattrlist",               METADATA, 0, 1, 0, "attributes of a file were changed")                 \
	X(GETEXTATTR,                 64, "getextattr",                METADATA, 0, 1, 1, "an extended attribute was read")                    \
	X(SETEXTATTR,                 27, "setextattr",                METADATA, 0, 1, 0, "an extended attribute was set")                     \
	X(LISTEXTATTR,                66, "listextattr",               METADATA, 0, 1, 1, "extended attributes were listed")                   \
	X(DELETEEXTATTR,              70, "deleteextattr",             METADATA, 0, 1, 0, "an extended attribute was removed")                 \
	X(MMAP,                       20, "mmap",                      MEMORY,   0, 1, 1, "a file was mapped into memory")                     \
	X(MPROTECT,                   21, "mprotect",                  MEMORY,   0, 0, 1, "protection of memory was changed")                  \
	X(SETUID,                    103, "setuid",                    SECURITY, 0, 0, 0, "a process set its user")                            \
	X(SETGID,                    104, "setgid",                    SECURITY, 0, 0, 0, "a process set its group")                           \
	X(SETEUID,                   105, "seteuid",                   SECURITY, 0, 0, 0, "a process set its effective user")                  \
	X(SETEGID,                   106, "setegid",                   SECURITY, 0, 0, 0, "a process set its effective group")                 \
	X(SETREUID,                  107, "setreuid",                  SECURITY, 0, 0, 0, "a process set real and effective user")             \
	X(SETREGID,                  108, "setregid",                  SECURITY, 0, 0, 0, "a process set real and effective group")            \
	X(CS_INVALIDATED,             94, "cs_invalidated",            SECURITY, 0, 0, 0, "the signature of a running program became invalid") \
	X(AUTHORIZATION_PETITION,    129, "authorization_petition",    SECURITY, 0, 0, 0, "an authorization was requested")                    \
	X(AUTHORIZATION_JUDGEMENT,   130, "authorization_judgement",   SECURITY, 0, 0, 0, "an authorization was granted or denied")            \
	X(XP_MALWARE_DETECTED,       112, "xp_malware_detected",       SECURITY, 0, 0, 0, "XProtect found malware")                            \
	X(XP_MALWARE_REMEDIATED,     113, "xp_malware_remediated",     SECURITY, 0, 0, 0, "XProtect removed malware")                          \
	X(BTM_LAUNCH_ITEM_ADD,       124, "btm_launch_item_add",       SECURITY, 0, 0, 0, "a login or background item was added")              \
	X(BTM_LAUNCH_ITEM_REMOVE,    125, "btm_launch_item_remove",    SECURITY, 0, 0, 0, "a login or background item was removed")            \
	X(PROFILE_ADD,               126, "profile_add",               SECURITY, 0, 0, 0, "a configuration profile was installed")             \
	X(PROFILE_REMOVE,            127, "profile_remove",            SECURITY, 0, 0, 0, "a configuration profile was removed")               \
	X(GATEKEEPER_USER_OVERRIDE,  146, "gatekeeper_user_override",  SECURITY, 0, 0, 0, "a user overrode Gatekeeper")                        \
	X(TCC_MODIFY,                147, "tcc_modify",                SECURITY, 0, 0, 0, "a privacy permission was changed")                  \
	X(AUTHENTICATION,            111, "authentication",            SESSION,  0, 0, 0, "a user was authenticated")                          \
	X(LOGIN_LOGIN,               122, "login_login",               SESSION,  0, 0, 0, "login by login(1)")                                 \
	X(LOGIN_LOGOUT,              123, "login_logout",              SESSION,  0, 0, 0, "logout of login(1)")                                \
	X(OPENSSH_LOGIN,             120, "openssh_login",             SESSION,  0, 0, 0, "login by ssh")                                      \
	X(OPENSSH_LOGOUT,            121, "openssh_logout",            SESSION,  0, 0, 0, "logout of ssh")                                     \
	X(LW_SESSION_LOGIN,          114, "lw_session_login",          SESSION,  0, 0, 0, "login at the screen")                               \
	X(LW_SESSION_LOGOUT,         115, "lw_session_logout",         SESSION,  0, 0, 0, "logout at the screen")                              \
	X(LW_SESSION_LOCK,           116, "lw_session_lock",           SESSION,  0, 0, 0, "the screen was locked")                             \
	X(LW_SESSION_UNLOCK,         117, "lw_session_unlock",         SESSION,  0, 0, 0, "the screen was unlocked")                           \
	X(SCREENSHARING_ATTACH,      118, "screensharing_attach",      SESSION,  0, 0, 0, "screen sharing began")                              \
	X(SCREENSHARING_DETACH,      119, "screensharing_detach",      SESSION,  0, 0, 0, "screen sharing ended")                              \
	X(SU,                        128, "su",                        SESSION,  0, 0, 0, "su was used")                                       \
	X(SUDO,                      131, "sudo",                      SESSION,  0, 0, 0, "sudo was used")                                     \
	X(OD_GROUP_ADD,              132, "od_group_add",              SESSION,  0, 0, 0, "a member was added to a group")                     \
	X(OD_GROUP_REMOVE,           133, "od_group_remove",           SESSION,  0, 0, 0, "a member was removed from a group")                 \
	X(OD_GROUP_SET,              134, "od_group_set",              SESSION,  0, 0, 0, "the members of a group were set")                   \
	X(OD_MODIFY_PASSWORD,        135, "od_modify_password",        SESSION,  0, 0, 0, "a password was changed")                            \
	X(OD_DISABLE_USER,           136, "od_disable_user",           SESSION,  0, 0, 0, "an account was disabled")                           \
	X(OD_ENABLE_USER,            137, "od_enable_user",            SESSION,  0, 0, 0, "an account was enabled")                            \
	X(OD_ATTRIBUTE_VALUE_ADD,    138, "od_attribute_value_add",    SESSION,  0, 0, 0, "an attribute of an account got a value")            \
	X(OD_ATTRIBUTE_VALUE_REMOVE, 139, "od_attribute_value_remove", SESSION,  0, 0, 0, "an attribute of an account lost a value")           \
	X(OD_ATTRIBUTE_SET,          140, "od_attribute_set",          SESSION,  0, 0, 0, "an attribute of an account was set")                \
	X(OD_CREATE_USER,            141, "od_create_user",            SESSION,  0, 0, 0, "an account was created")                            \
	X(OD_CREATE_GROUP,           142, "od_create_group",           SESSION,  0, 0, 0, "a group was created")                               \
	X(OD_DELETE_USER,            143, "od_delete_user",            SESSION,  0, 0, 0, "an account was deleted")                            \
	X(OD_DELETE_GROUP,           144, "od_delete_group",           SESSION,  0, 0, 0, "a group was deleted")                               \
	X(MOUNT,                      22, "mount",                     SYSTEM,   0, 0, 0, "a file system was mounted")                         \
	X(UNMOUNT,                    23, "unmount",                   SYSTEM,   0, 0, 0, "a file system was unmounted")                       \
	X(REMOUNT,                    99, "remount",                   SYSTEM,   0, 0, 0, "a mounted file system was changed")                 \
	X(KEXTLOAD,                   17, "kextload",                  SYSTEM,   0, 0, 0, "a kernel extension or module was loaded")           \
	X(KEXTUNLOAD,                 18, "kextunload",                SYSTEM,   0, 0, 0, "a kernel extension or module was unloaded")         \
	X(IOKIT_OPEN,                 24, "iokit_open",                SYSTEM,   0, 0, 0, "a device driver was opened")                        \
	X(SETTIME,                    75, "settime",                   SYSTEM,   0, 0, 0, "the clock was set")                                 \
	X(PTY_GRANT,                  83, "pty_grant",                 SYSTEM,   0, 0, 0, "a pseudo terminal was allocated")                   \
	X(PTY_CLOSE,                  84, "pty_close",                 SYSTEM,   0, 0, 0, "a pseudo terminal was closed")                      \
	X(XPC_CONNECT,               145, "xpc_connect",               SYSTEM,   0, 0, 0, "an XPC service was connected to by name")

#endif
