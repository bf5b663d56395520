/*
 * payload - what the message of each event type holds, as one table.
 *
 * A row: id, where es_events_t has it, the path acted on, the other path, the
 * most informative number, and the fields. The including file defines the words
 * of a row for what is made of it - a record, JSON, a message of a test - and then
 * expands PAYLOAD_TABLE. In all of them p is the payload.
 *
 *   INSIDE(m), BEHIND(m)   the member m of es_events_t, by value or by pointer
 *
 *   AT_FILE(f)             the path of an es_file_t
 *   AT_PROCESS(f)          a process: its executable, and itself as whom the event is about
 *   AT_TEXT(f)             a string; AT_TEXT_IN(o, f): of the object o
 *   AT_NAME(dir, name)     a name in a directory
 *   AT_DESTINATION(f)      an existing file, or a name in a directory
 *   AT_EITHER(f)           a file or a string
 *   AT_MOUNT(f, side)      of what is mounted: where ("on"), what ("from")
 *   NO_PATH
 *
 *   NUMBER(f), NUMBER_SINCE(version, f), NO_NUMBER
 *
 * Fields stand in the order of KEY_TABLE; the key is the first word. X_OF(key, m) is
 * X(key) where key and member differ. FROM(version, fields) are there from that version
 * of the message on: SINCE(version, fields) where the SDK declares them. WHEN(condition on p,
 * fields) are there in that arm of a union. A row in SDK_14_0() and the like is left out with
 * an older SDK; events of its type are not available then.
 * OBJECT(key, fields) groups, and INNER inside of it; POINTED(key, m, type, fields) too, for a pointer that
 * may be NULL. UID_OF(key, has, m) is null unless has. NOTHING(key) is always null:
 * the text of an access list and the registers of a thread are not for a handler.
 */
#ifndef ESTOP_ES_PAYLOAD_H
#define ESTOP_ES_PAYLOAD_H

#include "src/es/sdk.h"

#include <EndpointSecurity/EndpointSecurity.h>

#define INT(f) INT_OF(f, f)
#define UINT(f) UINT_OF(f, f)
#define BOOL(f) BOOL_OF(f, f)
#define TEXT(f) TEXT_OF(f, f)
#define FILE_AT(f) FILE_OF(f, f)
#define PROCESS_AT(f) PROCESS_OF(f, f)
#define TOKEN(f) TOKEN_OF(f, f)
#define TOKEN_AT(f) TOKEN_AT_OF(f, f)
#define NO_FIELDS
#define NO_PATH
#define NO_NUMBER
#define FROM(version, fields) SDK_V##version(SINCE(version, fields))

#define ATTRLIST(key)                                                                                     \
	OBJECT(attrlist, INT_OF(bitmapcount, attrlist.bitmapcount)                                        \
	INT_OF(commonattr, attrlist.commonattr) INT_OF(dirattr, attrlist.dirattr)                         \
	INT_OF(fileattr, attrlist.fileattr) INT_OF(forkattr, attrlist.forkattr)                           \
	INT_OF(volattr, attrlist.volattr))

#define LAUNCH_ITEM(key)                                                                                  \
	POINTED(item, item, es_btm_launch_item_t, TEXT_OF(app_url, item->app_url)                         \
	INT_OF(item_type, item->item_type) TEXT_OF(item_url, item->item_url)                              \
	BOOL_OF(legacy, item->legacy) BOOL_OF(managed, item->managed)                                     \
	INT_OF(uid, item->uid))

#define PROFILE(key)                                                                                      \
	POINTED(profile, profile, es_profile_t, TEXT_OF(display_name, profile->display_name)              \
	TEXT_OF(identifier, profile->identifier)                                                          \
	INT_OF(install_source, profile->install_source)                                                   \
	TEXT_OF(organization, profile->organization) TEXT_OF(scope, profile->scope)                       \
	TEXT_OF(uuid, profile->uuid))

#define ONE_MEMBER(key)                                                                                   \
	POINTED(member, member, es_od_member_id_t, INT_OF(member_type, member->member_type)               \
	MEMBER(member_value))

#define PAYLOAD_TABLE(X)                                                                                  \
	X(OPEN, INSIDE(open), AT_FILE(file), NO_PATH, NUMBER(fflag),                                      \
	  INT(fflag) FILE_AT(file))                                                                       \
	X(CLOSE, INSIDE(close), AT_FILE(target), NO_PATH, NO_NUMBER,                                      \
	  BOOL(modified) FROM(6, BOOL(was_mapped_writable)) FILE_AT(target))                              \
	X(EXEC, INSIDE(exec), AT_PROCESS(target), NO_PATH, NO_NUMBER,                                     \
	  PROCESS_AT(target) FROM(7, TEXT(dyld_exec_path)) FROM(2, FILE_AT(script))                       \
	  FROM(3, FILE_AT(cwd)) FROM(4, INT(last_fd)) FROM(6, INT(image_cputype))                         \
	  FROM(6, INT(image_cpusubtype)) EXEC_LISTS(args))                                                \
	X(FORK, INSIDE(fork), AT_PROCESS(child), NO_PATH, NO_NUMBER,                                      \
	  PROCESS_AT(child))                                                                              \
	X(EXIT, INSIDE(exit), NO_PATH, NO_PATH, NUMBER(stat),                                             \
	  INT(stat))                                                                                      \
	X(SIGNAL, INSIDE(signal), AT_PROCESS(target), NO_PATH, NUMBER(sig),                               \
	  PROCESS_AT(target) FROM(9, PROCESS_AT(instigator)) INT(sig))                                    \
	X(TRACE, INSIDE(trace), AT_PROCESS(target), NO_PATH, NO_NUMBER,                                   \
	  PROCESS_AT(target))                                                                             \
	X(GET_TASK, INSIDE(get_task), AT_PROCESS(target), NO_PATH, NUMBER_SINCE(5, type),                 \
	  PROCESS_AT(target) FROM(5, INT(type)))                                                          \
	X(GET_TASK_READ, INSIDE(get_task_read), AT_PROCESS(target), NO_PATH, NUMBER_SINCE(5, type),       \
	  PROCESS_AT(target) FROM(5, INT(type)))                                                          \
	X(GET_TASK_INSPECT, INSIDE(get_task_inspect), AT_PROCESS(target), NO_PATH, NUMBER_SINCE(5, type), \
	  PROCESS_AT(target) FROM(5, INT(type)))                                                          \
	X(GET_TASK_NAME, INSIDE(get_task_name), AT_PROCESS(target), NO_PATH, NUMBER_SINCE(5, type),       \
	  PROCESS_AT(target) FROM(5, INT(type)))                                                          \
	X(PROC_CHECK, INSIDE(proc_check), AT_PROCESS(target), NO_PATH, NUMBER(type),                      \
	  PROCESS_AT(target) INT(flavor) INT(type))                                                       \
	X(PROC_SUSPEND_RESUME, INSIDE(proc_suspend_resume), AT_PROCESS(target), NO_PATH, NUMBER(type),    \
	  PROCESS_AT(target) INT(type))                                                                   \
	X(REMOTE_THREAD_CREATE, INSIDE(remote_thread_create), AT_PROCESS(target), NO_PATH, NO_NUMBER,     \
	  PROCESS_AT(target) POINTED(thread_state, thread_state, es_thread_state_t,                       \
	  INT_OF(flavor, thread_state->flavor) NOTHING(state)))                                           \
	X(CREATE, INSIDE(create), AT_DESTINATION(destination), NO_PATH, NO_NUMBER,                        \
	  INT(destination_type) OBJECT(destination, WHEN(destination_type == ES_DESTINATION_TYPE_EXISTING_FILE, \
	  FILE_OF(existing_file, destination.existing_file)) WHEN(destination_type == ES_DESTINATION_TYPE_NEW_PATH, \
	  INNER(new_path, FILE_OF(dir, destination.new_path.dir)                                          \
	  TEXT_OF(filename, destination.new_path.filename)                                                \
	  INT_OF(mode, destination.new_path.mode)))) FROM(2, NOTHING(acl)))                               \
	X(UNLINK, INSIDE(unlink), AT_FILE(target), NO_PATH, NO_NUMBER,                                    \
	  FILE_AT(target) FILE_AT(parent_dir))                                                            \
	X(RENAME, INSIDE(rename), AT_FILE(source), AT_DESTINATION(destination), NO_NUMBER,                \
	  FILE_AT(source) INT(destination_type) OBJECT(destination,                                       \
	  WHEN(destination_type == ES_DESTINATION_TYPE_EXISTING_FILE,                                     \
	  FILE_OF(existing_file, destination.existing_file)) WHEN(destination_type == ES_DESTINATION_TYPE_NEW_PATH, \
	  INNER(new_path, FILE_OF(dir, destination.new_path.dir)                                          \
	  TEXT_OF(filename, destination.new_path.filename)))))                                            \
	X(LINK, INSIDE(link), AT_FILE(source), AT_NAME(target_dir, target_filename), NO_NUMBER,           \
	  FILE_AT(source) FILE_AT(target_dir) TEXT(target_filename))                                      \
	X(CLONE, INSIDE(clone), AT_FILE(source), AT_NAME(target_dir, target_name), NO_NUMBER,             \
	  FILE_AT(source) FILE_AT(target_dir) TEXT(target_name))                                          \
	X(COPYFILE, INSIDE(copyfile), AT_FILE(source), AT_NAME(target_dir, target_name), NUMBER(flags),   \
	  INT(flags) FILE_AT(source) INT(mode) FILE_AT(target_dir) FILE_AT(target_file)                   \
	  TEXT(target_name))                                                                              \
	X(EXCHANGEDATA, INSIDE(exchangedata), AT_FILE(file1), AT_FILE(file2), NO_NUMBER,                  \
	  FILE_AT(file1) FILE_AT(file2))                                                                  \
	X(WRITE, INSIDE(write), AT_FILE(target), NO_PATH, NO_NUMBER,                                      \
	  FILE_AT(target))                                                                                \
	X(TRUNCATE, INSIDE(truncate), AT_FILE(target), NO_PATH, NO_NUMBER,                                \
	  FILE_AT(target))                                                                                \
	X(LOOKUP, INSIDE(lookup), AT_NAME(source_dir, relative_target), NO_PATH, NO_NUMBER,               \
	  TEXT(relative_target) FILE_AT(source_dir))                                                      \
	X(READLINK, INSIDE(readlink), AT_FILE(source), NO_PATH, NO_NUMBER,                                \
	  FILE_AT(source))                                                                                \
	X(READDIR, INSIDE(readdir), AT_FILE(target), NO_PATH, NO_NUMBER,                                  \
	  FILE_AT(target))                                                                                \
	X(CHDIR, INSIDE(chdir), AT_FILE(target), NO_PATH, NO_NUMBER,                                      \
	  FILE_AT(target))                                                                                \
	X(CHROOT, INSIDE(chroot), AT_FILE(target), NO_PATH, NO_NUMBER,                                    \
	  FILE_AT(target))                                                                                \
	X(DUP, INSIDE(dup), AT_FILE(target), NO_PATH, NO_NUMBER,                                          \
	  FILE_AT(target))                                                                                \
	X(FCNTL, INSIDE(fcntl), AT_FILE(target), NO_PATH, NUMBER(cmd),                                    \
	  FILE_AT(target) INT(cmd))                                                                       \
	X(FSGETPATH, INSIDE(fsgetpath), AT_FILE(target), NO_PATH, NO_NUMBER,                              \
	  FILE_AT(target))                                                                                \
	X(SEARCHFS, INSIDE(searchfs), AT_FILE(target), NO_PATH, NO_NUMBER,                                \
	  FILE_AT(target) ATTRLIST(attrlist))                                                             \
	X(UIPC_BIND, INSIDE(uipc_bind), AT_NAME(dir, filename), NO_PATH, NUMBER(mode),                    \
	  FILE_AT(dir) TEXT(filename) INT(mode))                                                          \
	X(UIPC_CONNECT, INSIDE(uipc_connect), AT_FILE(file), NO_PATH, NUMBER(type),                       \
	  FILE_AT(file) INT(domain) INT(protocol) INT(type))                                              \
	X(FILE_PROVIDER_MATERIALIZE, INSIDE(file_provider_materialize), AT_FILE(source), AT_FILE(target), NO_NUMBER, \
	  FILE_AT(target) FILE_AT(source) PROCESS_AT(instigator)                                          \
	  FROM(8, TOKEN(instigator_token)))                                                               \
	X(FILE_PROVIDER_UPDATE, INSIDE(file_provider_update), AT_FILE(source), AT_TEXT(target_path), NO_NUMBER, \
	  FILE_AT(source) TEXT(target_path))                                                              \
	X(STAT, INSIDE(stat), AT_FILE(target), NO_PATH, NO_NUMBER,                                        \
	  FILE_AT(target))                                                                                \
	X(ACCESS, INSIDE(access), AT_FILE(target), NO_PATH, NUMBER(mode),                                 \
	  FILE_AT(target) INT(mode))                                                                      \
	X(SETMODE, INSIDE(setmode), AT_FILE(target), NO_PATH, NUMBER(mode),                               \
	  FILE_AT(target) INT(mode))                                                                      \
	X(SETOWNER, INSIDE(setowner), AT_FILE(target), NO_PATH, NUMBER(uid),                              \
	  FILE_AT(target) INT(gid) INT(uid))                                                              \
	X(SETFLAGS, INSIDE(setflags), AT_FILE(target), NO_PATH, NUMBER(flags),                            \
	  INT(flags) FILE_AT(target))                                                                     \
	X(SETACL, INSIDE(setacl), AT_FILE(target), NO_PATH, NUMBER(set_or_clear),                         \
	  FILE_AT(target) NOTHING(acl) INT(set_or_clear))                                                 \
	X(UTIMES, INSIDE(utimes), AT_FILE(target), NO_PATH, NO_NUMBER,                                    \
	  FILE_AT(target) MOMENT(atime) MOMENT(mtime))                                                    \
	X(GETATTRLIST, INSIDE(getattrlist), AT_FILE(target), NO_PATH, NO_NUMBER,                          \
	  FILE_AT(target) ATTRLIST(attrlist))                                                             \
	X(SETATTRLIST, INSIDE(setattrlist), AT_FILE(target), NO_PATH, NO_NUMBER,                          \
	  FILE_AT(target) ATTRLIST(attrlist))                                                             \
	X(GETEXTATTR, INSIDE(getextattr), AT_FILE(target), AT_TEXT(extattr), NO_NUMBER,                   \
	  FILE_AT(target) TEXT(extattr))                                                                  \
	X(SETEXTATTR, INSIDE(setextattr), AT_FILE(target), AT_TEXT(extattr), NO_NUMBER,                   \
	  FILE_AT(target) TEXT(extattr))                                                                  \
	X(LISTEXTATTR, INSIDE(listextattr), AT_FILE(target), NO_PATH, NO_NUMBER,                          \
	  FILE_AT(target))                                                                                \
	X(DELETEEXTATTR, INSIDE(deleteextattr), AT_FILE(target), AT_TEXT(extattr), NO_NUMBER,             \
	  FILE_AT(target) TEXT(extattr))                                                                  \
	X(MMAP, INSIDE(mmap), AT_FILE(source), NO_PATH, NUMBER(protection),                               \
	  INT(flags) FILE_AT(source) UINT(file_pos) INT(max_protection) INT(protection))                  \
	X(MPROTECT, INSIDE(mprotect), NO_PATH, NO_PATH, NUMBER(protection),                               \
	  UINT(address) INT(protection) UINT(size))                                                       \
	X(SETUID, INSIDE(setuid), NO_PATH, NO_PATH, NUMBER(uid),                                          \
	  INT(uid))                                                                                       \
	X(SETGID, INSIDE(setgid), NO_PATH, NO_PATH, NUMBER(gid),                                          \
	  INT(gid))                                                                                       \
	X(SETEUID, INSIDE(seteuid), NO_PATH, NO_PATH, NUMBER(euid),                                       \
	  INT(euid))                                                                                      \
	X(SETEGID, INSIDE(setegid), NO_PATH, NO_PATH, NUMBER(egid),                                       \
	  INT(egid))                                                                                      \
	X(SETREUID, INSIDE(setreuid), NO_PATH, NO_PATH, NUMBER(euid),                                     \
	  INT(euid) INT(ruid))                                                                            \
	X(SETREGID, INSIDE(setregid), NO_PATH, NO_PATH, NUMBER(egid),                                     \
	  INT(egid) INT(rgid))                                                                            \
	X(CS_INVALIDATED, INSIDE(cs_invalidated), NO_PATH, NO_PATH, NO_NUMBER, NO_FIELDS)                 \
	SDK_14_0(X(AUTHORIZATION_PETITION, BEHIND(authorization_petition), NO_PATH, NO_PATH, NUMBER(flags), \
	  INT(flags) PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token))                              \
	  PROCESS_AT(petitioner) FROM(8, TOKEN(petitioner_token)) UINT(right_count)                       \
	  TEXTS(rights, rights, right_count)))                                                            \
	SDK_14_0(X(AUTHORIZATION_JUDGEMENT, BEHIND(authorization_judgement), NO_PATH, NO_PATH, NUMBER(return_code), \
	  PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token)) PROCESS_AT(petitioner)                  \
	  FROM(8, TOKEN(petitioner_token)) UINT(result_count) RESULTS(results)                            \
	  INT(return_code)))                                                                              \
	X(XP_MALWARE_DETECTED, BEHIND(xp_malware_detected), AT_TEXT(detected_path), NO_PATH, NO_NUMBER,   \
	  FROM(10, TEXT(detected_executable)) TEXT(detected_path)                                         \
	  TEXT(incident_identifier) TEXT(malware_identifier) TEXT(signature_version))                     \
	X(XP_MALWARE_REMEDIATED, BEHIND(xp_malware_remediated), AT_TEXT(remediated_path), NO_PATH, NUMBER(success), \
	  TEXT(action_type) TEXT(incident_identifier) TEXT(malware_identifier)                            \
	  TEXT(remediated_path) TOKEN_AT(remediated_process_audit_token)                                  \
	  TEXT(result_description) TEXT(signature_version) BOOL(success))                                 \
	X(BTM_LAUNCH_ITEM_ADD, BEHIND(btm_launch_item_add), AT_TEXT(executable_path), AT_TEXT_IN(item, item_url), NO_NUMBER, \
	  PROCESS_AT(app) FROM(8, TOKEN_AT(app_token)) TEXT(executable_path)                              \
	  PROCESS_AT(instigator) FROM(8, TOKEN_AT(instigator_token)) LAUNCH_ITEM(item))                   \
	X(BTM_LAUNCH_ITEM_REMOVE, BEHIND(btm_launch_item_remove), AT_TEXT_IN(item, item_url), NO_PATH, NO_NUMBER, \
	  PROCESS_AT(app) FROM(8, TOKEN_AT(app_token)) PROCESS_AT(instigator)                             \
	  FROM(8, TOKEN_AT(instigator_token)) LAUNCH_ITEM(item))                                          \
	SDK_14_0(X(PROFILE_ADD, BEHIND(profile_add), AT_TEXT_IN(profile, identifier), NO_PATH, NUMBER(is_update), \
	  PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token)) BOOL(is_update)                         \
	  PROFILE(profile)))                                                                              \
	SDK_14_0(X(PROFILE_REMOVE, BEHIND(profile_remove), AT_TEXT_IN(profile, identifier), NO_PATH, NO_NUMBER, \
	  PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token)) PROFILE(profile)))                      \
	SDK_15_0(X(GATEKEEPER_USER_OVERRIDE, BEHIND(gatekeeper_user_override), AT_EITHER(file), NO_PATH, NO_NUMBER, \
	  WHEN(file_type == ES_GATEKEEPER_USER_OVERRIDE_FILE_TYPE_PATH, TEXT_OF(file, file.file_path))    \
	  WHEN(file_type == ES_GATEKEEPER_USER_OVERRIDE_FILE_TYPE_FILE, FILE_OF(file, file.file)) INT(file_type) SHA256(sha256) \
	  POINTED(signing_info, signing_info, es_signed_file_info_t,                                      \
	  CDHASH_OF(cdhash, signing_info->cdhash)                                                         \
	  TEXT_OF(signing_id, signing_info->signing_id)                                                   \
	  TEXT_OF(team_id, signing_info->team_id))))                                                      \
	SDK_15_4(X(TCC_MODIFY, BEHIND(tcc_modify), AT_TEXT(identity), AT_TEXT(service), NUMBER(right),    \
	  TEXT(identity) INT(identity_type) PROCESS_AT(instigator) TOKEN(instigator_token)                \
	  INT(reason) PROCESS_AT(responsible) TOKEN_AT(responsible_token) INT(right)                      \
	  TEXT(service) INT(update_type)))                                                                \
	X(AUTHENTICATION, BEHIND(authentication), NO_PATH, NO_PATH, NUMBER(success),                      \
	  OBJECT(data, WHEN(type == ES_AUTHENTICATION_TYPE_AUTO_UNLOCK,                                   \
	  POINTED(auto_unlock, data.auto_unlock, es_event_authentication_auto_unlock_t,                   \
	  INT_OF(type, data.auto_unlock->type)                                                            \
	  TEXT_OF(username, data.auto_unlock->username)))                                                 \
	  WHEN(type == ES_AUTHENTICATION_TYPE_OD,                                                         \
	  POINTED(od, data.od, es_event_authentication_od_t,                                              \
	  TEXT_OF(db_path, data.od->db_path) PROCESS_OF(instigator, data.od->instigator)                  \
	  FROM(8, TOKEN_OF(instigator_token, data.od->instigator_token))                                  \
	  TEXT_OF(node_name, data.od->node_name)                                                          \
	  TEXT_OF(record_name, data.od->record_name)                                                      \
	  TEXT_OF(record_type, data.od->record_type)))                                                    \
	  WHEN(type == ES_AUTHENTICATION_TYPE_TOKEN,                                                      \
	  POINTED(token, data.token, es_event_authentication_token_t,                                     \
	  PROCESS_OF(instigator, data.token->instigator)                                                  \
	  FROM(8, TOKEN_OF(instigator_token, data.token->instigator_token))                               \
	  TEXT_OF(kerberos_principal, data.token->kerberos_principal)                                     \
	  TEXT_OF(pubkey_hash, data.token->pubkey_hash)                                                   \
	  TEXT_OF(token_id, data.token->token_id)))                                                       \
	  WHEN(type == ES_AUTHENTICATION_TYPE_TOUCHID,                                                    \
	  POINTED(touchid, data.touchid, es_event_authentication_touchid_t,                               \
	  PROCESS_OF(instigator, data.touchid->instigator)                                                \
	  FROM(8, TOKEN_OF(instigator_token, data.touchid->instigator_token))                             \
	  INT_OF(touchid_mode, data.touchid->touchid_mode)                                                \
	  UID_OF(uid, data.touchid->has_uid, data.touchid->uid.uid)))) BOOL(success)                      \
	  INT(type))                                                                                      \
	X(LOGIN_LOGIN, BEHIND(login_login), AT_TEXT(username), NO_PATH, NUMBER(success),                  \
	  TEXT(failure_message) BOOL(success) UID_OF(uid, has_uid, uid.uid) TEXT(username))               \
	X(LOGIN_LOGOUT, BEHIND(login_logout), AT_TEXT(username), NO_PATH, NUMBER(uid),                    \
	  INT(uid) TEXT(username))                                                                        \
	X(OPENSSH_LOGIN, BEHIND(openssh_login), AT_TEXT(username), AT_TEXT(source_address), NUMBER(success), \
	  INT(result_type) TEXT(source_address) INT(source_address_type) BOOL(success)                    \
	  UID_OF(uid, has_uid, uid.uid) TEXT(username))                                                   \
	X(OPENSSH_LOGOUT, BEHIND(openssh_logout), AT_TEXT(username), AT_TEXT(source_address), NUMBER(uid), \
	  TEXT(source_address) INT(source_address_type) INT(uid) TEXT(username))                          \
	X(LW_SESSION_LOGIN, BEHIND(lw_session_login), AT_TEXT(username), NO_PATH, NO_NUMBER,              \
	  INT(graphical_session_id) TEXT(username))                                                       \
	X(LW_SESSION_LOGOUT, BEHIND(lw_session_logout), AT_TEXT(username), NO_PATH, NO_NUMBER,            \
	  INT(graphical_session_id) TEXT(username))                                                       \
	X(LW_SESSION_LOCK, BEHIND(lw_session_lock), AT_TEXT(username), NO_PATH, NO_NUMBER,                \
	  INT(graphical_session_id) TEXT(username))                                                       \
	X(LW_SESSION_UNLOCK, BEHIND(lw_session_unlock), AT_TEXT(username), NO_PATH, NO_NUMBER,            \
	  INT(graphical_session_id) TEXT(username))                                                       \
	X(SCREENSHARING_ATTACH, BEHIND(screensharing_attach), AT_TEXT(source_address), NO_PATH, NUMBER(success), \
	  TEXT(authentication_type) TEXT(authentication_username) BOOL(existing_session)                  \
	  INT(graphical_session_id) TEXT(session_username) TEXT(source_address)                           \
	  INT(source_address_type) BOOL(success) TEXT(viewer_appleid))                                    \
	X(SCREENSHARING_DETACH, BEHIND(screensharing_detach), AT_TEXT(source_address), NO_PATH, NO_NUMBER, \
	  INT(graphical_session_id) TEXT(source_address) INT(source_address_type)                         \
	  TEXT(viewer_appleid))                                                                           \
	SDK_14_0(X(SU, BEHIND(su), AT_TEXT(to_username), NO_PATH, NUMBER(success),                        \
	  TEXTS(env, env, env_count) UINT(argc) TEXTS(argv, argv, argc) UINT(env_count)                   \
	  TEXT(failure_message) INT(from_uid) TEXT(from_username) TEXT(shell)                             \
	  BOOL(success) UID_OF(to_uid, has_to_uid, to_uid.uid) TEXT(to_username)))                        \
	SDK_14_0(X(SUDO, BEHIND(sudo), AT_TEXT(command), AT_TEXT(to_username), NUMBER(success),           \
	  TEXT(command) UID_OF(from_uid, has_from_uid, from_uid.uid) TEXT(from_username)                  \
	  POINTED(reject_info, reject_info, es_sudo_reject_info_t,                                        \
	  TEXT_OF(failure_message, reject_info->failure_message)                                          \
	  TEXT_OF(plugin_name, reject_info->plugin_name)                                                  \
	  INT_OF(plugin_type, reject_info->plugin_type)) BOOL(success)                                    \
	  UID_OF(to_uid, has_to_uid, to_uid.uid) TEXT(to_username)))                                      \
	SDK_14_0(X(OD_GROUP_ADD, BEHIND(od_group_add), AT_TEXT(group_name), NO_PATH, NUMBER(error_code),  \
	  TEXT(db_path) INT(error_code) TEXT(group_name) PROCESS_AT(instigator)                           \
	  FROM(8, TOKEN(instigator_token)) ONE_MEMBER(member) TEXT(node_name)))                           \
	SDK_14_0(X(OD_GROUP_REMOVE, BEHIND(od_group_remove), AT_TEXT(group_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) TEXT(group_name) PROCESS_AT(instigator)                           \
	  FROM(8, TOKEN(instigator_token)) ONE_MEMBER(member) TEXT(node_name)))                           \
	SDK_14_0(X(OD_GROUP_SET, BEHIND(od_group_set), AT_TEXT(group_name), NO_PATH, NUMBER(error_code),  \
	  TEXT(db_path) INT(error_code) TEXT(group_name) PROCESS_AT(instigator)                           \
	  FROM(8, TOKEN(instigator_token))                                                                \
	  POINTED(members, members, es_od_member_id_array_t, MEMBERS(member_array)                        \
	  UINT_OF(member_count, members->member_count)                                                    \
	  INT_OF(member_type, members->member_type)) TEXT(node_name)))                                    \
	SDK_14_0(X(OD_MODIFY_PASSWORD, BEHIND(od_modify_password), AT_TEXT(account_name), NO_PATH, NUMBER(error_code), \
	  TEXT(account_name) INT(account_type) TEXT(db_path) INT(error_code)                              \
	  PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token)) TEXT(node_name)))                       \
	SDK_14_0(X(OD_DISABLE_USER, BEHIND(od_disable_user), AT_TEXT(user_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) PROCESS_AT(instigator)                                            \
	  FROM(8, TOKEN(instigator_token)) TEXT(node_name) TEXT(user_name)))                              \
	SDK_14_0(X(OD_ENABLE_USER, BEHIND(od_enable_user), AT_TEXT(user_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) PROCESS_AT(instigator)                                            \
	  FROM(8, TOKEN(instigator_token)) TEXT(node_name) TEXT(user_name)))                              \
	SDK_14_0(X(OD_ATTRIBUTE_VALUE_ADD, BEHIND(od_attribute_value_add), AT_TEXT(record_name), AT_TEXT(attribute_name), NUMBER(error_code), \
	  TEXT(attribute_name) TEXT(attribute_value) TEXT(db_path) INT(error_code)                        \
	  PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token)) TEXT(node_name)                         \
	  TEXT(record_name) INT(record_type)))                                                            \
	SDK_14_0(X(OD_ATTRIBUTE_VALUE_REMOVE, BEHIND(od_attribute_value_remove), AT_TEXT(record_name), AT_TEXT(attribute_name), NUMBER(error_code), \
	  TEXT(attribute_name) TEXT(attribute_value) TEXT(db_path) INT(error_code)                        \
	  PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token)) TEXT(node_name)                         \
	  TEXT(record_name) INT(record_type)))                                                            \
	SDK_14_0(X(OD_ATTRIBUTE_SET, BEHIND(od_attribute_set), AT_TEXT(record_name), AT_TEXT(attribute_name), NUMBER(error_code), \
	  TEXT(attribute_name) UINT(attribute_value_count)                                                \
	  TEXTS(attribute_values, attribute_values, attribute_value_count) TEXT(db_path)                  \
	  INT(error_code) PROCESS_AT(instigator) FROM(8, TOKEN(instigator_token))                         \
	  TEXT(node_name) TEXT(record_name) INT(record_type)))                                            \
	SDK_14_0(X(OD_CREATE_USER, BEHIND(od_create_user), AT_TEXT(user_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) PROCESS_AT(instigator)                                            \
	  FROM(8, TOKEN(instigator_token)) TEXT(node_name) TEXT(user_name)))                              \
	SDK_14_0(X(OD_CREATE_GROUP, BEHIND(od_create_group), AT_TEXT(group_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) TEXT(group_name) PROCESS_AT(instigator)                           \
	  FROM(8, TOKEN(instigator_token)) TEXT(node_name)))                                              \
	SDK_14_0(X(OD_DELETE_USER, BEHIND(od_delete_user), AT_TEXT(user_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) PROCESS_AT(instigator)                                            \
	  FROM(8, TOKEN(instigator_token)) TEXT(node_name) TEXT(user_name)))                              \
	SDK_14_0(X(OD_DELETE_GROUP, BEHIND(od_delete_group), AT_TEXT(group_name), NO_PATH, NUMBER(error_code), \
	  TEXT(db_path) INT(error_code) TEXT(group_name) PROCESS_AT(instigator)                           \
	  FROM(8, TOKEN(instigator_token)) TEXT(node_name)))                                              \
	X(MOUNT, INSIDE(mount), AT_MOUNT(f_mntonname, on), AT_MOUNT(f_mntfromname, from), NO_NUMBER,      \
	  FROM(8, INT(disposition)) STATFS(statfs))                                                       \
	X(UNMOUNT, INSIDE(unmount), AT_MOUNT(f_mntonname, on), AT_MOUNT(f_mntfromname, from), NO_NUMBER,  \
	  STATFS(statfs))                                                                                 \
	X(REMOUNT, INSIDE(remount), AT_MOUNT(f_mntonname, on), AT_MOUNT(f_mntfromname, from), NO_NUMBER,  \
	  FROM(8, INT(disposition)) FROM(8, UINT(remount_flags)) STATFS(statfs))                          \
	X(KEXTLOAD, INSIDE(kextload), AT_TEXT(identifier), NO_PATH, NO_NUMBER,                            \
	  TEXT(identifier))                                                                               \
	X(KEXTUNLOAD, INSIDE(kextunload), AT_TEXT(identifier), NO_PATH, NO_NUMBER,                        \
	  TEXT(identifier))                                                                               \
	X(IOKIT_OPEN, INSIDE(iokit_open), AT_TEXT(user_client_class), NO_PATH, NUMBER(user_client_type),  \
	  FROM(10, TEXT(parent_path)) FROM(10, UINT(parent_registry_id))                                  \
	  TEXT(user_client_class) INT(user_client_type))                                                  \
	X(SETTIME, INSIDE(settime), NO_PATH, NO_PATH, NO_NUMBER, NO_FIELDS)                               \
	X(PTY_GRANT, INSIDE(pty_grant), NO_PATH, NO_PATH, NUMBER(dev),                                    \
	  INT(dev))                                                                                       \
	X(PTY_CLOSE, INSIDE(pty_close), NO_PATH, NO_PATH, NUMBER(dev),                                    \
	  INT(dev))                                                                                       \
	SDK_14_0(X(XPC_CONNECT, BEHIND(xpc_connect), AT_TEXT(service_name), NO_PATH, NUMBER(service_domain_type), \
	  INT(service_domain_type) TEXT(service_name)))

#endif
