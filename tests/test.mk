# SPDX-License-Identifier: MIT
# make test runs every target test-NAME that has a "## text" behind it, in any
# makefile of the tree. Such a target prints lines "ok NAME", "FAIL NAME: why"
# and "skip NAME: why".
#
#   make test                        all of them
#   make test GROUPS='test-unit'     some
#   make test TRACES=dir             with more traces to replay
#   make test DEBUG=-g               with debug information

GROUPS = $(shell sed -n 's/^\(test-[a-z0-9-]*\):.*[^#]\#\# .*/\1/p' \
             $(sort $(filter %.mk Makefile,$(MAKEFILE_LIST))))

# What a group needs, BUILD_NAME in its makefile, is built before any group runs: they run
# side by side, and must not build one file at the same time. These take long and are
# started first.
LONG_GROUPS := test-model test-misuse test-unit test-replay test-gate test-interrupt
list_files   = $(shell python3 tests/tools/run_list.py $(BUILD) --files $(1))

# Not by its name: a line that names it is run by make -n as well.
THIS_MAKE := $(MAKE)
RUN_LIST   = MAKE='$(THIS_MAKE)' ALL_BUILT='$(ALL_BUILT)' python3 tests/tools/run_list.py $(BUILD)

# The full sets of what make test runs a part of: targets campaign-NAME, with the same
# kind of lines, which tell how much was done.
CAMPAIGNS = $(shell sed -n 's/^\(campaign-[a-z0-9-]*\):.*[^#]\#\# .*/\1/p' \
                $(sort $(filter %.mk Makefile,$(MAKEFILE_LIST))))

.PHONY: test-layers campaign-layers campaign build-groups
build-groups:
	+@$(MAKE) --no-print-directory -s -k $(sort $(foreach group,$(GROUPS),$(BUILD_$(group))))

test: ## run all tests (GROUPS="test-unit ..." some of them; TRACES=dir more traces)
	@sh tests/tools/need.sh python
	@MAKE='$(THIS_MAKE)' python3 tests/tools/run_tests.py $(BUILD) $(filter $(GROUPS),$(LONG_GROUPS)) $(filter-out $(LONG_GROUPS),$(GROUPS))

campaign: ## the full sets of tests, with counts and times (CAMPAIGNS="campaign-interrupt ..." some of them)
	@MAKE='$(THIS_MAKE)' python3 tests/tools/run_tests.py $(BUILD) --all $(CAMPAIGNS)

BUILD_test-layers = $(shell python3 tests/tools/check_layers.py $(BUILD) --libraries)
test-layers: ## includes go downwards only, the library needs no other symbol
	@MAKE='$(THIS_MAKE)' python3 tests/tools/check_layers.py $(BUILD)

campaign-layers: ## the same of libraries for 64 cores and such
	@MAKE='$(THIS_MAKE)' python3 tests/tools/check_layers.py $(BUILD) --all
