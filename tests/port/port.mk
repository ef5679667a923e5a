# SPDX-License-Identifier: MIT
# Each port's own test, without the library; port_basepri is the one with the other
# kind of mask.

PORT_TEST    := tests/port/port_test.c tests/port/at_once.c
PORT_PLAIN   := $(PORT_TEST) tests/port/plain/prepare.c
PORT_BASEPRI := $(PORT_TEST) tests/port/basepri/prepare.c

$(call host_program,port_test,$(PORT_PLAIN),-Iport -Iport/host -Itests/port)
$(foreach board,$(BOARDS),\
    $(call bare_program,$(board),port_test,$(PORT_PLAIN) $(call port_sources,$(PORT_$(board))),-Iport -Itests/port))
$(call bare_program,an385,port_basepri,$(PORT_BASEPRI) $(call port_sources,armv7m),-Iport -Itests/port -DHAK_M_BASEPRI=0x40)

.PHONY: test-port
BUILD_test-port = $(call list_files,tests/port/runs.txt)
test-port: ## what each port supplies: bits, changes of words, mask, lock
	@$(RUN_LIST) tests/port/runs.txt
