/*
 * fuzz_config - any bytes as a configuration file. The settings that come of it, as text, are
 * the same settings again.
 */
#include "src/cli/config.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
fuzz_config(const uint8_t *bytes, size_t length)
{
	static char program[] = "estop", name[] = "--config", file[64];
	char *argv[] = { program, name, file, NULL };
	struct settings again;
	struct options o;
	char why[512] = "";

	snprintf(file, sizeof(file), "%s", fuzz_file(bytes, length));
	FUZZ_HOLDS(options_parse(&o, 3, argv, why, sizeof(why)) == 0);
	FUZZ_HOLDS(config_read(&o, why, sizeof(why)) == 0);
	FUZZ_HOLDS(o.config_found);
	settings_init(&again);
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		char buffer[80], second[80];
		const char *text = settings_text(&o.settings, (enum setting_id)i, buffer, sizeof(buffer)),
			   *back;

		if (!text)
			continue;
		FUZZ_HOLDS(settings_parse(&again, (enum setting_id)i, "x", text, why, sizeof(why)) == 0);
		back = settings_text(&again, (enum setting_id)i, second, sizeof(second));
		FUZZ_HOLDS(back && strcmp(text, back) == 0);
	}
	settings_finish(&again);
	FUZZ_HOLDS(o.settings.columns.n <= COLUMN_COUNT);
	options_finish(&o);
	return 0;
}
