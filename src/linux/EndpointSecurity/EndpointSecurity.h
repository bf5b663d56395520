/*
 * EndpointSecurity - what the processes of this machine do, told to a client.
 *
 * This is the programming interface of Apple's Endpoint Security library,
 * declared anew for Linux (and for compile checks of the Mac build elsewhere):
 * the same names, numbers, structures and results, so that a NOTIFY client
 * written for macOS compiles unchanged. What Apple does not have is in
 * "es_linux.h" and is called es_linux_*.
 *
 *	es_new_client(&c, ^(es_client_t *c, const es_message_t *m) { ... });
 *	es_mute_process(c, &own_token);
 *	es_subscribe(c, types, n);
 *	...
 *	es_unsubscribe_all(c);
 *	es_delete_client(c);
 *
 * Only NOTIFY events are ever sent on Linux: es_subscribe() refuses AUTH types, and replies fail.
 * Left out: what needs XPC.
 *
 * Only this header is for inclusion; its parts are
 *	ESPlatform.h	types that macOS has and others lack
 *	ESTypes.h	event numbers, results, strings, mute sets
 *	ESMessage.h	files, processes, payloads, the message
 *	ESClient.h	the functions
 */
#ifndef ESTOP_ENDPOINTSECURITY_H
#define ESTOP_ENDPOINTSECURITY_H

#define ESTOP_ENDPOINTSECURITY_INDIRECT
#include <EndpointSecurity/ESPlatform.h>
#include <EndpointSecurity/ESTypes.h>
#include <EndpointSecurity/ESMessage.h>
#include <EndpointSecurity/ESClient.h>
#undef ESTOP_ENDPOINTSECURITY_INDIRECT

#endif
