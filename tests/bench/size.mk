# SPDX-License-Identifier: MIT
# Code, data and stack of each public call, for every port, the full and the tiny build.

.PHONY: size size-record size-ports size-flags size-tool test-size
size: ## code, static storage and stack of each public call, held to tests/bench/sizes.txt
	@python3 tests/tools/sizes.py --build $(BUILD)

size-record: ## write the sizes of now to tests/bench/sizes.txt
	@python3 tests/tools/sizes.py --build $(BUILD) --write

SIZE_PORTS := armv6m armv7em
BUILD_test-size = $(foreach port,$(SIZE_PORTS),$(foreach kind,1 1-tiny16 1-tiny256,$(BUILD)/$(port)-$(kind)/libhak.a))
test-size: ## the tiny build's sizes on Cortex-M0 and M4 (make size: all ports)
	@MAKE='$(THIS_MAKE)' python3 tests/tools/sizes.py --build $(BUILD) --ports $(SIZE_PORTS)

# What the script asks for
size-ports:
	@echo $(PORTS)
size-flags:
	@echo $(filter -m%,$(FLAGS_$(PORT)))
size-tool:
	@echo $(PREFIX_$(PORT))
