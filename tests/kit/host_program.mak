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

# $(1) the sanitizer or nothing, $(2) program, $(3) source, $(4) flags
host_folder      = host$(1:%=-%)
host_stem        = host-%$(1:%=-%)
host_compile     = $$(CC_host) $$(HOST_FLAGS) $(FLAGS_$(1))
host_object      = $(call object,$(host_folder),$(host_stem),$(2),$(3),$(4))
host_object_rule = $(call object_rule_once,$(call host_object,$(1),$(2),$(3),$(4)),$(3),$(host_compile),$(4))

# How many cores there are is known to kit_host.c alone.
host_kit_flags   = -Itests/kit -Iport/host $(if $(filter %/kit_host.c,$(1)),-DKIT_CORES=$$(call stem_cores,$$*))
host_kit_objects = $(foreach source,$(HOST_SOURCES),$(call host_object,$(1),kit,$(source),$(call host_kit_flags,$(source))))
define host_kit
$(eval KIT_OBJECTS_$(host_folder) := $(host_kit_objects))
$(foreach source,$(HOST_SOURCES),$(call host_object_rule,$(1),kit,$(source),$(call host_kit_flags,$(source))))
endef

# $(1) the sanitizer or nothing, $(2) program, $(3) sources, $(4) flags, $(5) libraries
define host_rules
$(foreach source,$(3),$(call host_object_rule,$(1),$(2),$(source),$(4)))
$(BUILD)/$(host_stem)/$(2): $(foreach source,$(3),$(call host_object,$(1),$(2),$(source),$(4))) $(KIT_OBJECTS_$(host_folder)) $(BUILD)/$(host_stem)/libhak.a
	@mkdir -p $$(@D)
	@$$(CC_host) $$(HOST_LINK) $(FLAGS_$(1)) $$(filter %.o,$$^) $$(filter %.a,$$^) $(5) -o $$@

endef

# The shortest stem wins: build/host-4-asan is one of host-%-asan.
SANITIZERS   := none asan tsan
host_program = $(foreach san,$(SANITIZERS),$(eval $(call host_rules,$(filter-out none,$(san)),$(1),$(2),-Isrc/include -Itests/kit $(3),$(4))))

$(foreach san,$(SANITIZERS),$(eval $(call host_kit,$(filter-out none,$(san)))))
