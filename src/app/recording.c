/* recording - see recording.h. */
#include "src/app/recording.h"
#include "model/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
recording_open(struct recording *r, const struct record_config *config, char *why, size_t len)
{
	struct record_config with_host = *config;
	char host[256] = "";

	free(r->path);
	r->path = xstrdup(config->path);
	gethostname(host, sizeof(host) - 1);
	with_host.host = host;
	r->reported = (struct record_state){ 0 };
	return record_open(&r->record, &with_host, why, len);
}

bool
recording_close(struct recording *r, const struct loss *loss, uint64_t lost_untyped, uint64_t now_ns,
		uint64_t *events, char *message, size_t len)
{
	struct record_state state = { 0 };

	message[0] = '\0';
	*events = 0;
	if (!r->record)
		return false;
	record_close(r->record, loss, lost_untyped, now_ns, &state);
	r->record = NULL;
	r->rule_count = 0;
	r->rules_version = 0;
	*events = state.events;
	if (state.full)
		snprintf(message, len,
			 "%.300s has reached its --max-size; %" PRIu64 " of %" PRIu64 " events %s not in it",
			 r->path, state.lost, state.events, state.lost == 1 ? "is" : "are");
	else if (state.lost || state.dead)
		snprintf(message, len, "%" PRIu64 " of %" PRIu64 " events %s missing in %.300s%s%s",
			 state.lost, state.events, state.lost == 1 ? "is" : "are", r->path,
			 state.error ? ": " : "", state.error ? strerror(state.error) : "");
	return true;
}

void
recording_finish(struct recording *r)
{
	free(r->rules);
	free(r->path);
	*r = (struct recording){ 0 };
}

void
recording_event(struct recording *r, const struct event *e)
{
	if (r->record)
		record_event(r->record, e);
}

void
recording_loss(struct recording *r, const struct loss *loss, uint64_t lost_untyped, uint64_t now_ns)
{
	if (r->record)
		record_lost(r->record, loss, lost_untyped, now_ns);
}

/* ---- rules ---- */

static int
compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
holds_id(const uint32_t sorted[], size_t n, uint32_t id)
{
	return n && bsearch(&id, sorted, n, sizeof(id), compare_ids);
}

void
recording_mutes(struct recording *r, const struct mutes *mutes, uint64_t now_ns)
{
	const struct mute_rule *rule;
	uint32_t *ids;
	size_t n = 0;

	if (!r->record || mutes_changes(mutes) == r->rules_version)
		return;
	r->rules_version = mutes_changes(mutes);
	while (mutes_get(mutes, n))
		n++;
	ids = xcalloc(n + 1, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = mutes_get(mutes, i)->id;
	qsort(ids, n, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < r->rule_count; i++)
		if (!holds_id(ids, n, r->rules[i]))
			record_unmute(r->record, r->rules[i], now_ns);
	for (size_t i = 0; (rule = mutes_get(mutes, i)) != NULL; i++)
		if (!holds_id(r->rules, r->rule_count, rule->id))
			record_mute(r->record, rule, now_ns);
	free(r->rules);
	r->rules = ids;
	r->rule_count = n;
}

/* ---- reports ---- */

bool
recording_message(struct recording *r, char *message, size_t len)
{
	struct record_state now, *old = &r->reported;

	message[0] = '\0';
	if (!r->record)
		return false;
	record_state(r->record, &now);
	if (now.full && !old->full)
		snprintf(message, len, "recording ended: --max-size reached");
	else if (now.dead && !old->dead)
		snprintf(message, len, "recording ended: %s", strerror(now.error));
	else if (now.error && now.error != old->error)
		snprintf(message, len, "recording waits: %s", strerror(now.error));
	else if (!now.error && old->error)
		snprintf(message, len, "recording continues");
	else if (now.lost && !old->lost)
		snprintf(message, len, "recording too slow: events are missing in it");
	*old = now;
	return message[0] != '\0';
}

bool
recording_has_ended(const struct recording *r)
{
	return r->record && r->reported.dead;
}

const char *
recording_title(const struct recording *r)
{
	struct record_state state;

	if (!r->record)
		return "";
	record_state(r->record, &state);
	return state.dead ? " REC ENDED" : state.error ? " REC FAILS" : state.lost ? " REC LOSES" : " rec";
}
