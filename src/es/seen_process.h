/*
 * seen_process - a process that ran before the client did, as the system reports it
 * for backfill. Borrowed: every pointer is the caller's, for the length of the call.
 */
#ifndef ESTOP_ES_SEEN_PROCESS_H
#define ESTOP_ES_SEEN_PROCESS_H

#include <EndpointSecurity/EndpointSecurity.h>
#include <stdbool.h>
#include <stdint.h>

struct seen_process {
	const es_process_t *process;
	uint32_t version;              /* of the messages of the same system */
	uint64_t time_ns;              /* now */
	const es_string_token_t *args; /* NULL when there are none */
	uint32_t arg_count;
	bool args_cut;                          /* there were more */
	const es_string_token_t *kernel_thread; /* its name; NULL for all other processes */
	bool detail;                            /* with a DETAIL */
};

#endif
