# SPDX-License-Identifier: MIT
# Call sites: what a program sees, in all builds of SITES, and what lies inside.

SITES_SOURCES := $(addprefix tests/sites/,sites.c sites_random.c sites_cache.c)

$(call host_program,sites,$(SITES_SOURCES))
$(call boards_program,sites,$(SITES_SOURCES))

SITES_INSIDE = -Isrc -Itests/sites/$$(call stem_sites,$$*) $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport \
               -DHAK_CORES=$$(call stem_cores,$$*)
$(call host_program,site_tags,tests/sites/site_tags.c,$(SITES_INSIDE) -Iport/host)
$(call a64_program,site_tags,tests/sites/site_tags.c,$(SITES_INSIDE) -Iport/aarch64)

.PHONY: test-sites campaign-sites
BUILD_test-sites = $(call list_files,tests/sites/runs.txt)
test-sites: ## call sites: names, listing, counting, in every build
	@$(RUN_LIST) tests/sites/runs.txt

campaign-sites: ## call sites under the sanitizers, and the unit tests in builds that know them
	@KIT_TIMEOUT=3000 $(RUN_LIST) tests/sites/campaign.txt
