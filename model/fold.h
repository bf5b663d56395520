/*
 * fold - text compared regardless of case and of how its accents are composed.
 *
 * Unicode's canonical composition (NFC) and full case folding, by utf8proc: "ÜBER" typed on
 * one system finds "über" as another decomposes it in file names. One thread.
 */
#ifndef ESTOP_MODEL_FOLD_H
#define ESTOP_MODEL_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that is used again from text to text. Zeroed is fine; free code. */
struct fold {
	int32_t *code;
	size_t room; /* in code points */
};

bool fold_is_ascii(const char *);
bool fold_has_capitals(const char *);

/*
 * text composed and, with fold_case, without case: text itself when it is ASCII and case stays,
 * or when it is not valid UTF-8; else in the memory of f, until the next call.
 */
const char *fold_text(struct fold *f, const char *text, bool fold_case);

#endif
