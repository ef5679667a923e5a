# SPDX-License-Identifier: MIT
# Tests of the tiny build, in build/BOARD-1-tiny16 and -tiny256.

TINY_TEST_FLAGS = $$(call tiny_flags,$$(call stem_tiny,$$*)) -Isrc -Isrc/tiny -Iport -DHAK_CORES=1

$(call host_program,tiny_random,tests/tiny/random.c,$(TINY_TEST_FLAGS) -Iport/host)
$(call boards_program,tiny_random,tests/tiny/random.c,$(TINY_TEST_FLAGS))
