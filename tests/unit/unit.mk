# SPDX-License-Identifier: MIT
# Unit tests of each module; what a failing request leaves behind; the largest heap.

UNIT_SOURCES := $(addprefix tests/unit/,unit.c test_region.c test_extent.c test_bins.c test_run.c \
    test_classes.c test_page.c test_pool.c test_remote.c test_stats.c test_check.c test_walk.c \
    test_init.c test_small.c test_same.c test_cache.c test_release.c test_policy.c test_learn.c \
    test_retention.c test_lock.c test_tagged.c test_tagged_add.c)
UNIT_FLAGS    = -Isrc -Isrc/inject/off -Isrc/sample/off \
    $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport -DHAK_CORES=$$(call stem_cores,$$*) -O1

$(call host_program,unit,$(UNIT_SOURCES),$(UNIT_FLAGS) -Iport/host)
$(call boards_program,unit,$(UNIT_SOURCES),$(UNIT_FLAGS))

$(call host_program,inject,tests/unit/inject.c)
$(call boards_program,inject,tests/unit/inject.c)
$(call host_program,huge,tests/unit/huge.c)

.PHONY: test-unit campaign-unit
BUILD_test-unit = $(call list_files,tests/unit/runs.txt)
test-unit: ## each module by itself, failing requests, the largest heap
	@$(RUN_LIST) tests/unit/runs.txt

campaign-unit: ## the unit tests on each board, of each heap size
	@KIT_TIMEOUT=3000 $(RUN_LIST) tests/unit/campaign.txt
