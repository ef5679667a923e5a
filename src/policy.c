/* SPDX-License-Identifier: MIT */
/* The built-in policy: nothing is known of the program. */
#include "policy.h"

const hak_policy policy_built_in = {
    .magic = POLICY_MAGIC,
    .version = POLICY_VERSION,
    .bytes = sizeof(hak_policy),
    .granule_bytes = GRANULE_BYTES,
    .band = {{POLICY_DEPTH_MOST, 0, 0, 0},
             {POLICY_DEPTH_MOST, 0, 0, 0},
             {POLICY_DEPTH_MOST, 0, 0, 0},
             {POLICY_DEPTH_MOST, 0, 0, 0}},
};

const hak_policy *policy_now = &policy_built_in;
