/*
 * bench - what every benchmark needs: a clock, a table row, and a way to keep the
 * compiler from removing what is measured.
 */
#ifndef ESTOP_TESTS_BENCH_BENCH_H
#define ESTOP_TESTS_BENCH_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* One row of the table. budget is what design.md asks for, or "" or NULL. */
static inline void
bench_row(const char *what, double value, const char *unit, const char *budget)
{
	printf("%-52s %12.2f %-10s %s\n", what, value, unit, budget ? budget : "");
	fflush(stdout);
}

static inline uint64_t
bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The compiler must believe that the value, or what p points to, is looked at. */
static inline void
bench_keep(uint64_t value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

static inline void
bench_keep_memory(const void *p)
{
	__asm__ volatile("" : : "r"(p) : "memory");
}

static inline int
bench_compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts values; of an even number, the lower of the two in the middle. n > 0. */
static inline double
bench_median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), bench_compare_doubles);
	return values[(n - 1) / 2];
}

#endif
