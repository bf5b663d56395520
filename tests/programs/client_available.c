/*
 * A monitor of processes as there are many for macOS: it wants more than this system has, takes what
 * there is, and prints a line for each. Ends with 0 when it saw its child's exec and exit.
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <mach/mach_time.h>
#include <stdatomic.h>
#include <stdio.h>
#ifdef __linux__
#include <es_linux.h>
#endif

#include <sys/wait.h>
#include <unistd.h>

static atomic_int child;
static atomic_bool executed, exited, late;

static void
print(const char *what, const es_message_t *msg, es_string_token_t path)
{
	printf("%s pid=%d v%d %.*s\n", what, audit_token_to_pid(msg->process->audit_token),
	       audit_token_to_pidversion(msg->process->audit_token), (int)path.length, path.data);
	if (msg->mach_time > mach_absolute_time())
		late = true;
}

int
main(void)
{
	es_event_type_t events[] = { ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_CS_INVALIDATED,
				     ES_EVENT_TYPE_NOTIFY_FORK, ES_EVENT_TYPE_NOTIFY_BTM_LAUNCH_ITEM_ADD,
				     ES_EVENT_TYPE_NOTIFY_EXIT };
	uint32_t count = sizeof(events) / sizeof(events[0]);
	es_client_t *client = NULL;
	es_new_client_result_t result;
	int status, go[2];

	alarm(30);
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *msg) {
	  (void)c;
	  if (audit_token_to_pid(msg->process->audit_token) != atomic_load(&child))
		  return;
	  switch (msg->event_type) {
	  case ES_EVENT_TYPE_NOTIFY_EXEC:
		  print("exec", msg, msg->event.exec.target->executable->path);
		  executed = es_exec_arg_count(&msg->event.exec) == 2;
		  break;
	  case ES_EVENT_TYPE_NOTIFY_EXIT:
		  print("exit", msg, msg->process->executable->path);
		  exited = true;
		  break;
	  default:
		  break;
	  }
	});
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS)
		return result == ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED ? 77 : 1;
#ifdef __linux__
	if (es_subscribe(client, events, count) != ES_RETURN_ERROR)
		return 2; /* then this program shows nothing */
	count = es_linux_available(events, count);
#endif
	if (pipe(go) != 0)
		return 1;
	child = fork();
	if (child == 0) {
		char byte;

		if (read(go[0], &byte, 1) == 1)
			execl("/bin/true", "true", "once", (char *)NULL);
		_exit(1);
	}
	if (es_subscribe(client, events, count) != ES_RETURN_SUCCESS)
		return 3;
	if (write(go[1], "", 1) != 1 || waitpid(child, &status, 0) != child || status != 0)
		return 4;
	while (!atomic_load(&exited))
		usleep(1000);
	es_delete_client(client);
	return executed && !late ? 0 : 5;
}
