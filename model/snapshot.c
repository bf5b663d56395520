/*
 * snapshot - from processes to rows in the order of the screen.
 *
 * Row i is first built for process i of tree.all, shown or not. All that
 * follows works on small arrays of row numbers: what is shown, below whom, in
 * which order; the rows are moved to their places once, at the end. Strings
 * are held, not copied.
 */
#include "model/snapshot_parts.h"

#include "model/group.h"

#include <limits.h>
#include <string.h>

/* ---- strings ---- */

static bool
has_args(const struct row *r)
{
	return r->command != r->exe && r->command != r->name;
}

static void
hold(const char *bytes)
{
	if (bytes && bytes[0])
		string_hold(string_of(bytes));
}

static void
release(const char *bytes)
{
	if (bytes && bytes[0])
		string_release(string_of(bytes));
}

/* All that a row holds. */
static inline void
each_string(const struct row *r, void (*visit)(const char *))
{
	if (has_args(r))
		visit(r->command);
	visit(r->exe);
	visit(r->unit);
	visit(r->cgroup);
	visit(r->tty);
	visit(r->signer);
	visit(r->title);
	visit(r->script);
}

static void
release_strings(struct snapshot *s)
{
	for (size_t i = 0; i < s->count; i++)
		each_string(&s->rows[i], release);
	s->count = 0;
}

/* ---- memory ---- */

/* Is there far more room than was needed for a while, as after a burst of processes? */
static bool
is_wasteful(struct arena *a, size_t n)
{
	enum { FRAMES = 60, SMALL = 1024 };

	if (a->room <= SMALL || n > a->room / 4) {
		a->roomy = 0;
		return false;
	}
	if (++a->roomy < FRAMES)
		return false;
	a->roomy = 0;
	return true;
}

void
snapshot_reserve(struct fill *f, size_t n)
{
	struct arena *a = f->a;

	if (a->room && n <= a->room && !is_wasteful(a, n))
		return;
	a->room = n + n / 4 + 64;
	if (a->place_count > a->room)
		a->place_count = a->room;
	f->s->rows = xrealloc(f->s->rows, a->room, sizeof(*f->s->rows));
	a->up = xrealloc(a->up, a->room + 2, sizeof(*a->up));
	a->order = xrealloc(a->order, a->room + 2, sizeof(*a->order));
	a->start = xrealloc(a->start, a->room + 2, sizeof(*a->start));
	a->child = xrealloc(a->child, a->room + 2, sizeof(*a->child));
	a->work = xrealloc(a->work, a->room + 2, sizeof(*a->work));
	a->place = xrealloc(a->place, a->room + 2, sizeof(*a->place));
	a->state = xrealloc(a->state, a->room + 2, sizeof(*a->state));
}

/* Room for n counts, until the next snapshot. */
static struct count *
counts_reserve(struct arena *a, size_t n)
{
	enum { CHUNK = 1024 };
	struct chunk *c = a->chunks;

	if (!c || c->room - c->used < n) {
		size_t room = c ? c->room * 2 : CHUNK;

		c = xmalloc(sizeof(*c) + room * sizeof(c->count[0]));
		*c = (struct chunk){ .older = a->chunks, .room = room };
		a->chunks = c;
	}
	c->used += n;
	return &c->count[c->used - n];
}

/* Keeps the largest chunk, which next time may be enough. */
static void
counts_release(struct arena *a, bool all)
{
	struct chunk *keep = all ? NULL : a->chunks, *older;

	for (struct chunk *c = keep ? keep->older : a->chunks; c; c = older) {
		older = c->older;
		free(c);
	}
	if (keep) {
		keep->older = NULL;
		keep->used = 0;
	}
	a->chunks = keep;
}

/* ---- the types that are not core ---- */

static event_mask
types_of(const struct count counts[], uint32_t n)
{
	event_mask types = 0;

	for (uint32_t i = 0; i < n; i++)
		types |= EVENT_BIT(counts[i].id);
	return types;
}

/* Adds counts to those of the row: in place, or where types are new, in a longer list. */
static void
add_more(struct fill *f, struct row *to, const struct count from[], uint32_t n)
{
	event_mask have, all;
	struct count *list;
	uint32_t count, i = 0, j = 0;

	if (n == 0)
		return;
	have = types_of(to->more, to->more_count);
	all = have | types_of(from, n);
	count = event_mask_count(all);
	list = all == have ? (struct count *)to->more : counts_reserve(f->a, count);
	for (uint32_t k = 0; k < count; k++) {
		bool old = i < to->more_count && (j == n || to->more[i].id <= from[j].id);
		struct count sum = old ? to->more[i++] : (struct count){ .id = from[j].id };

		if (j < n && from[j].id == sum.id) {
			sum.total += from[j].total;
			sum.rate += from[j++].rate;
		}
		list[k] = sum;
	}
	to->more = list;
	to->more_count = count;
}

/* The count of this type when the mark was set. */
static uint64_t
marked(const struct activity *before, enum event_id id)
{
	const struct tally *t = before ? activity_get(before, id) : NULL;

	return t ? t->total : 0;
}

/* before: the part counted before the mark; NULL: none, or no mark. */
void
snapshot_add_activity(struct fill *f, struct row *to, const struct activity *from,
		      const struct activity *before)
{
	struct count more[EV_COUNT];
	uint32_t n = 0, k = 0;

	if (!from)
		return;
	for (unsigned id = 0; id < EV_CORE; id++) {
		to->total[id] += from->core[id].total - marked(before, (enum event_id)id);
		to->rate[id] += (double)from->core[id].rate;
	}
	to->total_all += activity_total(from);
	if (before) {
		uint64_t n = activity_total(before);

		to->total_all -= n;
		to->compared.before += (float)n; /* a rate in the end: compare() */
	}
	to->rate_all += activity_rate(from);
	if (!from->more)
		return;
	for (event_mask types = from->more->types; types; types &= types - 1) {
		enum event_id id = event_mask_first(types);
		const struct tally *t = &from->more->tally[k++];
		uint64_t total = t->total - marked(before, id);

		if (total || t->rate > 0)
			more[n++] = (struct count){ id, total, (double)t->rate };
	}
	add_more(f, to, more, n);
}

/* ---- rows ---- */

const char *
snapshot_user(struct fill *f, uint32_t uid)
{
	if (!f->user || f->uid != uid) {
		f->uid = uid;
		f->user = f->spec->user_name ? f->spec->user_name(uid) : "";
	}
	return f->user;
}

bool
snapshot_shows_exited(const struct fill *f, uint64_t exited_ns)
{
	int secs = f->spec->exited_secs;

	return secs < 0 ||
	       (secs > 0 && (f->now_ns < exited_ns || f->now_ns - exited_ns < (uint64_t)secs * 1000000000u));
}

static bool
is_lossy(const struct tree *t, const struct proc *p)
{
	return t->lost_to_ns && p->key.start_ns <= t->lost_to_ns &&
	       (!(p->flags & PROC_EXITED) || p->exited_ns >= t->lost_from_ns);
}

const char *
snapshot_host(const struct fill *f, int32_t pid)
{
	const struct proc *p = pid_of_host(pid) ? tree_find_pid(f->t, pid_of_host(pid)) : NULL;

	return p ? string_bytes(p->exe) : NULL;
}

void
snapshot_fill_process(struct fill *f, struct row *r, const struct proc *p)
{
	r->host = snapshot_host(f, p->key.pid);
	r->key = p->key;
	r->ppid = p->ppid;
	r->version = p->version;
	r->uid = p->uid;
	r->user = snapshot_user(f, p->uid);
	r->exe = string_bytes(p->exe);
	r->name = string_name(p->exe);
	r->command = p->args ? string_bytes(p->args) : p->exe ? r->exe : r->name;
	r->script = p->script ? string_bytes(p->script) : NULL;
	r->title = p->title ? string_bytes(p->title) : NULL;
	r->unit = string_bytes(p->owners.unit);
	r->cgroup = string_bytes(p->owners.cgroup);
	r->tty = string_bytes(p->owners.tty);
	r->signer = string_bytes(p->owners.signer);
	r->total_all = 0;
	r->compared = (struct compared){ 0 };
	r->rate_all = 0;
	memset(r->total, 0, sizeof(r->total));
	memset(r->rate, 0, sizeof(r->rate));
	r->more = NULL;
	r->more_count = 0;
	r->status = p->status;
	r->group_count = 0;
	r->group_life_ns = 0;
	r->alive = !(p->flags & PROC_EXITED);
	r->flags = 0;
	if (p->flags & PROC_EXITED)
		r->flags |= ROW_EXITED;
	if (p->flags & PROC_KERNEL)
		r->flags |= ROW_KERNEL;
	if (p->flags & PROC_ARGS_CUT)
		r->flags |= ROW_ARGS_CUT;
	if (p->flags & PROC_FOLLOWED)
		r->flags |= ROW_FOLLOWED;
	if (is_lossy(f->t, p))
		r->flags |= ROW_LOSSY;
	r->depth = 0;
	r->guides = 0;
	r->mute = ' ';
}

/* ---- groups and the rest ---- */

/* Zeroed but for its key: a row for many. */
void
snapshot_fill_many(struct row *r, struct proc_key key, const char *name)
{
	memset(r, 0, sizeof(*r));
	r->key = key;
	r->exe = r->unit = r->cgroup = r->tty = r->signer = "";
	r->user = "-"; /* several */
	r->uid = UID_UNKNOWN;
	r->name = r->command = name;
	r->flags = ROW_GROUP | ROW_EXITED;
	r->mute = ' ';
}

void
snapshot_fill_rest(struct fill *f, uint32_t row)
{
	f->rest = &f->s->rows[row];
	snapshot_fill_many(f->rest, (struct proc_key){ INT32_MIN, 0 }, "not listed");
	f->rest->flags |= ROW_REST;
}

static void
fill_group(struct fill *f, struct row *r, const struct group *g)
{
	int32_t owner = group_outermost(g)->owner->key.pid;

	snapshot_fill_many(r, (struct proc_key){ -owner, g->id }, g->exe ? string_name(g->exe) : "others");
	r->ppid = owner;
	r->host = snapshot_host(f, owner);
	r->uid = g->uid;
	r->user = snapshot_user(f, g->uid);
	r->exe = string_bytes(g->exe);
	r->group_count = group_is_one_line(g) ? g->count : g->count - g->present;
	r->group_life_ns = lives_median(&g->lives);
	if (g->followed || group_outermost(g)->owner->flags & PROC_FOLLOWED)
		r->flags |= ROW_FOLLOWED;
	snapshot_add_activity(f, r, &g->ended.did, g->ended.marked);
}

/* To the row of what has no row of its own: what these processes did. */
static void
add_rest(struct fill *f, const struct activity *did, const struct activity *before, uint64_t processes)
{
	snapshot_add_activity(f, f->rest, did, before);
	f->rest->group_count += (uint32_t)processes;
}

static bool
group_shows(const struct fill *f, const struct group *top)
{
	return snapshot_shows_exited(f, top->last_ns) &&
	       (top->large || (f->spec->exited_secs < 0 && top->count > top->present)) &&
	       (!(top->owner->flags & PROC_KERNEL) || f->spec->kernel_threads);
}

/* Lists the groups that have rows, after those of processes. */
static void
list_groups(struct fill *f)
{
	struct arena *a = f->a;

	a->group_count = 0;
	for (struct group *top = f->t->groups; top; top = top->next_aged) {
		bool shows = group_shows(f, top);

		for (struct group *g = top; g; g = group_next(g, top)) {
			g->row = shows ? (uint32_t)(f->procs + a->group_count) : NONE;
			if (!shows)
				continue;
			if (a->group_count == a->group_room) {
				a->group_room = a->group_room ? a->group_room * 2 : 64;
				a->groups = xrealloc(a->groups, a->group_room, sizeof(struct group *));
			}
			a->groups[a->group_count++] = g;
		}
	}
}

static void
fill_groups(struct fill *f)
{
	struct arena *a = f->a;

	for (size_t k = 0; k < a->group_count; k++) {
		const struct group *g = a->groups[k];
		const struct proc *owner = group_outermost(g)->owner;
		size_t i = f->procs + k;

		fill_group(f, &f->s->rows[i], g);
		a->state[i] = g->folded && !f->spec->unfolded ? EXISTS | FOLDED : EXISTS;
		a->up[i] = g->outer ? g->outer->row : owner == &f->t->root ? NONE : owner->index;
	}
	for (const struct group *top = f->t->groups; top; top = top->next_aged)
		for (const struct group *g = top; g && g->row == NONE; g = group_next(g, top))
			add_rest(f, &g->ended.did, g->ended.marked, g->count - g->present);
	add_rest(f, &f->t->gone.did, f->t->gone.marked, f->t->gone_count);
	add_rest(f, &f->t->root.did, f->t->root.marked.own, 0);
}

/* Whether this process may be seen. What it did goes to another row when it may not. */
static uint8_t
place_process(struct fill *f, const struct proc *p)
{
	uint8_t state = p->flags & PROC_FOLDED && !f->spec->unfolded ? FOLDED : 0;
	const struct group *g = p->group;

	if (p->flags & PROC_GHOST)
		return state;
	if (g && g->row != NONE && group_is_one_line(g)) {
		snapshot_add_activity(f, &f->s->rows[g->row], &p->did, p->marked.own);
		return state;
	}
	if ((p->flags & PROC_KERNEL && !f->spec->kernel_threads) ||
	    (p->flags & PROC_EXITED && !snapshot_shows_exited(f, p->exited_ns))) {
		add_rest(f, &p->did, p->marked.own, 1);
		return state;
	}
	return state | EXISTS;
}

static void
fill_rows(struct fill *f)
{
	struct arena *a = f->a;
	const struct tree *t = f->t;
	const struct proc *root = NULL;

	if (f->spec->root_pid)
		HASH_FIND(hh, t->by_pid, &f->spec->root_pid, sizeof(int32_t), root);
	f->root = root ? root->index : NONE;
	f->procs = t->count;
	list_groups(f);
	f->n = f->procs + a->group_count + 1;
	snapshot_reserve(f, f->n);
	f->s->processes = 0;
	snapshot_fill_rest(f, (uint32_t)f->n - 1);
	fill_groups(f);
	for (size_t i = 0; i < t->count; i++) {
		const struct proc *p = t->all[i];

		if (i + 8 < t->count)
			snapshot_prefetch(t->all[i + 8]);
		snapshot_fill_process(f, &f->s->rows[i], p);
		snapshot_add_activity(f, &f->s->rows[i], &p->did, p->marked.own);
		a->up[i] = p->parent == &t->root ? NONE : p->parent->index;
		a->state[i] = place_process(f, p);
		if (a->state[i] & EXISTS && !(p->flags & PROC_EXITED))
			f->s->processes++;
	}
	/* A selection of rows leaves out the others, and so what none of them has. */
	a->up[f->n - 1] = NONE;
	a->state[f->n - 1] = 0;
	if ((f->rest->total_all || f->rest->rate_all > 0) && !f->spec->scope && !f->spec->filter)
		a->state[f->n - 1] = EXISTS;
}

/* ---- over the whole tree ---- */

/* Fills a->order with the rows so that children come before their parents. */
static void
order_upwards(struct fill *f)
{
	struct arena *a = f->a;
	uint32_t *pending = a->work;
	size_t tail = 0;

	memset(pending, 0, f->n * sizeof(*pending));
	for (size_t i = 0; i < f->n; i++)
		if (a->up[i] != NONE)
			pending[a->up[i]]++;
	for (size_t i = 0; i < f->n; i++)
		if (pending[i] == 0)
			a->order[tail++] = (uint32_t)i;
	for (size_t head = 0; head < tail; head++) {
		uint32_t up = a->up[a->order[head]];

		if (up != NONE && --pending[up] == 0)
			a->order[tail++] = up;
	}
}

static void
add_row(struct fill *f, struct row *to, const struct row *from)
{
	for (unsigned id = 0; id < EV_CORE; id++) {
		to->total[id] += from->total[id];
		to->rate[id] += from->rate[id];
	}
	to->total_all += from->total_all;
	to->compared.before += from->compared.before;
	to->rate_all += from->rate_all;
	add_more(f, to, from->more, from->more_count);
}

/* What exited below a process is in its sums already; groups add what is inside of them. */
static void
sum_subtrees(struct fill *f)
{
	struct row *rows = f->s->rows;

	for (size_t k = 0; k < f->n; k++) {
		uint32_t i = f->a->order[k], up = f->a->up[i];
		bool group = i >= f->procs;

		if (!group) {
			const struct proc *p = f->t->all[i];

			snapshot_add_activity(f, &rows[i], p->reaped, p->marked.below);
		}
		if (up != NONE && (!group || up >= f->procs))
			add_row(f, &rows[up], &rows[i]);
	}
}

/* From the roots down: what is inside of root_pid, and the nearest parent that may be seen. */
static void
place(struct fill *f)
{
	struct arena *a = f->a;

	for (size_t k = f->n; k-- > 0;) {
		uint32_t i = a->order[k], up = a->up[i];

		if (!f->spec->root_pid || i == f->root || (up != NONE && a->state[up] & INSIDE))
			a->state[i] |= INSIDE;
		else
			a->state[i] &= (uint8_t)~EXISTS;
		if (up != NONE && !(a->state[up] & EXISTS))
			a->up[i] = a->up[up];
	}
}

/*
 * With sums of subtrees, what is hidden or gone counts in the row above it: there is left what has none
 * above it. After place(), before sum_subtrees().
 */
static void
keep_rest_apart(struct fill *f)
{
	struct arena *a = f->a;
	const struct tree *t = f->t;
	uint32_t row = (uint32_t)f->n - 1;

	if (!(a->state[row] & EXISTS))
		return;
	snapshot_fill_rest(f, row);
	add_rest(f, &t->root.did, t->root.marked.own, 0);
	for (size_t i = 0; i < f->procs; i++) {
		const struct proc *p = t->all[i];

		if (a->up[i] != NONE || a->state[i] & EXISTS)
			continue;
		if (!p->group || p->group->row == NONE || !group_is_one_line(p->group))
			add_rest(f, &p->did, p->marked.own, !(p->flags & PROC_GHOST));
		add_rest(f, p->reaped, p->marked.below, 0);
	}
	if (!f->rest->total_all && f->rest->rate_all <= 0)
		a->state[row] = 0;
}

/* What is folded away is counted in the row that remains: then the rows of the screen are all there is. */
static void
sum_folded(struct fill *f)
{
	struct arena *a = f->a;
	struct row *rows = f->s->rows;
	bool any = false;

	for (size_t k = f->n; k-- > 0;) {
		uint32_t i = a->order[k], up = a->up[i];

		if (up != NONE && a->state[up] & (FOLDED | INNER)) {
			a->state[i] |= INNER;
			any = true;
		}
	}
	for (size_t k = 0; any && k < f->n; k++) {
		uint32_t i = a->order[k], up = a->up[i];

		if ((a->state[i] & (INNER | SHOWN)) != (INNER | SHOWN))
			continue;
		add_row(f, &rows[up], &rows[i]);
		rows[up].flags |= ROW_SUM;
	}
}

/* ---- filters ---- */

static bool
row_makes(const void *who, enum event_id id)
{
	const struct row *r = who;

	if (id < EV_CORE)
		return r->rate[id] > 0;
	for (uint32_t i = 0; i < r->more_count; i++)
		if (r->more[i].id == id)
			return r->more[i].rate > 0;
	return false;
}

/* The order of FILTER_NUMBER_TABLE. */
static const enum event_id core_of[] = { EV_OPEN, EV_CLOSE, EV_EXEC, EV_FORK };

static bool
row_number(const void *who, enum filter_number number, double *value)
{
	const struct row *r = who;

	if (number == FILTER_EV_RATE)
		*value = r->rate_all;
	else if (number == FILTER_EVENTS)
		*value = (double)r->total_all;
	else if (number < FILTER_EVENTS)
		*value = r->rate[core_of[number - FILTER_OPEN_RATE]];
	else
		*value = (double)r->total[core_of[number - FILTER_OPENS]];
	return true;
}

struct filter_subject
row_subject(const struct row *r)
{
	return (struct filter_subject){
		.pid = r->flags & (ROW_GROUP | ROW_BY) ? 0 : r->key.pid,
		.uid = r->uid,
		.user = r->user,
		.name = r->name,
		.exe = r->exe,
		.args = has_args(r) ? r->command : NULL,
		.title = r->title,
		.script = r->script,
		.args_cut = r->flags & ROW_ARGS_CUT,
		.host = r->host,
		.unit = r->unit,
		.cgroup = r->cgroup,
		.signer = r->signer,
		.tty = r->tty,
		.ppid = r->ppid,
		.start_ns = r->flags & ROW_GROUP ? 0 : r->key.start_ns,
		.number = row_number,
		.makes = row_makes,
		.who = r,
	};
}

static void
match(struct fill *f)
{
	struct arena *a = f->a;
	/* A group is made of what is in the scope. */
	const struct filter *scope = grouping_has_groups(f->spec->by) ? NULL : f->spec->scope;
	const struct filter *filter = f->spec->filter;

	f->s->matched = 0;
	for (size_t i = 0; i < f->n; i++) {
		struct row *r = &f->s->rows[i];

		if (!(a->state[i] & EXISTS))
			continue;
		if (scope || filter) {
			struct filter_subject subject = row_subject(r);

			subject.tree = f->t;
			subject.now_ns = f->now_ns;

			if ((scope && !(r->flags & ROW_FOLLOWED) && !filter_match(scope, &subject)) ||
			    (filter && !filter_match(filter, &subject)))
				continue;
		}
		a->state[i] |= MATCH | SHOWN;
		f->s->matched += !(r->flags & ROW_REST);
	}
	if (f->spec->by == BY_FLAT || (!scope && !filter))
		return;
	/* A row that is there only for what is below it is open. */
	for (size_t i = 0; i < f->n; i++)
		if (a->state[i] & MATCH)
			for (uint32_t u = a->up[i]; u != NONE && !(a->state[u] & SHOWN); u = a->up[u]) {
				a->state[u] |= SHOWN;
				a->state[u] &= (uint8_t)~FOLDED;
				f->s->rows[u].flags |= ROW_CONTEXT;
			}
}

/* ---- order ---- */

struct sorter {
	const struct row *rows;
	row_compare *compare;
	bool reverse;
	uint32_t *work;
};

/* Among equals, rows for many come last. */
static inline int
tie_rank(const struct row *r)
{
	return r->flags & ROW_REST ? 2 : r->flags & ROW_GROUP ? 1 : 0;
}

static inline bool
is_after(const struct sorter *o, uint32_t a, uint32_t b)
{
	const struct row *x = &o->rows[a], *y = &o->rows[b];
	int c = 0;

	/* What has no row of its own is at the end, whatever the order. */
	if ((x->flags ^ y->flags) & ROW_REST)
		return x->flags & ROW_REST;
	if (o->compare)
		c = o->compare(x, y);
	if (c)
		return o->reverse ? c < 0 : c > 0;
	c = tie_rank(x) - tie_rank(y);
	if (!c)
		c = (x->key.pid > y->key.pid) - (x->key.pid < y->key.pid);
	if (!c)
		c = (x->key.start_ns > y->key.start_ns) - (x->key.start_ns < y->key.start_ns);
	/* Equals stay in the order of pids, unless pids are what is sorted by. */
	return o->reverse && !o->compare ? c < 0 : c > 0;
}

/* Merge sort: stable, and what is in order already costs one comparison. */
static void
sort(const struct sorter *o, uint32_t *v, size_t n)
{
	size_t half = n / 2, i = 0, j = half, k = 0;

	if (n <= 8) {
		for (i = 1; i < n; i++) {
			uint32_t x = v[i];

			for (j = i; j > 0 && is_after(o, v[j - 1], x); j--)
				v[j] = v[j - 1];
			v[j] = x;
		}
		return;
	}
	sort(o, v, half);
	sort(o, v + half, n - half);
	if (!is_after(o, v[half - 1], v[half]))
		return;
	memcpy(o->work, v, half * sizeof(*v));
	while (i < half && j < n)
		v[k++] = is_after(o, o->work[i], v[j]) ? v[j++] : o->work[i++];
	memcpy(v + k, o->work + i, (half - i) * sizeof(*v));
}

/*
 * Fills a->order with all rows, in the order of the last snapshot as far as there
 * was one: little has moved since, so there is little left to sort. (Processes
 * that changed their place in tree.all are off, which costs time and no more.)
 */
static void
order_as_before(struct fill *f)
{
	struct arena *a = f->a;
	uint32_t *at = a->work;
	size_t known = a->place_count < f->n ? a->place_count : f->n, n = 0;

	memset(at, 0xff, f->n * sizeof(*at));
	for (size_t i = 0; i < known; i++)
		if (a->place[i] < f->n)
			at[a->place[i]] = (uint32_t)i;
	for (size_t k = 0; k < f->n; k++)
		if (at[k] != NONE)
			a->order[n++] = at[k];
	for (size_t i = 0; i < f->n; i++)
		if (i >= known || a->place[i] >= f->n)
			a->order[n++] = (uint32_t)i;
}

static void
remember_order(struct fill *f)
{
	struct arena *a = f->a;

	memset(a->place, 0xff, f->n * sizeof(*a->place));
	for (size_t k = 0; k < f->s->count; k++)
		a->place[a->order[k]] = (uint32_t)k;
	a->place_count = f->n;
}

static size_t
arrange_flat(struct fill *f, const struct sorter *o)
{
	struct arena *a = f->a;
	size_t count = 0;

	for (size_t k = 0; k < f->n; k++) {
		uint32_t i = a->order[k];

		if (a->state[i] & SHOWN) {
			a->order[count++] = i;
			a->state[i] |= EMITTED;
		}
	}
	sort(o, a->order, count);
	return count;
}

/* Children of every row that is shown, sorted; roots are the children of row n. */
static void
list_children(struct fill *f, const struct sorter *o)
{
	struct arena *a = f->a;
	uint32_t *start = a->start, sum = 0;

	memset(start, 0, (f->n + 2) * sizeof(*start));
	for (size_t i = 0; i < f->n; i++)
		if (a->state[i] & SHOWN)
			start[a->up[i] == NONE ? f->n : a->up[i]]++;
	for (size_t i = 0; i <= f->n; i++) {
		sum += start[i];
		start[i] = sum;
	}
	start[f->n + 1] = sum;
	for (size_t k = f->n; k-- > 0;) { /* each start moves down from its end */
		uint32_t i = a->order[k];

		if (a->state[i] & SHOWN)
			a->child[--start[a->up[i] == NONE ? f->n : a->up[i]]] = i;
	}
	for (size_t i = 0; i <= f->n; i++) {
		uint32_t begin = start[i], end = start[i + 1];

		if (begin == end)
			continue;
		sort(o, a->child + begin, end - begin);
		f->s->rows[a->child[end - 1]].flags |= ROW_LAST;
	}
}

static size_t
arrange_tree(struct fill *f, const struct sorter *o)
{
	struct arena *a = f->a;
	struct row *rows = f->s->rows;
	uint32_t *stack = a->work;
	size_t count = 0, top = 0;

	list_children(f, o);
	for (uint32_t k = a->start[f->n + 1]; k-- > a->start[f->n];)
		stack[top++] = a->child[k];
	while (top > 0) {
		uint32_t i = stack[--top], begin = a->start[i], end = a->start[i + 1];
		struct row *r = &rows[i];
		bool later = !(r->flags & ROW_LAST);

		a->order[count++] = i;
		a->state[i] |= EMITTED;
		if (begin == end)
			continue;
		r->flags |= ROW_PARENT;
		if (a->state[i] & FOLDED) {
			r->flags |= f->spec->subtree_totals && f->spec->by == BY_TREE ? ROW_FOLDED | ROW_SUM
										      : ROW_FOLDED;
			continue;
		}
		for (uint32_t k = end; k-- > begin;) {
			struct row *c = &rows[a->child[k]];

			c->depth = r->depth < UINT16_MAX ? (uint16_t)(r->depth + 1) : UINT16_MAX;
			c->guides = r->guides;
			if (later && r->depth < 64)
				c->guides |= (uint64_t)1 << r->depth;
			stack[top++] = a->child[k];
		}
	}
	return count;
}

/* Moves every row to its place, hidden rows after the others. */
static void
permute(struct fill *f, size_t count)
{
	struct arena *a = f->a;
	struct row *rows = f->s->rows;
	uint32_t *from = a->order;

	for (size_t i = 0, k = count; i < f->n; i++)
		if (!(a->state[i] & EMITTED))
			from[k++] = (uint32_t)i;
	for (size_t i = 0; i < count; i++) {
		struct row first = rows[i];
		size_t to = i;

		if (from[i] == i)
			continue;
		while (from[to] != i) {
			size_t next = from[to];

			rows[to] = rows[next];
			from[to] = (uint32_t)to;
			to = next;
		}
		rows[to] = first;
		from[to] = (uint32_t)to;
	}
}

/* ---- the last touches ---- */

struct exe_mark {
	const char *exe;
	char mark;
};

static void
finish_rows(const struct fill *f)
{
	for (size_t i = 0; i < f->s->count; i++)
		each_string(&f->s->rows[i], hold);
}

/* Of all events: what a mute of the row would save. */
static void
add_shares(struct fill *f)
{
	double all = f->s->rate_all > 0 ? f->s->rate_all : 1;

	for (size_t i = 0; i < f->n; i++)
		f->s->rows[i].share = (float)(f->s->rows[i].rate_all / all);
}

/* Counts become rates over the times before and since the mark. */
static void
compare(struct fill *f)
{
	uint64_t begin_ns = f->t->clear_ns ? f->t->clear_ns : f->t->begin_ns, marked_ns = f->t->marked_ns;
	double before = marked_ns > begin_ns ? (double)(marked_ns - begin_ns) / 1e9 : 0;
	double since = f->now_ns > marked_ns ? (double)(f->now_ns - marked_ns) / 1e9 : 0;

	for (size_t i = 0; i < f->n; i++) {
		struct row *r = &f->s->rows[i];

		if (!marked_ns) {
			r->compared = (struct compared){ -1, -1 };
			continue;
		}
		r->compared.before = before > 0 ? (float)((double)r->compared.before / before) : 0;
		r->compared.since = since > 0 ? (float)((double)r->total_all / since) : 0;
	}
}

static void
fill_machine(const struct fill *f)
{
	struct snapshot *s = f->s;

	s->time_ns = f->now_ns;
	s->marked_ns = f->t->marked_ns;
	s->rate_all = 0;
	for (unsigned id = 0; id < EV_COUNT; id++) {
		s->total[id] = f->t->did[id].total;
		s->rate[id] = (double)f->t->did[id].rate;
		s->rate_all += s->rate[id];
	}
}

struct owned {
	const struct snapshot_spec *spec;
	enum mute_kind kind;
	const char *text;
};

static bool
is_owned(void *ctx, const struct proc_facts *f)
{
	const struct owned *o = ctx;
	const struct mute_owner owner = { f->uid, f->unit, f->cgroup, f->signer };
	char number[16];

	if (o->kind != MUTE_USER)
		return mute_covers_owner(o->kind, o->text, 0, &owner);
	snprintf(number, sizeof(number), "%u", f->uid);
	return strcmp(number, o->text) == 0 ||
	       (o->spec->user_name && strcmp(o->spec->user_name(f->uid), o->text) == 0);
}

/* The tree does not count by target: views_snapshot() answers for rules of that kind. */
static void
answer(const struct fill *f)
{
	const struct saving_question *q = &f->spec->saving;
	struct saving *saving = f->s->saving;

	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		saving[kind] = (struct saving){ .rate = -1 };
	if (!q->asked)
		return;
	saving[MUTE_PROCESS] = tree_saving_process(f->t, q->key);
	saving[MUTE_SUBTREE] = tree_saving_subtree(f->t, q->key);
	for (unsigned kind = MUTE_OWNER_KINDS; kind < MUTE_KIND_COUNT; kind++) {
		struct owned owned = { f->spec, (enum mute_kind)kind, q->path[kind] };

		if (owned.text && owned.text[0])
			saving[kind] = tree_saving_where(f->t, is_owned, &owned);
	}
	for (unsigned kind = 0; kind < MUTE_PATH_KINDS; kind++)
		if (mute_kind_info[kind].side == MUTE_SIDE_PATH)
			saving[kind] = mute_kind_info[kind].prefix ? tree_saving_prefix(f->t, q->path[kind])
								   : tree_saving_exe(f->t, q->path[kind]);
}

void
snapshot_take(struct snapshot *s, const struct tree *t, const struct mutes *mutes,
	      const struct snapshot_spec *spec, uint64_t now_ns)
{
	struct fill f = { .s = s, .t = t, .spec = spec, .now_ns = now_ns };
	struct sorter o;
	bool grouped, tree = spec->by != BY_FLAT;

	if (!s->arena)
		s->arena = xcalloc(1, sizeof(struct arena));
	f.a = s->arena;
	f.a->find_ready = false;
	release_strings(s);
	counts_release(f.a, false);
	fill_machine(&f);
	answer(&f);
	grouped = grouping_has_groups(spec->by);
	if (grouped)
		snapshot_fill_groups(&f);
	else
		fill_rows(&f);
	if (tree || spec->subtree_totals || spec->root_pid)
		order_upwards(&f);
	if ((tree || spec->root_pid) && !grouped)
		place(&f);
	if (spec->subtree_totals && spec->by == BY_TREE)
		keep_rest_apart(&f);
	match(&f); /* by what each did itself */
	if (spec->subtree_totals && !grouped)
		sum_subtrees(&f);
	else if (tree && !grouped)
		sum_folded(&f);
	add_shares(&f);
	compare(&f);
	o = (struct sorter){ s->rows, spec->compare, spec->reverse, f.a->work };
	order_as_before(&f);
	s->count = tree ? arrange_tree(&f, &o) : arrange_flat(&f, &o);
	remember_order(&f);
	permute(&f, s->count);
	finish_rows(&f);
	if (mutes && mutes_get(mutes, 0))
		snapshot_mark(s, mutes);
}

struct owner_mark {
	const char *cgroup, *unit, *signer;
	uint32_t uid;
	char mark;
};

/* Of many rows of one cgroup, one is looked up, more or less. */
static char
owner_mark(const struct mutes *mutes, const struct row *r, struct owner_mark *m)
{
	if (m->cgroup != r->cgroup || m->unit != r->unit || m->signer != r->signer || m->uid != r->uid) {
		const struct mute_owner owner = { r->uid, r->unit, r->cgroup, r->signer };

		*m = (struct owner_mark){ r->cgroup, r->unit, r->signer, r->uid,
					  mute_mark(mutes_of_owner(mutes, &owner)) };
	}
	return m->mark;
}

/* Many rows, few executables: rules for paths are looked up once for each, more or less. */
void
snapshot_mark(struct snapshot *s, const struct mutes *mutes)
{
	enum { MARKS = 512 };
	struct exe_mark marks[MARKS] = { { NULL, ' ' } };
	struct owner_mark owners[MARKS] = { { .cgroup = NULL } };
	unsigned top = UINT_MAX; /* depth of the row at the top of a muted subtree that the rows are in */
	char below = ' ';        /* and what the rows below it have */

	for (size_t i = 0; i < s->count; i++) {
		struct row *r = &s->rows[i];
		struct exe_mark *m = &marks[((uintptr_t)r->exe >> 4) % MARKS];

		if (r->depth <= top || r->flags & (ROW_BY | ROW_MEMBER))
			top = UINT_MAX;

		r->mute = ' ';
		if (!(r->flags & (ROW_GROUP | ROW_BY)))
			r->mute = mute_mark(mutes_of_process(mutes, r->key));
		if (top == UINT_MAX && !(r->flags & (ROW_GROUP | ROW_BY)) &&
		    (below = mute_mark(mutes_of_subtree(mutes, r->key))) != ' ')
			top = r->depth;
		/* What has exited is no member any more, and its groups never were. */
		if (r->mute == ' ' && top != UINT_MAX)
			r->mute = below;
		if (r->mute == ' ' && !(r->flags & ROW_GROUP))
			r->mute = owner_mark(mutes, r, &owners[((uintptr_t)r->cgroup >> 4) % MARKS]);
		if (r->mute != ' ' || !r->exe[0])
			continue;
		if (m->exe != r->exe) {
			m->exe = r->exe;
			m->mark = mute_mark(mutes_of_exe(mutes, r->exe));
		}
		r->mute = m->mark;
	}
}

void
snapshot_finish(struct snapshot *s)
{
	struct arena *a = s->arena;

	release_strings(s);
	ledger_finish(&s->ledger);
	files_page_finish(&s->files);
	process_page_finish(&s->process);
	free(s->minute);
	free(s->chart);
	free(s->rows);
	if (a) {
		free(a->up);
		free(a->order);
		free(a->start);
		free(a->child);
		free(a->work);
		free(a->state);
		free(a->place);
		free(a->groups);
		free(a->find);
		counts_release(a, true);
		free(a);
	}
	memset(s, 0, sizeof(*s));
}

/* ---- finding ---- */

static bool
is_row(const struct row *r, struct proc_key key)
{
	return r->key.pid == key.pid && r->key.start_ns == key.start_ns;
}

static size_t
find_slot(const struct arena *a, struct proc_key key)
{
	uint64_t h = ((uint64_t)(uint32_t)key.pid ^ key.start_ns) * 0x9e3779b97f4a7c15u;

	return (size_t)(h >> 20) & (a->find_size - 1);
}

static void
make_index(const struct snapshot *s, struct arena *a)
{
	size_t size = 64;

	while (size < s->count * 2)
		size *= 2;
	if (size > a->find_size) {
		a->find = xrealloc(a->find, size, sizeof(*a->find));
		a->find_size = size;
	}
	memset(a->find, 0, a->find_size * sizeof(*a->find));
	for (size_t i = 0; i < s->count; i++) {
		size_t slot = find_slot(a, s->rows[i].key);

		while (a->find[slot])
			slot = (slot + 1) & (a->find_size - 1);
		a->find[slot] = (uint32_t)i + 1;
	}
	a->find_ready = true;
}

long
snapshot_find(const struct snapshot *s, struct proc_key key, size_t near)
{
	struct arena *a = s->arena;
	size_t slot;

	if (near < s->count && is_row(&s->rows[near], key))
		return (long)near;
	if (!a || s->count == 0)
		return -1;
	if (!a->find_ready)
		make_index(s, a);
	for (slot = find_slot(a, key); a->find[slot]; slot = (slot + 1) & (a->find_size - 1))
		if (is_row(&s->rows[a->find[slot] - 1], key))
			return (long)a->find[slot] - 1;
	return -1;
}

size_t
snapshot_room(const struct snapshot *s)
{
	return s->arena ? ((const struct arena *)s->arena)->room : 0;
}
