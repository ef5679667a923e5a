# SPDX-License-Identifier: MIT
# The heap-size certificate, on the host, with the library for as many cores as the
# target has. The host has 64-bit words: so must the target.

CERTIFY_FLAGS = $(COMMON_FLAGS) -Isrc -Isrc/include -Isrc/inject/off -Isrc/sites/off -Iport -Iport/host \
                -Itests/certify -Itests/tools/plain -DHAK_CORES=$(call stem_cores,$*)
CERTIFY_HEADERS := tests/certify/bound.h tests/replay/trace.h $(wildcard src/*.h)

# $(1) program, $(2) sources
define certify_rules
$(BUILD)/host-%/$(1): $(2) $(CERTIFY_HEADERS) $(BUILD)/host-%/libhak.a
	@mkdir -p $$(@D)
	@$$(CC_host) $$(CERTIFY_FLAGS) -pthread $$(filter %.c %.a,$$^) -o $$@

endef
$(eval $(call certify_rules,certify,tests/certify/certify.c tests/certify/bound.c tests/replay/trace.c))
$(eval $(call certify_rules,attack,tests/certify/attack.c tests/certify/bound.c))
$(eval $(call certify_rules,bounds,tests/certify/bounds.c tests/certify/bound.c))
$(eval $(call certify_rules,smallest_heap,tests/tools/smallest_heap.c tests/replay/trace.c))

CERTIFY_TOOLS = $(addprefix $(BUILD)/host-$(1)/,certify smallest_heap)

.PHONY: certify bounds test-certify test-bounds campaign-certify
bounds: $(BUILD)/host-$(CORES)/bounds ## the bounds of the promises, as formulas and in figures: CORES=n
	@python3 tests/certify/bounds.py docs/bounds.md tests/bench/limits.txt
	@$(BUILD)/host-$(CORES)/bounds

BUILD_test-bounds = $(foreach n,1 4 64,$(BUILD)/host-$(n)/bounds)
test-bounds: $(BUILD_test-bounds) ## what a heap keeps for itself; docs/bounds.md names figures that there are
	@for n in 1 4 64; do $(BUILD)/host-$$n/bounds || exit 1; done
	@python3 tests/certify/bounds.py docs/bounds.md tests/bench/limits.txt --test

certify: $(call CERTIFY_TOOLS,$(CORES)) ## the heap that suffices for a trace, and for any run with its peaks: TRACE=file CORES=n
	@python3 tests/certify/certify.py --build $(BUILD) --cores $(CORES) $(if $(CLASSES),--classes) $(TRACE)

BUILD_test-certify = $(call CERTIFY_TOOLS,1) $(call CERTIFY_TOOLS,4) $(BUILD)/host-1/attack $(BUILD)/host-4/attack
test-certify: $(BUILD_test-certify) ## the heap-size certificate: recorded runs, and programs that try to break it
	@$(BUILD)/host-1/attack
	@$(BUILD)/host-4/attack 0
	@python3 tests/certify/certify_test.py $(BUILD) tests/traces

campaign-certify: $(BUILD_test-certify) ## the same for more seeds, and without bisection: TRACES=dir
	@$(BUILD)/host-1/attack 200
	@$(BUILD)/host-4/attack 50
	@python3 tests/certify/certify_test.py $(BUILD) $(TRACES) --exact
