# SPDX-License-Identifier: MIT
# hakmem's scenarios and cost tables, measured on hak and its peers.

MODELS_SCENARIOS := $(addprefix tests/models/,scenario.c larson.c measure.c)

# -fno-builtin: malloc and free are called as they are written.
$(call host_program,models_timed,tests/models/timed.c $(MODELS_SCENARIOS),-fno-builtin)
$(call host_program,models_check,tests/models/check.c $(MODELS_SCENARIOS))
$(call a64_program,models_check,tests/models/check.c $(MODELS_SCENARIOS))
$(call a64_program,models_counted,tests/models/counted.c $(MODELS_SCENARIOS) $(BENCH_COMMON_a64),$(BENCH_FLAGS_a64))
$(call a64_program,models_costs,tests/models/costs.c $(BENCH_COMMON_a64),$(BENCH_FLAGS_a64))
$(call host_program,models_costs,tests/models/costs_host.c)

MODELS_PROGRAMS := $(addprefix $(BUILD)/,a64-4/models_costs.elf a64-4/models_counted.elf \
                     host-4/models_timed host-4/models_costs host-64/libhak_preload.so)

# The same of a library without the reuse cache.
MODELS_OFF          := $(BUILD)/cache_off
MODELS_OFF_PROGRAMS := $(addprefix $(MODELS_OFF)/,a64-4/models_costs.elf a64-4/models_counted.elf \
                         host-64/libhak_preload.so)

.PHONY: bench-models models-off test-models
models-off:
	+@$(MAKE) --no-print-directory -s BUILD=$(MODELS_OFF) CC_host='$(CC_host) -DHAK_CACHE_SITES=0' \
	    CC_aarch64='$(CC_aarch64) -DHAK_CACHE_SITES=0' $(MODELS_OFF_PROGRAMS) >/dev/null

bench-models: $(MODELS_PROGRAMS) models-off ## hakmem's cost tables and scenarios, against other heaps (ROUNDS=9)
	@sh tests/tools/need.sh a64 host peers
	@python3 tests/tools/models.py --build $(BUILD) --off $(MODELS_OFF) $(if $(ROUNDS),--rounds $(ROUNDS))

MODELS_TEST := $(BUILD)/host-4/models_timed $(BUILD)/host-64/libhak_preload.so
BUILD_test-models = $(MODELS_TEST) $(call list_files,tests/models/runs.txt)
test-models: $(MODELS_TEST) ## the scenarios of make bench-models, their blocks looked at
	@for name in $$(sed -n 's/^    {"\([a-z_]*\)", .*/\1/p' tests/models/scenario.c); do \
	    LD_PRELOAD=$(abspath $(BUILD)/host-64/libhak_preload.so) \
	        $(BUILD)/host-4/models_timed scenario=$$name ops=2000 verify=1 >/dev/null && \
	        echo "ok models preload $$name" || { echo "FAIL models preload $$name"; bad=1; }; \
	done; $(RUN_LIST) tests/models/runs.txt && [ -z "$$bad" ]
