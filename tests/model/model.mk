# SPDX-License-Identifier: MIT
# Random operations against a shadow heap, and what else needs one.

MODEL_SOURCES := $(addprefix tests/model/,shadow.c audit.c inside.c)
INSIDE         = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -Itests/model -DHAK_CORES=$$(call stem_cores,$$*)

$(call host_program,model,tests/model/model.c tests/model/policies.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,model,tests/model/model.c tests/model/policies.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,stranded,tests/model/stranded.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,stranded,tests/model/stranded.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,traffic,tests/model/traffic.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,traffic,tests/model/traffic.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,cached,tests/model/cached.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,cached,tests/model/cached.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,regions,tests/model/regions.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,regions,tests/model/regions.c $(MODEL_SOURCES),$(INSIDE))

.PHONY: test-model
test-model: ## random operations against a shadow heap; memory that other cores freed
	@$(RUN_LIST) tests/model/runs.txt
