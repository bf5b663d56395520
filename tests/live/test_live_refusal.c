/*
 * Why estop cannot watch here: each reason is forced on the real program, in a child that first
 * takes away what is needed, and the sentence has to name it. Needs root, to have it to take.
 */
#include "tests/lib/live.h"

#include "src/linux/bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char directory[] = "/tmp/estop-refusal.XXXXXX";
static char output[8192];

/* ---- what is taken away; in the child ---- */

/* fails: the child's own part went wrong, which is no answer of estop's */
static void
must(bool fine, const char *what)
{
	if (fine)
		return;
	dprintf(STDERR_FILENO, "the test: %s: %s\n", what, strerror(errno));
	_exit(99);
}
#define DO(call) must((call) == 0, #call)

static void
nothing(void)
{
}

/* So that loading fails, where what else was taken does not make it: maps need descriptors. */
static void
few_descriptors(void)
{
	DO(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 14, 14 }));
}

static void
filter_bpf(unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = LENGTH(code), .filter = code };

	DO(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	DO(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void
no_ebpf(void)
{
	filter_bpf(ENOSYS);
}

static void
forbidden(void)
{
	filter_bpf(EPERM);
}

/* uname(2) says 2.6.something then. */
static void
old_kernel(void)
{
	must(personality(PER_LINUX | UNAME26) >= 0, "personality");
	few_descriptors();
}

static void
own_mounts(void)
{
	DO(unshare(CLONE_NEWNS));
	DO(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static void
no_sysfs(void)
{
	own_mounts();
	DO(mount("none", "/sys", "tmpfs", 0, NULL));
}

static void
no_btf(void)
{
	own_mounts();
	DO(mount("none", "/sys/kernel/btf", "tmpfs", 0, NULL));
	few_descriptors(); /* libbpf may find the types elsewhere, under /boot */
}

static void
locked_down(void)
{
	int fd;

	own_mounts();
	DO(mount("none", "/sys/kernel/security", "tmpfs", 0, NULL));
	fd = open("/sys/kernel/security/lockdown", O_WRONLY | O_CREAT, 0600);
	must(fd >= 0 && dprintf(fd, "none integrity [confidentiality]\n") > 0 && close(fd) == 0, "lockdown");
	few_descriptors();
}

static void
lesser_root(void)
{
	DO(prctl(PR_CAPBSET_DROP, CAP_PERFMON, 0, 0, 0));
}

static void
nobody(void)
{
	DO(setuid(65534));
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

static void
user_namespace(void)
{
	DO(unshare(CLONE_NEWUSER));
	write_file("/proc/self/uid_map", "0 0 1\n");
}

/* The pid stays as it is; the next child is the first one there. */
static void
pid_namespace(void)
{
	int status;
	pid_t pid;

	DO(unshare(CLONE_NEWPID));
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0)
		return;
	must(waitpid(pid, &status, 0) == pid && WIFEXITED(status), "waitpid");
	_exit(WEXITSTATUS(status));
}

/* ---- estop there ---- */

/* Its exit status, and what it wrote to stderr, in output. */
static int
run(void (*force)(void), const char *debug)
{
	const char *built = getenv("ESTOP"), *estop = built ? built : "build/estop";
	char option[128];
	char *argv[] = { (char *)"estop", (char *)"-b", (char *)"-n1", (char *)"-d0.1", NULL, NULL };
	int fd, null = open("/dev/null", O_RDWR | O_CLOEXEC), pipes[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	if (debug) {
		snprintf(option, sizeof(option), "--debug=%s", debug);
		argv[4] = option;
	}
	fd = open(estop, O_RDONLY | O_CLOEXEC); /* whoever it will be need not reach its directory */
	assert_true(fd >= 0 && null >= 0);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		must(dup2(pipes[1], STDERR_FILENO) >= 0, "dup2");
		must(dup2(null, STDOUT_FILENO) >= 0, "dup2"); /* frames */
		force();
		fexecve(fd, argv, environ);
		must(false, "fexecve");
	}
	close(fd);
	close(null);
	close(pipes[1]);
	while ((n = read(pipes[0], output + used, sizeof(output) - 1 - used)) > 0)
		used += (size_t)n;
	output[used] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* In the order in which the questions are asked. */
static const struct reason {
	const char *name;
	void (*force)(void);
	const char *says;
} reasons[] = {
	{ "no_ebpf_at_all", no_ebpf, "there is no eBPF here: the system call bpf() is missing" },
	{ "a_kernel_too_old", old_kernel, " is too old; 5.17 or later is needed, tested from 6.1 on" },
	{ "no_sysfs", no_sysfs, "/sys is missing" },
	{ "no_types_of_the_kernel", no_btf,
	  "this kernel does not describe its types (no /sys/kernel/btf/vmlinux)" },
	{ "root_without_a_capability", lesser_root,
	  "this root lacks CAP_BPF or CAP_PERFMON; in a container, add" },
	{ "not_root", nobody,
	  "watching needs privileges: run it as root, or give it CAP_BPF and CAP_PERFMON" },
	{ "root_of_a_user_namespace", user_namespace,
	  "this is a user namespace, whose root has no privileges" },
	{ "lockdown", locked_down, "the kernel is locked down (confidentiality)" },
	{ "a_pid_namespace", pid_namespace, "in a container, share the host's pid namespace (--pid=host)" },
	{ "bpf_forbidden", forbidden,
	  "a seccomp filter (as containers have) or a security module (SELinux, AppArmor) forbids bpf()" },
	{ "another_error", few_descriptors, "Too many open files" },
};

/* One line on stderr, nothing else, and exit status 1. */
static void
estop_says_why(void **state)
{
	const struct reason *r = *state;
	int status;

	live_skip_unless_possible();
	status = run(r->force, NULL);
	if (status != 1 || !strstr(output, r->says) || strncmp(output, "estop: ", 7) != 0)
		fail_msg("%s: status %d, '%s' lacks '%s'", r->name, status, output, r->says);
	assert_ptr_equal(strchr(output, '\n'), output + strlen(output) - 1);
	assert_null(strstr(output, "try again"));
}

static void
what_is_taken_is_all_that_was_missing(void **state)
{
	(void)state;
	live_skip_unless_possible();
	if (run(nothing, NULL) != 0)
		fail_msg("%s", output);
}

/* ---- a program the verifier refuses ---- */

/* An instruction of the program that is carried, in memory of this process that can be written. */
static struct bpf_insn *
first_instruction(const char *object, const char *end, const char *program)
{
	struct bpf_object *o = bpf_object__open_mem(object, (size_t)(end - object), NULL);
	struct bpf_program *p;
	char *found;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size;

	assert_non_null(o);
	p = bpf_object__find_program_by_name(o, program);
	assert_non_null(p);
	size = bpf_program__insn_cnt(p) * sizeof(struct bpf_insn);
	found = memmem(object, (size_t)(end - object), bpf_program__insns(p), size);
	assert_non_null(found);
	assert_null(memmem(found + 1, (size_t)(end - found - 1), bpf_program__insns(p), size));
	bpf_object__close(o);
	assert_int_equal(mprotect((void *)((uintptr_t)found & ~(page - 1)), page, PROT_READ | PROT_WRITE), 0);
	return (struct bpf_insn *)(void *)found;
}

static char *
read_all(const char *path)
{
	static char text[1 << 20];
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void
a_program_refused_is_a_bug_with_its_log(void **state)
{
	/* r0 = r9, which nobody has written */
	const struct bpf_insn broken = { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 0, .src_reg = 9 };
	struct bpf_insn *cast, *call, before[2];
	es_client_t *client = NULL;
	es_new_client_result_t result;
	char path[64], error[1024], *log;
	FILE *debug;

	(void)state;
	live_skip_unless_possible();
	snprintf(path, sizeof(path), "%s/verifier", directory);
	debug = fopen(path, "we");
	assert_non_null(debug);
	cast = first_instruction(bpf_object_cast, bpf_object_cast_end, "on_signal");
	call = first_instruction(bpf_object_call, bpf_object_call_end, "on_signal");
	before[0] = *cast;
	before[1] = *call;
	*cast = *call = broken;
	es_linux_debug(debug);
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
	  (void)c, (void)m;
	});
	es_linux_debug(NULL);
	*cast = before[0];
	*call = before[1];
	fclose(debug);
	snprintf(error, sizeof(error), "%s", es_linux_error());

	assert_int_equal(result, ES_NEW_CLIENT_RESULT_ERR_INTERNAL);
	if (!strstr(error, " refuses the BPF program on_signal, which is a bug") ||
	    !strstr(error, "R9 !read_ok"))
		fail_msg("%s", error);
	log = read_all(path);
	assert_non_null(strstr(log, "kernel: Linux "));
	assert_non_null(strstr(log, "BEGIN PROG LOAD LOG"));
	assert_non_null(strstr(log, "R9 !read_ok"));
	assert_non_null(strstr(log, "processed ")); /* the end of it, too */
	assert_non_null(strstr(log, error));

	/* It was that alone. */
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
	  (void)c, (void)m;
	});
	assert_int_equal(result, ES_NEW_CLIENT_RESULT_SUCCESS);
	assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
}

/* ---- --debug ---- */

static void
debug_writes_what_a_report_needs(void **state)
{
	static const char *const facts[] = {
		"estop ",           "\nkernel: Linux ", "\nlibbpf: ", "\nBTF: /sys/kernel/btf/vmlinux, ",
		"\ncapabilities: ", "\nlockdown: ",     "\nresult: ", "Too many open files",
		"\nstart: ",
	};
	char path[64], *text;
	struct stat st;

	(void)state;
	live_skip_unless_possible();
	snprintf(path, sizeof(path), "%s/debug", directory);
	for (unsigned by_option = 0; by_option < 2; by_option++) {
		if (!by_option)
			setenv("ESTOP_DEBUG", path, 1);
		assert_int_equal(run(few_descriptors, by_option ? path : NULL), 1);
		unsetenv("ESTOP_DEBUG");
		assert_int_equal(lstat(path, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0600);
		text = read_all(path);
		for (size_t i = 0; i < LENGTH(facts); i++)
			if (!strstr(text, facts[i]))
				fail_msg("'%s' is not in %s", facts[i], text);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(run(nothing, path), 0);
	assert_non_null(strstr(read_all(path), "\nresult: loaded, with "));
}

static void
debug_writes_through_no_link(void **state)
{
	char path[64], behind[64];
	struct stat st;

	(void)state;
	live_skip_unless_possible();
	snprintf(path, sizeof(path), "%s/link", directory);
	snprintf(behind, sizeof(behind), "%s/behind", directory);
	assert_int_equal(symlink(behind, path), 0);
	assert_int_equal(run(nothing, path), 1);
	assert_non_null(strstr(output, "is a link"));
	assert_int_equal(lstat(behind, &st), -1);
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int
teardown(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", directory);
	return system(line);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(reasons) + 4] = {
		cmocka_unit_test(what_is_taken_is_all_that_was_missing),
		cmocka_unit_test(a_program_refused_is_a_bug_with_its_log),
		cmocka_unit_test(debug_writes_what_a_report_needs),
		cmocka_unit_test(debug_writes_through_no_link),
	};

	for (size_t i = 0; i < LENGTH(reasons); i++)
		tests[4 + i] = (struct CMUnitTest){ .name = reasons[i].name,
						    .test_func = estop_says_why,
						    .initial_state = (void *)(uintptr_t)&reasons[i] };
	return cmocka_run_group_tests_name("refusal, live", tests, setup, teardown);
}
