/*
 * The BPF programs are carried in two variants, of which a kernel uses one. Both
 * must be good, wherever the tests are run.
 */
#include "tests/lib/live.h"

#include "src/linux/bpf_object.h"

#include <bpf/libbpf.h>

static int
say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void
assert_loads(const char *object, const char *end)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "trace");
	struct bpf_program *p;
	struct bpf_object *o;

	live_skip_unless_possible();
	libbpf_set_print(say_nothing);
	o = bpf_object__open_mem(object, (size_t)(end - object), &options);
	assert_non_null(o);
	if (!live_kernel_is(6, 10))
		bpf_program__set_autoload(bpf_object__find_program_by_name(o, "on_prepare_exec"), false);
	/* They are not there everywhere, nor allowed; what loads them finds that out. */
	bpf_object__for_each_program(p, o)
	{
		enum bpf_attach_type type = bpf_program__expected_attach_type(p);

		if (type == BPF_TRACE_FENTRY || type == BPF_TRACE_FEXIT || type == BPF_TRACE_KPROBE_MULTI)
			bpf_program__set_autoload(p, false);
	}
	assert_int_equal(bpf_object__load(o), 0);
	bpf_object__close(o);
}

static void
the_variant_with_plain_loads_is_accepted(void **state)
{
	(void)state;
	if (!live_kernel_is(6, 2)) {
		print_message("SKIP: needs Linux 6.2\n");
		skip();
	}
	assert_loads(bpf_object_cast, bpf_object_cast_end);
}

static void
the_variant_for_older_kernels_is_accepted(void **state)
{
	(void)state;
	assert_loads(bpf_object_call, bpf_object_call_end);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_variant_with_plain_loads_is_accepted),
		cmocka_unit_test(the_variant_for_older_kernels_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
