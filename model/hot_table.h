/*
 * hot_table - the types that are watched only when asked for ("hot" in EVENT_TABLE), and how many
 * events of them there are on each system.
 *
 * Linux: events per second of the type, measured with "estop --doctor=10" while a C program was built
 * on two processors of a shared virtual machine (Linux 6.18), of 41,000 events of all types; 0: none
 * came, or Linux has no such type. macOS: not measured; public sources call these types frequent. The
 * same command measures them there.
 */
#ifndef ESTOP_MODEL_HOT_TABLE_H
#define ESTOP_MODEL_HOT_TABLE_H

#include "model/event.h"

#define HOT_NOT_MEASURED "not measured"

#define HOT_TABLE(X)                                    \
	/* id           Linux  macOS */                 \
	X(PROC_CHECK,       0, HOT_NOT_MEASURED) \
	X(WRITE,         1807, HOT_NOT_MEASURED) \
	X(LOOKUP,           0, HOT_NOT_MEASURED) \
	X(READLINK,       829, HOT_NOT_MEASURED) \
	X(READDIR,        435, HOT_NOT_MEASURED) \
	X(DUP,             18, HOT_NOT_MEASURED) \
	X(FCNTL,          227, HOT_NOT_MEASURED) \
	X(STAT,          7138, HOT_NOT_MEASURED) \
	X(ACCESS,          37, HOT_NOT_MEASURED) \
	X(GETATTRLIST,      0, HOT_NOT_MEASURED) \
	X(GETEXTATTR,       0, HOT_NOT_MEASURED) \
	X(LISTEXTATTR,      0, HOT_NOT_MEASURED) \
	X(MMAP,          1156, HOT_NOT_MEASURED) \
	X(MPROTECT,       335, HOT_NOT_MEASURED)

#endif
