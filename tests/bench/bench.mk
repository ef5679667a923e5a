# SPDX-License-Identifier: MIT
# Benchmarks: instruction counts in QEMU, and their gate.

BENCH_COMMON := tests/bench/bench.c tests/bench/slices.c tests/bench/bracket.S
BENCH_CALLS  := $(addprefix tests/bench/,bench_calls.c mix.c fast.c remote.c random.c full.c span.c \
                  recall.c contend.c cache.c)
BENCH_MODEL  := tests/bench/model_calls.c $(addprefix tests/model/,model.c policies.c shadow.c audit.c inside.c)
BENCH_INSIDE  = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -Iport/aarch64 -Itests/model -Itests/bench \
                -DHAK_CORES=$$(call stem_cores,$$*) -include tests/bench/model_calls.h \
                -Dkit_main=model_main
BENCH_ELFS   := $(addprefix $(BUILD)/a64-4/,bench_calls.elf bench_model.elf replay.elf)
BENCH_ELFS   += $(BUILD)/a64-4/bench_tagged.elf
BENCH_ELFS   += $(foreach kind,list count learn,$(BUILD)/a64-4-$(kind)/bench_calls.elf)
SMALLEST_HEAP := $(BUILD)/tools/smallest_heap $(BUILD)/tools/smallest_heap_list

$(call a64_program,bench_calls,$(BENCH_CALLS) $(BENCH_COMMON))
$(call a64_program,bench_model,$(BENCH_MODEL) $(BENCH_COMMON),$(BENCH_INSIDE))
$(call a64_program,bench_tagged,tests/bench/tagged.c $(BENCH_COMMON))

.PHONY: test-gate limits
bench: $(BENCH_ELFS) $(SMALLEST_HEAP) ## measure every bar of the charter: TRACES=dir
	@sh tests/tools/need.sh a64
	@python3 tests/tools/bench.py --build $(BUILD) $(TRACES)

test-gate: $(BENCH_ELFS) ## instruction counts, held to tests/bench/limits.txt
	@sh tests/tools/need.sh a64
	@python3 tests/tools/gate.py --build $(BUILD)

limits: $(BENCH_ELFS) ## write the instruction counts of now to tests/bench/limits.txt
	@sh tests/tools/need.sh a64
	@python3 tests/tools/gate.py --build $(BUILD) --write
