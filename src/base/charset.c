/* charset - see charset.h. */
#include "src/base/charset.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The variable that counts, as in locale(7). */
static const char *
asked(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

static int
is_utf8(const char *locale)
{
	const char *dot = strchr(locale, '.');
	const char *code = dot ? dot + 1 : locale;

	return strncasecmp(code, "utf-8", 5) == 0 || strncasecmp(code, "utf8", 4) == 0;
}

void
charset_choose(void)
{
	if (!setlocale(LC_CTYPE, "") && is_utf8(asked()))
		setlocale(LC_CTYPE, "C.UTF-8");
}
