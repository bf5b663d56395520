/* subscriptions - which events a client asks for. */
#include "src/linux/client.h"

#include <stdlib.h>

static es_return_t
subscribe(es_client_t *client, u64 kinds)
{
	int error = kinds == client->subscribed ? 0 : tracer_subscribe(client->tracer, kinds);

	if (!error)
		client->subscribed = kinds;
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_subscribe(es_client_t *client, const es_event_type_t *events, uint32_t event_count)
{
	es_return_t result;
	u64 kinds = 0;

	for (uint32_t i = 0; i < event_count; i++) {
		int kind = client_kind_of_number(events[i]);

		if (kind < 0)
			return ES_RETURN_ERROR;
		kinds |= 1ULL << kind;
	}
	pthread_mutex_lock(&client->lock);
	result = subscribe(client, client->subscribed | kinds);
	pthread_mutex_unlock(&client->lock);
	return result;
}

es_return_t
es_unsubscribe(es_client_t *client, const es_event_type_t *events, uint32_t event_count)
{
	es_return_t result;
	u64 kinds = 0;

	for (uint32_t i = 0; i < event_count; i++) {
		int kind = client_kind_of_number(events[i]);

		if (kind >= 0)
			kinds |= 1ULL << kind;
	}
	pthread_mutex_lock(&client->lock);
	result = subscribe(client, client->subscribed & ~kinds);
	pthread_mutex_unlock(&client->lock);
	return result;
}

es_return_t
es_unsubscribe_all(es_client_t *client)
{
	es_return_t result;

	pthread_mutex_lock(&client->lock);
	result = subscribe(client, 0);
	pthread_mutex_unlock(&client->lock);
	return result;
}

es_return_t
es_subscriptions(es_client_t *client, size_t *count, es_event_type_t **subscriptions)
{
	es_event_type_t *list = calloc(WIRE_EVENTS, sizeof(*list));
	size_t n = 0;

	if (!list)
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&client->lock);
	for (unsigned kind = 0; kind < WIRE_EVENTS; kind++)
		if (client->subscribed & 1ULL << kind)
			list[n++] = (es_event_type_t)message_type_of_kind[kind];
	pthread_mutex_unlock(&client->lock);
	if (n == 0) {
		free(list);
		list = NULL;
	}
	*count = n;
	*subscriptions = list;
	return ES_RETURN_SUCCESS;
}
