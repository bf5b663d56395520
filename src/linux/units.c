/* units - muting cgroups and users: es_linux_mute_unit(), es_linux_mute_user(). */
#include "src/linux/client.h"

es_return_t
es_linux_mute_unit(es_client_t *client, const char *name, const es_event_type_t *events, size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);
	u64 kinds = client_kinds_of(&set);
	int error;

	if (!kinds || !es_linux_has_cgroups())
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&client->lock);
	error = tracer_mute_unit(client->tracer, name, kinds);
	pthread_mutex_unlock(&client->lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_linux_unmute_unit(es_client_t *client, const char *name)
{
	pthread_mutex_lock(&client->lock);
	tracer_mute_unit(client->tracer, name, 0);
	pthread_mutex_unlock(&client->lock);
	return ES_RETURN_SUCCESS;
}

es_return_t
es_linux_mute_user(es_client_t *client, uid_t uid, const es_event_type_t *events, size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);
	u64 kinds = client_kinds_of(&set);
	int error;

	if (!kinds)
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&client->lock);
	error = tracer_mute_user(client->tracer, uid, kinds);
	pthread_mutex_unlock(&client->lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_linux_unmute_user(es_client_t *client, uid_t uid)
{
	pthread_mutex_lock(&client->lock);
	tracer_mute_user(client->tracer, uid, 0);
	pthread_mutex_unlock(&client->lock);
	return ES_RETURN_SUCCESS;
}

es_return_t
es_linux_suppressed_unit(es_client_t *client, const char *name, uint64_t *count)
{
	bool known;

	pthread_mutex_lock(&client->lock);
	known = tracer_suppressed_unit(client->tracer, name, (u64 *)count);
	pthread_mutex_unlock(&client->lock);
	return known ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}

es_return_t
es_linux_suppressed_user(es_client_t *client, uid_t uid, uint64_t *count)
{
	bool known;

	pthread_mutex_lock(&client->lock);
	known = tracer_suppressed_user(client->tracer, uid, (u64 *)count);
	pthread_mutex_unlock(&client->lock);
	return known ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}

static void
visit_path(void *ctx, const char *path)
{
	(*(void (^*)(const char *))ctx)(path);
}

void
es_linux_cgroups(es_client_t *client, void (^visit)(const char *))
{
	cgroups_each(tracer_cgroups(client->tracer), visit_path, &visit);
}
