# SPDX-License-Identifier: MIT
# Tests of the tiny build, in build/BOARD-1-tiny16 and -tiny256.

TINY_TEST_FLAGS = $$(call tiny_flags,$$(call stem_tiny,$$*)) -Isrc -Isrc/tiny -Iport -DHAK_CORES=1

$(call host_program,tiny_random,tests/tiny/random.c,$(TINY_TEST_FLAGS) -Iport/host)
$(call boards_program,tiny_random,tests/tiny/random.c,$(TINY_TEST_FLAGS))

TINY_MODEL := tests/model/model.c tests/model/shadow.c tests/model/audit.c tests/tiny/inside.c tests/tiny/policies.c
$(call host_program,tiny_model,$(TINY_MODEL),$(TINY_TEST_FLAGS) -Iport/host -Itests/model)
$(call boards_program,tiny_model,$(TINY_MODEL),$(TINY_TEST_FLAGS) -Itests/model)

TINY_TEST := tests/tiny/test.c tests/tiny/misuse.c tests/tiny/model.c
$(call host_program,tiny_test,$(TINY_TEST),$(TINY_TEST_FLAGS) -Iport/host)
$(call boards_program,tiny_test,$(TINY_TEST),$(TINY_TEST_FLAGS))

.PHONY: test-tiny
BUILD_test-tiny = $(call list_files,tests/tiny/runs.txt)
test-tiny: ## the tiny build, on the host and on the smallest boards
	@$(RUN_LIST) tests/tiny/runs.txt
