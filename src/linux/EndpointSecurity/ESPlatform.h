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

#include <sys/vfs.h> /* struct statfs */

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

/* Which attributes getattrlist(2) and its kin were asked for. */
typedef uint32_t attrgroup_t;
struct attrlist {
	uint16_t bitmapcount;
	uint16_t reserved;
	attrgroup_t commonattr;
	attrgroup_t volattr;
	attrgroup_t dirattr;
	attrgroup_t fileattr;
	attrgroup_t forkattr;
};

#endif
#endif
