# SPDX-License-Identifier: MIT
# Programs that do wrong, one small one each. rounds= is for those that write
# at random.

MISUSE_PROGRAMS := $(filter-out misuse serves,$(basename $(notdir $(wildcard tests/misuse/*.c))))

$(foreach name,$(MISUSE_PROGRAMS),\
    $(call host_program,misuse/$(name),$(addprefix tests/misuse/,$(name).c misuse.c serves.c))\
    $(call boards_program,misuse/$(name),$(addprefix tests/misuse/,$(name).c misuse.c serves.c)))

.PHONY: test-misuse campaign-misuse
BUILD_test-misuse = $(call list_files,tests/misuse/runs.txt)
test-misuse: ## each kind of bad call, and writes where none should go
	@$(RUN_LIST) tests/misuse/runs.txt

campaign-misuse: ## more rounds of frees that race
	@KIT_TIMEOUT=3000 $(RUN_LIST) tests/misuse/campaign.txt
