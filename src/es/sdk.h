/*
 * sdk - what the headers declare that Endpoint Security is compiled with.
 *
 * Apple's SDK of macOS 13.0 is the oldest estop builds with. Code that needs a later one is wrapped
 * in one of the macros below, and left out with an older SDK. The system may be older than the SDK:
 * what is compiled in must still check the version of the message at run time. Linux's headers
 * declare everything. `make macos-check` compiles with the headers of each SDK, cut by
 * tests/macos/since.txt.
 */
#ifndef ESTOP_ES_SDK_H
#define ESTOP_ES_SDK_H

#ifdef __APPLE__
#include <Availability.h>
#define ES_SDK __MAC_OS_X_VERSION_MAX_ALLOWED
#else
#define ES_SDK 999999
#endif

/* SDK_V7(...): what a message has from version 7 on; the system that brought it is in the condition. */
#define SDK_V2(...) __VA_ARGS__
#define SDK_V3(...) __VA_ARGS__
#define SDK_V4(...) __VA_ARGS__
#define SDK_V5(...) __VA_ARGS__
#define SDK_V6(...) __VA_ARGS__
#if ES_SDK >= 130300
#define SDK_V7(...) __VA_ARGS__
#else
#define SDK_V7(...)
#endif
#if ES_SDK >= 150000
#define SDK_V8(...) __VA_ARGS__
#else
#define SDK_V8(...)
#endif
#if ES_SDK >= 150400
#define SDK_V9(...) __VA_ARGS__
#else
#define SDK_V9(...)
#endif
#if ES_SDK >= 260000
#define SDK_V10(...) __VA_ARGS__
#else
#define SDK_V10(...)
#endif
#if ES_SDK >= 270000
#define SDK_V11(...) __VA_ARGS__
#else
#define SDK_V11(...)
#endif

/* SDK_14_0(...): event types and functions of macOS 14.0. */
#if ES_SDK >= 140000
#define SDK_14_0(...) __VA_ARGS__
#else
#define SDK_14_0(...)
#endif
#if ES_SDK >= 150000
#define SDK_15_0(...) __VA_ARGS__
#else
#define SDK_15_0(...)
#endif
#if ES_SDK >= 150400
#define SDK_15_4(...) __VA_ARGS__
#else
#define SDK_15_4(...)
#endif

#endif
