# SPDX-License-Identifier: MIT
# hakmem's scenarios and cost tables, measured on hak and its peers.

MODELS_SCENARIOS := $(addprefix tests/models/,scenario.c larson.c measure.c)

# -fno-builtin: malloc and free are called as they are written.
$(call host_program,models_timed,tests/models/timed.c $(MODELS_SCENARIOS),-fno-builtin)
$(call host_program,models_check,tests/models/check.c $(MODELS_SCENARIOS))
$(call a64_program,models_check,tests/models/check.c $(MODELS_SCENARIOS))
$(call a64_program,models_counted,tests/models/counted.c $(MODELS_SCENARIOS) $(BENCH_COMMON),-Itests/bench)
$(call a64_program,models_costs,tests/models/costs.c $(BENCH_COMMON),-Itests/bench)
$(call host_program,models_costs,tests/models/costs_host.c)

MODELS_PROGRAMS := $(addprefix $(BUILD)/,a64-4/models_costs.elf a64-4/models_counted.elf \
                     host-4/models_timed host-4/models_costs host-64/libhak_preload.so)

.PHONY: bench-models test-models
bench-models: $(MODELS_PROGRAMS) ## hakmem's cost tables and scenarios, against other heaps (ROUNDS=9)
	@sh tests/tools/need.sh a64 host peers
	@python3 tests/tools/models.py --build $(BUILD) $(if $(ROUNDS),--rounds $(ROUNDS))

test-models: $(BUILD)/host-4/models_timed $(BUILD)/host-64/libhak_preload.so ## the scenarios of make bench-models, their blocks looked at
	@for name in $$(sed -n 's/^    {"\([a-z_]*\)", .*/\1/p' tests/models/scenario.c); do \
	    LD_PRELOAD=$(abspath $(BUILD)/host-64/libhak_preload.so) \
	        $(BUILD)/host-4/models_timed scenario=$$name ops=2000 verify=1 >/dev/null && \
	        echo "ok models preload $$name" || { echo "FAIL models preload $$name"; bad=1; }; \
	done; $(RUN_LIST) tests/models/runs.txt && [ -z "$$bad" ]
