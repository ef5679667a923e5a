# SPDX-License-Identifier: MIT
# Replay of recorded traces.

REPLAY_SOURCES := $(addprefix tests/replay/,replay.c object.c contents.c call.c spread.c interrupt.c trace.c)

$(call host_program,replay,$(REPLAY_SOURCES),-Itests/replay/pause/host)
$(call boards_program,replay,$(REPLAY_SOURCES),-Itests/replay/pause/board)

# For boards with a few KiB: the trace is cut to what fits, and streamed.
SMALL_SOURCES := $(addprefix tests/replay/,small.c contents.c call.c trace.c)

$(call host_program,replay_small,$(SMALL_SOURCES))
$(call boards_program,replay_small,$(SMALL_SOURCES))

$(call host_program,trace_test,tests/replay/trace_test.c tests/replay/trace.c)

# run.py finds the options in the environment, where make puts them, and asks for the
# board's tools.
run: ## replay a recorded trace under QEMU: TRACE=file CORES=n HEAP=bytes BOARD=a64|a72|lse|rv64|rv32|rv32s|an385|an386|an521|microbit|stm32vl
	@sh tests/tools/need.sh python
	@MAKE='$(MAKE)' python3 tests/tools/run.py

# The smallest heaps are measured with the library built for one core of the host.
SMALLEST := $(BUILD)/tools/smallest_heap
ONE_CORE := $(BUILD)/host-1/libhak.a
TRACES   ?= tests/traces

.PHONY: memory-bench smallest-heaps

$(SMALLEST): tests/tools/smallest_heap.c tests/tools/plain/perform.h tests/replay/trace.c tests/replay/trace.h $(ONE_CORE)
	@mkdir -p $(@D)
	@$(CC_host) $(COMMON_FLAGS) -Isrc/include -Iport/host -Itests/tools/plain $(filter %.c %.a,$^) -o $@

$(SMALLEST)_list: tests/tools/smallest_heap.c tests/tools/plain/perform.h tests/replay/trace.c tests/replay/trace.h $(BUILD)/host-1-list/libhak.a
	@mkdir -p $(@D)
	@$(CC_host) $(COMMON_FLAGS) -Isrc/include -Iport/host -Itests/tools/plain $(filter %.c %.a,$^) -o $@

memory-bench: $(SMALLEST) ## smallest heap of each trace, against TLSF's: TRACES=dir
	@python3 tests/tools/memory_bench.py --tool $(SMALLEST) --lib $(ONE_CORE) --jobs 2 $(MEMORY_FLAGS) $(TRACES)

smallest-heaps: ## measure tests/traces/smallest.txt anew: TRACES=dir
	@$(MAKE) --no-print-directory memory-bench MEMORY_FLAGS="--write tests/traces/smallest.txt"

.PHONY: test-replay
REPLAY_TEST := $(foreach san,asan tsan,$(BUILD)/host-4-$(san)/replay) $(BUILD)/host-4-asan/trace_test $(BUILD)/host-1-tiny16-asan/replay_small
# And what make run wants
BUILD_test-replay = $(REPLAY_TEST) $(foreach stem,a64-1 a64-4 a64-8 a72-4 lse-4 rv64-4 rv32-4 rv32s-1 an385-1 an386-1 an521-2,$(BUILD)/$(stem)/replay.elf) \
                    $(BUILD)/microbit-1-tiny16/replay_small.elf $(BUILD)/stm32vl-1-tiny16/replay_small.elf
test-replay: $(REPLAY_TEST) ## the trace reader, replays on the host and in QEMU: TRACES=dir
	@sh tests/tools/need.sh a64 m rv host
	@MAKE='$(MAKE)' python3 tests/replay/replay_test.py $(BUILD) $(TRACES)
