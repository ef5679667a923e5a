# SPDX-License-Identifier: MIT
# Real programs, and some of our own, under LD_PRELOAD (boards/host_preload).

# Debian's names of what real.py runs if it is there.
REAL_PACKAGES := python3 git gcc perl sqlite3 lua5.4

REAL_PROGRAMS := errors threads forks early_main growth bad
REAL_LINKED   := $(BUILD)/real/fork_core $(BUILD)/real/fork_steps
REAL_BUILT    := $(REAL_PROGRAMS:%=$(BUILD)/real/%) $(BUILD)/real/early.so $(REAL_LINKED)
REAL_OBJECTS  := $(foreach n,1 4 64,$(BUILD)/host-$(n)/libhak_preload.so)
# -fno-builtin: the compiler leaves every call of the family as it is written.
REAL_FLAGS     = $(COMMON_FLAGS) -D_GNU_SOURCE -fno-builtin -pthread

$(BUILD)/real/%: tests/real/%.c tests/real/real.h tests/real/real.mk
	@mkdir -p $(@D)
	@$(CC_host) $(REAL_FLAGS) $< -ldl -o $@

$(BUILD)/real/early.so: tests/real/early.c tests/real/real.h tests/real/real.mk
	@mkdir -p $(@D)
	@$(CC_host) $(REAL_FLAGS) -shared -fPIC $< -o $@

# These two have the library in them, not under them.
$(REAL_LINKED): $(BUILD)/real/%: tests/real/%.c tests/real/real.h tests/real/real.mk $(BUILD)/host-4/libhak.a
	@mkdir -p $(@D)
	@$(CC_host) $(REAL_FLAGS) -DHAK_CORES=4 -Isrc -Isrc/include -Isrc/inject/off $(SITES_off:%=-I%) -Iport -Iport/host $< $(BUILD)/host-4/libhak.a -o $@

.PHONY: test-real
BUILD_test-real = $(REAL_BUILT) $(REAL_OBJECTS)
test-real: $(BUILD_test-real) ## real programs under the preload, compared with glibc
	@python3 tests/real/real.py $(BUILD)
