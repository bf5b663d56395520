/* sanitizer - which sanitizer a test is compiled with: SANITIZED, and SANITIZED_THREAD, are 0 or 1. */
#ifndef ESTOP_TESTS_LIB_SANITIZER_H
#define ESTOP_TESTS_LIB_SANITIZER_H

#ifdef __has_feature
#define SANITIZED_THREAD __has_feature(thread_sanitizer)
#define SANITIZED \
	(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	 __has_feature(undefined_behavior_sanitizer))
#elif defined __SANITIZE_THREAD__
#define SANITIZED_THREAD 1
#define SANITIZED 1
#else
#define SANITIZED_THREAD 0
#define SANITIZED 0
#endif

#endif
