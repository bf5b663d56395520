/* followed_command - see followed_command.h. */
#include "src/app/followed_command.h"
#include "src/base/clock.h"
#include "src/base/signals.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* How long the command may take to end after SIGTERM. */
#define END_NS UINT64_C(2000000000)

void
followed_command_open(struct followed_command *c, struct child *child, struct flow *flow)
{
	char *directory = getcwd(NULL, 0); /* the child has it from us */

	*c = (struct followed_command){ child, summary_create(directory ? directory : ""), flow };
	free(directory);
	flow->summary = c->summary;
	scope_follow(flow->scope, child_pid(child));
}

void
followed_command_replay(struct followed_command *c, struct flow *flow)
{
	*c = (struct followed_command){ NULL, summary_create(NULL), flow };
	flow->summary = c->summary;
}

void
followed_command_restart(struct followed_command *c)
{
	if (!c->summary)
		return;
	summary_destroy(c->summary);
	followed_command_replay(c, c->flow);
}

void
followed_command_close(struct followed_command *c)
{
	summary_destroy(c->summary);
	*c = (struct followed_command){ 0 };
}

bool
followed_command_runs(const struct followed_command *c)
{
	return c->child && !child_ended(c->child);
}

void
followed_command_end(struct followed_command *c, struct flow *flow)
{
	uint64_t end = clock_steady() + END_NS;
	bool more;

	if (!c->child || !child_signal(c->child, SIGTERM))
		return;
	signals_dismiss();               /* the signal that ends estop may have to wait for the command */
	child_signal(c->child, SIGCONT); /* a stopped process would not act on SIGTERM */
	while (!child_ended(c->child) && clock_steady() < end) {
		struct pollfd p = { .fd = child_output_fd(c->child), .events = POLLIN };

		poll(&p, 1, 20);
		child_read_output(c->child);
		flow_drain(flow, 10 * 1000000u, &more);
	}
}
