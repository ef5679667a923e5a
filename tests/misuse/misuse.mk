# SPDX-License-Identifier: MIT
# Programs that do wrong, one small one each. rounds= is for those that write
# at random.

MISUSE_PROGRAMS := double_free double_free_between double_free_emptied free_foreign free_misaligned \
                   free_interior free_uninitialised two_cores bad_size bad_alignment bad_init hook \
                   race overflow write_after_free forged_links \
                   bad_region

$(foreach name,$(MISUSE_PROGRAMS),\
    $(call host_program,misuse/$(name),$(addprefix tests/misuse/,$(name).c misuse.c serves.c))\
    $(call boards_program,misuse/$(name),$(addprefix tests/misuse/,$(name).c misuse.c serves.c)))

.PHONY: test-misuse
test-misuse: ## each kind of bad call, and writes where none should go
	@for name in $(MISUSE_PROGRAMS); do \
	    echo "host-4,host-4-asan,a64-4 misuse/$$name rounds=100"; \
	    echo "rv64-4/no,an385-1/no misuse/$$name rounds=10"; \
	    echo "rv32-4/no,an521-2/no misuse/$$name rounds=3"; \
	done > $(BUILD)/misuse.runs
	@echo "a72-4/no,lse-4/no misuse/race rounds=20" >> $(BUILD)/misuse.runs
	@echo "host-1,a64-1 misuse/double_free" >> $(BUILD)/misuse.runs
	@echo "host-1,a64-1 misuse/double_free_emptied" >> $(BUILD)/misuse.runs
	@echo "rv32s-1/no misuse/double_free" >> $(BUILD)/misuse.runs
	@echo "rv32s-1/no misuse/overflow rounds=10" >> $(BUILD)/misuse.runs
	@echo "host-4-tsan misuse/two_cores" >> $(BUILD)/misuse.runs
	@echo "host-4-tsan misuse/race rounds=40" >> $(BUILD)/misuse.runs
	@echo "host-4 misuse/race rounds=1500" >> $(BUILD)/misuse.runs
	@$(RUN_LIST) $(BUILD)/misuse.runs
