/*
 * fixture - lines of eslogger, constructed from its schema: no machine ever wrote them.
 *
 * In the order in which estop writes keys, so that a line read and written again
 * is the same. One for each core type, and in each some of what is optional; those
 * of all types are made from messages by test_payload.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdio.h>
#include <string.h>

#define FIXTURE_STAT                                                                                \
	"{\"st_dev\":16777234,\"st_mode\":33261,\"st_nlink\":1,\"st_ino\":1152921500312525701,"     \
	"\"st_uid\":0,\"st_gid\":80,\"st_rdev\":0,\"st_size\":259504,\"st_blocks\":152,"            \
	"\"st_blksize\":4096,\"st_flags\":524320,\"st_gen\":0,"                                     \
	"\"st_atimespec\":\"2025-07-09T06:27:14.000000000Z\","                                      \
	"\"st_mtimespec\":\"2025-07-09T06:27:14.000000001Z\","                                      \
	"\"st_ctimespec\":\"2025-07-09T06:27:14.999999999Z\","                                      \
	"\"st_birthtimespec\":\"1970-01-01T00:00:00.000000000Z\"}"

#define FIXTURE_FILE(path) "{\"path\":\"" path "\",\"path_truncated\":false,\"stat\":" FIXTURE_STAT "}"

#define FIXTURE_TOKEN(pid, version)                                                          \
	"{\"auid\":4294967295,\"euid\":501,\"egid\":20,\"ruid\":501,\"rgid\":20,\"pid\":" #pid \
	",\"asid\":100017,\"pidversion\":" #version "}"

#define FIXTURE_PROCESS(pid, version, parent, path)                                          \
	"{\"audit_token\":" FIXTURE_TOKEN(pid, version) ",\"ppid\":" #parent                 \
	",\"original_ppid\":" #parent ",\"group_id\":" #pid ",\"session_id\":" #pid          \
	",\"codesigning_flags\":570491649,\"is_platform_binary\":false,\"is_es_client\":false," \
	"\"cdhash\":\"F988105881118CD77EF87293D97DECE8E193FA98\",\"signing_id\":\"org.example.tool\"," \
	"\"team_id\":null,\"executable\":" FIXTURE_FILE(path) ",\"tty\":null,"               \
	"\"start_time\":\"2025-08-07T15:13:09.798115Z\","                                    \
	"\"responsible_audit_token\":" FIXTURE_TOKEN(pid, version)                           \
	",\"parent_audit_token\":" FIXTURE_TOKEN(parent, 7) "}"

#define FIXTURE_ALLOW "\"auth\":0},\"result_type\":0"
#define FIXTURE_FLAGS "\"flags\":4294967295},\"result_type\":1"
/* seq: number of the line; time: seconds after 15:13:00, two digits. */
#define FIXTURE_LINE(time, seq, number, event, process, result)                              \
	"{\"schema_version\":1,\"version\":9,\"time\":\"2025-08-07T15:13:" time ".811587464Z\"," \
	"\"mach_time\":401374797834,\"seq_num\":" #seq ",\"global_seq_num\":" #seq           \
	",\"event_type\":" #number ",\"event\":{" event "},\"process\":" process             \
	",\"thread\":{\"thread_id\":622243},\"action_type\":1,\"action\":{\"result\":{\"result\":{" \
	result "}}}"

#define FIXTURE_SHELL FIXTURE_PROCESS(200, 9, 100, "/bin/zsh")
#define FIXTURE_CHILD FIXTURE_PROCESS(201, 10, 200, "/bin/zsh")
#define FIXTURE_MAKE FIXTURE_PROCESS(201, 11, 200, "/usr/bin/make")

#define FIXTURE_FORK \
	FIXTURE_LINE("10", 0, 11, "\"fork\":{\"child\":" FIXTURE_CHILD "}", FIXTURE_SHELL, FIXTURE_ALLOW)
#define FIXTURE_EXEC                                                                         \
	FIXTURE_LINE("11", 0, 9, "\"exec\":{\"target\":" FIXTURE_MAKE                        \
	",\"dyld_exec_path\":\"/usr/bin/make\",\"script\":null,\"cwd\":" FIXTURE_FILE("/Users/u") \
	",\"last_fd\":9,\"image_cputype\":16777228,\"image_cpusubtype\":-2147483646,"        \
	"\"args\":[\"make\",\"-j\",\"a b\"],\"env\":[\"PATH=/bin\",\"EMPTY=\"],"             \
	"\"fds\":[{\"fd\":0,\"fdtype\":1},{\"fd\":9,\"fdtype\":6,\"pipe\":{\"pipe_id\":13837319832427463498}}]}", \
	FIXTURE_CHILD, FIXTURE_ALLOW)
#define FIXTURE_OPEN                                                                         \
	FIXTURE_LINE("12", 0, 10, "\"open\":{\"fflag\":5,\"file\":" FIXTURE_FILE("/Users/u/Makefile") "}", \
	FIXTURE_MAKE, FIXTURE_FLAGS)
#define FIXTURE_CLOSE                                                                        \
	FIXTURE_LINE("13", 0, 12, "\"close\":{\"modified\":true,\"was_mapped_writable\":false,\"target\":" \
	FIXTURE_FILE("/Users/u/Makefile") "}", FIXTURE_MAKE, FIXTURE_ALLOW)
#define FIXTURE_EXIT \
	FIXTURE_LINE("14", 0, 15, "\"exit\":{\"stat\":512}", FIXTURE_MAKE, FIXTURE_ALLOW)

static const char *const fixture[] = { FIXTURE_FORK, FIXTURE_EXEC, FIXTURE_OPEN, FIXTURE_CLOSE, FIXTURE_EXIT };
enum { FIXTURES = sizeof(fixture) / sizeof(fixture[0]) };

#endif
