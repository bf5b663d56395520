/*
 * A client in the usual shape: one switch over the types, with a branch for AUTH events that is never
 * taken here. Ends with 0 when it saw its child open a file, and every answer was refused.
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int opens, refused;
static atomic_int child;

static void
handle_event(es_client_t *client, const es_message_t *msg)
{
	switch (msg->event_type) {
	case ES_EVENT_TYPE_AUTH_OPEN:
		es_respond_flags_result(client, msg, UINT32_MAX, false);
		break;
	case ES_EVENT_TYPE_AUTH_EXEC:
		es_respond_auth_result(client, msg, ES_AUTH_RESULT_ALLOW, true);
		break;
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		if (audit_token_to_pid(msg->process->audit_token) != atomic_load(&child))
			break;
		if ((msg->event.open.fflag & (FREAD | FWRITE)) == FREAD &&
		    strncmp(msg->event.open.file->path.data, "/dev/null",
			    msg->event.open.file->path.length) == 0)
			atomic_fetch_add(&opens, 1);
		if (es_respond_auth_result(client, msg, ES_AUTH_RESULT_DENY, false) ==
			    ES_RESPOND_RESULT_ERR_EVENT_TYPE &&
		    es_respond_flags_result(client, msg, 0, false) == ES_RESPOND_RESULT_ERR_EVENT_TYPE)
			atomic_fetch_add(&refused, 1);
		break;
	default:
		break;
	}
}

int
main(void)
{
	es_client_t *client = NULL;
	es_event_type_t events[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_EXEC };
	es_event_type_t auth[] = { ES_EVENT_TYPE_AUTH_EXEC };
	es_new_client_result_t result;
	int go[2];
	pid_t pid;

	alarm(getenv("ESTOP_PATIENCE") ? 600 : 30); /* emulated machines are slow */
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *msg) {
	  handle_event(c, msg);
	});
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS) {
		fprintf(stderr, "es_new_client: %d\n", result);
		return result == ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED ? 77 : 1;
	}
	if (es_subscribe(client, auth, 1) != ES_RETURN_ERROR) {
		fprintf(stderr, "an AUTH type was accepted\n");
		return 1;
	}
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
	atomic_store(&child, pid);
	if (es_subscribe(client, events, sizeof(events) / sizeof(events[0])) != ES_RETURN_SUCCESS)
		return 1;
	while (atomic_load(&opens) == 0 || atomic_load(&refused) == 0) {
		if (write(go[1], "", 1) != 1)
			return 1;
		usleep(1000);
	}
	close(go[1]);
	waitpid(pid, NULL, 0);
	es_unsubscribe_all(client);
	es_delete_client(client);
	return 0;
}
