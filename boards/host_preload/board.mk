# SPDX-License-Identifier: MIT
# The whole of a Linux program on hak:
#
#   make preload [PRELOAD_CORES=n]
#   LD_PRELOAD=$PWD/build/host-64/libhak_preload.so HAK_STATS=1 program ...
#
# build/host-n/libhak_preload.so can be asked for with any n from 1 to 64:
# threads beyond that number share the run layer. preload.h has the options.

PRELOAD_CORES   ?= 64
PRELOAD_SOURCES := $(sort $(wildcard boards/host_preload/*.c))
PRELOAD_FLAGS    = $(COMMON_FLAGS) -D_GNU_SOURCE -fPIC -fno-builtin -fvisibility=hidden -pthread \
                   -Isrc/include -Iport -Iport/host

# -z now: no symbol is looked up in the middle of a malloc.
PRELOAD_LINK     = -shared -pthread -Wl,-z,now,-z,defs,--gc-sections

# $(1) source; the stem is the number of cores.
define preload_object
$(BUILD)/host-%/preload.obj/$(basename $(1)).o: $(1) boards/host_preload/board.mk
	@mkdir -p $$(@D)
	@$$(CC_host) $$(PRELOAD_FLAGS) -DHAK_CORES=$$* -MMD -MP -c $$< -o $$@
.PRECIOUS: $(BUILD)/host-%/preload.obj/$(basename $(1)).o
-include $(wildcard $(BUILD)/host-*/preload.obj/$(basename $(1)).d)

endef
$(eval $(foreach source,$(PRELOAD_SOURCES),$(call preload_object,$(source))))

$(BUILD)/host-%/libhak_preload.so: $(foreach source,$(PRELOAD_SOURCES),$(BUILD)/host-%/preload.obj/$(basename $(source)).o) \
                                   $(BUILD)/host-%/libhak.a
	@$(CC_host) $(PRELOAD_LINK) $(filter %.o,$^) $(filter %.a,$^) -ldl -o $@

.PHONY: preload
preload: $(BUILD)/host-$(PRELOAD_CORES)/libhak_preload.so ## build the object to preload under Linux programs (PRELOAD_CORES=64)
	@echo $<
