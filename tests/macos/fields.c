/*
 * fields - what estop reads of each payload, as lines of text; it is preprocessed, never compiled.
 * since.sh makes a program of them that reads one field a line.
 */
#include "src/es/payload.h"

#define INT_OF(key, m) FIELD(m)
#define UINT_OF(key, m) FIELD(m)
#define BOOL_OF(key, m) FIELD(m)
#define TEXT_OF(key, m) FIELD(m)
#define TEXTS(key, m, count) FIELD(m) FIELD(count)
#define FILE_OF(key, m) FIELD(m)
#define PROCESS_OF(key, m) FIELD(m)
#define TOKEN_OF(key, m) FIELD(m)
#define TOKEN_AT_OF(key, m) FIELD(m)
#define UID_OF(key, has, m) FIELD(has) FIELD(m)
#define MOMENT(key) FIELD(key)
#define NOTHING(key)
#define STATFS(key) FIELD(key)
#define RESULTS(key) FIELD(key) FIELD(key->granted)
#define MEMBER(key) FIELD(member->member_value.name)
#define MEMBERS(key) FIELD(members->member_array.names)
#define EXEC_LISTS(key)
#define CDHASH_OF(key, m) FIELD(m)
#define SHA256(key) FIELD(key)
#define SINCE(first, fields) fields
#define WHEN(condition, fields) FIELD(condition) fields
#define OBJECT(key, fields) fields
#define INNER(key, fields) fields
#define POINTED(key, m, type, fields) FIELD(m) fields
#define INSIDE(member) es_event_##member##_t *p = &m->event.member
#define BEHIND(member) es_event_##member##_t *p = m->event.member

#define FIELD(m) FIELD_OF p->m;
#define X(id, where, target, second, number, fields) EVENT_OF id where; fields
FIELDS_BEGIN
PAYLOAD_TABLE(X)
EVENT_OF PROCESS es_process_t *p = m->process;
SDK_V10(FIELD(cs_validation_category))
