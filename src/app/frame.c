/* frame - see frame.h. */
#include "src/app/frame.h"
#include "src/app/export.h"
#include "src/base/strbuf.h"
#include "ui/column.h"
#include "ui/row_text.h"

#include <inttypes.h>
#include <math.h>

static void
fill_rows(struct sheet *sheet, const struct snapshot *s, const char *time)
{
	if (time)
		sheet_column(sheet, "time", NULL, true);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		sheet_column(sheet, column_info[i].name, NULL, false);
	row_sheet_columns(sheet);
	sheet_column(sheet, "too_low", NULL, false);
	for (size_t i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[i];

		if (time)
			sheet_add(sheet, sheet_text(time), NULL);
		for (unsigned k = 0; k < COLUMN_COUNT; k++)
			sheet_add(sheet, column_info[k].value(r), NULL);
		row_sheet(sheet, r);
		sheet_add(sheet, sheet_int((r->flags & ROW_LOSSY) != 0), NULL);
	}
}

/* ,"name":{"open":12,...} of the types that are not 0. */
static void
add_counts(struct text *t, const char *name, const uint64_t count[EV_COUNT])
{
	bool first = true;

	text_format(t, "%s\"%s\":{", t->bytes[t->length - 1] == '{' ? "" : ",", name);
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (count[id]) {
			text_format(t, "%s\"%s\":%" PRIu64, first ? "" : ",", event_info[id].name, count[id]);
			first = false;
		}
	text_char(t, '}');
}

static double
number(double value)
{
	return isfinite(value) ? value : 0;
}

static void
write_object(FILE *out, const struct snapshot *s, const char *time)
{
	const struct mute_counts *m = &s->mutes;
	struct sheet *sheet = sheet_create();
	struct text t = { 0 };
	bool first = true;

	text_format(&t, "{\"time\":\"%s\",\"processes\":%zu,\"rate_all\":%.6g", time, s->processes,
		    number(s->rate_all));
	add_counts(&t, "total", s->total);
	text_word(&t, ",\"rate\":{");
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (number(s->rate[id]) > 0) {
			text_format(&t, "%s\"%s\":%.6g", first ? "" : ",", event_info[id].name, s->rate[id]);
			first = false;
		}
	text_word(&t, "},\"lost\":{");
	add_counts(&t, "kernel", s->loss.kernel);
	add_counts(&t, "ring", s->loss.ring);
	text_char(&t, '}');
	text_format(&t, ",\"mutes\":{\"processes\":%u,\"paths\":%u,\"local\":%u", m->processes, m->paths,
		    m->local);
	if (m->es_known)
		text_format(&t, ",\"es_processes\":%u,\"es_paths\":%u", m->es_processes, m->es_paths);
	if (s->loss.muted_known)
		add_counts(&t, "suppressed", s->loss.muted);
	text_word(&t, "},\"rows\":[");
	fill_rows(sheet, s, NULL);
	for (size_t i = 0; i < sheet_rows(sheet); i++) {
		if (i)
			text_char(&t, ',');
		export_json_row(&t, sheet, i);
	}
	text_word(&t, "]}\n");
	fwrite(t.bytes, 1, t.length, out);
	text_finish(&t);
	sheet_destroy(sheet);
}

void
frame_write(FILE *out, enum batch_form form, const struct snapshot *s, bool first)
{
	struct text time = { 0 };
	struct sheet *sheet;

	text_time(&time, (int64_t)(s->time_ns / 1000000000), (uint32_t)(s->time_ns % 1000000000), 6);
	text_char(&time, '\0');
	if (form == BATCH_JSON)
		write_object(out, s, time.bytes);
	else {
		sheet = sheet_create();
		fill_rows(sheet, s, time.bytes);
		export_csv(out, sheet, first);
		sheet_destroy(sheet);
	}
	text_finish(&time);
}
