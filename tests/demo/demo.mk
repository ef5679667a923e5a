# SPDX-License-Identifier: MIT
# Who holds the memory, shown on a small firmware with real call sites.

$(call a64_program,demo,tests/demo/demo.c,-g)

DEMO := $(BUILD)/a64-1-count/demo.elf

.PHONY: demo test-demo
demo: $(DEMO) ## a firmware in QEMU that lists who holds its memory, with symbols
	@sh tests/tools/need.sh a64
	@$(QEMU_A64) $(DEMO) 1 256M yes | python3 tests/demo/symbols.py $(DEMO)

BUILD_test-demo = $(DEMO)
test-demo: $(BUILD_test-demo) ## the demo names its sites
	@sh tests/tools/need.sh a64
	@python3 tests/demo/demo_test.py $(DEMO)
