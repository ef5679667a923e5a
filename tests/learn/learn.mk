# SPDX-License-Identifier: MIT
# Learning: a policy from a trace; what learning is worth.

LEARN_SOURCES := tests/learn/learn.c tests/replay/trace.c
LEARN_FLAGS    = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -DHAK_CORES=$$(call stem_cores,$$*) \
                 -Isrc/sample/$$(if $$(call stem_has,learn,$$*),on,off) \
                 -Itests/$$(if $$(call stem_has,learn,$$*),learn/sited,tools/plain)

$(call host_program,learn,$(LEARN_SOURCES),$(LEARN_FLAGS) -Iport/host)
$(call a64_program,learn,$(LEARN_SOURCES),$(LEARN_FLAGS) -Iport/aarch64)

.PHONY: learn
learn: $(BUILD)/host-1-learn/learn ## learn a policy from a trace, as C source: TRACE=file HEAP=bytes OUT=file.c
	@python3 tests/learn/learn.py $<

# smallest_heap with calls from the places that a trace names, and sampling.
SITED := $(BUILD)/tools/smallest_heap_sited
$(SITED): tests/tools/smallest_heap.c tests/learn/sited/perform.h tests/replay/trace.c $(BUILD)/host-1-learn/libhak.a
	@mkdir -p $(@D)
	@$(CC_host) $(COMMON_FLAGS) -Isrc/include -Isrc -Isrc/inject/off -Isrc/sample/on $(SITES_off:%=-I%) -Iport -Iport/host -DHAK_CORES=1 \
	  -Itests/learn/sited $(filter %.c %.a,$^) -o $@

.PHONY: learn-bench
learn-bench: $(BUILD)/host-1/learn $(BUILD)/host-1/retain $(BUILD)/host-1-learn/learn $(BUILD)/tools/smallest_heap $(SITED) $(BUILD)/a64-4/replay.elf ## what learning is worth, with controls: TRACES=dir with NAME-A, -B and -C
	@python3 tests/learn/learn_bench.py --build $(BUILD) $(LEARN_BENCH_FLAGS) $(TRACES)

SAMPLE_FLAGS = -Isrc -Isrc/inject/off -Isrc/sample/on $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -DHAK_CORES=$$(call stem_cores,$$*)
$(call host_program,sample_test,tests/learn/sample_test.c,$(SAMPLE_FLAGS) -Iport/host)
$(call a64_program,sample_test,tests/learn/sample_test.c,$(SAMPLE_FLAGS) -Iport/aarch64)
$(call host_program,compiled_in,tests/learn/compiled_in.c tests/learn/cjson_policy.c)
$(call a64_program,compiled_in,tests/learn/compiled_in.c tests/learn/cjson_policy.c)

.PHONY: test-learn
BUILD_test-learn = $(call list_files,tests/learn/runs.txt) $(BUILD)/host-1-learn/learn
test-learn: ## lifetimes and sizes sampled, a policy compiled in, make learn repeats itself
	@$(RUN_LIST) tests/learn/runs.txt
	@$(MAKE) --no-print-directory -s $(BUILD)/host-1-learn/learn
	@python3 tests/learn/learn_test.py $(BUILD)/host-1-learn/learn

$(call host_program,retain,tests/learn/retain.c tests/replay/trace.c,-Isrc -Isrc/inject/off -Isrc/sample/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -Iport/host -DHAK_CORES=$$(call stem_cores,$$*))
