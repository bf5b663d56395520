/*
 * ESMessage - a message, the process and files in it, and a payload per event.
 *
 * Everything a message points to belongs to it and is read-only. "since vN" is
 * es_message_t.version: the field is garbage in messages of a lower version.
 */
#ifndef ESTOP_ENDPOINTSECURITY_MESSAGE_H
#define ESTOP_ENDPOINTSECURITY_MESSAGE_H

#ifndef ESTOP_ENDPOINTSECURITY_INDIRECT
#error "include <EndpointSecurity/EndpointSecurity.h> instead"
#endif

__BEGIN_DECLS

/*
 * Who and what
 */

typedef struct {
	es_string_token_t path; /* absolute, links resolved; one of the names, if it has several */
	bool path_truncated;    /* path was cut: do not compare with it */
	struct stat stat;       /* when the event happened */
} es_file_t;

typedef struct {
	uint64_t thread_id;
} es_thread_t;

typedef struct {
	audit_token_t audit_token;
	pid_t ppid;          /* now; parent_audit_token is the better name */
	pid_t original_ppid; /* at its fork, whoever adopted it later */
	pid_t group_id;
	pid_t session_id;
	uint32_t codesigning_flags; /* CS_*; 0 on Linux, like all about signatures */
	bool is_platform_binary;
	bool is_es_client;
	es_cdhash_t cdhash;
	es_string_token_t signing_id;
	es_string_token_t team_id;
	es_file_t *_Nonnull executable;
	es_file_t *_Nullable tty;              /* since v2: controlling terminal of its session */
	struct timeval start_time;             /* since v3: of its fork; exec does not change it */
	audit_token_t responsible_audit_token; /* since v4: its own when nobody else is */
	audit_token_t parent_audit_token;      /* since v4 */
	es_cs_validation_category_t cs_validation_category; /* since v10 */
	union {
		uint8_t reserved[16];
		es_token_t cdhash_full; /* since v11 */
	};
} es_process_t;

typedef struct {
	int flavor;
	es_token_t state;
} es_thread_state_t;

typedef struct {
	int32_t fd;
	uint32_t fdtype; /* as in libproc: 1 file, 2 socket, 5 kqueue, 6 pipe */
	union {
		struct {
			uint64_t pipe_id; /* the same at both ends */
		} pipe;
	};
} es_fd_t;

/*
 * Payloads, file and process events. The reserved tails keep room for fields to
 * come: these structures stand in es_events_t by value. Where not said otherwise
 * the files of an event are those it acts on, as they were.
 */

typedef struct {
	es_process_t *_Nonnull target;     /* after the exec; message.process is before it */
	es_string_token_t dyld_exec_path;  /* since v7: the path as it was asked for */
	union {
		uint8_t reserved[64];
		struct {
			es_file_t *_Nullable script;      /* since v2: when run by its #! line */
			es_file_t *_Nonnull cwd;          /* since v3 */
			int last_fd;                      /* since v4: highest open descriptor */
			cpu_type_t image_cputype;         /* since v6 */
			cpu_subtype_t image_cpusubtype;   /* since v6 */
		};
	};
} es_event_exec_t; /* arguments, environment, descriptors: es_exec_arg() and its kin */

typedef struct {
	es_process_t *_Nonnull child;
	uint8_t reserved[64];
} es_event_fork_t;

typedef struct {
	int stat; /* as from wait(2) */
	uint8_t reserved[64];
} es_event_exit_t;

typedef struct {
	int32_t fflag; /* kernel's form of Darwin's open flags: FREAD 1, FWRITE 2, O_* */
	es_file_t *_Nonnull file;
	uint8_t reserved[64];
} es_event_open_t;

typedef struct {
	bool modified; /* written to while open, mappings aside */
	es_file_t *_Nonnull target;
	union {
		uint8_t reserved[64];
		bool was_mapped_writable; /* since v6: ever, by anyone */
	};
} es_event_close_t;

typedef struct {
	es_destination_type_t destination_type;
	union {
		es_file_t *_Nonnull existing_file;
		struct {
			es_file_t *_Nonnull dir;
			es_string_token_t filename;
			mode_t mode;
		} new_path;
	} destination;
	uint8_t reserved2[16];
	union {
		struct {
			acl_t _Nullable acl; /* since v2 */
		};
		uint8_t reserved[48];
	};
} es_event_create_t;

typedef struct {
	es_file_t *_Nonnull target;
	es_file_t *_Nonnull parent_dir;
	uint8_t reserved[64];
} es_event_unlink_t;

typedef struct {
	es_file_t *_Nonnull source;
	es_destination_type_t destination_type;
	union {
		es_file_t *_Nonnull existing_file; /* replaced by it */
		struct {
			es_file_t *_Nonnull dir;
			es_string_token_t filename;
		} new_path;
	} destination;
	uint8_t reserved[64];
} es_event_rename_t;

typedef struct {
	es_file_t *_Nonnull source;
	es_file_t *_Nonnull target_dir;
	es_string_token_t target_filename;
	uint8_t reserved[64];
} es_event_link_t;

typedef struct {
	es_file_t *_Nonnull source;
	es_file_t *_Nonnull target_dir;
	es_string_token_t target_name;
	uint8_t reserved[64];
} es_event_clone_t;

typedef struct {
	es_file_t *_Nonnull source;
	es_file_t *_Nullable target_file; /* replaced by it */
	es_file_t *_Nonnull target_dir;
	es_string_token_t target_name;
	mode_t mode;
	int32_t flags;
	uint8_t reserved[56];
} es_event_copyfile_t;

typedef struct {
	es_file_t *_Nonnull file1;
	es_file_t *_Nonnull file2;
	uint8_t reserved[64];
} es_event_exchangedata_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_write_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_truncate_t;

typedef struct {
	es_file_t *_Nonnull source_dir;
	es_string_token_t relative_target; /* whatever the process asked for */
	uint8_t reserved[64];
} es_event_lookup_t;

typedef struct {
	es_file_t *_Nonnull source;
	uint8_t reserved[64];
} es_event_readlink_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_readdir_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_stat_t;

typedef struct {
	int32_t mode; /* as given to access(2) */
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_access_t;

typedef struct {
	struct attrlist attrlist;
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_getattrlist_t;

typedef struct {
	struct attrlist attrlist;
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_setattrlist_t;

typedef struct {
	es_file_t *_Nonnull target;
	es_string_token_t extattr;
	uint8_t reserved[64];
} es_event_getextattr_t;

typedef struct {
	es_file_t *_Nonnull target;
	es_string_token_t extattr;
	uint8_t reserved[64];
} es_event_setextattr_t;

typedef struct {
	es_file_t *_Nonnull target;
	es_string_token_t extattr;
	uint8_t reserved[64];
} es_event_deleteextattr_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_listextattr_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_chdir_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_chroot_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_dup_t;

typedef struct {
	es_file_t *_Nonnull target;
	int32_t cmd; /* Darwin's F_* */
	uint8_t reserved[64];
} es_event_fcntl_t;

typedef struct {
	int32_t protection;
	int32_t max_protection;
	int32_t flags;
	uint64_t file_pos;
	es_file_t *_Nonnull source;
	uint8_t reserved[64];
} es_event_mmap_t;

typedef struct {
	int32_t protection;
	user_addr_t address;
	user_size_t size;
	uint8_t reserved[64];
} es_event_mprotect_t;

typedef struct {
	mode_t mode;
	es_file_t *_Nonnull target; /* its stat has the old mode; on Linux the new one */
	uint8_t reserved[64];
} es_event_setmode_t;

typedef struct {
	uint32_t flags;
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_setflags_t;

typedef struct {
	uid_t uid;
	gid_t gid;
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_setowner_t;

typedef struct {
	es_file_t *_Nonnull target;
	es_set_or_clear_t set_or_clear;
	union {
		acl_t _Nonnull set; /* when ES_SET */
	} acl;
	uint8_t reserved[64];
} es_event_setacl_t;

typedef struct {
	es_file_t *_Nonnull target;
	struct timespec atime;
	struct timespec mtime;
	uint8_t reserved[64];
} es_event_utimes_t;

typedef struct {
	es_file_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_fsgetpath_t;

typedef struct {
	struct attrlist attrlist;
	es_file_t *_Nonnull target; /* the volume searched */
	uint8_t reserved[64];
} es_event_searchfs_t;

typedef struct {
	es_statfs_t *_Nonnull statfs;
	es_mount_disposition_t disposition; /* since v8 */
	uint8_t reserved[60];
} es_event_mount_t;

typedef struct {
	es_statfs_t *_Nonnull statfs;
	uint8_t reserved[64];
} es_event_unmount_t;

typedef struct {
	es_statfs_t *_Nonnull statfs;
	uint64_t remount_flags;             /* since v8 */
	es_mount_disposition_t disposition; /* since v8 */
	uint8_t reserved[52];
} es_event_remount_t;

typedef struct {
	es_file_t *_Nonnull dir;
	es_string_token_t filename;
	mode_t mode;
	uint8_t reserved[64];
} es_event_uipc_bind_t;

typedef struct {
	es_file_t *_Nonnull file;
	int domain;
	int type;
	int protocol;
	uint8_t reserved[64];
} es_event_uipc_connect_t;

typedef struct {
	int sig; /* the system's own number */
	es_process_t *_Nonnull target;
	es_process_t *_Nullable instigator; /* since v9: for whom message.process sent it */
	uint8_t reserved[56];
} es_event_signal_t;

typedef struct {
	es_process_t *_Nullable target;
	es_proc_check_type_t type;
	int flavor;
	uint8_t reserved[64];
} es_event_proc_check_t;

typedef struct {
	es_process_t *_Nullable target;
	es_proc_suspend_resume_type_t type;
	uint8_t reserved[64];
} es_event_proc_suspend_resume_t;

typedef struct {
	es_process_t *_Nonnull target;
	uint8_t reserved[64];
} es_event_trace_t;

typedef struct {
	es_process_t *_Nonnull target;
	es_get_task_type_t type; /* since v5 */
	uint8_t reserved[60];
} es_event_get_task_t;

typedef struct {
	es_process_t *_Nonnull target;
	es_get_task_type_t type; /* since v5 */
	uint8_t reserved[60];
} es_event_get_task_read_t;

typedef struct {
	es_process_t *_Nonnull target;
	es_get_task_type_t type; /* since v5 */
	uint8_t reserved[60];
} es_event_get_task_inspect_t;

typedef struct {
	es_process_t *_Nonnull target;
	es_get_task_type_t type; /* since v5 */
	uint8_t reserved[60];
} es_event_get_task_name_t;

typedef struct {
	es_process_t *_Nonnull target;
	es_thread_state_t *_Nullable thread_state;
	uint8_t reserved[64];
} es_event_remote_thread_create_t;

typedef struct {
	uint8_t reserved[64];
} es_event_cs_invalidated_t;

typedef struct {
	uint8_t reserved[64];
} es_event_settime_t;

/* Identities: the argument of the call. Groups are typed uid_t as well. */

typedef struct {
	uid_t uid;
	uint8_t reserved[64];
} es_event_setuid_t;

typedef struct {
	uid_t gid;
	uint8_t reserved[64];
} es_event_setgid_t;

typedef struct {
	uid_t euid;
	uint8_t reserved[64];
} es_event_seteuid_t;

typedef struct {
	uid_t egid;
	uint8_t reserved[64];
} es_event_setegid_t;

typedef struct {
	uid_t ruid;
	uid_t euid;
	uint8_t reserved[64];
} es_event_setreuid_t;

typedef struct {
	uid_t rgid;
	uid_t egid;
	uint8_t reserved[64];
} es_event_setregid_t;

typedef struct {
	uint32_t user_client_type;
	es_string_token_t user_client_class;
	uint64_t parent_registry_id;   /* since v10 */
	es_string_token_t parent_path; /* since v10 */
	uint8_t reserved[40];
} es_event_iokit_open_t;

typedef struct {
	es_string_token_t identifier;
	uint8_t reserved[64];
} es_event_kextload_t;

typedef struct {
	es_string_token_t identifier;
	uint8_t reserved[64];
} es_event_kextunload_t;

typedef struct {
	dev_t dev;
	uint8_t reserved[64];
} es_event_pty_grant_t;

typedef struct {
	dev_t dev;
	uint8_t reserved[64];
} es_event_pty_close_t;

typedef struct {
	es_file_t *_Nonnull source;
	es_string_token_t target_path;
	uint8_t reserved[64];
} es_event_file_provider_update_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_file_t *_Nonnull source;
	es_file_t *_Nonnull target;
	audit_token_t instigator_token; /* since v8 */
	uint8_t reserved[32];
} es_event_file_provider_materialize_t;

/*
 * Payloads that programs, not the kernel, report. They stand in es_events_t by
 * pointer. An instigator is NULL when it was gone already; its token (since v8)
 * still names it.
 */

typedef struct {
	es_process_t *_Nullable instigator;
	es_string_token_t record_type;
	es_string_token_t record_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_authentication_od_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_touchid_mode_t touchid_mode;
	bool has_uid;
	union {
		uid_t uid;
	} uid;
	audit_token_t instigator_token; /* since v8 */
} es_event_authentication_touchid_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_string_token_t pubkey_hash;
	es_string_token_t token_id;
	es_string_token_t kerberos_principal;
	audit_token_t instigator_token; /* since v8 */
} es_event_authentication_token_t;

typedef struct {
	es_string_token_t username;
	es_auto_unlock_type_t type;
} es_event_authentication_auto_unlock_t;

typedef struct {
	bool success;
	es_authentication_type_t type;
	union {
		es_event_authentication_od_t *_Nonnull od;
		es_event_authentication_touchid_t *_Nonnull touchid;
		es_event_authentication_token_t *_Nonnull token;
		es_event_authentication_auto_unlock_t *_Nonnull auto_unlock;
	} data;
} es_event_authentication_t;

typedef struct {
	es_string_token_t signature_version;
	es_string_token_t malware_identifier;
	es_string_token_t incident_identifier;
	es_string_token_t detected_path;
	es_string_token_t detected_executable; /* since v10 */
} es_event_xp_malware_detected_t;

typedef struct {
	es_string_token_t signature_version;
	es_string_token_t malware_identifier;
	es_string_token_t incident_identifier;
	es_string_token_t action_type;
	bool success;
	es_string_token_t result_description;
	es_string_token_t remediated_path;
	audit_token_t *_Nullable remediated_process_audit_token;
} es_event_xp_malware_remediated_t;

typedef struct {
	es_string_token_t username;
	es_graphical_session_id_t graphical_session_id;
} es_event_lw_session_login_t;

typedef struct {
	es_string_token_t username;
	es_graphical_session_id_t graphical_session_id;
} es_event_lw_session_logout_t;

typedef struct {
	es_string_token_t username;
	es_graphical_session_id_t graphical_session_id;
} es_event_lw_session_lock_t;

typedef struct {
	es_string_token_t username;
	es_graphical_session_id_t graphical_session_id;
} es_event_lw_session_unlock_t;

typedef struct {
	bool success;
	es_address_type_t source_address_type;
	es_string_token_t source_address;
	es_string_token_t viewer_appleid;
	es_string_token_t authentication_type;
	es_string_token_t authentication_username;
	es_string_token_t session_username;
	bool existing_session;
	es_graphical_session_id_t graphical_session_id;
} es_event_screensharing_attach_t;

typedef struct {
	es_address_type_t source_address_type;
	es_string_token_t source_address;
	es_string_token_t viewer_appleid;
	es_graphical_session_id_t graphical_session_id;
} es_event_screensharing_detach_t;

typedef struct {
	bool success;
	es_openssh_login_result_type_t result_type;
	es_address_type_t source_address_type;
	es_string_token_t source_address;
	es_string_token_t username;
	bool has_uid;
	union {
		uid_t uid;
	} uid;
} es_event_openssh_login_t;

typedef struct {
	es_address_type_t source_address_type;
	es_string_token_t source_address;
	es_string_token_t username;
	uid_t uid;
} es_event_openssh_logout_t;

typedef struct {
	bool success;
	es_string_token_t failure_message;
	es_string_token_t username;
	bool has_uid;
	union {
		uid_t uid;
	} uid;
} es_event_login_login_t;

typedef struct {
	es_string_token_t username;
	uid_t uid;
} es_event_login_logout_t;

typedef struct {
	es_btm_item_type_t item_type;
	bool legacy;
	bool managed;
	uid_t uid;
	es_string_token_t item_url;
	es_string_token_t app_url;
} es_btm_launch_item_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_process_t *_Nullable app;
	es_btm_launch_item_t *_Nonnull item;
	es_string_token_t executable_path;
	audit_token_t *_Nullable instigator_token; /* since v8 */
	audit_token_t *_Nullable app_token;        /* since v8 */
} es_event_btm_launch_item_add_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_process_t *_Nullable app;
	es_btm_launch_item_t *_Nonnull item;
	audit_token_t *_Nullable instigator_token; /* since v8 */
	audit_token_t *_Nullable app_token;        /* since v8 */
} es_event_btm_launch_item_remove_t;

typedef struct {
	es_string_token_t identifier;
	es_string_token_t uuid;
	es_profile_source_t install_source;
	es_string_token_t organization;
	es_string_token_t display_name;
	es_string_token_t scope;
} es_profile_t;

typedef struct {
	es_process_t *_Nullable instigator;
	bool is_update;
	es_profile_t *_Nonnull profile;
	audit_token_t instigator_token; /* since v8 */
} es_event_profile_add_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_profile_t *_Nonnull profile;
	audit_token_t instigator_token; /* since v8 */
} es_event_profile_remove_t;

typedef struct {
	bool success;
	es_string_token_t failure_message;
	uid_t from_uid;
	es_string_token_t from_username;
	bool has_to_uid;
	union {
		uid_t uid;
	} to_uid;
	es_string_token_t to_username;
	es_string_token_t shell;
	size_t argc;
	es_string_token_t *_Nullable argv;
	size_t env_count;
	es_string_token_t *_Nullable env;
} es_event_su_t;

typedef struct {
	es_string_token_t plugin_name;
	es_sudo_plugin_type_t plugin_type;
	es_string_token_t failure_message;
} es_sudo_reject_info_t;

typedef struct {
	bool success;
	es_sudo_reject_info_t *_Nullable reject_info; /* NULL on success */
	bool has_from_uid;
	union {
		uid_t uid;
	} from_uid;
	es_string_token_t from_username;
	bool has_to_uid;
	union {
		uid_t uid;
	} to_uid;
	es_string_token_t to_username;
	es_string_token_t command;
} es_event_sudo_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_process_t *_Nullable petitioner;
	uint32_t flags;
	size_t right_count;
	es_string_token_t *_Nonnull rights;
	audit_token_t instigator_token; /* since v8 */
	audit_token_t petitioner_token; /* since v8 */
} es_event_authorization_petition_t;

typedef struct {
	es_string_token_t right_name;
	es_authorization_rule_class_t rule_class;
	bool granted;
} es_authorization_result_t;

typedef struct {
	es_process_t *_Nullable instigator;
	es_process_t *_Nullable petitioner;
	int return_code;
	size_t result_count;
	es_authorization_result_t *_Nonnull results;
	audit_token_t instigator_token; /* since v8 */
	audit_token_t petitioner_token; /* since v8 */
} es_event_authorization_judgement_t;

/* Directory (OpenDirectory) events: error_code 0 is success. */

typedef struct {
	es_od_member_type_t member_type;
	union {
		uuid_t uuid;
		es_string_token_t name;
	} member_value;
} es_od_member_id_t;

typedef struct {
	es_od_member_type_t member_type;
	size_t member_count;
	union {
		uuid_t *_Nonnull uuids;
		es_string_token_t *_Nonnull names;
	} member_array;
} es_od_member_id_array_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t group_name;
	es_od_member_id_t *_Nonnull member;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_group_add_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t group_name;
	es_od_member_id_t *_Nonnull member;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_group_remove_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t group_name;
	es_od_member_id_array_t *_Nonnull members;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_group_set_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_od_account_type_t account_type;
	es_string_token_t account_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_modify_password_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t user_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_disable_user_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t user_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_enable_user_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_od_record_type_t record_type;
	es_string_token_t record_name;
	es_string_token_t attribute_name;
	es_string_token_t attribute_value;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_attribute_value_add_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_od_record_type_t record_type;
	es_string_token_t record_name;
	es_string_token_t attribute_name;
	es_string_token_t attribute_value;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_attribute_value_remove_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_od_record_type_t record_type;
	es_string_token_t record_name;
	es_string_token_t attribute_name;
	size_t attribute_value_count;
	es_string_token_t *_Nullable attribute_values;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_attribute_set_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t user_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_create_user_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t group_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_create_group_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t user_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_delete_user_t;

typedef struct {
	es_process_t *_Nullable instigator;
	int error_code;
	es_string_token_t group_name;
	es_string_token_t node_name;
	es_string_token_t db_path;
	audit_token_t instigator_token; /* since v8 */
} es_event_od_delete_group_t;

typedef struct {
	es_string_token_t service_name;
	es_xpc_domain_type_t service_domain_type;
} es_event_xpc_connect_t;

typedef struct {
	es_cdhash_t cdhash;
	es_string_token_t signing_id;
	es_string_token_t team_id;
} es_signed_file_info_t;

typedef struct {
	es_gatekeeper_user_override_file_type_t file_type;
	union {
		es_string_token_t file_path;
		es_file_t *_Nonnull file;
	} file;
	es_sha256_t *_Nullable sha256;
	es_signed_file_info_t *_Nullable signing_info;
} es_event_gatekeeper_user_override_t;

typedef struct {
	es_string_token_t service;
	es_string_token_t identity;
	es_tcc_identity_type_t identity_type;
	es_tcc_event_type_t update_type;
	audit_token_t instigator_token;
	es_process_t *_Nullable instigator;
	audit_token_t *_Nullable responsible_token;
	es_process_t *_Nullable responsible;
	es_tcc_authorization_right_t right;
	es_tcc_authorization_reason_t reason;
} es_event_tcc_modify_t;

/*
 * The payload of any event. A member is called as its event in lower case; AUTH
 * and NOTIFY share it. By value up to macOS 12, by pointer since.
 */
typedef union {
	es_event_access_t access;
	es_event_chdir_t chdir;
	es_event_chroot_t chroot;
	es_event_clone_t clone;
	es_event_close_t close;
	es_event_copyfile_t copyfile;
	es_event_create_t create;
	es_event_cs_invalidated_t cs_invalidated;
	es_event_deleteextattr_t deleteextattr;
	es_event_dup_t dup;
	es_event_exchangedata_t exchangedata;
	es_event_exec_t exec;
	es_event_exit_t exit;
	es_event_fcntl_t fcntl;
	es_event_file_provider_materialize_t file_provider_materialize;
	es_event_file_provider_update_t file_provider_update;
	es_event_fork_t fork;
	es_event_fsgetpath_t fsgetpath;
	es_event_get_task_t get_task;
	es_event_get_task_inspect_t get_task_inspect;
	es_event_get_task_name_t get_task_name;
	es_event_get_task_read_t get_task_read;
	es_event_getattrlist_t getattrlist;
	es_event_getextattr_t getextattr;
	es_event_iokit_open_t iokit_open;
	es_event_kextload_t kextload;
	es_event_kextunload_t kextunload;
	es_event_link_t link;
	es_event_listextattr_t listextattr;
	es_event_lookup_t lookup;
	es_event_mmap_t mmap;
	es_event_mount_t mount;
	es_event_mprotect_t mprotect;
	es_event_open_t open;
	es_event_proc_check_t proc_check;
	es_event_proc_suspend_resume_t proc_suspend_resume;
	es_event_pty_close_t pty_close;
	es_event_pty_grant_t pty_grant;
	es_event_readdir_t readdir;
	es_event_readlink_t readlink;
	es_event_remote_thread_create_t remote_thread_create;
	es_event_remount_t remount;
	es_event_rename_t rename;
	es_event_searchfs_t searchfs;
	es_event_setacl_t setacl;
	es_event_setattrlist_t setattrlist;
	es_event_setegid_t setegid;
	es_event_seteuid_t seteuid;
	es_event_setextattr_t setextattr;
	es_event_setflags_t setflags;
	es_event_setgid_t setgid;
	es_event_setmode_t setmode;
	es_event_setowner_t setowner;
	es_event_setregid_t setregid;
	es_event_setreuid_t setreuid;
	es_event_settime_t settime;
	es_event_setuid_t setuid;
	es_event_signal_t signal;
	es_event_stat_t stat;
	es_event_trace_t trace;
	es_event_truncate_t truncate;
	es_event_uipc_bind_t uipc_bind;
	es_event_uipc_connect_t uipc_connect;
	es_event_unlink_t unlink;
	es_event_unmount_t unmount;
	es_event_utimes_t utimes;
	es_event_write_t write;

	es_event_authentication_t *_Nonnull authentication;
	es_event_xp_malware_detected_t *_Nonnull xp_malware_detected;
	es_event_xp_malware_remediated_t *_Nonnull xp_malware_remediated;
	es_event_lw_session_login_t *_Nonnull lw_session_login;
	es_event_lw_session_logout_t *_Nonnull lw_session_logout;
	es_event_lw_session_lock_t *_Nonnull lw_session_lock;
	es_event_lw_session_unlock_t *_Nonnull lw_session_unlock;
	es_event_screensharing_attach_t *_Nonnull screensharing_attach;
	es_event_screensharing_detach_t *_Nonnull screensharing_detach;
	es_event_openssh_login_t *_Nonnull openssh_login;
	es_event_openssh_logout_t *_Nonnull openssh_logout;
	es_event_login_login_t *_Nonnull login_login;
	es_event_login_logout_t *_Nonnull login_logout;
	es_event_btm_launch_item_add_t *_Nonnull btm_launch_item_add;
	es_event_btm_launch_item_remove_t *_Nonnull btm_launch_item_remove;
	es_event_profile_add_t *_Nonnull profile_add;
	es_event_profile_remove_t *_Nonnull profile_remove;
	es_event_su_t *_Nonnull su;
	es_event_authorization_petition_t *_Nonnull authorization_petition;
	es_event_authorization_judgement_t *_Nonnull authorization_judgement;
	es_event_sudo_t *_Nonnull sudo;
	es_event_od_group_add_t *_Nonnull od_group_add;
	es_event_od_group_remove_t *_Nonnull od_group_remove;
	es_event_od_group_set_t *_Nonnull od_group_set;
	es_event_od_modify_password_t *_Nonnull od_modify_password;
	es_event_od_disable_user_t *_Nonnull od_disable_user;
	es_event_od_enable_user_t *_Nonnull od_enable_user;
	es_event_od_attribute_value_add_t *_Nonnull od_attribute_value_add;
	es_event_od_attribute_value_remove_t *_Nonnull od_attribute_value_remove;
	es_event_od_attribute_set_t *_Nonnull od_attribute_set;
	es_event_od_create_user_t *_Nonnull od_create_user;
	es_event_od_create_group_t *_Nonnull od_create_group;
	es_event_od_delete_user_t *_Nonnull od_delete_user;
	es_event_od_delete_group_t *_Nonnull od_delete_group;
	es_event_xpc_connect_t *_Nonnull xpc_connect;
	es_event_gatekeeper_user_override_t *_Nonnull gatekeeper_user_override;
	es_event_tcc_modify_t *_Nonnull tcc_modify;
} es_events_t;

/*
 * One event. Kept beyond the handler by es_retain_message(), never by copying
 * its bytes: the part that cannot be seen would be missing.
 */
typedef struct {
	uint32_t version;     /* decides which fields below and in the payload exist */
	struct timespec time; /* wall clock, at the event */
	uint64_t mach_time;   /* mach_absolute_time(), at the event */
	uint64_t deadline;    /* AUTH only */
	es_process_t *_Nonnull process; /* who acted; fork: the parent, exec: as it was before */
	uint64_t seq_num;     /* since v2: counts this client's events of this type; gap = lost */
	es_action_type_t action_type;
	union {
		es_event_id_t auth;
		es_result_t notify;
	} action;
	es_event_type_t event_type; /* which member of event */
	es_events_t event;
	es_thread_t *_Nullable thread; /* since v4 */
	uint64_t global_seq_num;       /* since v4: counts all of this client's events */
	uint64_t opaque[];             /* the library's own */
} es_message_t;

/* Facts of the interface that other programs rely on. */
#ifndef __cplusplus
_Static_assert(sizeof(audit_token_t) == 32, "an audit token is eight words");
_Static_assert(sizeof(es_event_id_t) == 32, "an event id is 32 bytes");
_Static_assert(sizeof(((es_event_exec_t *)0)->reserved) == 64 &&
		       offsetof(es_event_exec_t, image_cpusubtype) + sizeof(cpu_subtype_t) <=
			       offsetof(es_event_exec_t, reserved) + 64,
	       "the later fields of exec fit into what it had reserved");
_Static_assert(sizeof(es_event_create_t) ==
		       offsetof(es_event_create_t, reserved2) + 64,
	       "the acl of create lies in what it had reserved");
_Static_assert(sizeof(es_event_mount_t) == sizeof(es_event_unmount_t) &&
		       sizeof(es_event_remount_t) == sizeof(es_event_unmount_t),
	       "the later fields of mount and remount came out of their reserves");
_Static_assert(sizeof(es_event_get_task_t) == sizeof(es_event_trace_t),
	       "the type of get_task came out of its reserve");
#endif

__END_DECLS

#endif
