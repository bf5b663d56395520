/* rules - see rules.h. */
#include "src/rules.h"
#include "model/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static event_mask
default_events(void)
{
	return EVENT_ALL & ~event_mask_vital();
}

/* What lies there: 0 nothing, -EEXIST a plain file, or why it may not be touched. */
static int
look(const char *path, char *why, size_t len)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		if (errno == ENOENT)
			return 0;
		snprintf(why, len, "cannot save to %.200s: %s", path, strerror(errno));
		return -errno;
	}
	if (S_ISREG(st.st_mode))
		return -EEXIST;
	snprintf(why, len, S_ISLNK(st.st_mode) ? "%.200s is a link, and links are not followed"
					       : "%.200s is no plain file", path);
	return -ELOOP;
}

/* Written beside it under a name nobody can guess to be there, and then put in its place. */
static int
write_whole(const char *path, const struct mute_text *rules, size_t n, bool overwrite)
{
	size_t size = strlen(path) + 16;
	char *beside = xmalloc(size);
	int fd, error = 0;
	FILE *f;

	snprintf(beside, size, "%s.XXXXXX", path);
	fd = mkstemp(beside); /* O_EXCL, 0600 */
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f) {
		error = -errno;
		if (fd >= 0) {
			close(fd);
			unlink(beside);
		}
		free(beside);
		return error;
	}
	mute_export(f, EXPORT_RULES, rules, n, default_events());
	if (fflush(f) != 0 || fsync(fd) != 0)
		error = -errno;
	if (fclose(f) != 0 && !error)
		error = -errno;
	/* link() fails when somebody made the file meanwhile; rename() takes a link's place. */
	if (!error && overwrite)
		error = rename(beside, path) == 0 ? 0 : -errno;
	else if (!error)
		error = link(beside, path) == 0 ? 0 : -errno;
	if (error || !overwrite)
		unlink(beside);
	free(beside);
	return error;
}

int
rules_save(const struct mutes *m, const char *path, bool overwrite, unsigned *saved,
	   unsigned *left_out, char *why, size_t len)
{
	const struct mute_rule *rule;
	struct mute_text *rules;
	size_t n = 0;
	int error = look(path, why, len);

	if (error && !(error == -EEXIST && overwrite))
		return error;
	while (mutes_get(m, n))
		n++;
	rules = xcalloc(n + 1, sizeof(*rules));
	for (size_t i = 0; (rule = mutes_get(m, i)) != NULL; i++) {
		rules[i] = (struct mute_text){ .kind = rule->kind, .path = rule->path,
					       .pid = rule->process.pid, .events = rule->events };
		if (mute_kind_is_path(rule->kind))
			++*saved;
		else
			++*left_out;
	}
	error = write_whole(path, rules, n, overwrite);
	if (error && error != -EEXIST)
		snprintf(why, len, "cannot save to %.200s: %s", path, strerror(-error));
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
