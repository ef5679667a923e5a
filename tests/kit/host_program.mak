# SPDX-License-Identifier: MIT
# Programs for the host; included by boards/boards.mk.
#
#   $(call host_program,NAME,SOURCES[,FLAGS[,LIBRARIES]])
#
# makes NAME in build/host-CORES/, build/host-CORES-asan/, -tsan, -fail,
# -fail-asan and -fail-tsan, with the library of the same kind.

HOST_SOURCES := tests/kit/kit.c tests/kit/format.c tests/kit/kit_host.c
HOST_FLAGS    = $(COMMON_FLAGS) -pthread
HOST_LINK     = -pthread

# The sanitizer that the stem names
host_san = $(foreach san,$(call stem_has,asan tsan,$(1)),$(FLAGS_$(san)))

# $(1) program, $(2) source, $(3) flags
define host_object
$(BUILD)/host-%/$(1).obj/$(basename $(2)).o: $(2) tests/kit/host_program.mak $(DEBUG_WAS)
	@mkdir -p $$(@D)
	@$$(CC_host) $$(HOST_FLAGS) $$(call host_san,$$*) $(3) -MMD -MP -c $$< -o $$@
.PRECIOUS: $(BUILD)/host-%/$(1).obj/$(basename $(2)).o
-include $(wildcard $(BUILD)/host-*/$(1).obj/$(basename $(2)).d)

endef

define host_rules
$(foreach source,$(2),$(call host_object,$(1),$(source),-Isrc/include -Itests/kit $(3)))
$(BUILD)/host-%/$(1): $(foreach source,$(2),$(BUILD)/host-%/$(1).obj/$(basename $(source)).o) \
                      $(foreach source,$(HOST_SOURCES),$(BUILD)/host-%/kit.obj/$(basename $(source)).o) \
                      $(BUILD)/host-%/libhak.a
	@$$(CC_host) $$(HOST_LINK) $$(call host_san,$$*) $$(filter %.o,$$^) $$(filter %.a,$$^) $(4) -o $$@

endef

host_program = $(eval $(call host_rules,$(1),$(2),$(3),$(4)))

$(eval $(foreach source,$(HOST_SOURCES),$(call host_object,kit,$(source),-Itests/kit -Iport/host -DKIT_CORES=$$(call stem_cores,$$*))))
