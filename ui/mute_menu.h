/*
 * mute_menu - the menus about mutes: how to mute a row, which events, what to invert.
 */
#ifndef ESTOP_UI_MUTE_MENU_H
#define ESTOP_UI_MUTE_MENU_H

#include "ui/state.h"

/* What x offers, in this order. */
#define MUTE_CHOICE_TABLE(X)                                          \
	/* kind          key  label           help */                 \
	X(PROCESS,       'i', "instance",     "this process alone")   \
	X(SUBTREE,       's', "subtree",      "it and its descendants, including later ones") \
	X(EXE,           'x', "executable",   "every process that runs the executable")                      \
	X(PREFIX,        'p', "prefix",       "every program below a directory")                 \
	X(TARGET,        't', "target",       "all events on one file")                   \
	X(TARGET_PREFIX, 'd', "target below", "all events below a directory") \
	X(UNIT,          'n', "unit",         "all of its systemd unit, container or cgroup") \
	X(USER,          'u', "user",         "all processes of the user")                    \
	X(SIGNER,        'g', "signer",       "all programs signed by the team (macOS)")

/* Opens the mute menu for a row, and asks for what each choice would save. */
void mute_menu_open(struct ui *, const struct row *, struct command *);
/* The same for a file (target; "" none) and all below a directory (prefix). */
void mute_menu_open_target(struct ui *, const char *target, const char *prefix, struct command *);
/* For the process of an event, and its target (NULL: none). */
void mute_menu_open_event(struct ui *, const struct row *, const char *target, struct command *);
/*
 * The events of a rule (id), or of the choice made last (id 0): the groups, then
 * the types that have been seen. What is not shown goes with its group.
 */
void mute_menu_events(struct ui *, const struct snapshot *, uint32_t id, enum mute_kind, event_mask events);
void mute_menu_invert(struct ui *, const struct snapshot *);

/* Does everything begin with this? Such a prefix is never offered, and one that is chosen is asked about. */
bool mute_menu_covers_all(const char *prefix);
void mute_menu_ask_all(struct ui *, struct command *c); /* c waits for the answer */

void mute_menu_refresh(struct ui *, const struct snapshot *); /* before drawing: the figures */
void mute_menu_key(struct ui *, const struct snapshot *, int key, struct command *);
void mute_menu_edited(struct ui *, const char *text, struct command *); /* from the prompt */

#endif
