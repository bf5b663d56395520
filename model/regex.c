/* regex - see regex.h. */
#include "model/regex.h"
#include "model/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	NESTED = 100,         /* parentheses */
	STEP_BYTES = 16,      /* that an item may walk over for one unit more */
	HEAP_KIB = 8192,      /* of a match */
	BACKTRACKS = 1000000, /* these two only bound what the units do not see */
	DEPTH = 1000000,
};

struct regex {
	char *pattern;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	int64_t left; /* units, of the text that is tried */
};

/* May it walk over text before the next item is tried: a repeat, a back reference, a recursion? */
static bool
walks(const char *item, size_t length)
{
	return length && (strchr("*+}?", item[length - 1]) || item[0] == '\\' || item[0] == '(');
}

/* Called before each item of the pattern is tried. */
static int
count_unit(pcre2_callout_block *at, void *self)
{
	struct regex *r = self;

	r->left--;
	if (walks(r->pattern + at->pattern_position, at->next_item_length))
		r->left -= (int64_t)((at->subject_length - at->current_position) / STEP_BYTES);
	return r->left < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

static void *
or_die(void *p)
{
	return p ? p : xmalloc(SIZE_MAX); /* which says so */
}

struct regex *
regex_compile(const char *pattern, bool caseless, char *why, size_t len)
{
	const uint32_t options = (caseless ? PCRE2_CASELESS : 0) | PCRE2_AUTO_CALLOUT | PCRE2_DOTALL |
				 PCRE2_DOLLAR_ENDONLY | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
				 PCRE2_NEVER_BACKSLASH_C;
	pcre2_compile_context *context;
	PCRE2_UCHAR reason[96];
	pcre2_code *code;
	struct regex *r;
	PCRE2_SIZE at;
	int error;

	if (strlen(pattern) > REGEX_BYTES) {
		snprintf(why, len, "longer than %d bytes", REGEX_BYTES);
		return NULL;
	}
	context = or_die(pcre2_compile_context_create(NULL));
	pcre2_set_parens_nest_limit(context, NESTED);
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &error, &at, context);
	pcre2_compile_context_free(context);
	if (!code) {
		pcre2_get_error_message(error, reason, sizeof(reason));
		snprintf(why, len, "%s", (const char *)reason);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->pattern = xstrdup(pattern);
	r->code = code;
	r->data = or_die(pcre2_match_data_create(1, NULL));
	r->context = or_die(pcre2_match_context_create(NULL));
	pcre2_set_callout(r->context, count_unit, r);
	pcre2_set_heap_limit(r->context, HEAP_KIB);
	pcre2_set_match_limit(r->context, BACKTRACKS);
	pcre2_set_depth_limit(r->context, DEPTH);
	return r;
}

void
regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->context);
	pcre2_code_free(r->code);
	free(r->pattern);
	free(r);
}

bool
regex_match(struct regex *r, const char *text, struct regex_budget *budget)
{
	size_t length = strlen(text);
	int64_t most;
	int result;

	/* To look through it for where a match may begin. */
	budget->left -= (int64_t)(1 + length / STEP_BYTES);
	most = budget->left < REGEX_TEXT_UNITS ? budget->left : REGEX_TEXT_UNITS;
	if (most < 0) {
		budget->limited++;
		return false;
	}
	r->left = most;
	result = pcre2_match(r->code, (PCRE2_SPTR)text, length, 0, 0, r->data, r->context);
	budget->left -= most - r->left;
	if (result < PCRE2_ERROR_PARTIAL) /* neither a match nor none */
		budget->limited++;
	return result >= 0;
}
