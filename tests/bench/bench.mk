# SPDX-License-Identifier: MIT
# Benchmarks: instruction counts in QEMU, and their gate.

# Boards whose instructions are counted: each has a folder of its own.
BENCH_BOARDS     := a64 rv64
BENCH_BARE        = tests/bench/bench.c tests/bench/slices.c $(sort $(wildcard tests/bench/$(1)/*.S tests/bench/$(1)/*.c))
BENCH_COMMON      = $(call BENCH_BARE,$(1)) tests/bench/move_bytes.c
BENCH_COMMON_a64 := $(call BENCH_COMMON,a64)
BENCH_FLAGS       = -Itests/bench -Itests/bench/$(1)
BENCH_FLAGS_a64  := $(call BENCH_FLAGS,a64)

BENCH_CALLS  := $(addprefix tests/bench/,bench_calls.c mix.c fast.c remote.c random.c full.c span.c \
                  recall.c contend.c cache.c)
BENCH_STATES := $(addprefix tests/bench/,states_main.c mix.c states.c states_pages.c states_random.c)
BENCH_MODEL  := tests/bench/model_calls.c $(addprefix tests/model/,model.c policies.c shadow.c audit.c inside.c)
BENCH_INSIDE  = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -Itests/model \
                -DHAK_CORES=$$(call stem_cores,$$*) -include tests/bench/model_calls.h \
                -Dkit_main=model_main
M3_STATES    := $(foreach build,an385-1 an385-1-tiny16 an385-1-tiny256,$(BUILD)/$(build)/bench_states.elf)
WORST_ELFS   := $(foreach board,$(BENCH_BOARDS),$(addprefix $(BUILD)/$(board)-4/,bench_calls.elf bench_model.elf bench_tagged.elf bench_states.elf)) $(M3_STATES)
BENCH_ELFS   := $(filter-out %/bench_states.elf,$(filter $(BUILD)/a64-%,$(WORST_ELFS))) $(BUILD)/a64-4/replay.elf
BENCH_ELFS   += $(foreach kind,list count learn,$(BUILD)/a64-4-$(kind)/bench_calls.elf)
SMALLEST_HEAP := $(BUILD)/tools/smallest_heap $(BUILD)/tools/smallest_heap_list

define bench_programs
$(call board_program,$(1),bench_calls,$(BENCH_CALLS) $(call BENCH_COMMON,$(1)),$(call BENCH_FLAGS,$(1)))
$(call board_program,$(1),bench_model,$(BENCH_MODEL) $(call BENCH_COMMON,$(1)),$(call BENCH_FLAGS,$(1)) $(BENCH_INSIDE))
$(call board_program,$(1),bench_tagged,tests/bench/tagged.c $(call BENCH_COMMON,$(1)),$(call BENCH_FLAGS,$(1)))
$(call board_program,$(1),bench_states,$(BENCH_STATES) $(call BENCH_BARE,$(1)) tests/bench/move_words.c,$(call BENCH_FLAGS,$(1)))
endef
$(foreach board,$(BENCH_BOARDS),$(call bench_programs,$(board)))
$(call board_program,an385,bench_states,$(BENCH_STATES) $(call BENCH_BARE,an385) tests/bench/move_words.c,$(call BENCH_FLAGS,an385))

.PHONY: test-gate limits campaign-worst campaign-slices
bench: $(BENCH_ELFS) $(SMALLEST_HEAP) ## measure every bar of the charter: TRACES=dir
	@sh tests/tools/need.sh a64
	@python3 tests/tools/bench.py --build $(BUILD) $(TRACES)

BUILD_test-gate = $(BENCH_ELFS) $(WORST_ELFS)
test-gate: $(BUILD_test-gate) ## instruction counts, held to tests/bench/limits.txt
	@sh tests/tools/need.sh a64 rv m
	@python3 tests/tools/gate.py --build $(BUILD)

limits: $(BENCH_ELFS) $(WORST_ELFS) ## write the instruction counts of now to tests/bench/limits.txt
	@sh tests/tools/need.sh a64 rv m
	@python3 tests/tools/gate.py --build $(BUILD) --write

STATES_ELFS := $(BENCH_BOARDS:%=$(BUILD)/%-4/bench_states.elf) $(M3_STATES)
campaign-worst: $(STATES_ELFS) ## a million random operations per port and seed, heaps from the smallest to 1 GiB, held to tests/bench/limits.txt (SEEDS="1 2 3 4")
	@sh tests/tools/need.sh a64 rv m
	@python3 tests/tools/worst.py --build $(BUILD) $(if $(SEEDS),--seeds $(SEEDS))

campaign-slices: $(STATES_ELFS)
	@sh tests/tools/need.sh a64 rv m
	@python3 tests/tools/worst.py --build $(BUILD) --write
