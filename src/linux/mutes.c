/*
 * mutes - the processes and paths that a client has muted. They are kept in
 * the client's mute set and in the kernel's maps, which suppress their events.
 */
#include "src/linux/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is in one set and not in the other. */
static struct event_set
without(struct event_set set, const struct event_set *other)
{
	event_set_subtract(&set, other);
	return set;
}

static int
apply_process(es_client_t *c, u32 pid, u32 version)
{
	struct event_set now = mute_set_process_mask(c->mutes, (int32_t)pid, version);

	return tracer_mute_process(c->tracer, pid, version, client_kinds_of(&now));
}

/* Mutes or unmutes in the mute set and in the kernel; in neither when the kernel returns an error. */
static int
set_process(es_client_t *c, const audit_token_t *token, const struct event_set *events, bool mute)
{
	u32 pid = token->val[5], version = token->val[7];
	struct event_set before = mute_set_process_mask(c->mutes, (int32_t)pid, version), now, set;
	int error;

	if (mute)
		error = mute_set_mute_process(c->mutes, token, (int32_t)pid, version, events);
	else
		error = mute_set_unmute_process(c->mutes, (int32_t)pid, version, events);
	if (error)
		return error;
	error = apply_process(c, pid, version);
	if (error) {
		now = mute_set_process_mask(c->mutes, (int32_t)pid, version);
		set = without(now, &before);
		mute_set_unmute_process(c->mutes, (int32_t)pid, version, &set);
		set = without(before, &now);
		mute_set_mute_process(c->mutes, token, (int32_t)pid, version, &set);
		apply_process(c, pid, version);
	}
	return error;
}

static es_return_t
change_process(es_client_t *c, const audit_token_t *token, const struct event_set *events, bool mute)
{
	int error;

	if (mute && !client_process_runs(c, token->val[5], token->val[7]))
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&c->lock);
	error = set_process(c, token, events, mute);
	pthread_mutex_unlock(&c->lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_mute_process(es_client_t *client, const audit_token_t *audit_token)
{
	return change_process(client, audit_token, NULL, true);
}

es_return_t
es_mute_process_events(es_client_t *client, const audit_token_t *audit_token, const es_event_type_t *events,
		       size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);

	return change_process(client, audit_token, &set, true);
}

es_return_t
es_unmute_process(es_client_t *client, const audit_token_t *audit_token)
{
	return change_process(client, audit_token, NULL, false);
}

es_return_t
es_unmute_process_events(es_client_t *client, const audit_token_t *audit_token, const es_event_type_t *events,
			 size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);

	return change_process(client, audit_token, &set, false);
}

/* One allocation for a list, its event lists and its paths: released with free(). */
static void *
list_room(size_t header, size_t entries, size_t entry, size_t events, size_t text)
{
	return calloc(1, header + entries * entry + events * sizeof(es_event_type_t) + text + 1);
}

static es_event_type_t *
list_events(es_event_type_t *at, const struct event_set *set)
{
	for (unsigned type = 0; type < ES_EVENT_TYPE_LAST; type++)
		if (event_set_has(set, type))
			*at++ = (es_event_type_t)type;
	return at;
}

static size_t
known_types(const struct event_set *set)
{
	size_t n = 0;

	for (unsigned type = 0; type < ES_EVENT_TYPE_LAST; type++)
		n += event_set_has(set, type);
	return n;
}

es_return_t
es_muted_processes_events(es_client_t *client, es_muted_processes_t **muted_processes)
{
	const struct mute_process *p;
	es_muted_processes_t *list;
	es_muted_process_t *out;
	es_event_type_t *events;
	size_t count = 0, types = 0;

	pthread_mutex_lock(&client->lock);
	for (p = mute_set_first_process(client->mutes); p; p = mute_set_next_process(p)) {
		count++;
		types += known_types(&p->events);
	}
	list = list_room(sizeof(*list), count, sizeof(*out), types, 0);
	if (list) {
		out = (es_muted_process_t *)(list + 1);
		events = (es_event_type_t *)(out + count);
		list->count = count;
		list->processes = out;
		for (p = mute_set_first_process(client->mutes); p; p = mute_set_next_process(p), out++) {
			out->audit_token = *(const audit_token_t *)p->token;
			out->events = events;
			events = list_events(events, &p->events);
			out->event_count = (size_t)(events - out->events);
		}
	}
	pthread_mutex_unlock(&client->lock);
	*muted_processes = list;
	return list ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}

void
es_release_muted_processes(es_muted_processes_t *muted_processes)
{
	free(muted_processes);
}

es_return_t
es_muted_processes(es_client_t *client, size_t *count, audit_token_t **audit_tokens)
{
	es_muted_processes_t *list;
	audit_token_t *tokens = NULL;

	if (es_muted_processes_events(client, &list) != ES_RETURN_SUCCESS)
		return ES_RETURN_ERROR;
	if (list->count) {
		tokens = calloc(list->count, sizeof(*tokens));
		for (size_t i = 0; tokens && i < list->count; i++)
			tokens[i] = list->processes[i].audit_token;
	}
	*count = list->count;
	*audit_tokens = tokens;
	es_release_muted_processes(list);
	return *count && !tokens ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

/* Brings the kernel and the quick test of the dispatch thread in line with the set. */
static int
apply_path(es_client_t *c, es_mute_path_type_t type, const char *path)
{
	struct event_set now;

	atomic_store_explicit(&c->target_mutes,
			      mute_set_has_targets(c->mutes) ||
				      mute_set_inverted(c->mutes, MUTE_INVERT_TARGET_PATH),
			      memory_order_relaxed);
	if (type != ES_MUTE_PATH_TYPE_PREFIX && type != ES_MUTE_PATH_TYPE_LITERAL)
		return 0;
	now = mute_set_entry_events(c->mutes, (enum mute_path_type)type, path);
	return tracer_mute_path(c->tracer, path, strlen(path), type == ES_MUTE_PATH_TYPE_PREFIX,
				client_kinds_of(&now));
}

/* As set_process(). */
static int
set_path(es_client_t *c, const char *path, es_mute_path_type_t type, const struct event_set *events, bool mute)
{
	const enum mute_path_type kind = (enum mute_path_type)type;
	struct event_set before = mute_set_entry_events(c->mutes, kind, path), now, set;
	int error;

	if (mute)
		error = mute_set_mute_path(c->mutes, kind, path, events);
	else
		error = mute_set_unmute_path(c->mutes, kind, path, events);
	if (error)
		return error;
	error = apply_path(c, type, path);
	if (error) {
		now = mute_set_entry_events(c->mutes, kind, path);
		set = without(now, &before);
		mute_set_unmute_path(c->mutes, kind, path, &set);
		set = without(before, &now);
		mute_set_mute_path(c->mutes, kind, path, &set);
		apply_path(c, type, path);
	}
	return error;
}

static es_return_t
change_path(es_client_t *c, const char *path, es_mute_path_type_t type, const struct event_set *events,
	    bool mute)
{
	int error;

	if (!path || !path[0] || strlen(path) > WIRE_PATH_MAX || (unsigned)type > 3)
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&c->lock);
	error = set_path(c, path, type, events, mute);
	pthread_mutex_unlock(&c->lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_mute_path(es_client_t *client, const char *path, es_mute_path_type_t type)
{
	return change_path(client, path, type, NULL, true);
}

es_return_t
es_mute_path_events(es_client_t *client, const char *path, es_mute_path_type_t type,
		    const es_event_type_t *events, size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);

	return change_path(client, path, type, &set, true);
}

es_return_t
es_unmute_path(es_client_t *client, const char *path, es_mute_path_type_t type)
{
	return change_path(client, path, type, NULL, false);
}

es_return_t
es_unmute_path_events(es_client_t *client, const char *path, es_mute_path_type_t type,
		      const es_event_type_t *events, size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);

	return change_path(client, path, type, &set, false);
}

es_return_t
es_mute_path_prefix(es_client_t *client, const char *path_prefix)
{
	return es_mute_path(client, path_prefix, ES_MUTE_PATH_TYPE_PREFIX);
}

es_return_t
es_mute_path_literal(es_client_t *client, const char *path_literal)
{
	return es_mute_path(client, path_literal, ES_MUTE_PATH_TYPE_LITERAL);
}

static es_return_t
unmute_types(es_client_t *client, es_mute_path_type_t first, es_mute_path_type_t second)
{
	const struct mute_path *p, *next;
	int error = 0;

	pthread_mutex_lock(&client->lock);
	for (p = mute_set_first_path(client->mutes); p && !error; p = next) {
		es_mute_path_type_t type = (es_mute_path_type_t)p->type;
		char *path;

		next = mute_set_next_path(p);
		if (type != first && type != second)
			continue;
		path = strdup(p->path);
		error = path ? set_path(client, path, type, NULL, false) : -ENOMEM;
		free(path);
	}
	pthread_mutex_unlock(&client->lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_unmute_all_paths(es_client_t *client)
{
	return unmute_types(client, ES_MUTE_PATH_TYPE_PREFIX, ES_MUTE_PATH_TYPE_LITERAL);
}

es_return_t
es_unmute_all_target_paths(es_client_t *client)
{
	return unmute_types(client, ES_MUTE_PATH_TYPE_TARGET_PREFIX, ES_MUTE_PATH_TYPE_TARGET_LITERAL);
}

es_return_t
es_muted_paths_events(es_client_t *client, es_muted_paths_t **muted_paths)
{
	const struct mute_path *p;
	es_event_type_t *events;
	es_muted_paths_t *list;
	es_muted_path_t *out;
	size_t count = 0, types = 0, text = 0;
	char *bytes;

	pthread_mutex_lock(&client->lock);
	for (p = mute_set_first_path(client->mutes); p; p = mute_set_next_path(p)) {
		count++;
		types += known_types(&p->events);
		text += p->length + 1;
	}
	list = list_room(sizeof(*list), count, sizeof(*out), types, text);
	if (list) {
		out = (es_muted_path_t *)(list + 1);
		events = (es_event_type_t *)(out + count);
		bytes = (char *)(events + types);
		list->count = count;
		list->paths = out;
		for (p = mute_set_first_path(client->mutes); p; p = mute_set_next_path(p), out++) {
			out->type = (es_mute_path_type_t)p->type;
			out->events = events;
			events = list_events(events, &p->events);
			out->event_count = (size_t)(events - out->events);
			memcpy(bytes, p->path, p->length);
			out->path = (es_string_token_t){ p->length, bytes };
			bytes += p->length + 1;
		}
	}
	pthread_mutex_unlock(&client->lock);
	*muted_paths = list;
	return list ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}

void
es_release_muted_paths(es_muted_paths_t *muted_paths)
{
	free(muted_paths);
}

es_return_t
es_invert_muting(es_client_t *client, es_mute_inversion_type_t mute_type)
{
	if ((unsigned)mute_type >= ES_MUTE_INVERSION_TYPE_LAST)
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&client->lock);
	mute_set_invert(client->mutes, (enum mute_inversion)mute_type);
	tracer_invert(client->tracer, mute_set_inverted(client->mutes, MUTE_INVERT_PROCESS),
		      mute_set_inverted(client->mutes, MUTE_INVERT_PATH));
	apply_path(client, ES_MUTE_PATH_TYPE_TARGET_LITERAL, "");
	pthread_mutex_unlock(&client->lock);
	return ES_RETURN_SUCCESS;
}

es_mute_inverted_return_t
es_muting_inverted(es_client_t *client, es_mute_inversion_type_t mute_type)
{
	bool inverted;

	if ((unsigned)mute_type >= ES_MUTE_INVERSION_TYPE_LAST)
		return ES_MUTE_INVERTED_ERROR;
	pthread_mutex_lock(&client->lock);
	inverted = mute_set_inverted(client->mutes, (enum mute_inversion)mute_type);
	pthread_mutex_unlock(&client->lock);
	return inverted ? ES_MUTE_INVERTED : ES_MUTE_NOT_INVERTED;
}

es_return_t
es_linux_suppressed_process(es_client_t *client, const audit_token_t *token, uint64_t *count)
{
	return tracer_suppressed_process(client->tracer, token->val[5], token->val[7], count)
		       ? ES_RETURN_SUCCESS
		       : ES_RETURN_ERROR;
}

es_return_t
es_linux_suppressed_path(es_client_t *client, const char *path, es_mute_path_type_t type, uint64_t *count)
{
	const struct mute_path *entry;
	bool known;

	if (type == ES_MUTE_PATH_TYPE_PREFIX || type == ES_MUTE_PATH_TYPE_LITERAL) {
		known = tracer_suppressed_path(client->tracer, path, strlen(path),
					       type == ES_MUTE_PATH_TYPE_PREFIX, count);
		return known ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
	}
	pthread_mutex_lock(&client->lock);
	entry = mute_set_find_path(client->mutes, (enum mute_path_type)type, path);
	if (entry)
		*count = entry->kept_back;
	pthread_mutex_unlock(&client->lock);
	return entry ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}
