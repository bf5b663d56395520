/* subtrees - muting a process and everything below it: es_linux_mute_subtree(). */
#include "src/linux/client.h"

#include <errno.h>
#include <stdlib.h>

struct census {
	struct wire_proc_brief {
		u32 pid, ppid;
	} * list;
	size_t count, room;
	bool failed;
};

static void
count_in(void *ctx, const struct wire_proc *p)
{
	struct census *k = ctx;

	if (p->head.flags & (WIRE_GONE | WIRE_KERNEL) || k->failed)
		return;
	if (k->count == k->room) {
		size_t room = k->room ? k->room * 2 : 1024;
		void *list = realloc(k->list, room * sizeof(*k->list));

		if (!list) {
			k->failed = true;
			return;
		}
		k->list = list;
		k->room = room;
	}
	k->list[k->count++] = (struct wire_proc_brief){ p->head.pid, p->ppid };
}

static int
compare_brief(const void *a, const void *b)
{
	const struct wire_proc_brief *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool
is_below(const struct census *k, u32 pid, u32 root)
{
	/* Bounded: the list is no instant, and could show a circle. */
	for (unsigned depth = 0; depth < 4096 && pid; depth++) {
		struct wire_proc_brief wanted = { .pid = pid };
		const struct wire_proc_brief *p;

		if (pid == root)
			return true;
		p = bsearch(&wanted, k->list, k->count, sizeof(*k->list), compare_brief);
		pid = p ? p->ppid : 0;
	}
	return false;
}

/*
 * The root first: what it forks from then on is a member by itself. Who was forked
 * before by a process not yet a member is found by looking again until there is no new one.
 */
static int
adopt_all(es_client_t *c, u32 id, u32 root)
{
	int error = tracer_adopt(c->tracer, id, root), found = 1;

	for (unsigned pass = 0; error >= 0 && found && pass < 64; pass++) {
		struct census k = { 0 };

		found = 0;
		error = tracer_processes(c->tracer, 0, count_in, &k);
		if (error || k.failed) {
			free(k.list);
			return error ? error : -ENOMEM;
		}
		qsort(k.list, k.count, sizeof(*k.list), compare_brief);
		for (size_t i = 0; i < k.count; i++)
			if (k.list[i].pid != root && is_below(&k, k.list[i].pid, root)) {
				int result = tracer_adopt(c->tracer, id, k.list[i].pid);

				found |= result == 1;
				if (result == -ENOSPC)
					error = result;
			}
		free(k.list);
	}
	return error < 0 ? error : 0;
}

static struct subtree **
find_subtree(es_client_t *c, const audit_token_t *token)
{
	struct subtree **at = &c->subtrees;

	while (*at && ((*at)->pid != token->val[5] || (*at)->version != token->val[7]))
		at = &(*at)->next;
	return at;
}

static int
new_subtree(es_client_t *c, const audit_token_t *token, u64 kinds)
{
	struct subtree *s;
	int error;

	if (!client_process_runs(c, token->val[5], token->val[7]))
		return -ESRCH;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->id = ++c->last_subtree;
	s->pid = token->val[5];
	s->version = token->val[7];
	error = tracer_mute_subtree(c->tracer, s->id, kinds);
	if (!error)
		error = adopt_all(c, s->id, s->pid);
	if (error) {
		tracer_mute_subtree(c->tracer, s->id, 0);
		free(s);
		return error;
	}
	s->next = c->subtrees;
	c->subtrees = s;
	return 0;
}

es_return_t
es_linux_mute_subtree(es_client_t *client, const audit_token_t *token, const es_event_type_t *events,
		      size_t event_count)
{
	struct event_set set = client_set_of(events, event_count);
	u64 kinds = client_kinds_of(&set);
	struct subtree **at;
	int error;

	if (!kinds)
		return ES_RETURN_ERROR;
	pthread_mutex_lock(&client->lock);
	at = find_subtree(client, token);
	if (*at)
		error = tracer_mute_subtree(client->tracer, (*at)->id, kinds);
	else
		error = new_subtree(client, token, kinds);
	pthread_mutex_unlock(&client->lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

es_return_t
es_linux_unmute_subtree(es_client_t *client, const audit_token_t *token)
{
	struct subtree **at, *s;

	pthread_mutex_lock(&client->lock);
	at = find_subtree(client, token);
	s = *at;
	if (s) {
		tracer_mute_subtree(client->tracer, s->id, 0);
		*at = s->next;
		free(s);
	}
	pthread_mutex_unlock(&client->lock);
	return ES_RETURN_SUCCESS;
}

es_return_t
es_linux_suppressed_subtree(es_client_t *client, const audit_token_t *token, uint64_t *count)
{
	bool known = false;
	struct subtree *s;

	pthread_mutex_lock(&client->lock);
	s = *find_subtree(client, token);
	if (s)
		known = tracer_suppressed_subtree(client->tracer, s->id, count);
	pthread_mutex_unlock(&client->lock);
	return known ? ES_RETURN_SUCCESS : ES_RETURN_ERROR;
}
