/* mute_file - see mute_file.h. */
#include "src/cli/mute_file.h"
#include "model/xalloc.h"
#include "src/base/safe_file.h"

#include <stdlib.h>

static event_mask
default_events(void)
{
	return EVENT_ALL & ~event_mask_vital();
}

struct job {
	const struct mute_text *rules;
	size_t n;
};

static int
write_job(FILE *out, void *ctx, char *why, size_t len)
{
	const struct job *job = ctx;

	(void)why, (void)len;
	mute_export(out, EXPORT_RULES, job->rules, job->n, default_events());
	return 0;
}

int
rules_save(const struct mutes *m, const char *path, bool overwrite, unsigned *saved, unsigned *left_out,
	   char *why, size_t len)
{
	const struct mute_rule *rule;
	struct mute_text *rules;
	size_t n = 0;
	int error;

	while (mutes_get(m, n))
		n++;
	rules = xcalloc(n + 1, sizeof(*rules));
	for (size_t i = 0; (rule = mutes_get(m, i)) != NULL; i++) {
		rules[i] = (struct mute_text){ .kind = rule->kind,
					       .path = rule->path,
					       .pid = rule->process.pid,
					       .events = rule->events };
		if (!mute_kind_is_process(rule->kind))
			++*saved;
		else
			++*left_out;
	}
	error = safe_file_write(path, overwrite ? SAFE_OVERWRITE : 0, write_job, &(struct job){ rules, n },
				why, len);
	free(rules);
	return error;
}

void
rules_export(FILE *out, enum mute_export format, const struct options *o)
{
	struct mute_text *rules = xcalloc(o->mute_count + 1, sizeof(*rules));

	for (size_t i = 0; i < o->mute_count; i++)
		rules[i] = o->mutes[i].rule;
	mute_export(out, format, rules, o->mute_count, default_events());
	free(rules);
}
