/* The unit that a cgroup's path stands for. */
#include "model/cgroup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ID "3f2a1b4c5d6e7f80912a3b4c5d6e7f80912a3b4c5d6e7f80912a3b4c5d6e7f80"
#define OTHER "aaaabbbbccccddddeeeeffff00001111222233334444555566667777888899990"

static const struct {
	const char *path, *unit;
	const char *own; /* the unit's own cgroup; NULL: the whole path */
} paths[] = {
	/* systemd */
	{ "/system.slice/nginx.service", "nginx.service", NULL },
	{ "/init.scope", "init.scope", NULL },
	{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", NULL },
	{ "/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service",
	  NULL },
	{ "/system.slice/systemd-udevd.service/udev", "systemd-udevd.service",
	  "/system.slice/systemd-udevd.service" },
	{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope", NULL },
	{ "/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope", NULL },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4711.scope",
	  "app-gnome-firefox-4711.scope", NULL },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/dbus.service", "dbus.service", NULL },
	{ "/system.slice", "system.slice", NULL },
	{ "/user.slice/user-1000.slice", "user-1000.slice", NULL },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
	  "machine-qemu\\x2d1\\x2dvm.scope", "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope" },
	/* docker, by systemd and by cgroupfs, and what runs inside */
	{ "/system.slice/docker-" ID ".scope", "docker-3f2a1b4c5d6e", NULL },
	{ "/docker/" ID, "docker-3f2a1b4c5d6e", NULL },
	{ "/docker/" ID "/system.slice/nginx.service", "docker-3f2a1b4c5d6e", "/docker/" ID },
	{ "/system.slice/docker-" ID ".scope/init.scope", "docker-3f2a1b4c5d6e",
	  "/system.slice/docker-" ID ".scope" },
	{ "/system.slice/docker.service", "docker.service", NULL },
	{ "/docker/buildkit/" ID, "buildkit-3f2a1b4c5d6e", NULL },
	/* Kubernetes */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod12ab_34.slice/cri-containerd-" ID
	  ".scope",
	  "containerd-3f2a1b4c5d6e", NULL },
	{ "/kubepods.slice/kubepods-pod12ab_34.slice/crio-" ID ".scope", "crio-3f2a1b4c5d6e", NULL },
	{ "/kubepods/besteffort/pod0a1b2c3d-0000-1111-2222-333344445555/" ID, "container-3f2a1b4c5d6e", NULL },
	{ "/system.slice/containerd.service/kubepods-burstable-pod12ab_34.slice:cri-containerd:" ID,
	  "containerd-3f2a1b4c5d6e", NULL },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod1.slice/cri-containerd-" ID ".scope",
	  "containerd-3f2a1b4c5d6e", NULL },
	/* podman, as root and not */
	{ "/machine.slice/libpod-" ID ".scope/container", "libpod-3f2a1b4c5d6e",
	  "/machine.slice/libpod-" ID ".scope" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container/init.scope",
	  "libpod-3f2a1b4c5d6e",
	  "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope" },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", NULL },
	{ "/libpod_parent/libpod-" ID, "libpod-3f2a1b4c5d6e", NULL },
	{ "/system.slice/web.service/libpod-payload-" ID, "libpod-3f2a1b4c5d6e", NULL },
	/* lxc, and one inside another */
	{ "/lxc.payload.web/system.slice/cron.service", "lxc-web", "/lxc.payload.web" },
	{ "/lxc.payload/web/init.scope", "lxc-web", "/lxc.payload/web" },
	{ "/lxc/web", "lxc-web", NULL },
	{ "/lxc.payload.web/docker/" ID, "docker-3f2a1b4c5d6e", NULL },
	{ "/system.slice/nerdctl-" ID ".scope", "nerdctl-3f2a1b4c5d6e", NULL },
	{ "/default/" ID, "containerd-3f2a1b4c5d6e", NULL },
	{ "/ecs/0123456789abcdef/" ID, "container-3f2a1b4c5d6e", NULL },
	/* none of these */
	{ "/", "", "" },
	{ "", "", "" },
	{ "/build", "/build", NULL },
	{ "/build/3", "/build/3", NULL },
	{ "/docker/" OTHER, "/docker/" OTHER, NULL }, /* 65 digits */
	{ "/docker/web", "/docker/web", NULL },
	{ "/.service", "/.service", NULL },
	{ "//a//b.service/", "b.service", "//a//b.service" },
	{ CGROUP_V1, CGROUP_V1, "" },
};

static void
each_path_names_its_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *own = paths[i].own ? paths[i].own : paths[i].path;
		struct cgroup_unit u;

		cgroup_unit(paths[i].path, &u);
		if (strcmp(u.name, paths[i].unit) != 0 || u.end != strlen(own))
			fail_msg("%s: '%s', its own cgroup has %zu bytes", paths[i].path, u.name, u.end);
	}
}

/* What a rule with the unit's name is about includes each process of it. */
static void
each_path_is_in_its_unit_and_in_what_encloses_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (paths[i].unit[0] && !cgroup_is_in(paths[i].path, paths[i].unit))
			fail_msg("%s is not in %s", paths[i].path, paths[i].unit);
	assert_true(cgroup_is_in("/docker/" ID "/system.slice/nginx.service", "nginx.service"));
	assert_true(cgroup_is_in("/docker/" ID "/system.slice/nginx.service", "docker-3f2a1b4c5d6e"));
	assert_true(cgroup_is_in("/user.slice/user-1000.slice/session-3.scope", "user.slice"));
	assert_true(cgroup_is_in("/user.slice/user-1000.slice", "/user.slice/"));
	assert_true(cgroup_is_in("/a/b", "/"));
	assert_false(cgroup_is_in("/user.slices/x", "/user.slice"));
	assert_false(cgroup_is_in("/system.slice/nginx.service", "nginx"));
	assert_false(cgroup_is_in("/system.slice/nginx.service", ""));
	assert_false(cgroup_is_in("/", "nginx.service"));
	assert_false(cgroup_is_in(CGROUP_V1, "/"));
}

/* A component may be as long as a file name, and a path as long as it likes. */
static void
long_ones_are_cut_and_nothing_else(void **state)
{
	char path[9000] = "";
	struct cgroup_unit u;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	for (size_t i = 0; i < sizeof(path) - 1; i += 250)
		path[i] = '/';
	cgroup_unit(path, &u);
	assert_int_equal(strlen(u.name), CGROUP_UNIT_MAX - 1);
	memcpy(path + sizeof(path) - 9, ".service", 9);
	cgroup_unit(path, &u);
	assert_true(strlen(u.name) <= 255);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_path_names_its_unit),
		cmocka_unit_test(each_path_is_in_its_unit_and_in_what_encloses_it),
		cmocka_unit_test(long_ones_are_cut_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
