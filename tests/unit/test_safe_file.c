/* safe_file: what others have put in the way is refused, and what is written is whole. */
#include "src/base/safe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

enum { SOMEBODY = 65534 };

static char directory[64], why[512];

static int
setup_in(const char *template)
{
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	snprintf(directory, sizeof(directory), "%s", template);
	return mkdtemp(directory) ? 0 : -1;
}

static int
setup(void **state)
{
	(void)state;
	return setup_in("/tmp/estop-safe.XXXXXX");
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	if (!directory[0])
		return 0;
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

/* A path in the directory; good until the fourth call after it. */
static const char *
in(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static int
hello(FILE *out, void *ctx, char *reason, size_t len)
{
	(void)reason, (void)len;
	fputs(ctx ? ctx : "hello\n", out);
	return 0;
}

static int
write_it(const char *path, unsigned flags)
{
	return safe_file_write(path, flags, hello, NULL, why, sizeof(why));
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static unsigned
files_in(const char *path)
{
	char command[600];
	unsigned n = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "ls -A '%s' | wc -l", path);
	pipe = popen(command, "r");
	assert_int_equal(fscanf(pipe, "%u", &n), 1);
	pclose(pipe);
	return n;
}

static void
need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("SKIP: only root can give files away\n");
	skip();
}

static void
a_link_in_the_path_is_not_followed(void **state)
{
	static const char *const paths[] = { "link/file", "link/deep/file", "deep/../link/file", "last",
					     "link/new/file" };

	(void)state;
	assert_int_equal(mkdir(in("real"), 0700), 0);
	assert_int_equal(mkdir(in("real/deep"), 0700), 0);
	assert_int_equal(mkdir(in("deep"), 0700), 0);
	assert_int_equal(symlink("real", in("link")), 0);
	assert_int_equal(symlink("real/file", in("last")), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(write_it(in(paths[i]), SAFE_OVERWRITE | SAFE_MAKE_DIRS), -ELOOP);
		assert_non_null(strstr(why, "link"));
		assert_int_equal(safe_file_open(in(paths[i]), SAFE_OVERWRITE | SAFE_MAKE_DIRS, why,
						sizeof(why)),
				 -ELOOP);
		assert_non_null(strstr(why, "link"));
	}
	/* Relative ones, too. */
	assert_int_equal(chdir(directory), 0);
	assert_int_equal(write_it("link/file", 0), -ELOOP);
	assert_int_equal(write_it("./real/../link/file", 0), -ELOOP);
	assert_int_equal(files_in(in("real")), 1);
	assert_int_equal(write_it("real/file", 0), 0);
	assert_int_equal(chdir("/"), 0);
	assert_true(is_there(in("real/file")));
}

/* /var/run is such a link on Linux, /tmp on a Mac. */
static void
a_link_only_root_can_have_made_is_followed(void **state)
{
	char link[80], path[120];

	(void)state;
	directory[0] = '\0';
	need_root();
	if (setup_in("/run/estop-safe.XXXXXX") != 0)
		skip();
	snprintf(link, sizeof(link), "%s/link", directory);
	snprintf(path, sizeof(path), "%s/file", link);
	assert_int_equal(mkdir(in("real"), 0755), 0);
	assert_int_equal(symlink(in("real"), link), 0);
	assert_int_equal(write_it(path, 0), 0);
	assert_true(is_there(in("real/file")));
	/* A relative target, more of the path behind it, and a directory that is made there. */
	assert_int_equal(symlink("../link", in("real/back")), 0);
	assert_int_equal(write_it(in("link/back/./new/file"), SAFE_MAKE_DIRS), 0);
	assert_true(is_there(in("real/new/file")));
	/* The last component is none of them. */
	assert_int_equal(symlink("file", in("real/last")), 0);
	assert_int_equal(write_it(in("real/last"), SAFE_OVERWRITE), -ELOOP);
	/* Of somebody else; in a directory of somebody else; in one that others may write. */
	assert_int_equal(lchown(link, SOMEBODY, SOMEBODY), 0);
	assert_int_equal(write_it(path, SAFE_OVERWRITE), -ELOOP);
	assert_int_equal(lchown(link, 0, 0), 0);
	assert_int_equal(chown(directory, SOMEBODY, SOMEBODY), 0);
	assert_int_equal(write_it(path, SAFE_OVERWRITE), -ELOOP);
	assert_int_equal(chown(directory, 0, 0), 0);
	assert_int_equal(chmod(directory, 01777), 0);
	assert_int_equal(write_it(path, SAFE_OVERWRITE), -ELOOP);
	assert_int_equal(chmod(directory, 0775), 0);
	assert_int_equal(write_it(path, SAFE_OVERWRITE), -ELOOP);
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(write_it(path, SAFE_OVERWRITE), 0);
	/* A loop ends. */
	assert_int_equal(symlink("loop", in("loop")), 0);
	assert_int_equal(write_it(in("loop/file"), 0), -ELOOP);
}

static void
refused(const char *path, unsigned flags, const char *because)
{
	why[0] = '\0';
	assert_true(safe_file_open(path, flags, why, sizeof(why)) < 0);
	if (!strstr(why, because))
		fail_msg("'%s' and not '%s'", why, because);
}

static void
what_is_not_ours_is_not_opened(void **state)
{
	int fd, device;

	(void)state;
	assert_int_equal(mkfifo(in("fifo"), 0666), 0);
	fd = open(in("fifo"), O_RDONLY | O_NONBLOCK);
	refused(in("fifo"), SAFE_OVERWRITE, "fifo:PATH");
	device = safe_file_open(in("fifo"), SAFE_FIFO, why, sizeof(why));
	assert_true(device >= 0);
	close(device);
	close(open(in("file"), O_CREAT | O_WRONLY, 0644));
	refused(in("file"), SAFE_FIFO, "not a FIFO");
	assert_int_equal(link(in("file"), in("second")), 0);
	refused(in("second"), SAFE_OVERWRITE, "hard link");
	refused(directory, SAFE_OVERWRITE, "it is a directory");
	refused("/", SAFE_OVERWRITE, "it is a directory");
	refused(in("x/"), SAFE_OVERWRITE, "it is a directory");
	refused(in(".."), SAFE_OVERWRITE, "it is a directory");
	device = safe_file_open("/dev/null", SAFE_OVERWRITE, why, sizeof(why));
	assert_true(device >= 0);
	close(device);
	need_root();
	assert_int_equal(chown(in("fifo"), SOMEBODY, SOMEBODY), 0);
	refused(in("fifo"), SAFE_FIFO, "another user");
	/* Of the one who ran sudo. */
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	device = safe_file_open(in("fifo"), SAFE_FIFO, why, sizeof(why));
	assert_true(device >= 0);
	close(device);
	close(fd);
	unlink(in("second"));
	assert_int_equal(chown(in("file"), SOMEBODY, SOMEBODY), 0);
	refused(in("file"), SAFE_OVERWRITE, "another user");
	if (mknod(in("device"), S_IFCHR | 0666, 1 << 8 | 3) == 0) {
		assert_int_equal(chown(in("device"), SOMEBODY, SOMEBODY), 0);
		refused(in("device"), SAFE_OVERWRITE, "another user");
	}
	if (mknod(in("disk"), S_IFBLK | 0600, 7 << 8) == 0)
		refused(in("disk"), SAFE_OVERWRITE, "neither a file");
}

static void
a_socket_is_no_file(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", directory);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	refused(in("socket"), SAFE_OVERWRITE, "neither a file");
	close(fd);
}

static void
a_file_of_ours_starts_over_and_is_ours_alone(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	fd = open(in("file"), O_CREAT | O_WRONLY, 0644);
	assert_int_equal(write(fd, "old", 3), 3);
	close(fd);
	assert_int_equal(safe_file_open(in("file"), 0, why, sizeof(why)), -EEXIST);
	fd = safe_file_open(in("file"), SAFE_OVERWRITE, why, sizeof(why));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	close(fd);
	fd = safe_file_open(in("new"), 0, why, sizeof(why));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	close(fd);
}

static void
owned_by(const char *path, unsigned uid)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	if (st.st_uid != uid || st.st_gid != uid)
		fail_msg("%s belongs to %u:%u", path, (unsigned)st.st_uid, (unsigned)st.st_gid);
}

static void
what_sudo_makes_in_the_users_home_is_the_users(void **state)
{
	const unsigned flags = SAFE_OVERWRITE | SAFE_MAKE_DIRS | SAFE_SUDO_USER;

	(void)state;
	need_root();
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	/* A home of root's stays root's. */
	assert_int_equal(write_it(in("a/b/file"), flags), 0);
	owned_by(in("a"), 0);
	owned_by(in("a/b/file"), 0);
	assert_int_equal(mkdir(in("home"), 0755), 0);
	assert_int_equal(chown(in("home"), SOMEBODY, SOMEBODY), 0);
	assert_int_equal(write_it(in("home/.config/estop/config"), flags), 0);
	owned_by(in("home/.config"), SOMEBODY);
	owned_by(in("home/.config/estop"), SOMEBODY);
	owned_by(in("home/.config/estop/config"), SOMEBODY);
	/* Once more: the file is another one. */
	assert_int_equal(write_it(in("home/.config/estop/config"), flags), 0);
	owned_by(in("home/.config/estop/config"), SOMEBODY);
	/* Not what was not asked for, nor in what is root's there. */
	assert_int_equal(write_it(in("home/other"), SAFE_OVERWRITE), 0);
	owned_by(in("home/other"), 0);
	assert_int_equal(mkdir(in("home/root"), 0755), 0);
	assert_int_equal(write_it(in("home/root/new/file"), flags), 0);
	owned_by(in("home/root/new"), 0);
	owned_by(in("home/root/new/file"), 0);
	setenv("SUDO_UID", "65534 ", 1);
	assert_int_equal(write_it(in("home/bad"), flags), 0);
	owned_by(in("home/bad"), 0);
}

static int
fails(FILE *out, void *ctx, char *reason, size_t len)
{
	(void)ctx;
	fputs("half", out);
	snprintf(reason, len, "a reason");
	return -E2BIG;
}

static const char *
content(const char *path)
{
	static char text[64];
	FILE *f = fopen(path, "r");
	size_t n = fread(text, 1, sizeof(text) - 1, f);

	fclose(f);
	text[n] = '\0';
	return text;
}

static void
a_file_is_whole_or_as_it_was(void **state)
{
	struct rlimit before, small;
	char *big = malloc(100000);

	(void)state;
	memset(big, 'x', 99999);
	big[99999] = '\0';
	assert_int_equal(write_it(in("file"), 0), 0);
	assert_int_equal(write_it(in("file"), 0), -EEXIST);
	assert_int_equal(safe_file_write(in("file"), SAFE_OVERWRITE, fails, NULL, why, sizeof(why)), -E2BIG);
	assert_string_equal(why, "a reason");
	assert_string_equal(content(in("file")), "hello\n");
	assert_int_equal(files_in(directory), 1);
	/* The file is limited in size. */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 4096, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(safe_file_write(in("file"), SAFE_OVERWRITE, hello, big, why, sizeof(why)), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(why, strerror(EFBIG)));
	assert_string_equal(content(in("file")), "hello\n");
	assert_int_equal(files_in(directory), 1);
	free(big);
}

static void
no_name_is_too_long_or_too_strange(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	assert_int_equal(write_it(in(name), 0), 0);
	assert_true(is_there(in(name)));
	name[255] = 'n';
	name[256] = '\0';
	assert_int_equal(write_it(in(name), 0), -ENAMETOOLONG);
	strcpy(name + 256, "/x");
	assert_int_equal(write_it(in(name), 0), -ENAMETOOLONG);
	assert_int_equal(write_it("", 0), -ENOENT);
	assert_int_equal(write_it(in("no/such"), 0), -ENOENT);
	assert_int_equal(write_it(in("//.//twice"), 0), 0);
	assert_int_equal(write_it(in("twice/below"), 0), -ENOTDIR);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_link_in_the_path_is_not_followed),
		cmocka_unit_test_teardown(a_link_only_root_can_have_made_is_followed, teardown),
		TEST(what_is_not_ours_is_not_opened),
		TEST(a_socket_is_no_file),
		TEST(a_file_of_ours_starts_over_and_is_ours_alone),
		TEST(what_sudo_makes_in_the_users_home_is_the_users),
		TEST(a_file_is_whole_or_as_it_was),
		TEST(no_name_is_too_long_or_too_strange),
	};

	return cmocka_run_group_tests_name("safe_file", tests, NULL, NULL);
}
