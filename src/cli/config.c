/* config - see config.h. */
#include "src/cli/config.h"
#include "model/xalloc.h"
#include "src/base/safe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MAX = 1 << 20,      /* bytes that are read */
	VALUE_MAX = 160,         /* bytes of a value: inih's line is 200 */
};

/* ---- reading ---- */

struct reading {
	FILE *file;
	const char *path;
	struct options *o;
	unsigned line;
	size_t bytes;
};

static void __attribute__((format(printf, 2, 3)))
complain(struct reading *r, const char *format, ...)
{
	char sentence[NOTE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	notes_add(&r->o->config_errors, "%.200s:%u: %s", r->path, r->line, sentence);
}

/*
 * A line for inih, which does not tell its number, takes a line that begins with a blank for
 * more of the one before, and would break a long one in two.
 */
static char *
next_line(char *out, int size, void *stream)
{
	struct reading *r = stream;
	char line[1024], *text = line;
	size_t n;

	if (r->bytes > FILE_MAX || !fgets(line, sizeof(line), r->file))
		return NULL;
	r->line++;
	n = strlen(line);
	r->bytes += n;
	if (n + 1 == sizeof(line) && line[n - 1] != '\n')
		for (int c; (c = getc(r->file)) != EOF && c != '\n' && r->bytes <= FILE_MAX;)
			r->bytes++, n++;
	text += strspn(text, " \t");
	if (n + 1 > (size_t)size) {
		complain(r, "this line is longer than %d bytes", size - 1);
		text = (char *)"\n";
	} else if (!strchr("[;#\r\n", *text) && !strpbrk(text, "=:")) {
		complain(r, "neither 'key = value' nor a [section]: '%.*s'",
			 (int)strcspn(text, "\r\n"), text);
		text = (char *)"\n";
	}
	snprintf(out, (size_t)size, "%s", text);
	return out;
}

static void
take_column(struct reading *r, const char *name, const char *value)
{
	const struct column *column = column_by_name(name);
	char *end;
	unsigned long width = strtoul(value, &end, 10);

	if (!column)
		complain(r, "there is no column '%.40s'", name);
	else if (!value[0] || value[0] == '-' || *end || width > COLUMN_WIDEST)
		complain(r, "the width of a column is a number from 0 to %d, not '%.40s'",
			 COLUMN_WIDEST, value);
	else if (!columns_add(&r->o->settings.columns, column, (unsigned)width))
		complain(r, "the column %s is here twice", column->title);
}

static int
take(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	char why[512];

	if (strcmp(section, "columns") == 0) {
		take_column(r, name, value);
		return 1;
	}
	if (section[0]) {
		complain(r, "there is no section [%.40s]", section);
		return 1;
	}
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		enum option_id option = setting_option[i];

		if (strcmp(name, option_info[option].name) != 0)
			continue;
		if (!(r->o->given >> option & 1) &&
		    options_set(r->o, (enum setting_id)i, value, why, sizeof(why)))
			complain(r, "%s: %s", name, why);
		return 1;
	}
	complain(r, "there is no setting '%.40s'", name);
	return 1;
}

/* Returns 0, or a negative errno. */
static int
read_file(struct options *o, const char *path)
{
	struct reading r = { .path = path, .o = o };
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	r.file = fdopen(fd, "r");
	if (!r.file) {
		close(fd);
		return -errno;
	}
	ini_parse_stream(next_line, &r, take, &r);
	fclose(r.file);
	if (o->settings.columns.n) /* rows cannot be told apart without it */
		columns_add(&o->settings.columns, &column_info[COLUMN_COMMAND], 0);
	return 0;
}

/* NULL: there is no home. */
static char *
usual_path(void)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	const char *rest = "/estop/config";
	char *path;
	size_t size;

	if (!base || base[0] != '/') { /* the rule for that variable: a relative one is as none */
		base = home;
		rest = "/.config/estop/config";
	}
	if (!base || base[0] != '/')
		return NULL;
	size = strlen(base) + strlen(rest) + 1;
	path = xmalloc(size);
	snprintf(path, size, "%s%s", base, rest);
	return path;
}

int
config_read(struct options *o, char *why, size_t len)
{
	int error;

	if (o->no_config)
		return 0;
	o->config_path = o->config ? xstrdup(o->config) : usual_path();
	error = o->config_path ? read_file(o, o->config_path) : -ENOENT;
	o->config_found = !error;
	if (error == -ENOENT || error == -ENOTDIR) /* W will make it */
		return 0;
	if (error && o->config) {
		snprintf(why, len, "cannot read the settings from %.200s: %s", o->config,
			 error == -EINVAL ? "not a regular file" : strerror(-error));
		return -EINVAL;
	}
	if (error)
		notes_add(&o->config_errors, "%.200s: %s", o->config_path,
			  error == -EINVAL ? "not a regular file" : strerror(-error));
	return 0;
}

/* ---- writing ---- */

/* To inih a ';' behind a blank begins a remark; an empty pair of quotes between is nothing to a filter. */
static int
write_value(FILE *out, const char *name, const char *text, char *why, size_t len)
{
	char value[VALUE_MAX * 3 + 1], *to = value;

	for (const char *c = text; *c && to < value + VALUE_MAX; c++) {
		if (*c == ';' && (c == text || c[-1] == ' ' || c[-1] == '\t')) {
			*to++ = '"';
			*to++ = '"';
		}
		*to++ = *c;
	}
	*to = '\0';
	if (strlen(text) > VALUE_MAX || to >= value + VALUE_MAX || strpbrk(text, "\r\n")) {
		snprintf(why, len, "nothing was written: the %s is longer than the %d bytes a "
				   "setting may have",
			 name, VALUE_MAX);
		return -E2BIG;
	}
	fprintf(out, "%s = %s\n", name, value);
	return 0;
}

static int
write_settings(FILE *out, void *ctx, char *why, size_t len)
{
	const struct settings *s = ctx;
	struct columns columns = s->columns;
	int error = 0;

	fprintf(out, "# Settings of estop, written anew when W is pressed in it. Each key is the long\n"
		     "# name of an option, as in estop --help; what the command line says wins.\n\n");
	for (unsigned i = 0; i < SETTING_COUNT && !error; i++) {
		char buffer[80];
		const char *text = settings_text(s, (enum setting_id)i, buffer, sizeof(buffer));

		if (text)
			error = write_value(out, option_info[setting_option[i]].name, text, why, len);
	}
	if (!columns.n)
		columns_default(&columns);
	fprintf(out, "\n# From left to right, with their widths; 0 is a column's own.\n[columns]\n");
	for (unsigned i = 0; i < columns.n; i++)
		fprintf(out, "%s = %u\n", columns.at[i].column->title, columns.at[i].width);
	return error;
}

int
config_write(const char *path, const struct settings *s, char *why, size_t len)
{
	return safe_file_write(path, SAFE_OVERWRITE | SAFE_MAKE_DIRS | SAFE_SUDO_USER, write_settings,
			       (void *)(uintptr_t)s, why, len);
}
