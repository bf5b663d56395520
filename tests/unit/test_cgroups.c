/* The paths of cgroups: who is known, who keeps a name, and what is visited. */
#include "src/linux/cgroups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void
add(struct cgroups *t, u64 id, const char *path)
{
	struct {
		struct wire_cgroup cgroup;
		char path[64];
	} w = { .cgroup = { .head = { .size = sizeof(w),
				      .kind = WIRE_CGROUP,
				      .text = sizeof(w.cgroup),
				      .text_len = (u32)strlen(path) },
			    .id = id } };

	snprintf(w.path, sizeof(w.path), "%s", path);
	cgroups_add(t, &w.cgroup);
}

static void
count(void *ctx, const char *path)
{
	assert_string_equal(path, "/a");
	++*(unsigned *)ctx;
}

/* Before Linux 6.1 no path can be built; whoever asked again would list all processes each time. */
static void
a_cgroup_without_a_path_is_known_but_not_visited(void **state)
{
	struct cgroups *t = cgroups_create();
	struct cgroup_name *name;
	unsigned visited = 0;

	(void)state;
	add(t, 1, "/a");
	add(t, 2, "");
	assert_true(cgroups_know(t, 1));
	assert_true(cgroups_know(t, 2));
	assert_false(cgroups_know(t, 3));
	cgroups_each(t, count, &visited);
	assert_int_equal(visited, 1);
	name = cgroups_hold(t, 2);
	assert_int_equal(cgroup_name_facts(name)->id, 2);
	assert_int_equal(cgroup_name_facts(name)->path.length, 0);
	cgroup_name_drop(name);
	cgroups_destroy(t);
}

static void
a_name_outlives_the_table(void **state)
{
	struct cgroups *t = cgroups_create();
	struct cgroup_name *name;

	(void)state;
	add(t, 1, "/a");
	name = cgroups_hold(t, 1);
	cgroups_destroy(t);
	assert_string_equal(cgroup_name_facts(name)->path.data, "/a");
	cgroup_name_drop(name);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cgroup_without_a_path_is_known_but_not_visited),
		cmocka_unit_test(a_name_outlives_the_table),
	};

	return cmocka_run_group_tests_name("cgroups", tests, NULL, NULL);
}
