/*
 * probe - a small client that the Mac check must accept (0, 8), and the same with
 * one thing in it that a Mac does not have, which it must refuse. See check.sh.
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <curses.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#if PROBE == 2
#include <sys/epoll.h>
#elif PROBE == 3
#include <es_linux.h>
#endif

int
main(void)
{
	__block audit_token_t last = { { 0 } };
	es_client_t *client = NULL;
	struct stat about;

	if (es_new_client(&client,
			  ^(es_client_t *from, const es_message_t *message) {
			    (void)from;
			    last = message->process->audit_token;
			  }) != ES_NEW_CLIENT_RESULT_SUCCESS ||
	    stat("/", &about) != 0)
		return 1;
#if PROBE == 1 || PROBE == 5
	es_sync_client(client, ^{
		       });
#elif PROBE == 4
	init_extended_pair(1, 2, 3);
#elif PROBE == 6
	printf("%ld\n", (long)about.st_mtim.tv_sec);
#elif PROBE == 7
	int fds[2];
	pipe2(fds, 0);
#elif PROBE == 9
	printf("%d\n", (int)offsetof(es_process_t, cs_validation_category));
#endif
#if PROBE == 8
	printf("%u\n", last.val[5]);
#else
	printf("%d\n", audit_token_to_pid(last));
#endif
	initscr();
	endwin();
	return es_delete_client(client) == ES_RETURN_SUCCESS ? 0 : 1;
}
