/* process_parts - what process_page.c and group_page.c share. For these two alone. */
#ifndef ESTOP_MODEL_PROCESS_PARTS_H
#define ESTOP_MODEL_PROCESS_PARTS_H

#include "model/process_page.h"
#include "model/proc.h"

/* Replaces a text; to is freed. */
void process_page_set(char **to, const char *text);

void process_page_types(struct process_page *, const struct activity *);
void process_page_files(struct process_page *, const struct files *,
			bool (*is)(void *ctx, const struct file_user *), void *ctx);
void process_page_rules(struct process_page *, const struct mute_rule *const rules[], size_t n);

/* Of group_page.c: the page of the row of a grouping. */
void group_page_take(struct process_page *, const struct tree *, const struct files *, const struct mutes *,
		     const struct page_spec *);

#endif
