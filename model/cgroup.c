/* cgroup - see cgroup.h. */
#include "model/cgroup.h"

#include <stdio.h>
#include <string.h>

enum { ID_DIGITS = 64, ID_SHOWN = 12 };

/*
 * How a component is named. ID: "PREFIX<64 hex digits>SUFFIX" is shown as "SHOWN<12 digits>".
 * AFTER: the same, and more may come before the prefix. NAME: "PREFIXname" is shown as "SHOWNname".
 * INSIDE_ID and INSIDE_NAME: the same, but PREFIX is the component before; NULL: any.
 */
enum shape { ID, AFTER, NAME, INSIDE_ID, INSIDE_NAME };

static const struct pattern {
	enum shape shape;
	const char *prefix, *suffix, *shown;
} containers[] = {
	{ ID, "docker-", ".scope", "docker-" },
	{ ID, "cri-containerd-", ".scope", "containerd-" },
	{ AFTER, "cri-containerd:", "", "containerd-" }, /* kubepods-pod….slice:cri-containerd:<id> */
	{ ID, "nerdctl-", ".scope", "nerdctl-" },
	{ ID, "crio-", ".scope", "crio-" },
	{ ID, "crio-", "", "crio-" },
	{ ID, "libpod-payload-", "", "libpod-" },
	{ ID, "libpod-", ".scope", "libpod-" },
	{ ID, "libpod-", "", "libpod-" },
	{ INSIDE_ID, "docker", "", "docker-" },
	{ INSIDE_ID, "libpod_parent", "", "libpod-" },
	{ INSIDE_ID, "buildkit", "", "buildkit-" },
	{ INSIDE_ID, "default", "", "containerd-" }, /* the namespace of nerdctl and ctr */
	{ INSIDE_ID, "k8s.io", "", "containerd-" },
	{ INSIDE_ID, NULL, "", "container-" }, /* kubepods/…/<id>, ecs/<task>/<id> */
	{ NAME, "lxc.payload.", "", "lxc-" },
	{ INSIDE_NAME, "lxc.payload", "", "lxc-" },
	{ INSIDE_NAME, "lxc", "", "lxc-" },
};

/* What systemd calls a unit that has processes. */
static const char *const units[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

struct piece {
	const char *text;
	size_t length;
};

static bool
begins(struct piece p, const char *prefix)
{
	size_t n = strlen(prefix);

	return p.length >= n && memcmp(p.text, prefix, n) == 0;
}

static bool
ends(struct piece p, const char *suffix)
{
	size_t n = strlen(suffix);

	return p.length > n && memcmp(p.text + p.length - n, suffix, n) == 0;
}

static bool
is(struct piece p, const char *text)
{
	return p.length == strlen(text) && begins(p, text);
}

static bool
is_id(struct piece p)
{
	if (p.length != ID_DIGITS)
		return false;
	for (size_t i = 0; i < p.length; i++)
		if (!strchr("0123456789abcdef", p.text[i]))
			return false;
	return true;
}

/* The part of p between prefix and suffix. */
static struct piece
between(struct piece p, const char *prefix, const char *suffix)
{
	size_t skip = strlen(prefix);

	if (p.length <= skip + strlen(suffix))
		return (struct piece){ p.text, 0 };
	return (struct piece){ p.text + skip, p.length - skip - strlen(suffix) };
}

static bool
fits(const struct pattern *pattern, struct piece before, struct piece p, struct piece *what)
{
	*what = p;
	if (pattern->shape == AFTER) {
		size_t skip = p.length > ID_DIGITS ? p.length - ID_DIGITS : 0;

		*what = (struct piece){ p.text + skip, p.length - skip };
		if (!ends((struct piece){ p.text, skip }, pattern->prefix))
			return false;
	} else if (pattern->shape == ID || pattern->shape == NAME) {
		if (!begins(p, pattern->prefix) || (pattern->suffix[0] && !ends(p, pattern->suffix)))
			return false;
		*what = between(p, pattern->prefix, pattern->suffix);
	} else if (pattern->prefix && !is(before, pattern->prefix)) {
		return false;
	}
	return pattern->shape == NAME || pattern->shape == INSIDE_NAME ? what->length > 0 : is_id(*what);
}

static bool
container(struct piece before, struct piece p, char name[CGROUP_UNIT_MAX])
{
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
		bool id = containers[i].shape != NAME && containers[i].shape != INSIDE_NAME;
		struct piece what;

		if (!fits(&containers[i], before, p, &what))
			continue;
		snprintf(name, CGROUP_UNIT_MAX, "%s%.*s", containers[i].shown,
			 (int)(id ? ID_SHOWN : what.length), what.text);
		return true;
	}
	return false;
}

static bool
unit(struct piece p, char name[CGROUP_UNIT_MAX])
{
	bool found = false;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		found |= ends(p, units[i]);
	if (found)
		snprintf(name, CGROUP_UNIT_MAX, "%.*s", (int)p.length, p.text);
	return found;
}

/* The next component from *at on; false at the end. */
static bool
next(const char *path, size_t *at, struct piece *p)
{
	*at += strspn(path + *at, "/");
	p->text = path + *at;
	p->length = strcspn(p->text, "/");
	*at += p->length;
	return p->length > 0;
}

void
cgroup_component(const char *path, size_t start, size_t end, char name[CGROUP_UNIT_MAX])
{
	struct piece before = { path, 0 }, p = { path + start, end - start };
	size_t from = start;

	while (from > 0 && path[from - 1] == '/')
		from--;
	before.text = path + from;
	while (before.text > path && before.text[-1] != '/') {
		before.text--;
		before.length++;
	}
	name[0] = '\0';
	if (!container(before, p, name) && !unit(p, name) && ends(p, ".slice"))
		snprintf(name, CGROUP_UNIT_MAX, "%.*s", (int)p.length, p.text);
}

void
cgroup_unit(const char *path, struct cgroup_unit *u)
{
	struct piece before = { path, 0 }, p;
	bool in_container = false, named = false;
	char name[CGROUP_UNIT_MAX];
	size_t at = 0;

	u->name[0] = '\0';
	u->end = 0;
	if (path[0] != '/') {
		snprintf(u->name, sizeof(u->name), "%s", path);
		return;
	}
	while (next(path, &at, &p)) {
		if (container(before, p, name)) {
			in_container = named = true;
		} else if (!in_container && unit(p, name)) {
			named = true;
		} else if (!named && ends(p, ".slice")) {
			snprintf(name, sizeof(name), "%.*s", (int)p.length, p.text);
		} else {
			before = p;
			continue;
		}
		before = p;
		memcpy(u->name, name, sizeof(name));
		u->end = at;
	}
	if (u->name[0] || at == 0 || strspn(path, "/") == strlen(path))
		return;
	snprintf(u->name, sizeof(u->name), "%s", path);
	u->end = strlen(path);
}

bool
cgroup_is_in(const char *path, const char *wanted)
{
	char name[CGROUP_UNIT_MAX];
	struct piece p;
	size_t at = 0;

	if (!wanted[0])
		return false;
	if (wanted[0] == '/') {
		size_t n = strlen(wanted);

		while (n > 1 && wanted[n - 1] == '/')
			n--;
		return strncmp(path, wanted, n) == 0 && (n == 1 || path[n] == '/' || path[n] == '\0');
	}
	if (path[0] != '/')
		return strcmp(path, wanted) == 0;
	while (next(path, &at, &p)) {
		if (is(p, wanted))
			return true;
		cgroup_component(path, at - p.length, at, name);
		if (strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}
