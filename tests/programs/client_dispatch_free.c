/*
 * A client without libdispatch: the handler keeps messages, the main thread waits for them with a
 * condition variable and prints as eslogger does. It also finds out how many clients there may be.
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <mach/mach_time.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static const es_message_t *queue[256];
static unsigned head, tail;

static void
enqueue(const es_message_t *msg)
{
	pthread_mutex_lock(&lock);
	if (tail - head < 256) {
		es_retain_message(msg);
		queue[tail++ % 256] = msg;
		pthread_cond_signal(&arrived);
	}
	pthread_mutex_unlock(&lock);
}

static const es_message_t *
dequeue(void)
{
	const es_message_t *msg;

	pthread_mutex_lock(&lock);
	while (head == tail)
		pthread_cond_wait(&arrived, &lock);
	msg = queue[head++ % 256];
	pthread_mutex_unlock(&lock);
	return msg;
}

/* The next one is refused for the right reason, and there is room again when one is gone. */
static int
count_clients(void)
{
	es_client_t *clients[64] = { NULL };
	es_new_client_result_t result = ES_NEW_CLIENT_RESULT_SUCCESS;
	int n = 0, right;

	while (n < 64) {
		result = es_new_client(&clients[n], ^(es_client_t *c, const es_message_t *m) {
		  (void)c, (void)m;
		});
		if (result != ES_NEW_CLIENT_RESULT_SUCCESS)
			break;
		n++;
	}
	right = n == 15 && result == ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS && clients[n] == NULL;
	while (n)
		es_delete_client(clients[--n]);
	if (!right)
		return 0;
	result = es_new_client(&clients[0], ^(es_client_t *c, const es_message_t *m) {
	  (void)c, (void)m;
	});
	es_delete_client(clients[0]);
	return result == ES_NEW_CLIENT_RESULT_SUCCESS;
}

int
main(void)
{
	es_event_type_t events[] = { ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_EXIT };
	es_client_t *client = NULL;
	es_new_client_result_t result;
	int execs = 0, exits = 0, marked = 0;
	pid_t pid;

	alarm(getenv("ESTOP_PATIENCE") ? 600 : 60); /* emulated machines are slow */
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *msg) {
	  (void)c;
	  enqueue(msg);
	});
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS)
		return result == ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED ? 77 : 1;
	if (!count_clients())
		return 2;
	if (es_subscribe(client, events, 2) != ES_RETURN_SUCCESS)
		return 1;
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
		_exit(127);
	}
	while (!exits) {
		const es_message_t *msg = dequeue();

		if (audit_token_to_pid(msg->process->audit_token) == pid) {
			if (msg->event_type == ES_EVENT_TYPE_NOTIFY_EXEC) {
				const es_event_exec_t *exec = &msg->event.exec;

				for (uint32_t i = 0; i < es_exec_arg_count(exec); i++) {
					es_string_token_t arg = es_exec_arg(exec, i);

					marked |= arg.length == 6 && memcmp(arg.data, "exit 7", 6) == 0;
				}
				execs++;
			} else {
				exits = WIFEXITED(msg->event.exit.stat) &&
					WEXITSTATUS(msg->event.exit.stat) == 7;
			}
			printf("%llu %d %.*s\n", (unsigned long long)msg->global_seq_num, msg->event_type,
			       (int)msg->process->executable->path.length,
			       msg->process->executable->path.data);
		}
		es_release_message(msg);
	}
	waitpid(pid, NULL, 0);
	es_unsubscribe_all(client);
	es_delete_client(client);
	return execs && marked ? 0 : 3;
}
