/*
 * cgroups - the paths of cgroups by their numbers, as the kernel reported them.
 *
 * A name is kept as long as a process holds it, and the table keeps CGROUPS_KEPT more. Any
 * thread.
 */
#ifndef ESTOP_LINUX_CGROUPS_H
#define ESTOP_LINUX_CGROUPS_H

#include "src/linux/wire.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <es_linux.h>
#include <stdbool.h>

enum { CGROUPS_KEPT = 4096 };

struct cgroups;
struct cgroup_name;

struct cgroups *cgroups_create(void); /* NULL: out of memory */
void cgroups_destroy(struct cgroups *);

/* One whose path could not be built is known, too: nobody asks for it again. */
void cgroups_add(struct cgroups *, const struct wire_cgroup *);
bool cgroups_know(struct cgroups *, u64 id);

/* The name with one more reference; one without a path when the number is not known. NULL: 0, or no memory. */
struct cgroup_name *cgroups_hold(struct cgroups *, u64 id);
struct cgroup_name *cgroup_name_hold(struct cgroup_name *); /* NULL is fine, here and below */
void cgroup_name_drop(struct cgroup_name *);
const es_linux_cgroup_t *cgroup_name_facts(const struct cgroup_name *);

/* The paths of all that are known now; visit may not call this module. */
void cgroups_each(struct cgroups *, void (*visit)(void *ctx, const char *path), void *ctx);

#endif
