# estop - see README.md. One file, no recursion; a new .c in a folder that is there needs no edit here.
#
#   make                 build/estop              make check     every test
#   make run             see it live              make lint      clang-tidy, cppcheck, mandoc
#   make deps            install what is needed   make bench     measure, one table
#   make docs            tables into man, README  make install   PREFIX= DESTDIR=, make uninstall
#   make dist            a tarball of the source   make deb, rpm    packages
#   make lib             the shared library         make install-lib, uninstall-lib
#   make macos-check     the Mac build, on Linux  make sign      on a Mac: IDENTITY= PROFILE=
#   make demo            a recording, no root     make fuzz      every reader of outside bytes
#   make check-packages  installed in Debian, booted in QEMU
#   make check-kernels   in QEMU, on Debian's kernels   make soak      under load, for MINUTES
#   make bench-kernels   what watching costs there      make mutate    which faults no test notices
#   make check-live      live tests, SAN=
#   make format          clang-format             make compile_commands.json   for clangd
#
# SAN=address,undefined or SAN=thread builds in a directory of its own; V=1 shows commands.

VERSION  = 0.1.0
OS      ?= $(shell uname -s)
ARCH    ?= $(shell uname -m)
ifeq ($(origin CC),default)
CC       = clang
endif
# Where make install puts things, below DESTDIR; the names are those of GNU, in capitals.
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
DATADIR ?= $(PREFIX)/share
MANDIR  ?= $(DATADIR)/man
LIBDIR  ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR  ?= $(DATADIR)/zsh/site-functions
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d
INSTALL ?= install
SAN     ?=
comma    = ,
B       ?= build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))

CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes $(if $(CI),-Werror)
FEATURE  = -std=c11 -fblocks -pthread -I. -I$(B) -DESTOP_VERSION='"$(VERSION)"'
LDLIBS   = $(CURSES) $(FOREIGN) -lz $(SYSLIBS)
# The libraries that are not the system's own; on a Mac they are linked statically where that is possible.
LIBRARIES = yajl pcre2-8 utf8proc zstd
FOREIGN  = $(LIBRARIES:%=-l%)

# The folders of sources; what each may include of the others is in tests/includes.txt.
FOLDERS  = src src/base src/es src/stream src/cli src/app model ui
SRC      = $(wildcard $(FOLDERS:%=%/*.c))
ifeq ($(OS),Linux)
# Endpoint Security is our own, a library of the name it has on a Mac: src/linux, and mute_set.
FOLDERS += src/es/linux
FEATURE += -D_GNU_SOURCE -Isrc/linux -DES_LINUX_OWN_STATFS
CURSES   = -lncursesw
SYSLIBS  = -lbpf -lBlocksRuntime -lseccomp -lm
ESSRC    = $(filter-out %.bpf.c,$(wildcard src/linux/*.c)) src/base/mute_set.c
BSMSRC   = $(wildcard src/linux/bsm/*.c)
ESLIB    = $(B)/libEndpointSecurity.a
BSMLIB   = $(B)/libbsm.a
# The same for other programs; estop itself is linked with the two above.
SHAREDLIB = $(B)/libEndpointSecurity.so.1
PICOBJ   = $(patsubst %.c,$(B)/pic/%.o,$(ESSRC) $(BSMSRC))
else
# A Mac. MACOS is the oldest system it runs on; what a newer one brings needs a guard. Curses is the
# system's own, in its wide form; uthash comes from wherever its one header is.
MACOS    = 13.0
HOMES    = $(shell brew --prefix 2>/dev/null) /opt/homebrew /usr/local /opt/local
BREW    := $(firstword $(patsubst %/include/uthash.h,%,$(wildcard $(HOMES:%=%/include/uthash.h))))
SRC     += $(wildcard src/darwin/*.c)
FEATURE += -D_DARWIN_C_SOURCE -D_XOPEN_SOURCE_EXTENDED -mmacosx-version-min=$(MACOS) $(BREW:%=-I%/include)
WARN    += -Wunguarded-availability-new
CURSES   = -lncurses
SYSLIBS  = -lEndpointSecurity -lbsm
# Without an archive it links the dylib, which somebody else signed: `make sign` then takes it into a bundle.
ARCHIVE  = $(wildcard $(BREW:%=%/lib/lib$1.a) $(BREW:%=%/lib/lib$1_s.a))
SHARED   = $(foreach l,$(LIBRARIES),$(if $(call ARCHIVE,$l),,$l))
FOREIGN  = $(BREW:%=-L%/lib) $(foreach l,$(LIBRARIES),$(firstword $(call ARCHIVE,$l) -l$l))
endif
ifneq ($(SAN),)
FEATURE += -fsanitize=$(SAN) -fno-omit-frame-pointer $(if $(findstring fuzzer,$(SAN)),-DFUZZ)
endif

OBJ      = $(SRC:%.c=$(B)/%.o)
LIB      = $(filter-out $(B)/src/main.o,$(OBJ))
TESTS    = $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c tests/live/test_*.c))
BENCHES  = $(patsubst %.c,$(B)/%,$(wildcard tests/bench/bench_*.c))
# What includes the double has Endpoint Security played by a script; the system's own stays out.
DOUBLE   = $(B)/tests/lib/es_double.o
DOUBLED := $(patsubst %.c,$(B)/%,$(shell grep -l '^#include "tests/lib/es_double.h"' tests/unit/*.c tests/bench/*.c))
FILTER   = $(B)/tests/lib/test_filter.o
HELPERS  = $(filter-out $(DOUBLE),$(patsubst %.c,$(B)/%.o,$(wildcard tests/lib/*.c tests/fuzz/*.c)))
# Sources of others, in short: they see no header but the library's and the system's.
CLIENTS  = $(filter $(if $(filter Linux,$(OS)),%),$(patsubst tests/programs/%,$(B)/tests/programs/%,$(basename $(wildcard tests/programs/client_*.c*))))
PROGS    = $(filter-out $(SOAK),$(patsubst %.c,$(B)/%,$(wildcard tests/programs/prog_*.c))) $(CLIENTS)
# What of a Mac's part needs no Mac is tested everywhere.
ifeq ($(OS),Linux)
PORTABLE = src/darwin/poll.c src/darwin/procargs.c src/darwin/release.c src/darwin/remedy.c
HELPERS += $(PORTABLE:%.c=$(B)/%.o)
endif

# Most programs the tests run are a single file; these carry estop's own code.
DOCS     = $(B)/tests/programs/prog_docs
# The part of it that writes completions.
COMPLETE = $(B)/tests/programs/completions.o
PICTURE  = $(B)/tests/programs/prog_picture
FAKE     = $(B)/tests/programs/prog_synthetic
SOAK     = $(B)/tests/programs/prog_soak

# Every manual page there is; its section is what its name ends in. Section 3 is about the library.
LIBPAGES = $(wildcard man/*.3)
PAGES    = $(filter-out $(LIBPAGES),$(wildcard man/*.[1-9]))
SECTIONS = $(sort $(patsubst .%,%,$(suffix $(PAGES) $(LIBPAGES))))
$(foreach n,$(SECTIONS),$(eval MAN$nDIR = $$(MANDIR)/man$n))

# Debian's names: what builds estop, what its tests need in addition, and what lint does. README's list is checked
# against these lines. Which of them `make deps` installs, the other goals say.
BUILDDEPS = clang llvm make libncurses-dev uthash-dev libbpf-dev libseccomp-dev libblocksruntime-dev libyajl-dev \
	   libpcre2-dev libutf8proc-dev zlib1g-dev libzstd-dev libmicrohttpd-dev
TESTDEPS = libcmocka-dev libvterm-dev libjansson-dev libck-dev liburing-dev libclang-rt-14-dev lld ncurses-term fish zsh \
	   pkgconf jq rpm systemd prometheus protobuf-compiler
LINTDEPS = mandoc clang-tidy cppcheck clang-format
DEPS     = $(BUILDDEPS) $(TESTDEPS) $(LINTDEPS)
MACDEPS  = npm
GOALS    = $(filter-out deps all lib run demo docs install uninstall install-lib uninstall-lib dist,$(MAKECMDGOALS))
WANTED   = $(BUILDDEPS) $(if $(GOALS),$(TESTDEPS)) $(if $(filter lint format,$(GOALS)),$(LINTDEPS)) \
	   $(if $(filter macos-check,$(GOALS)),$(MACDEPS)) $(if $(filter deb,$(GOALS)),$(DEBDEPS)) $(if $(filter rpm,$(GOALS)),$(RPMDEPS)) $(if $(filter check-packages,$(GOALS)),$(PACKAGEDEPS)) $(if $(filter check-kernels,$(GOALS)),$(KERNELDEPS))
LISTED   = build: $(BUILDDEPS) test: $(TESTDEPS) lint: $(LINTDEPS)

Q        = $(if $(V),,@)
SAY      = $(if $(V),@:,@printf '%-5s%s\n')

.PHONY: all lib install-lib uninstall-lib deb rpm run demo fuzz soak mutate check check-live check-kernels check-packages bench-kernels lint macos-check bench docs deps format compile_commands.json install uninstall dist sign clean
.DELETE_ON_ERROR:
.SECONDARY:
all: $(B)/estop

# With `make deps check` nothing is compiled before the packages are there.
AFTER    = $(filter deps,$(MAKECMDGOALS))

$(B)/estop: $(OBJ) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
	$(if $(strip $(SHARED)),@echo "estop: no static archive of $(strip $(SHARED)): $@ loads the shared library;" \
		"'make sign' signs a copy of it in estop.app")

ifeq ($(OS),Linux)
$(ESLIB): $(ESSRC:%.c=$(B)/%.o)
$(BSMLIB): $(BSMSRC:%.c=$(B)/%.o)
$(ESLIB) $(BSMLIB):
	$(SAY) AR $@
	@rm -f $@
	$(Q)ar rcs $@ $^
endif

lib: $(SHAREDLIB)
ifeq ($(OS),Linux)
VERSIONS = src/dist/library/EndpointSecurity.map
$(SHAREDLIB): $(PICOBJ) $(VERSIONS)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(notdir $@) -Wl,--version-script=$(VERSIONS) \
		$(if $(SAN),,-Wl,-z,defs) -Wl,--as-needed -o $@ $(PICOBJ) $(filter-out -lseccomp,$(SYSLIBS))
	@ln -sf $(notdir $@) $(basename $@)
endif

$(B)/%.o: %.c | $(AFTER)
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(FEATURE) $(WARN) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/pic/%.o: %.c | $(AFTER)
	@mkdir -p $(@D)
	$(SAY) PIC $<
	$(Q)$(CC) $(CPPFLAGS) $(FEATURE) $(WARN) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<

# The BPF program: compiled for the kernel's machine, stripped of DWARF (BTF stays), carried inside
# the binary. It declares the kernel types it reads itself (CO-RE), so no kernel headers are needed.
BPFARCH  = $(patsubst x86_64,x86,$(patsubst aarch64,arm64,$(ARCH)))
BPFOBJ   = $(B)/src/linux/trace-cast.bpf.o $(B)/src/linux/trace-call.bpf.o
BPFCLANG = -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror \
	   -D__TARGET_ARCH_$(BPFARCH) -I. -I$(SYSROOT)/usr/include/$(ARCH)-linux-gnu -fdebug-prefix-map=$(CURDIR)=.
$(B)/src/linux/trace-cast.bpf.o: BPFFLAGS = -DHAVE_CAST
$(BPFOBJ): src/linux/trace.bpf.c | $(AFTER)
	@mkdir -p $(@D)
	$(SAY) BPF $@
	$(Q)clang $(BPFCLANG) $(BPFFLAGS) \
		-MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@.tmp $<
	$(Q)llvm-strip -g -o $@ $@.tmp
	@rm -f $@.tmp
ifeq ($(OS),Linux)
$(B)/src/linux/bpf_object.o $(B)/pic/src/linux/bpf_object.o: $(BPFOBJ)
endif

$(filter-out $(DOUBLED),$(TESTS) $(BENCHES)): $(B)/tests/%: $(B)/tests/%.o $(HELPERS) $(LIB) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lvterm -ljansson -lutil

$(B)/tests/live/test_live_hooks: LDLIBS += -luring

$(DOUBLED): $(B)/tests/%: $(B)/tests/%.o $(DOUBLE) $(FILTER) $(LIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# What asks Endpoint Security itself; see src/darwin/FIRST-RUN.md.
QUESTIONS = $(B)/tests/programs/prog_questions
$(QUESTIONS): $(QUESTIONS).o $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(SYSLIBS)

# As somebody else would: -D_GNU_SOURCE, which C++ has anyway, is all that is not from macOS.
FOREIGNFLAGS = -D_GNU_SOURCE -fblocks -pthread -Isrc/linux -Wall -Wextra $(if $(CI),-Werror) $(if $(SAN),-fsanitize=$(SAN))
$(B)/tests/programs/client_%: tests/programs/client_%.c $(ESLIB) $(BSMLIB)
	$(SAY) CC $<
	$(Q)$(CC) -std=c11 $(FOREIGNFLAGS) -O1 -g $(LDFLAGS) -o $@ $^ $(SYSLIBS)
$(B)/tests/programs/client_%: tests/programs/client_%.cpp $(ESLIB) $(BSMLIB)
	$(SAY) C++ $<
	$(Q)clang++ $(wordlist 2,9,$(CC)) -std=c++20 $(FOREIGNFLAGS) -O1 -g $(LDFLAGS) -o $@ $^ $(SYSLIBS)

$(filter-out $(DOCS) $(PICTURE) $(FAKE) $(QUESTIONS) $(CLIENTS),$(PROGS)): $(B)/tests/%: $(B)/tests/%.o
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LDLIBS)

$(DOCS): $(DOCS).o $(COMPLETE) $(LIB) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(PICTURE): $(PICTURE).o $(B)/tests/lib/svg.o $(B)/tests/lib/tty.o $(B)/tests/lib/patience.o $(LIB) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lvterm -lutil

$(SOAK): $(SOAK).o $(B)/tests/lib/tty.o $(B)/tests/lib/patience.o $(LIB) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lvterm -lutil

# The whole program, with a source that needs no privileges in the client's place.
$(FAKE): $(FAKE).o $(B)/tests/lib/fake_source.o $(filter-out $(B)/src/es/client.o,$(OBJ)) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

run: $(B)/estop
	$(Q)if [ -t 0 ] && [ -t 1 ]; then exec $(B)/estop; else exec $(B)/estop -b -n 3; fi

# A few seconds of a real build, recorded by estop; a quarter as fast, so that there is something to see.
demo: $(B)/estop
	$(Q)if [ -t 0 ] && [ -t 1 ]; then exec $(B)/estop -r tests/demo.jsonl.zst --speed 0.25; \
	else exec $(B)/estop -r tests/demo.jsonl.zst --speed max --exited all -b; fi

# Any bytes for every reader of bytes from outside, each for SECS: the table of tests/fuzz/fuzz.h. FUZZ="filter wire"
# chooses. What is found on the way is kept in build/fuzz; make check runs the corpus of tests/fuzz.
SECS     = 60
FUZZ    ?= $(shell sed -n 's/^\tX.\([a-z]*\),.*/\1/p' tests/fuzz/fuzz.h)
FUZZED   = fuzzer-no-link,address,undefined
FUZZER   = build/san-$(subst $(comma),-,$(FUZZED))/fuzz
fuzz:
	+$(Q)$(MAKE) SAN=$(FUZZED) $(FUZZER)
	$(Q)for name in $(FUZZ); do sh tests/fuzz/fuzz.sh $(FUZZER) "$$name" $(SECS) || exit; done

$(B)/fuzz: $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/*.c)) $(PORTABLE:%.c=$(B)/%.o) $(LIB) $(ESLIB) $(BSMLIB)
	$(SAY) LD $@
	$(Q)$(CC) $(FEATURE) -fsanitize=fuzzer $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The real program under load for MINUTES, as root: see tests/programs/prog_soak.c. LOAD=builds: beside builds,
# what its memory comes to.
MINUTES  = 10
soak: $(B)/estop $(SOAK)
	$(Q)$(SOAK) $(B)/estop $(MINUTES) $(LOAD)

# N small faults, one at a time, in a copy of the tree: which are not noticed? IN="model/tree.c" chooses the
# files; see tests/mutate.sh.
N        = 50
SEED     = 1
mutate: $(filter $(B)/tests/unit/%,$(TESTS))
	+$(Q)$(MAKE) SAN=address,undefined $(patsubst $(B)/%,build/san-address-undefined/%,$^)
	$(Q)sh tests/mutate.sh $(N) $(SEED) $(IN)

# ONLY="test_ring test_tree" runs these alone; TEST=name of all that run only the tests of that name.
# test_live_hooks needs a kernel whose functions can be attached to: make check-kernels runs it.
HOOKED   = %/test_live_hooks
CHECKED  = $(if $(ONLY),$(foreach t,$(ONLY),$(or $(filter %/$(t),$(TESTS)),$(error there is no test program $(t)))),$(filter-out $(HOOKED),$(TESTS)))
RUN      = ESTOP=$(B)/estop ESTOP_BUILD=$(B) ESTOP_DEPS="$(LISTED)" ESTOP_TEST="$(TEST)" ESTOP_SAN="$(SAN)" sh tests/check.sh
check: $(B)/estop $(SHAREDLIB) $(CHECKED) $(PROGS)
	$(Q)$(RUN) $(CHECKED)

bench: $(B)/estop $(BENCHES) $(PROGS)
	$(Q)ESTOP=$(B)/estop ESTOP_BUILD=$(B) sh tests/bench/bench.sh $(BENCHES)

# The sections of man pages, README, HACKING and completions that come from tables, and the pictures; make check
# notices when they are old. A picture is made when there is a file of its name: touch man/NAME.svg.
docs: $(DOCS) $(PICTURE)
	$(Q)ESTOP_DEPS="$(LISTED)" sh tests/docs.sh $(DOCS) $(PICTURE)

# What a chain of calls in the BPF program may need; the kernel's own limit is 512.
STACK    = 448

# Everything but the BPF program, which is compiled with -Werror for a machine of its own.
TIDY     = $(filter-out %.bpf.c tests/macos/%,$(wildcard $(patsubst %,%/*.c,$(FOLDERS) tests/*) $(ESSRC) $(BSMSRC))) $(PORTABLE)

# All of C there is. make lint FORMAT= does not look whether it is formatted.
# The headers of Endpoint Security keep their layout: tests/macos/cut.awk takes them apart by lines.
FORMATTED = $(filter-out src/linux/EndpointSecurity/%,$(foreach d,src model ui tests,$(wildcard $d/*.[ch] $d/*/*.[ch] $d/*/*/*.[ch])))
FORMAT   ?= 1

format:
	$(Q)sh tests/format.sh $(FORMATTED)

compile_commands.json:
	$(Q)sh tests/compile_commands.sh '$(subst ','\'',$(FEATURE) $(WARN))' '$(BPFCLANG)' $(TIDY) $(wildcard src/linux/*.bpf.c) >$@

lint: $(BPFOBJ) | $(AFTER)
	$(SAY) TIDY "$(words $(TIDY)) files"
	$(Q)printf '%s\n' $(TIDY) | TIDY_FLAGS='$(subst ',,$(FEATURE))' \
		xargs -n 1 -P "$$(getconf _NPROCESSORS_ONLN)" sh tests/tidy.sh
	$(SAY) CPPCHECK "src model ui tests"
	$(Q)cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -j 2 \
		--enable=warning,performance,portability --suppressions-list=tests/cppcheck.txt \
		-I. -Isrc/linux -D__linux__ '-Djson_object_foreach(o,k,v)=while(json_next(o,&k,&v))' \
		-DESTOP_VERSION='"$(VERSION)"' $(TIDY)
	$(if $(FORMAT),$(SAY) FMT "$(words $(FORMATTED)) files")
	$(if $(FORMAT),$(Q)sh tests/format.sh --check $(FORMATTED))
	$(SAY) STACK "$(notdir $(BPFOBJ))"
	$(Q)sh tests/bpf_stack.sh $(STACK) $(BPFOBJ)
	$(SAY) INCL "tests/includes.txt"
	$(Q)sh tests/includes.sh --try && sh tests/includes.sh tests/includes.txt
	$(SAY) SAY "tests/stderr.txt"
	$(Q)sh tests/stderr.sh --try && sh tests/stderr.sh tests/stderr.txt
	$(SAY) MANDOC "$(PAGES)"
	$(Q)mandoc -Tlint -Wwarning $(PAGES) $(LIBPAGES)
	$(Q)if command -v shellcheck >/dev/null 2>&1; then \
		printf '%-5s%s\n' SHELL "tests .ci src"; \
		shellcheck tests/*.sh tests/*/*.sh src/darwin/*.sh src/dist/*.sh src/dist/completions/*.bash .ci/run; fi

# The Mac build with Apple's libc headers, by the rules above: compiled and linked, not run.
macos-check: | $(AFTER)
	+$(Q)MAKE="$(MAKE)" sh tests/macos/check.sh build/macos

# Boots Debian's kernels in QEMU and runs estop and the live tests there; KERNELS="6.1 6.12", ARCHES=amd64 and
# ONLY="test_live_mute" choose, SHORT=1 is what .ci/run has the time for. See tests/kernels/check.sh.
KERNELDEPS = qemu-system-x86 qemu-system-arm busybox-static cpio e2fsprogs btrfs-progs xz-utils zstd
# A compiler and files of the source tree are not in the guests.
LIVE     = $(filter-out %/test_live_first_run %/test_live_library %/test_live_service,$(filter $(B)/tests/live/%,$(TESTS)))
WORKLOAD = $(B)/tests/programs/prog_workload
# What it takes to make them for another machine, and what the tests want to find on it.
THERE    = $(filter lib%-dev uthash-dev zlib1g-dev,$(filter-out libclang%,$(DEPS))) \
	   $(foreach l,libgcc libstdc++,$(patsubst %/libgcc.a,$l-%-dev,$(shell clang -print-libgcc-file-name | sed 's|.*/\([0-9]*/\)|\1|'))) \
	   dash coreutils util-linux busybox-static
# It opens nothing of its own.
$(WORKLOAD): LDLIBS = $(if $(SAN),,-static)

# A 32-bit program of an amd64 kernel, with no library.
COMPAT   = $(if $(filter x86_64,$(ARCH)),$(B)/tests/programs/i386)
$(B)/tests/programs/i386: tests/programs/i386.c
	@mkdir -p $(@D)
	$(SAY) I386 $<
	$(Q)clang --target=i386-linux-gnu -std=c11 -O2 $(WARN) -ffreestanding -fno-stack-protector -fno-pic -nostdlib \
		-static -fuse-ld=lld -I$(SYSROOT)/usr/include/$(ARCH)-linux-gnu -o $@ $<

# The live tests, as root, also under a sanitizer: SAN=address,undefined or SAN=thread. tests/live/sanitizers.txt has
# what cannot run there.
check-live: $(B)/estop $(SHAREDLIB) $(if $(ONLY),$(CHECKED),$(LIVE)) $(PROGS)
	$(Q)$(if $(SAN),ESTOP_PATIENCE=$${ESTOP_PATIENCE:-5}) $(RUN) $(if $(ONLY),$(CHECKED),$(LIVE))

check-kernels: $(B)/estop $(LIVE) $(WORKLOAD) $(COMPAT) $(CLIENTS)
	+$(Q)MAKE="$(MAKE)" ARCH="$(ARCH)" B="$(B)" PACKAGES="$(THERE)" KERNELS="$(KERNELS)" ARCHES="$(ARCHES)" \
		ONLY="$(ONLY)" SHORT="$(SHORT)" sh tests/kernels/check.sh $^

# What watching costs there, in instructions: tests/kernels/cost.sh. Needs what check-kernels has fetched.
bench-kernels:
	$(Q)sh tests/kernels/cost.sh $(KERNELS)

# A signature with a profile is in a bundle, so that is what gets installed, and a link to it.
BUNDLE   = $(wildcard $(B)/estop.app)

# What is installed: mode, file, directory, name there. uninstall removes the same files; directories stay.
INSTALLED = 644|src/dist/completions/estop.bash|BASHDIR|estop 644|src/dist/completions/_estop|ZSHDIR|_estop \
	    644|src/dist/completions/estop.fish|FISHDIR|estop.fish \
	    $(foreach p,$(PAGES),644|$p|MAN$(patsubst .%,%,$(suffix $p))DIR|$(notdir $p))
PROGRAM  = 755|$(B)/estop|BINDIR|estop
# Of such a row: one of its fields, the directory, the file in it, and the commands that put it there.
field    = $(word $2,$(subst |, ,$1))
into     = "$(DESTDIR)$($(call field,$1,3))"
there    = "$(DESTDIR)$($(call field,$1,3))/$(call field,$1,4)"
put      = $(INSTALL) -d $(call into,$1) && $(INSTALL) -m $(call field,$1,1) $(call field,$1,2) $(call there,$1)

install: $(B)/estop
ifeq ($(BUNDLE),)
	$(call put,$(PROGRAM))
else
	$(Q)[ ! $(B)/estop -nt $(BUNDLE)/Contents/MacOS/estop ] || \
		{ echo "install: estop was built again after it was signed; run make sign again" >&2; exit 1; }
	$(INSTALL) -d "$(DESTDIR)$(LIBEXECDIR)" $(call into,$(PROGRAM))
	rm -rf "$(DESTDIR)$(LIBEXECDIR)/estop.app"
	cp -R $(BUNDLE) "$(DESTDIR)$(LIBEXECDIR)/estop.app"
	ln -sf "$(LIBEXECDIR)/estop.app/Contents/MacOS/estop" $(call there,$(PROGRAM))
endif
	$(foreach f,$(INSTALLED),$(call put,$f) &&) true

uninstall:
	rm -rf "$(DESTDIR)$(LIBEXECDIR)/estop.app"
	rm -f $(foreach f,$(PROGRAM) $(INSTALLED),$(call there,$f))

# The library for other programs. Its headers have a directory of their own, as <mach/mach.h> and <sys/attr.h> are
# names that other packages may have; pkg-config knows it.
HEADERS  = es_linux.h $(patsubst src/linux/%,%,$(foreach d,EndpointSecurity bsm mach sys,$(wildcard src/linux/$d/*.h)))
INSTALLEDLIB = 644|$(SHAREDLIB)|LIBDIR|libEndpointSecurity.so.1 \
	    644|$(B)/endpointsecurity.pc|LIBDIR|pkgconfig/endpointsecurity.pc \
	    $(foreach h,$(HEADERS),644|src/linux/$h|INCLUDEDIR|endpointsecurity/$h) \
	    $(foreach p,$(LIBPAGES),644|$p|MAN3DIR|$(notdir $p))
SHAREDLINK = "$(DESTDIR)$(LIBDIR)/libEndpointSecurity.so"

install-lib: $(SHAREDLIB)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
		src/dist/library/endpointsecurity.pc.in >$(B)/endpointsecurity.pc
	$(foreach f,$(INSTALLEDLIB),$(INSTALL) -D -m $(call field,$f,1) $(call field,$f,2) $(call there,$f) &&) true
	ln -sf libEndpointSecurity.so.1 $(SHAREDLINK)

uninstall-lib:
	rm -f $(SHAREDLINK) $(foreach f,$(INSTALLEDLIB),$(call there,$f))

# The source as it is committed; the same commit makes the same bytes.
dist:
	$(Q)sh src/dist/tarball.sh estop-$(VERSION) $(B)/estop-$(VERSION).tar.gz

# Debian packages, for the release this runs on.
DEBDEPS  = debhelper
deb: | $(AFTER)
	$(Q)sh src/dist/deb.sh $(VERSION) $(B)/deb $(BUILDDEPS)

# The same for rpm.
RPMDEPS  = rpm
rpm: | $(AFTER)
	$(Q)sh src/dist/rpm.sh $(VERSION) $(B)/rpm

# They are installed in booted Debian systems: tests/kernels/packages.sh. SUITES=trixie chooses.
SUITES   =
PACKAGEDEPS = $(DEBDEPS) lintian mmdebstrap qemu-system-x86 qemu-system-arm busybox-static cpio e2fsprogs xz-utils zstd
check-packages: | $(AFTER)
	+$(Q)VERSION="$(VERSION)" PACKAGES="$(BUILDDEPS)" sh tests/kernels/packages.sh $(SUITES)

sign: $(B)/estop
	$(Q)ESTOP_VERSION=$(VERSION) sh src/darwin/sign.sh $(B)/estop "$(IDENTITY)" "$(PROFILE)"

deps:
	$(Q)sh tests/deps.sh $(WANTED)

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(PICOBJ:.o=.d) $(patsubst %.c,$(B)/%.d,$(ESSRC) $(BSMSRC)) $(BPFOBJ:.o=.d) $(TESTS:=.d) $(BENCHES:=.d) \
	$(HELPERS:.o=.d) $(DOUBLE:.o=.d) $(COMPLETE:.o=.d) $(PROGS:=.d) $(SOAK).d
