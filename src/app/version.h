/* version - what estop --version prints: the version alone on the first line, then what a report needs. */
#ifndef ESTOP_APP_VERSION_H
#define ESTOP_APP_VERSION_H

#include "src/base/source.h"

#include <stdio.h>

/* hooks: as the options have them. Needs no privileges, and opens no client. */
void version_write(FILE *out, enum source_hooks hooks);

#endif
