/* prompt - one line of typing at the bottom of the screen. */
#include "ui/prompt.h"
#include "model/xalloc.h"
#include "ui/action.h"
#include "model/clean.h"
#include "ui/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

static void
set_text(struct prompt *p, const char *text)
{
	p->length = p->cursor = 0;
	prompt_insert(p, text);
}

void
prompt_open(struct prompt *p, enum prompt_kind kind, const char *label, const char *initial)
{
	prompt_close(p);
	p->kind = kind;
	p->error[0] = p->note[0] = '\0';
	p->back = 0;
	snprintf(p->label, sizeof p->label, "%s", label);
	set_text(p, initial);
	p->selected = p->length > 0;
}

void
prompt_close(struct prompt *p)
{
	p->kind = PROMPT_NONE;
	free(p->draft);
	p->draft = NULL;
}

void
prompt_finish(struct prompt *p)
{
	prompt_close(p);
	for (unsigned k = 0; k < PROMPT_KINDS; k++)
		for (unsigned i = 0; i < p->history[k].count; i++)
			free(p->history[k].line[i]);
	*p = (struct prompt){ .kind = PROMPT_NONE };
}

/* Removes [from, to) and leaves the cursor there. */
static void
remove_text(struct prompt *p, size_t from, size_t to)
{
	wmemmove(p->text + from, p->text + to, p->length - to);
	p->length -= to - from;
	p->cursor = from;
}

void
prompt_insert(struct prompt *p, const char *utf8)
{
	for (size_t n = strlen(utf8), taken; n > 0 && p->length < PROMPT_CHARS; n -= taken, utf8 += taken) {
		uint32_t code;

		taken = clean_decode(utf8, n, &code);
		if (code == CLEAN_INVALID || code < ' ')
			continue; /* a prompt cannot hold them */
		wmemmove(p->text + p->cursor + 1, p->text + p->cursor, p->length - p->cursor);
		p->text[p->cursor++] = (wchar_t)code;
		p->length++;
	}
}

void
prompt_remove(struct prompt *p, const char *utf8)
{
	size_t characters = 0;

	for (; *utf8; utf8++)
		characters += ((unsigned char)*utf8 & 0xc0) != 0x80;
	if (characters > p->cursor)
		characters = p->cursor;
	remove_text(p, p->cursor - characters, p->cursor);
}

static bool
in_word(wchar_t c)
{
	return iswalnum((wint_t)c) || c == L'_';
}

/* Where the word to the left begins, the one to the right ends. */
static size_t
word_left(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && !in_word(p->text[at - 1]))
		at--;
	while (at > 0 && in_word(p->text[at - 1]))
		at--;
	return at;
}

static size_t
word_right(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at < p->length && !in_word(p->text[at]))
		at++;
	while (at < p->length && in_word(p->text[at]))
		at++;
	return at;
}

/* step 1: to what was typed before; -1: towards now, where the line that was begun waits. */
static void
browse(struct prompt *p, int step)
{
	const struct prompt_history *h = &p->history[p->kind];
	char text[PROMPT_BYTES];

	if (step > 0 ? p->back >= h->count : p->back == 0)
		return;
	if (p->back == 0) {
		prompt_text(p, text);
		free(p->draft);
		p->draft = xstrdup(text);
	}
	p->back = step > 0 ? p->back + 1 : p->back - 1;
	set_text(p, p->back ? h->line[h->count - p->back] : p->draft);
}

void
prompt_remember(struct prompt *p)
{
	struct prompt_history *h = &p->history[p->kind];
	char text[PROMPT_BYTES];
	unsigned at = 0;

	prompt_text(p, text);
	if (!*text)
		return;
	while (at < h->count && strcmp(h->line[at], text) != 0)
		at++;
	/* The same line again takes its new place; of too many the oldest goes. */
	if (at == h->count && h->count == PROMPT_HISTORY)
		at = 0;
	if (at < h->count) {
		free(h->line[at]);
		memmove(&h->line[at], &h->line[at + 1], (h->count - at - 1) * sizeof h->line[0]);
		h->count--;
	}
	h->line[h->count++] = xstrdup(text);
}

static void
insert(struct prompt *p, wchar_t c)
{
	if (p->length == PROMPT_CHARS || !iswprint((wint_t)c))
		return;
	wmemmove(p->text + p->cursor + 1, p->text + p->cursor, p->length - p->cursor);
	p->text[p->cursor++] = c;
	p->length++;
}

/* True when there was a selection; nothing is selected any more, or there. */
static bool
replace_selected(struct prompt *p, bool removes)
{
	bool selected = p->selected;

	p->selected = false;
	if (selected && removes)
		remove_text(p, 0, p->length);
	return selected;
}

void
prompt_keep(struct prompt *p)
{
	replace_selected(p, false);
}

/* Does the key put a character into the line? */
static bool
types(int key)
{
	return key > 0 && key < TERM_ALT && iswprint((wint_t)key);
}

/* Does it delete one? */
static bool
deletes(int key)
{
	return key == -KEY_BACKSPACE || key == ACTION_CTRL('H') || key == 0x7f || key == -KEY_DC ||
	       key == ACTION_CTRL('D');
}

void
prompt_paste(struct prompt *p, wchar_t c)
{
	replace_selected(p, true);
	p->error[0] = p->note[0] = '\0';
	p->marked = false;
	if (c == L'\r' || c == L'\n' || c == L'\t')
		c = p->cursor && p->text[p->cursor - 1] != L' ' ? L' ' : L'\0';
	if (c)
		insert(p, c);
}

enum prompt_result
prompt_key(struct prompt *p, int key)
{
	size_t start;

	p->error[0] = p->note[0] = '\0';
	p->marked = false;
	if (prompt_is_question(p->kind))
		return key == 'y' || key == 'Y' ? PROMPT_ACCEPTED : PROMPT_CANCELLED;
	if (replace_selected(p, types(key) || deletes(key)) && deletes(key))
		return PROMPT_STAYS;
	switch (key) {
	case '\r':
	case '\n':
	case -KEY_ENTER:
		return PROMPT_ACCEPTED;
	case TERM_ESC:
	case ACTION_CTRL('C'):
	case ACTION_CTRL('G'):
		return PROMPT_CANCELLED;
	case -KEY_LEFT:
	case ACTION_CTRL('B'):
		p->cursor -= p->cursor > 0;
		break;
	case -KEY_RIGHT:
	case ACTION_CTRL('F'):
		p->cursor += p->cursor < p->length;
		break;
	case -KEY_HOME:
	case ACTION_CTRL('A'):
		p->cursor = 0;
		break;
	case -KEY_END:
	case ACTION_CTRL('E'):
		p->cursor = p->length;
		break;
	case -KEY_BACKSPACE:
	case ACTION_CTRL('H'):
	case 0x7f:
		if (p->cursor > 0)
			remove_text(p, p->cursor - 1, p->cursor);
		break;
	case -KEY_DC:
	case ACTION_CTRL('D'):
		if (p->cursor < p->length)
			remove_text(p, p->cursor, p->cursor + 1);
		break;
	case ACTION_CTRL('U'):
		remove_text(p, 0, p->cursor);
		break;
	case ACTION_CTRL('K'):
		remove_text(p, p->cursor, p->length);
		break;
	case -KEY_UP:
	case ACTION_CTRL('P'):
		browse(p, 1);
		break;
	case -KEY_DOWN:
	case ACTION_CTRL('N'):
		browse(p, -1);
		break;
	case TERM_ALT | 'b':
		p->cursor = word_left(p);
		break;
	case TERM_ALT | 'f':
		p->cursor = word_right(p);
		break;
	case TERM_ALT | 'd':
		remove_text(p, p->cursor, word_right(p));
		break;
	case ACTION_CTRL('W'):
		start = p->cursor;
		while (start > 0 && p->text[start - 1] == L' ')
			start--;
		while (start > 0 && p->text[start - 1] != L' ')
			start--;
		remove_text(p, start, p->cursor);
		break;
	default:
		if (key > 0 && key < TERM_ALT)
			insert(p, (wchar_t)key);
	}
	return PROMPT_STAYS;
}

/* UTF-8 of [from, to). */
static void
to_utf8(const struct prompt *p, size_t from, size_t to, char *out)
{
	for (size_t i = from; i < to; i++)
		out += clean_encode(out, (uint32_t)p->text[i]);
	*out = '\0';
}

void
prompt_text(const struct prompt *p, char out[PROMPT_BYTES])
{
	to_utf8(p, 0, p->length, out);
}

void
prompt_before(const struct prompt *p, char out[PROMPT_BYTES])
{
	to_utf8(p, 0, p->cursor, out);
}

void
prompt_note(struct prompt *p, const char *text)
{
	snprintf(p->note, sizeof p->note, "%s", text);
}

void
prompt_error(struct prompt *p, const char *why)
{
	const char *at = strstr(why, "column ");

	snprintf(p->error, sizeof p->error, "%s", why);
	if (!at)
		return;
	unsigned long column = strtoul(at + strlen("column "), NULL, 10);
	if (column >= 1) {
		p->cursor = column - 1 < p->length ? column - 1 : p->length;
		p->marked = true;
	}
}

/* Columns of [from, to) as drawn. */
static size_t
width(const struct prompt *p, size_t from, size_t to, char *bytes, char *drawn, bool ascii)
{
	to_utf8(p, from, to, bytes);
	return clean_slice(drawn, PROMPT_BYTES * 3, bytes, strlen(bytes), ascii, 0, SIZE_MAX, NULL);
}

int
prompt_draw(const struct prompt *p, WINDOW *w, const int attributes[ROLE_COUNT], int y, int columns,
	    bool ascii)
{
	char bytes[PROMPT_BYTES], drawn[PROMPT_BYTES * 3];
	int label = (int)clean_width(p->label), x = 0;

	/* A narrow screen has more need of the text than of its label. */
	if (label + 12 <= columns || prompt_is_question(p->kind)) {
		wattrset(w, attributes[ROLE_PROMPT]);
		mvwaddnstr(w, y, 0, p->label, -1);
		x = label + 1;
	}
	if (prompt_is_question(p->kind))
		return x < columns ? x : columns - 1;

	/* The error follows the text; there must be room to see where it is. */
	const char *note = p->error[0] ? p->error : p->note;
	size_t error =
		*note ? clean_slice(drawn, sizeof drawn, note, strlen(note), ascii, 0, SIZE_MAX, NULL) : 0;
	int room = columns - x;
	int text = room;
	if (error && (int)error + 2 < room - 8)
		text = room - (int)error - 2;
	else if (error && room > 24)
		text = room / 3;
	size_t cursor = width(p, 0, p->cursor, bytes, drawn, ascii);
	/* Scrolled by half a line at a time, so that typing does not shake it. */
	size_t skip = 0, step = text > 3 ? (size_t)text / 2 : 1;
	while (text > 0 && cursor - skip >= (size_t)text)
		skip += step;
	to_utf8(p, 0, p->length, bytes);
	size_t used = clean_slice(drawn, sizeof drawn, bytes, strlen(bytes), ascii, skip,
				  text > 0 ? (size_t)text : 0, NULL);
	wattrset(w, attributes[p->selected ? ROLE_CURSOR : ROLE_PLAIN]);
	mvwaddnstr(w, y, x, drawn, -1);
	bool covered = false;
	if (error) {
		int from = x + (int)used + 2;
		if (from >= columns) /* no room at all: the sentence, until the next key */
			from = 0, covered = true;
		clean_slice(drawn, sizeof drawn, note, strlen(note), ascii, 0, (size_t)(columns - from), NULL);
		wattrset(w, attributes[p->error[0] ? ROLE_ERROR : ROLE_QUIET]);
		mvwaddnstr(w, y, from, drawn, -1);
	}
	x += (int)(cursor - skip);
	if (x >= columns)
		x = columns - 1;
	if (p->marked && !covered) { /* the character the error is about, or the place where one is missing */
		wattrset(w, attributes[ROLE_ALARM]);
		if (p->cursor < p->length) {
			to_utf8(p, p->cursor, p->cursor + 1, bytes);
			clean_slice(drawn, sizeof drawn, bytes, strlen(bytes), ascii, 0,
				    (size_t)(columns - x), NULL);
			mvwaddnstr(w, y, x, drawn, -1);
		} else {
			mvwaddnstr(w, y, x, "^", -1);
		}
	}
	return x;
}
