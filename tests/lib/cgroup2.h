/* cgroup2 - where the hierarchy of cgroup v2 is mounted. */
#ifndef ESTOP_TESTS_LIB_CGROUP2_H
#define ESTOP_TESTS_LIB_CGROUP2_H

#include <stdbool.h>
#include <stddef.h>

/* False: nowhere; dir is "" then. */
bool cgroup2_find(char *dir, size_t size);

#endif
