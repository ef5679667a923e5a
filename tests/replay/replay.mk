# SPDX-License-Identifier: MIT
# Replay of recorded traces. The smallest heaps are measured with the library
# built for one core of the host.

SMALLEST := $(BUILD)/tools/smallest_heap
ONE_CORE := $(BUILD)/host-1/libhak.a
TRACES   ?= tests/traces

.PHONY: memory-bench smallest-heaps one-core-lib

one-core-lib:
	@$(MAKE) --no-print-directory -s lib PORT=host CORES=1 FAIL= SAN=

$(SMALLEST): tests/tools/smallest_heap.c tests/replay/trace.c tests/replay/trace.h one-core-lib
	@mkdir -p $(@D)
	@$(CC_host) $(COMMON_FLAGS) -Isrc/include -Iport/host $(filter %.c,$^) $(ONE_CORE) -o $@

memory-bench: $(SMALLEST) ## smallest heap of each trace, against TLSF's: TRACES=dir
	@python3 tests/tools/memory_bench.py --tool $(SMALLEST) --lib $(ONE_CORE) --jobs 2 $(MEMORY_FLAGS) $(TRACES)

smallest-heaps: ## measure tests/traces/smallest.txt anew: TRACES=dir
	@$(MAKE) --no-print-directory memory-bench MEMORY_FLAGS="--write tests/traces/smallest.txt"
