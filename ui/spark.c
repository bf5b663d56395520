/* spark - see spark.h. */
#include "ui/spark.h"

#include <string.h>

enum { LEVELS = 8 };

static const char *const bars[2][LEVELS] = {
	{ "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
	{ ".", ":", "-", "=", "+", "*", "%", "#" },
};

static unsigned
level(float value, float highest)
{
	unsigned at;

	if (!(value > 0)) /* also for NaN */
		return 0;
	if (value >= highest)
		return LEVELS - 1;
	at = 1 + (unsigned)(value / highest * (LEVELS - 1));
	return at < LEVELS ? at : LEVELS - 1;
}

size_t
spark_draw(char *out, size_t size, const float *samples, size_t n, bool ascii)
{
	size_t room = size ? (size - 1) / SPARK_BYTES : 0, used = 0;
	float highest = 0;

	if (n > room) {
		samples += n - room;
		n = room;
	}
	for (size_t i = 0; i < n; i++)
		if (samples[i] > highest)
			highest = samples[i];
	for (size_t i = 0; i < n; i++) {
		const char *bar = samples[i] < 0 ? " " : bars[ascii][level(samples[i], highest)];
		size_t length = strlen(bar);

		memcpy(out + used, bar, length);
		used += length;
	}
	if (size)
		out[used] = '\0';
	return n;
}
