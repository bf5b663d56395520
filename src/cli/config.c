/* config - see config.h. */
#include "src/cli/config.h"
#include "model/text_file.h"
#include "model/xalloc.h"
#include "src/base/safe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MAX = 1 << 20, /* bytes that are read */
	LINE_MAX_BYTES = 199,
	VALUE_MAX = 160, /* bytes of a value, so that a line has room for it */
};

#define BLANKS " \t\r"

/* ---- reading ---- */

struct reading {
	struct text_file file;
	struct options *o;
	char section[64];
};

static void
take_error(void *ctx, const char *sentence)
{
	struct reading *r = ctx;

	notes_add(&r->o->config_errors, "%s", sentence);
}

static void
take_column(struct reading *r, const char *name, const char *value)
{
	const struct column *column = column_by_name(name);
	char *end;
	unsigned long width = strtoul(value, &end, 10);

	if (!column)
		text_file_complain(&r->file, "unknown column '%.40s'", name);
	else if (!value[0] || value[0] == '-' || *end || width > COLUMN_WIDEST)
		text_file_complain(&r->file, "expected a width from 0 to %d, not '%.40s'", COLUMN_WIDEST,
				   value);
	else if (!columns_add(&r->o->settings.columns, column, (unsigned)width))
		text_file_complain(&r->file, "the column %s is listed twice", column->title);
}

static void
take_setting(struct reading *r, const char *name, const char *value)
{
	char why[512];

	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		enum option_id option = setting_option[i];

		if (strcmp(name, option_info[option].name) != 0)
			continue;
		if (!(r->o->given >> option & 1) &&
		    options_set(r->o, (enum setting_id)i, value, why, sizeof(why)))
			text_file_complain(&r->file, "%s: %s", name, why);
		return;
	}
	text_file_complain(&r->file, "unknown setting '%.40s'", name);
}

/* Where one of these characters is, or a ';' after a blank, which begins a comment; or the end. */
static char *
find(char *text, const char *characters)
{
	for (bool blank = false; *text; text++) {
		if (strchr(characters, *text) || (blank && *text == ';'))
			break;
		blank = strchr(BLANKS, *text) != NULL;
	}
	return text;
}

/* Cuts blanks off both ends. */
static char *
trim(char *text)
{
	size_t length;

	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

static void
take_line(struct reading *r, char *text)
{
	bool section = *text == '[';
	char *end = section ? find(text + 1, "]") : find(text, "=:"), *name, *value;

	if (!*end || *end == ';') {
		text_file_complain(&r->file, "expected 'key = value' or a [section], not '%s'", text);
		return;
	}
	*end = '\0';
	if (section) {
		snprintf(r->section, sizeof(r->section), "%s", text + 1);
		return;
	}
	name = trim(text);
	value = end + 1;
	*find(value, "") = '\0';
	value = trim(value);
	if (strcmp(r->section, "columns") == 0)
		take_column(r, name, value);
	else if (r->section[0])
		text_file_complain(&r->file, "unknown section [%.40s]", r->section);
	else
		take_setting(r, name, value);
}

/* Returns 0, or a negative errno. */
static int
read_file(struct options *o, const char *path)
{
	struct reading r = {
		.file = { .path = path,
			  .comments = ";#",
			  .longest = LINE_MAX_BYTES,
			  .most = FILE_MAX,
			  .error = take_error,
			  .ctx = &r },
		.o = o,
	};
	struct stat st;
	char *text;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	r.file.file = fdopen(fd, "r");
	if (!r.file.file) {
		close(fd);
		return -errno;
	}
	while ((text = text_file_next(&r.file)) != NULL)
		take_line(&r, text);
	text_file_finish(&r.file);
	fclose(r.file.file);
	if (o->settings.columns.n) /* rows cannot be distinguished without it */
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

/* A ';' after a blank begins a comment; an empty pair of quotes between is nothing to a filter. */
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
		snprintf(why, len,
			 "nothing was written: the %s is longer than the %d bytes a "
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
