/*
 * cgroup - the unit a cgroup stands for, by the path of the cgroup.
 *
 * A unit is what a person starts and stops: a systemd service or scope, a container, or, where
 * the path says neither, the cgroup itself. Pure: nothing is looked up. Any thread.
 *
 *   path                                                     unit
 *   /system.slice/nginx.service                              nginx.service
 *   /user.slice/user-1000.slice/session-3.scope              session-3.scope
 *   /system.slice/docker-<64 hex digits>.scope               docker-<the first 12>
 *   /docker/<64 hex digits>/init.scope                       docker-<the first 12>
 *   /lxc.payload.web/system.slice/cron.service               lxc-web
 *   /build/3                                                 /build/3
 *   /                                                        none
 *
 * A container wins over the units inside of it, the innermost over those around it.
 */
#ifndef ESTOP_MODEL_CGROUP_H
#define ESTOP_MODEL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

/* In place of a path, where the system has no cgroup v2 mounted. Its unit is this text. */
#define CGROUP_V1 "no unit: cgroup v1"

enum { CGROUP_UNIT_MAX = 512 };

struct cgroup_unit {
	char name[CGROUP_UNIT_MAX]; /* "": none */
	size_t end;                 /* path[0, end) is the unit's own cgroup */
};

void cgroup_unit(const char *path, struct cgroup_unit *);

/*
 * Is this cgroup a unit's own, or below it? Each cgroup that encloses it is asked, so that a
 * service inside a container is in both. unit: a name as cgroup_unit() gives, or a path.
 */
bool cgroup_is_in(const char *path, const char *unit);

/*
 * The unit that one component of a path names by itself, "" when it names none: the component
 * [start, end) of path. Of a systemd unit that is the component.
 */
void cgroup_component(const char *path, size_t start, size_t end, char name[CGROUP_UNIT_MAX]);

#endif
