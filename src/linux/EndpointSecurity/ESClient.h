/*
 * ESClient - connecting, subscribing, muting, and looking into messages.
 *
 * Threads: a client's handler is called on one thread of the library, one
 * message at a time, in the order of the events. Every function here may be
 * called from any thread and from the handler, several at once on one client,
 * except where it says otherwise. A client is best created and deleted on the
 * same thread; older systems demand it.
 */
#ifndef ESTOP_ENDPOINTSECURITY_CLIENT_H
#define ESTOP_ENDPOINTSECURITY_CLIENT_H

#ifndef ESTOP_ENDPOINTSECURITY_INDIRECT
#error "include <EndpointSecurity/EndpointSecurity.h> instead"
#endif

__BEGIN_DECLS

struct es_client_s;
typedef struct es_client_s es_client_t;

/*
 * The client
 */

#ifdef __BLOCKS__

/* The message belongs to the library: it is read-only and gone when the handler
 * returns, unless it was retained. Be brief; events wait meanwhile, and when too
 * many do they are lost. */
typedef void (^es_handler_block_t)(es_client_t *_Nonnull, const es_message_t *_Nonnull);

/*
 * Connects a new client that is subscribed to nothing. The handler is copied.
 * On failure *client is NULL; on Linux es_linux_error() then says why. On Linux a process has at
 * most ES_LINUX_CLIENTS_MAX clients at a time (es_linux.h), and the next one is refused with
 * ERR_TOO_MANY_CLIENTS; macOS has a limit, too, and does not document which.
 */
API_AVAILABLE(macos(10.15))
es_new_client_result_t
es_new_client(es_client_t *_Nullable *_Nonnull client, es_handler_block_t _Nonnull handler);

/*
 * Runs the block, in the handler's context, once every message queued before
 * this call has been handled - also when the client is deleted before that.
 * Does not wait, so it is for other threads than the handler's.
 */
API_AVAILABLE(macos(27.0))
es_return_t
es_sync_client(es_client_t *_Nonnull client, void (^_Nonnull block)(void));

#endif

/*
 * Disconnects and frees the client. Not from its handler, and not while another
 * call on it is under way. The handler does not run any more when this returns;
 * retained messages stay good. NULL is fine. ERROR: something could not be freed.
 */
API_AVAILABLE(macos(10.15))
es_return_t
es_delete_client(es_client_t *_Nullable client);

/*
 * Answers an AUTH event. A NOTIFY message cannot be answered: ERR_EVENT_TYPE, which is all there is
 * on Linux, where es_subscribe() takes no AUTH type.
 */
API_AVAILABLE(macos(10.15))
es_respond_result_t
es_respond_auth_result(es_client_t *_Nonnull client, const es_message_t *_Nonnull message,
		       es_auth_result_t result, bool cache);

API_AVAILABLE(macos(10.15))
es_respond_result_t
es_respond_flags_result(es_client_t *_Nonnull client, const es_message_t *_Nonnull message,
			uint32_t authorized_flags, bool cache);

/* Forgets cached AUTH decisions. There are none on Linux: does nothing, SUCCESS. */
API_AVAILABLE(macos(10.15))
es_clear_cache_result_t
es_clear_cache(es_client_t *_Nonnull client);

/*
 * Subscriptions. Additive; repeating is harmless, and so is leaving what was
 * never subscribed to. Events that are queued already still arrive.
 */

/* ERROR, with nothing subscribed, when a type cannot be given by this system. */
API_AVAILABLE(macos(10.15))
es_return_t
es_subscribe(es_client_t *_Nonnull client, const es_event_type_t *_Nonnull events,
	     uint32_t event_count);

API_AVAILABLE(macos(10.15))
es_return_t
es_unsubscribe(es_client_t *_Nonnull client, const es_event_type_t *_Nonnull events,
	       uint32_t event_count);

API_AVAILABLE(macos(10.15))
es_return_t
es_unsubscribe_all(es_client_t *_Nonnull client);

/* The caller free()s *subscriptions; NULL when there are none. */
API_AVAILABLE(macos(10.15))
es_return_t
es_subscriptions(es_client_t *_Nonnull client, size_t *_Nonnull count,
		 es_event_type_t *_Nullable *_Nonnull subscriptions);

/*
 * Muting. An event is kept back when its process is muted, or the executable
 * of its process is, or all the files it is about are; for a set that is
 * inverted, when they are not. Each set holds (thing, event type) pairs:
 * muting twice is muting once, unmuting what is not muted is SUCCESS. What is
 * queued already still arrives.
 */

/*
 * By process: one run of one program, by (pid, pidversion). It must be running,
 * else ERROR; ERROR too when the set is full. Children are not muted. The pair
 * changes when the process execs, so an entry is for the old program only; when
 * the process exits, its entry is dropped.
 */
API_AVAILABLE(macos(10.15))
es_return_t
es_mute_process(es_client_t *_Nonnull client, const audit_token_t *_Nonnull audit_token);

API_AVAILABLE(macos(12.0))
es_return_t
es_mute_process_events(es_client_t *_Nonnull client, const audit_token_t *_Nonnull audit_token,
		       const es_event_type_t *_Nonnull events, size_t event_count);

API_AVAILABLE(macos(10.15))
es_return_t
es_unmute_process(es_client_t *_Nonnull client, const audit_token_t *_Nonnull audit_token);

API_AVAILABLE(macos(12.0))
es_return_t
es_unmute_process_events(es_client_t *_Nonnull client, const audit_token_t *_Nonnull audit_token,
			 const es_event_type_t *_Nonnull events, size_t event_count);

/* A copy of the set, for es_release_muted_processes(). */
API_AVAILABLE(macos(12.0))
es_return_t
es_muted_processes_events(es_client_t *_Nonnull client,
			  es_muted_processes_t *_Nullable *_Nonnull muted_processes);

API_AVAILABLE(macos(12.0))
void
es_release_muted_processes(es_muted_processes_t *_Nonnull muted_processes);

/* Older form: the tokens alone. The caller free()s *audit_tokens; NULL when none. */
API_DEPRECATED("use es_muted_processes_events", macos(10.15, 12.0))
es_return_t
es_muted_processes(es_client_t *_Nonnull client, size_t *_Nonnull count,
		   audit_token_t *_Nullable *_Nonnull audit_tokens);

/*
 * By path, compared as the messages have it: absolute and with links resolved.
 * Of the target kinds only events that name files can be muted: the rest of a
 * list is passed over, and ERROR means that nothing of it was left.
 */
API_AVAILABLE(macos(12.0))
es_return_t
es_mute_path(es_client_t *_Nonnull client, const char *_Nonnull path, es_mute_path_type_t type);

API_AVAILABLE(macos(12.0))
es_return_t
es_mute_path_events(es_client_t *_Nonnull client, const char *_Nonnull path,
		    es_mute_path_type_t type, const es_event_type_t *_Nonnull events,
		    size_t event_count);

API_AVAILABLE(macos(12.0))
es_return_t
es_unmute_path(es_client_t *_Nonnull client, const char *_Nonnull path, es_mute_path_type_t type);

API_AVAILABLE(macos(12.0))
es_return_t
es_unmute_path_events(es_client_t *_Nonnull client, const char *_Nonnull path,
		      es_mute_path_type_t type, const es_event_type_t *_Nonnull events,
		      size_t event_count);

/* Older forms of es_mute_path(). */
API_DEPRECATED("use es_mute_path", macos(10.15, 12.0))
es_return_t
es_mute_path_prefix(es_client_t *_Nonnull client, const char *_Nonnull path_prefix);

API_DEPRECATED("use es_mute_path", macos(10.15, 12.0))
es_return_t
es_mute_path_literal(es_client_t *_Nonnull client, const char *_Nonnull path_literal);

/* All of PREFIX and LITERAL, on macOS with the set every client starts with. */
API_AVAILABLE(macos(10.15))
es_return_t
es_unmute_all_paths(es_client_t *_Nonnull client);

/* All of TARGET_PREFIX and TARGET_LITERAL. */
API_AVAILABLE(macos(13.0))
es_return_t
es_unmute_all_target_paths(es_client_t *_Nonnull client);

/* A copy of the set, executables and targets, for es_release_muted_paths(). */
API_AVAILABLE(macos(12.0))
es_return_t
es_muted_paths_events(es_client_t *_Nonnull client,
		      es_muted_paths_t *_Nullable *_Nonnull muted_paths);

API_AVAILABLE(macos(12.0))
void
es_release_muted_paths(es_muted_paths_t *_Nonnull muted_paths);

/* Toggles: from then on "muted" selects, or no longer does. Keeps the set. */
API_AVAILABLE(macos(13.0))
es_return_t
es_invert_muting(es_client_t *_Nonnull client, es_mute_inversion_type_t mute_type);

API_AVAILABLE(macos(13.0))
es_mute_inverted_return_t
es_muting_inverted(es_client_t *_Nonnull client, es_mute_inversion_type_t mute_type);

/*
 * Messages
 */

/* Keeps a message beyond its handler; every retain needs its release. */
API_AVAILABLE(macos(11.0))
void
es_retain_message(const es_message_t *_Nonnull msg);

API_AVAILABLE(macos(11.0))
void
es_release_message(const es_message_t *_Nonnull msg);

/* Older forms: a retain that returns its argument, and a release. */
API_DEPRECATED("use es_retain_message", macos(10.15, 11.0))
es_message_t *_Nullable
es_copy_message(const es_message_t *_Nonnull msg);

API_DEPRECATED("use es_release_message", macos(10.15, 11.0))
void
es_free_message(es_message_t *_Nonnull msg);

/* Bytes. Of no use: a message cannot be copied by its bytes. */
API_DEPRECATED("use es_retain_message", macos(10.15, 11.0))
size_t
es_message_size(const es_message_t *_Nonnull msg);

/*
 * Lists of an exec event, reached through &msg->event.exec alone, never through a
 * copy of it. They allocate nothing; what they return lives as long as the message.
 * An index must be below the count.
 */

API_AVAILABLE(macos(10.15))
uint32_t
es_exec_arg_count(const es_event_exec_t *_Nonnull event);

API_AVAILABLE(macos(10.15))
es_string_token_t
es_exec_arg(const es_event_exec_t *_Nonnull event, uint32_t index);

/* Environment, as "NAME=value". */
API_AVAILABLE(macos(10.15))
uint32_t
es_exec_env_count(const es_event_exec_t *_Nonnull event);

API_AVAILABLE(macos(10.15))
es_string_token_t
es_exec_env(const es_event_exec_t *_Nonnull event, uint32_t index);

/* Descriptors the new program starts with; maybe not all, see last_fd. */
API_AVAILABLE(macos(11.0))
uint32_t
es_exec_fd_count(const es_event_exec_t *_Nonnull event);

API_AVAILABLE(macos(11.0))
const es_fd_t *_Nonnull
es_exec_fd(const es_event_exec_t *_Nonnull event, uint32_t index);

__END_DECLS

#endif
