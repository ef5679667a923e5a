# SPDX-License-Identifier: MIT
# Every execution of a few calls on a few cores, and changes that must be noticed.

.PHONY: test-explore
test-explore: ## all interleavings of frees with leaving, adopting and giving up a page
	@mkdir -p $(BUILD)/explore
	@CC_host='$(CC_host)' sh tests/explore/compile.sh src $(BUILD)/explore/explore
	@$(BUILD)/explore/explore
	@CC_host='$(CC_host)' python3 tests/explore/mutants.py $(BUILD)/explore sh tests/explore/compile.sh
