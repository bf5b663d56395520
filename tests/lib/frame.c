/* frame - snapshots built by hand, and a ui on a terminal that is nobody's. */
#include "tests/lib/build.h"
#include "tests/lib/frame.h"
#include "model/xalloc.h"
#include "model/clean.h"
#include "ui/curses.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h needs the four above */
#include <cmocka.h>

uint64_t frame_clock_ns;

static uint64_t
clock_now(void)
{
	return frame_clock_ns;
}

void
frame_init(struct frame *f)
{
	memset(f, 0, sizeof *f);
	f->s.rows = f->row;
	/* 2026-03-01 12:12:31 UTC, 12:31 minutes after the start */
	f->s.time_ns = (1772366400ull + 751) * SECOND;
	f->s.rate_all = 4812;
	f->s.rate[EV_OPEN] = 2101;
	f->s.rate[EV_CLOSE] = 2044;
	f->s.rate[EV_EXEC] = 12;
	f->s.rate[EV_FORK] = 14;
	f->s.rate[EV_EXIT] = 14;
	f->s.mutes = (struct mute_counts){
		.processes = 3, .paths = 2, .es_processes = 3, .es_paths = 2, .es_known = true
	};
	f->s.subscribed = EVENT_ALL;
	f->s.lag_ns = 41000000;
	f->s.self_cpu = 0.8;
	f->s.self_rss = 18 << 20;
	f->s.handler_ns = 180;
	frame_clock_ns = SECOND;
}

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

struct row *
frame_add(struct frame *f, unsigned depth, int pid, const char *user, double open, double close,
	  const char *command)
{
	assert_true(f->s.count < FRAME_ROWS);
	struct row *r = &f->row[f->s.count++];

	*r = (struct row){
		.key = { pid, 1000 + (uint64_t)pid },
		.ppid = 1,
		.version = (uint32_t)pid * 3,
		.uid = strcmp(user, "root") == 0 ? 0 : 1000,
		.user = user,
		.name = last_component(command),
		.exe = command,
		.command = command,
		.depth = (uint16_t)depth,
		.mute = ' ',
		.rate_all = open + close,
	};
	r->rate[EV_OPEN] = open;
	r->rate[EV_CLOSE] = close;
	r->total[EV_OPEN] = (uint64_t)(open * 99) + (unsigned)pid % 97;
	r->total[EV_CLOSE] = (uint64_t)(close * 99) + (unsigned)pid % 89;
	r->total_all = r->total[EV_OPEN] + r->total[EV_CLOSE];
	return r;
}

/* As in a tree: every row has what is below it as well. */
static void
add_up(struct frame *f)
{
	for (size_t i = f->s.count; i-- > 0;) {
		struct row *r = &f->row[i];

		for (size_t k = i + 1; k < f->s.count && f->row[k].depth > r->depth; k++) {
			const struct row *below = &f->row[k];

			if (below->depth != r->depth + 1 || below->flags & ROW_GROUP)
				continue;
			for (unsigned id = 0; id < EV_CORE; id++) {
				r->rate[id] += below->rate[id];
				r->total[id] += below->total[id];
			}
			r->rate_all += below->rate_all;
			r->total_all += below->total_all;
		}
	}
}

void
frame_link(struct frame *f)
{
	for (size_t i = 0; i < f->s.count; i++) {
		struct row *r = &f->row[i];
		uint64_t bit = r->depth < 64 ? (uint64_t)1 << r->depth : 0;
		bool later = false;
		size_t k;
		for (k = i + 1; k < f->s.count && f->row[k].depth > r->depth; k++)
			;
		later = k < f->s.count && f->row[k].depth == r->depth;
		if (k > i + 1)
			r->flags |= ROW_PARENT;
		r->flags = (uint16_t)(later ? r->flags & ~ROW_LAST : r->flags | ROW_LAST);
		for (size_t below = i + 1; later && below < k; below++)
			f->row[below].guides |= bit;
	}
	if (!f->s.processes)
		f->s.processes = 214;
	if (!f->s.matched)
		f->s.matched = f->s.processes;
}

void
frame_busy(struct frame *f)
{
	struct row *r;

	frame_init(f);
	frame_add(f, 0, 1, "root", 6, 6, "/usr/lib/systemd/systemd --switched-root --system");
	frame_add(f, 1, 812, "root", 920, 920, "/usr/libexec/mds_stores");
	r = frame_add(f, 1, 4120, "alice", 150, 148, "make -j8");
	r->exe = "/usr/bin/make";
	r->name = "make";
	r->rate[EV_EXEC] = 4, r->rate[EV_FORK] = 5, r->total[EV_EXEC] = 9, r->total[EV_FORK] = 12;
	r->rate_all += 9;
	frame_add(f, 2, 4190, "alice", 44.5, 41, "cc1 -quiet -O2 -Iinclude -I. src/client.c -o /tmp/ccA81.s");
	frame_add(f, 2, 4191, "alice", 31, 30, "cc1 -quiet -O2 -Iinclude -I. src/ring.c -o /tmp/ccB12.s");
	frame_add(f, 1, 655, "root", 3.2, 3.2, "/usr/sbin/sshd -D");
	frame_add(f, 2, 3301, "root", 0, 0, "sshd: alice [priv]");
	frame_add(f, 3, 3302, "alice", 0.05, 0, "sshd: alice@pts/0");
	r = frame_add(f, 4, 3303, "alice", 0.4, 0.4, "-bash");
	r->total[EV_FORK] = 71;
	frame_add(f, 1, 702, "messagebus", 1, 1, "/usr/bin/dbus-daemon --system --address=systemd:");
	frame_add(f, 1, 640, "root", 0, 0, "/usr/sbin/cron -f");
	add_up(f);
	frame_link(f);
}

void
frame_add_files(struct frame *f)
{
	static const char *const paths[] = { "/dev/null", "/usr/include/stdio.h", "/src/client.c" };
	static struct file_row rows[3];

	for (size_t i = 0; i < 3; i++)
		rows[i] = (struct file_row){ .path = paths[i],
					     .opens = 30 - i,
					     .closes = 20,
					     .total = 50 - i,
					     .balance = 10 - (int64_t)i,
					     .rate = 9 - (double)i,
					     .users = 2,
					     .top_name = "make",
					     .top_share = 0.9,
					     .mute = ' ' };
	f->s.files = (struct files_page){ .rows = rows, .count = 3, .kept = 3 };
	f->s.files.programs[0] = (struct file_program_row){
		.exe = "/usr/bin/make", .name = "make", .opens = 9, .total = 9, .share = 0.9, .mute = ' '
	};
	f->s.files.programs[1] = (struct file_program_row){
		.exe = "", .name = "?", .opens = 1, .total = 1, .share = 0.1, .mute = ' '
	};
	f->s.files.program_count = 2;
}

static void
add_event(struct history *h, const struct event *e, struct intern *strings, const char *exe)
{
	struct string *s = intern(strings, exe, strlen(exe));

	history_add(h, e, s);
	string_release(s);
}

static struct event_proc
actor(const struct row *r)
{
	return (struct event_proc){ r->key.pid, r->version, 1, r->uid, r->key.start_ns };
}

void
frame_add_events(struct frame *f)
{
	struct intern *strings = intern_create();
	struct history *h = history_create(1 << 16, 256);
	struct event_proc make = actor(&f->row[2]), cc1 = actor(&f->row[3]), child = actor(&f->row[4]);
	uint64_t t = f->s.time_ns - 2 * SECOND;
	struct event *e;

	make.start_ns = f->row[2].key.start_ns = f->s.time_ns - 90 * SECOND;
	add_event(h, at(fork_of(make, child), t), strings, "/usr/bin/make");
	e = with(at(exec_of(child, child, "/usr/lib/gcc/cc1"), t += 1234567), FIELD_CWD, "/src");
	add_event(h, with_args(e, "cc1 -quiet src/ring.c"), strings, "/usr/bin/make");
	for (int i = 0; i < 40; i++) {
		char path[80];

		snprintf(path, sizeof path, "/usr/include/x86_64-linux-gnu/bits/header-%d.h", i);
		e = at(open_of(cc1, path), t += 1000000);
		e->value = 1;
		add_event(h, e, strings, "/usr/lib/gcc/cc1");
		add_event(h, at(close_of(cc1, path), t += 10000), strings, "/usr/lib/gcc/cc1");
	}
	e = at(open_of(cc1, "/tmp/ccA81.s"), t += 1000);
	e->value = 0x602; /* write, create, truncate */
	add_event(h, e, strings, "/usr/lib/gcc/cc1");
	e = at(close_of(cc1, "/tmp/ccA81.s"), t += 1000);
	e->flags = EVENT_MODIFIED;
	add_event(h, e, strings, "/usr/lib/gcc/cc1");
	e = with(at(with(event_of(EV_RENAME, cc1), FIELD_TARGET, "/tmp/ccA81.s"), t += 1000), FIELD_SECOND,
		 "/tmp/\033[31mred");
	add_event(h, e, strings, "/usr/lib/gcc/cc1");
	e = at(event_of(EV_SIGNAL, make), t += 1000);
	e->other = child;
	e->value = 15;
	add_event(h, e, strings, "/usr/bin/make");
	e = at(event_of(EV_OTHER, make), t += 1000);
	e->number = 157;
	add_event(h, e, strings, "");
	add_event(h, at(exit_of(child, 9), t + 1000), strings, "/usr/lib/gcc/cc1");
	f->s.history = f->s.latest = f->history = h;
	intern_destroy(strings);
}

void
frame_add_process(struct frame *f)
{
	struct process_page *p = &f->s.process;
	const struct row *r = &f->row[2];
	static const enum event_id ids[] = { EV_OPEN, EV_CLOSE, EV_EXEC, EV_FORK, EV_RENAME };

	*p = (struct process_page){ .found = true,
				    .key = r->key,
				    .version = r->version,
				    .ppid = 1,
				    .uid = 1000,
				    .status = -1,
				    .children = 2,
				    .sampled = true };
	p->exe = xstrdup("/usr/bin/make");
	p->args = xstrdup("make -j8");
	p->script = xstrdup("");
	p->title = xstrdup("");
	p->parents[0] = (struct page_parent){ { 3303, 0 }, "bash" };
	p->parents[1] = (struct page_parent){ { 1, 0 }, "systemd" };
	p->parent_count = 2;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct page_type *type = &p->types[p->type_count++];

		*type = (struct page_type){ .id = ids[i],
					    .total = 18230 - i * 219,
					    .rate = 150 - 30.0 * (double)i };
		for (unsigned k = 0; k < MINUTE_SECONDS; k++)
			type->samples[k] = k < 20 ? -1 : (float)((k * (i + 3)) % 17);
	}
	p->files[0] = (struct page_file){ xstrdup("/src/Makefile"), 40, 40, 80, false };
	p->files[1] = (struct page_file){ xstrdup("/usr/include/\033[31mstdio.h"), 12, 12, 24, true };
	p->file_count = 2;
	p->rules[0] = (struct page_rule){ 1,           MUTE_SUBTREE, MUTE_BY_KEY,
					  MUTE_SYSTEM, { 3303, 1 },  xstrdup("/bin/bash") };
	p->rule_count = 1;
	p->look.args = xstrdup("make");
	p->look.args = xrealloc(p->look.args, 24, 1);
	memcpy(p->look.args, "make\0-j8\0CFLAGS=-O2 -g", 23);
	p->look.args_length = 23;
	p->look.cwd = xstrdup("/home/alice/project");
	p->look.tty = xstrdup("/dev/pts/0");
	p->look.unit = xstrdup("/user.slice/user-1000.slice/session-2.scope");
	p->look.unit_word = "cgroup";
}

void
frame_add_types(struct frame *f)
{
	struct minute *m = xcalloc(1, sizeof *m);

	f->s.subscribed = EVENT_CORE | EVENT_BIT(EV_UNLINK) | EVENT_BIT(EV_RENAME) | EVENT_BIT(EV_STAT);
	f->s.available = f->s.subscribed | EVENT_BIT(EV_CREATE) | EVENT_BIT(EV_SIGNAL) | EVENT_BIT(EV_LOOKUP);
	f->s.total[EV_OPEN] = 1234567890;
	f->s.total[EV_CLOSE] = 30120;
	f->s.total[EV_UNLINK] = 7;
	f->s.rate[EV_UNLINK] = 0.3;
	f->s.loss.ring[EV_CLOSE] = 12;
	f->s.loss.kernel[EV_OPEN] = 1234567;
	m->count = 40;
	m->newest = 39;
	for (unsigned k = 0; k < 40; k++) {
		m->sample[k][EV_OPEN] = (float)(k % 9);
		m->sample[k][EV_CLOSE] = (float)(k * k);
	}
	free(f->s.minute);
	f->s.minute = m;
}

void
frame_finish(struct frame *f)
{
	history_destroy(f->history);
	process_page_finish(&f->s.process);
	free(f->s.minute);
	f->history = NULL;
	f->s.history = f->s.latest = NULL;
	f->s.minute = NULL;
}

struct ui_config
frame_config(void)
{
	return (struct ui_config){
		.headless = true,
		.settings = { .color = COLOR_NEVER, .totals = true, .exited_secs = 5, .interval_ms = 1000 },
		.host = "buildhost",
		.source = "live (Linux eBPF)",
		.start_ns = 1772366400ull * SECOND,
		.clock = clock_now,
	};
}

struct ui *
frame_open(int lines, int columns, const struct ui_config *config)
{
	struct ui_config c = config ? *config : frame_config();
	char why[256] = "", number[16];
	struct ui *ui;

	snprintf(number, sizeof number, "%d", lines);
	setenv("LINES", number, 1);
	snprintf(number, sizeof number, "%d", columns);
	setenv("COLUMNS", number, 1);
	if (!getenv("FRAME_TERM"))
		setenv("TERM", "xterm", 1);
	c.in_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	c.out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int error = ui_open(&ui, &c, why, sizeof why);
	close(c.in_fd);
	close(c.out_fd);
	if (error)
		fail_msg("ui_open: %s", why);
	return ui;
}

void
frame_size(int lines, int columns)
{
	resize_term(lines, columns);
}

char *
frame_read(void)
{
	int lines = getmaxy(stdscr), columns = getmaxx(stdscr), y, x;
	wchar_t *cells = xcalloc((size_t)columns * 6 + 1, sizeof *cells);
	char *out = xmalloc(((size_t)columns * 24 + 1) * (size_t)lines + 1), *o = out;

	getyx(stdscr, y, x);
	for (int i = 0; i < lines; i++) {
		char *start = o;
		int n = mvwinnwstr(stdscr, i, 0, cells, columns * 6);
		for (int k = 0; k < n; k++)
			o += clean_encode(o, (uint32_t)cells[k]);
		while (o > start && o[-1] == ' ')
			o--;
		*o++ = '\n';
	}
	*o = '\0';
	wmove(stdscr, y, x);
	free(cells);
	return out;
}

struct command
frame_key(struct ui *ui, const struct frame *f, int key)
{
	struct command c;

	ui_draw(ui, &f->s);
	ui_key(ui, &f->s, key, &c);
	ui_draw(ui, &f->s);
	return c;
}

struct command
frame_type(struct ui *ui, const struct frame *f, const char *text)
{
	struct command c = { .kind = ACTION_NONE };

	for (size_t n = strlen(text), taken; n; n -= taken, text += taken) {
		uint32_t code;
		taken = clean_decode(text, n, &code);
		c = frame_key(ui, f, (int)code);
	}
	return c;
}

int
frame_cursor(void)
{
	int y = getcury(stdscr), x = getcurx(stdscr), found = -1;

	/* The first reversed line holds the titles. */
	for (int i = 0, reversed = 0; i < getmaxy(stdscr) && found < 0; i++) {
		chtype cell = mvwinch(stdscr, i, getmaxx(stdscr) - 1);
		if ((cell & A_REVERSE) && ++reversed == 2)
			found = i;
	}
	wmove(stdscr, y, x);
	return found;
}

/* ---- kept screens ---- */

static char *
slurp(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (file) {
		size_t n = fread(text, 1, (1 << 20) - 1, file);
		text[n] = '\0';
		fclose(file);
	}
	return text;
}

void
frame_compare(const char *name, const char *seen)
{
	char path[128];

	snprintf(path, sizeof path, "tests/screens/%s.txt", name);
	if (getenv("UPDATE_SCREENS")) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(seen, file);
		assert_int_equal(fclose(file), 0);
		return;
	}
	char *kept = slurp(path);
	bool same = strcmp(kept, seen) == 0;
	if (!same)
		fprintf(stderr, "---- %s as kept ----\n%s---- as seen ----\n%s", path, kept, seen);
	free(kept);
	assert_true(same);
}

void
frame_is(const char *name)
{
	char *seen = frame_read();

	frame_compare(name, seen);
	free(seen);
}
