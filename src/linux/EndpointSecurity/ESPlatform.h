/*
 * ESPlatform - the system types that Endpoint Security's structures use.
 *
 * On macOS they come from the system; elsewhere the missing ones are declared
 * here, with the widths they have there.
 */
#ifndef ESTOP_ENDPOINTSECURITY_PLATFORM_H
#define ESTOP_ENDPOINTSECURITY_PLATFORM_H

#ifndef ESTOP_ENDPOINTSECURITY_INDIRECT
#error "include <EndpointSecurity/EndpointSecurity.h> instead"
#endif

#include <mach/machine.h>
#include <mach/message.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/cdefs.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#ifdef __APPLE__

#include <os/availability.h>
#include <sys/acl.h>
#include <sys/attr.h>
#include <sys/mount.h>
#include <uuid/uuid.h>

#else

#include <sys/attr.h>
#include <sys/vfs.h> /* before struct statfs gets another meaning */

/* Availability and nullability say nothing where there is only one version. */
#ifndef API_AVAILABLE
#define API_AVAILABLE(...)
#endif
#ifndef API_UNAVAILABLE
#define API_UNAVAILABLE(...)
#endif
#ifndef API_DEPRECATED
#define API_DEPRECATED(...)
#endif
#ifndef API_DEPRECATED_WITH_REPLACEMENT
#define API_DEPRECATED_WITH_REPLACEMENT(...)
#endif

#ifndef __clang__
#ifndef _Nonnull
#define _Nonnull
#endif
#ifndef _Nullable
#define _Nullable
#endif
#ifndef _Null_unspecified
#define _Null_unspecified
#endif
#endif

typedef uint64_t user_addr_t;
typedef uint64_t user_size_t;

/* Spelled as in Linux's libacl and libuuid, so that those may be included too. */
struct __acl_ext;
typedef struct __acl_ext *acl_t;
typedef unsigned char uuid_t[16];

/* Flags of an open in the kernel's form, which es_event_open_t has. */
#ifndef FREAD
#define FREAD 0x1
#endif
#ifndef FWRITE
#define FWRITE 0x2
#endif

/*
 * What a mount is about, with the members that struct statfs has on macOS. Linux's has neither
 * names nor type, so a program that includes this header sees this one in its place; include
 * <sys/vfs.h> before it, and with ES_LINUX_OWN_STATFS defined, for the system's own.
 */
struct es_statfs {
	uint32_t f_bsize;
	int32_t f_iosize;
	uint64_t f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	struct {
		int32_t val[2];
	} f_fsid;
	uid_t f_owner;
	uint32_t f_type, f_flags, f_fssubtype;
	char f_fstypename[16];    /* these three end in NUL; cut where they are longer, */
	char f_mntonname[1024];   /* es_linux_mount() has them whole */
	char f_mntfromname[1024];
	uint32_t f_flags_ext;
	uint32_t f_reserved[7];
};
#ifndef ES_LINUX_OWN_STATFS
#define statfs es_statfs
#endif

#endif
#endif
