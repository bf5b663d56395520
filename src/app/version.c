/* version - see version.h. */
#include "src/app/version.h"
#include "src/es/platform.h"

#include <string.h>
#include <sys/utsname.h>

/* A line of the machine estop was built for; the one it runs on may run programs of several. */
#if defined(__x86_64__)
#define MACHINE "x86_64"
#elif defined(__aarch64__)
#define MACHINE "arm64"
#else
#define MACHINE "an unknown machine"
#endif

void
version_write(FILE *out, enum source_hooks hooks)
{
	struct utsname system = { .sysname = "?" };

	uname(&system);
	fprintf(out, "estop " ESTOP_VERSION "\n");
	fprintf(out, "build   for %s, by %.*s\n", MACHINE, (int)strcspn(__VERSION__, "("), __VERSION__);
	fprintf(out, "hooks   %s\n", platform_hooks_name(hooks));
	fprintf(out, "kernel  %s %s %s\n", system.sysname, system.release, system.machine);
}
