/*
 * fuzz_mutes - any bytes as a mute file. Each rule that is read, printed and read again, is the same;
 * each line that is not is a sentence.
 */
#include "model/mute_text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void
rule(void *ctx, const struct mute_text *first, unsigned line)
{
	struct mute_text second;
	char why[256], *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	FUZZ_HOLDS(out);
	FUZZ_HOLDS(line > *(unsigned *)ctx);
	*(unsigned *)ctx = line;
	FUZZ_HOLDS(mute_kind_is_process(first->kind) == !first->path);
	mute_rule_print(out, first, 0);
	fclose(out);
	FUZZ_HOLDS(!memchr(text, '\n', length));
	FUZZ_HOLDS(mute_rule_parse(text, &second, why, sizeof(why)) == 0);
	FUZZ_HOLDS(first->kind == second.kind && first->events == second.events);
	FUZZ_HOLDS(first->path ? strcmp(first->path, second.path) == 0 : first->pid == second.pid);
	free(second.path);
	free(text);
}

static void
error(void *ctx, const char *sentence)
{
	(void)ctx;
	FUZZ_HOLDS(sentence[0]);
}

int
fuzz_mutes(const uint8_t *bytes, size_t length)
{
	unsigned line = 0;

	FUZZ_HOLDS(mute_file_read(fuzz_file(bytes, length), rule, error, &line) == 0);
	return 0;
}
