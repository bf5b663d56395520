/* row_text - see row_text.h. */
#include "ui/row_text.h"
#include "model/clean.h"
#include "model/sheet.h"
#include "model/units.h"
#include "ui/format.h"

#include <stdio.h>
#include <string.h>

enum { NAME_ONLY_COLUMNS = 20 };

static void
exit_words(char *out, size_t size, int status)
{
	char words[40];

	format_status(words, sizeof words, status);
	snprintf(out, size, " (%s)", status == -1 ? "exited" : words);
}

enum { WORDINGS = 4 };

/* What is said after the command, and never cut off with it. wording: 0 is the longest. */
static void
row_suffix(char *out, size_t size, const struct row *r, bool ascii, unsigned wording)
{
	char life[32];

	*out = '\0';
	if (r->flags & ROW_REST || (r->flags & ROW_GROUP && r->flags & ROW_MEMBER)) {
		if (r->group_count)
			snprintf(out, size, " (%s%u)", ascii ? "x" : "×", r->group_count);
	} else if (r->flags & ROW_GROUP && wording < 2 && r->group_life_ns) {
		units_duration(life, sizeof life, r->group_life_ns,
			       DURATION_ROUNDED); /* known to about 12 % */
		snprintf(out, size, " (exited %s%u, %s%s)", ascii ? "x" : "×", r->group_count,
			 wording == 0 ? "median life " : "", life);
	} else if (r->flags & ROW_GROUP)
		snprintf(out, size, wording < 3 ? " (exited %s%u)" : " %s%u", ascii ? "x" : "×",
			 r->group_count);
	else if (r->flags & ROW_EXITED)
		exit_words(out, size, r->status);
	else if (r->flags & ROW_DRAINING)
		snprintf(out, size, " (draining)");
}

/* Signs of the tree: open, folded, child, last child, line past, dash. */
static const char *const signs[2][6] = {
	{ "▾", "▸", "├", "└", "│", "─" },
	{ "-", "+", "|", "`", "|", "-" },
};

enum { SIGN_OPEN, SIGN_FOLDED, SIGN_CHILD, SIGN_LAST, SIGN_PAST, SIGN_DASH };

unsigned
row_indent(unsigned deepest, unsigned width)
{
	/* The tree may take half of COMMAND; beyond that its steps get smaller. */
	return deepest * 3 <= width / 2 ? 3 : deepest * 2 <= width / 2 ? 2 : 1;
}

/* The lines of the tree before a command; returns columns. */
static size_t
tree_prefix(char *out, size_t size, const struct row *r, struct order_line line, unsigned indent,
	    unsigned room, bool ascii)
{
	const char *const *sign = signs[ascii];
	size_t used = 0, columns = 0;
	unsigned from = 1;

	/* Too deep to be drawn: the outer levels are left out. */
	if (r->depth > 1 && r->depth * indent + 2 > room) {
		unsigned levels = room > indent + 2 ? (room - 2) / indent : 1;
		from = r->depth - (levels < r->depth ? levels : r->depth - 1);
	}
	*out = '\0';
#define PUT(text) (used += (size_t)snprintf(out + used, size - used, "%s", text), columns++)
	if (indent == 1 && r->depth > 0)
		PUT(" ");
	for (unsigned d = from; d < r->depth && used + 16 < size; d++) {
		bool past = d < 64 && (line.guides >> d & 1);
		PUT(d == from && from > 1 ? ascii ? "." : "…" : past ? sign[SIGN_PAST] : " ");
		for (unsigned i = 1; i < indent; i++)
			PUT(" ");
	}
	const char *mark = !(r->flags & ROW_PARENT) ? NULL
			   : r->flags & ROW_FOLDED  ? sign[SIGN_FOLDED]
						    : sign[SIGN_OPEN];
	if (r->depth == 0) {
		PUT(mark ? mark : " ");
	} else {
		PUT(mark ? mark : line.last ? sign[SIGN_LAST] : sign[SIGN_CHILD]);
		if (indent > 1)
			PUT(sign[SIGN_DASH]);
	}
	PUT(" ");
#undef PUT
	return columns;
}

unsigned
row_mark(const struct row *r, struct order_line line, unsigned indent, unsigned width, bool ascii)
{
	char lines[2048];
	size_t columns = tree_prefix(lines, sizeof lines, r, line, indent, width / 2 + 4, ascii);

	/* It is the last of the tree's lines except for the dash and blank after it. */
	return (unsigned)columns - (r->depth && indent > 1 ? 3 : 2);
}

/* Title, name and arguments, or what stands for them. Uncleaned. Points into r or into buffer. */
static const char *
row_command(const struct row *r, char *buffer, size_t size)
{
	const char *command = r->flags & ROW_GROUP || !*r->command ? r->name : r->command;

	if (r->flags & ROW_MEMBER && !(r->flags & ROW_GROUP)) {
		snprintf(buffer, size, "%d %s", pid_shown(r->key.pid), command);
		return buffer;
	}
	if (r->flags & ROW_CONTEXT)
		snprintf(buffer, size, "(%s)", *r->exe ? r->name : command);
	else if (r->flags & ROW_KERNEL && *command != '[')
		snprintf(buffer, size, "[%s]", command);
	else if (r->title) /* in quotes: it is only what the process says */
		snprintf(buffer, size, "\"%s\"", r->title);
	else if (!*command)
		return "?";
	else
		return command;
	return buffer;
}

/*
 * COMMAND of a row in two pieces, to be painted differently: lines of the tree and text. Together
 * at most width columns of what begins at column shift.
 */
size_t
row_text(const struct row *r, struct order_line line, bool tree, unsigned indent, bool ascii, size_t shift,
	 unsigned width, char *guides, size_t guides_size, char *text, size_t text_size, bool *cut)
{
	char full[2048], suffix[80], name[4100];
	size_t columns = 0, before = 0, lead;

	*guides = *text = '\0';
	*cut = false;
	if (tree) {
		before = tree_prefix(full, sizeof full, r, line, indent, width / 2 + 4, ascii);
		columns = clean_slice(guides, guides_size, full, strlen(full), ascii, shift, width, NULL);
	}
	shift = shift > before ? shift - before : 0;
	/* What is folded away is in the figures; what has exited is not to be seen by its colour alone. */
	if (r->flags & ROW_SUM && columns + 8 < width)
		strcpy(text, ascii ? "sum " : "Σ ");
	if (row_has_ended(r) && columns + 8 < width)
		strcat(text, ascii ? "~ " : "† ");
	lead = strlen(text);
	columns += clean_width(text);
	const char *command = row_command(r, name, sizeof name);
	size_t reserved = 0, room = width - columns;
	for (unsigned wording = 0; wording < WORDINGS; wording++) {
		row_suffix(suffix, sizeof suffix, r, ascii, wording);
		reserved = clean_width(suffix);
		if (reserved + strlen(command) <= room || !(r->flags & ROW_GROUP))
			break;
	}
	if (room < reserved + (strlen(command) < 4 ? strlen(command) : 4) &&
	    reserved) /* the name says more than how it ended */
		reserved = 0, *suffix = '\0';
	if (room - reserved < NAME_ONLY_COLUMNS && !shift && *command == '/') {
		/* The directory says least; Right shows it. */
		size_t word = command == r->exe ? strlen(command) : strcspn(command, " ");
		while (word > 0 && command[word - 1] != '/')
			word--;
		command += command[word] && command[word] != ' ' ? word : 0;
	}
	size_t used = clean_slice(text + lead, text_size - lead - strlen(suffix), command, strlen(command),
				  ascii, shift, room - reserved, cut);
	if (r->flags & ROW_ARGS_CUT && command == r->command && !*cut && used + 4 <= room - reserved &&
	    strlen(text) + 4 < text_size - strlen(suffix)) {
		strcat(text, " ...");
		used += 4;
	}
	strcat(text, suffix);
	return columns + used + reserved;
}

bool
row_has_ended(const struct row *r)
{
	if (r->flags & ROW_REST || (r->flags & ROW_GROUP && r->flags & ROW_MEMBER))
		return false;
	return r->flags & (ROW_EXITED | ROW_GROUP) || (r->flags & ROW_BY && !r->alive);
}

void
row_sheet_columns(struct sheet *sheet)
{
	sheet_column(sheet, "host", NULL, true);
	sheet_column(sheet, "exe", NULL, true);
	sheet_column(sheet, "title", NULL, true);
	sheet_column(sheet, "depth", NULL, false);
	sheet_column(sheet, "exit_status", NULL, false);
	sheet_column(sheet, "processes", NULL, false);
}

void
row_sheet(struct sheet *sheet, const struct row *r)
{
	const struct sheet_value none = { .kind = SHEET_NONE };

	sheet_add(sheet, r->host ? sheet_text(r->host) : none, NULL);
	sheet_add(sheet, sheet_text(r->exe), NULL);
	sheet_add(sheet, r->title ? sheet_text(r->title) : none, NULL);
	sheet_add(sheet, sheet_int(r->depth), NULL);
	sheet_add(sheet, r->flags & ROW_EXITED && r->status >= 0 ? sheet_int(r->status) : none, NULL);
	sheet_add(sheet, sheet_int(r->flags & ROW_GROUP ? r->group_count : 1), NULL);
}
