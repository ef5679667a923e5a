# SPDX-License-Identifier: MIT
# Random operations against a shadow heap, and what else needs one.

MODEL_SOURCES := $(addprefix tests/model/,shadow.c audit.c inside.c)
INSIDE         = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -Itests/model -DHAK_CORES=$$(call stem_cores,$$*)

$(call host_program,model/random,tests/model/model.c tests/model/policies.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,model/random,tests/model/model.c tests/model/policies.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,model/stranded,tests/model/stranded.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,model/stranded,tests/model/stranded.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,model/traffic,tests/model/traffic.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,model/traffic,tests/model/traffic.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,model/cached,tests/model/cached.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,model/cached,tests/model/cached.c $(MODEL_SOURCES),$(INSIDE))

$(call host_program,model/regions,tests/model/regions.c $(MODEL_SOURCES),$(INSIDE) -Iport/host)
$(call boards_program,model/regions,tests/model/regions.c $(MODEL_SOURCES),$(INSIDE))

.PHONY: test-model
BUILD_test-model = $(call list_files,tests/model/runs.txt)
test-model: ## random operations against a shadow heap; memory that other cores freed
	@$(RUN_LIST) tests/model/runs.txt
