/*
 * perfetto - what happened, as a trace that Perfetto's viewer (ui.perfetto.dev) and its trace_processor
 * open: --export=perfetto.
 *
 *   tracks    one for each process, below that of the process which forked it
 *   slices    on them, executions: from the fork or the exec to the next exec or the exit; with their
 *             arguments, path and working directory, and at the end the status or signal and how many
 *             files were opened and closed
 *   instants  on them, events of the types asked for, with what they act on
 *   counters  opens and closes so far, a hundred times a second at most, and losses
 *
 * The format is protobuf; field numbers are those of perfetto.proto beside this file, which says where
 * they are published. Written by hand: a trace is a stream of packets that each hold five kinds of
 * message, a dozen fields in all, of which each is written once, while protobuf-c wants each as a tree of
 * structs first, and a compiler and a library at every build. The tests decode it by protoc.
 *
 * Times are those of the events, given as the trace's clock (BOOTTIME, its default) and in a clock
 * snapshot as REALTIME, so that the viewer knows the time of day. Packets may be in another order than
 * their times; the readers sort them.
 *
 * One thread. Memory is bounded by the processes that live.
 */
#ifndef ESTOP_STREAM_PERFETTO_H
#define ESTOP_STREAM_PERFETTO_H

#include "model/tree.h"
#include "src/base/strbuf.h"

struct perfetto;

enum { PERFETTO_TEXT = 4096 }; /* bytes of arguments and paths; what is longer is cut */

/* tree: not owned. instants: the types that become instants. Packets are appended to out. */
struct perfetto *perfetto_create(const struct tree *tree, event_mask instants, struct text *out);
void perfetto_destroy(struct perfetto *); /* NULL is fine */

/* An event, before it is applied to the tree. */
void perfetto_take(struct perfetto *, const struct event *);

/* Events lost so far, of all types, as is known now. */
void perfetto_lost(struct perfetto *, uint64_t lost);

/* The last counters. Slices of what still runs stay open, as the viewer shows them. */
void perfetto_end(struct perfetto *);

#endif
