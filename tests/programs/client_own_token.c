/*
 * A client that mutes itself by its own token, as task_info(3) gives it, and then sees its child
 * and not itself.
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <fcntl.h>
#include <mach/mach.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int own, others;

int
main(void)
{
	audit_token_t token;
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;
	es_event_type_t events[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
	es_client_t *client = NULL;
	pid_t self = getpid(), pid;
	int go[2];

	alarm(getenv("ESTOP_PATIENCE") ? 600 : 30); /* emulated machines are slow */
	es_new_client_result_t result = es_new_client(&client, ^(es_client_t *c, const es_message_t *msg) {
	  pid_t by = audit_token_to_pid(msg->process->audit_token);

	  (void)c;
	  if (by == self)
		  atomic_fetch_add(&own, 1);
	  else if (msg->process->ppid == self)
		  atomic_fetch_add(&others, 1);
	});
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS)
		return result == ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED ? 77 : 1;
	if (task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)&token, &count) != KERN_SUCCESS ||
	    audit_token_to_pid(token) != self)
		return 2;
	if (es_mute_process(client, &token) != ES_RETURN_SUCCESS)
		return 3;
	if (pipe(go) != 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		char byte;

		close(go[1]);
		while (read(go[0], &byte, 1) == 1)
			close(open("/dev/null", O_RDONLY));
		_exit(0);
	}
	if (es_subscribe(client, events, 2) != ES_RETURN_SUCCESS)
		return 4;
	while (atomic_load(&others) < 2) {
		close(open("/dev/null", O_RDONLY));
		if (write(go[1], "", 1) != 1)
			return 1;
		usleep(1000);
	}
	close(go[1]);
	waitpid(pid, NULL, 0);
	es_delete_client(client);
	return atomic_load(&own) ? 5 : 0;
}
