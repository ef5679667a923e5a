/* SPDX-License-Identifier: MIT */
/* A policy of hak's, learned from cjson-A.atrc.xz. Load it before hak_init:
 *     hak_policy_load(hak_learned_policy, sizeof hak_learned_policy); */
#include <stdint.h>

/* What it says of sizes (the largest of each step, bytes):
 *      16:  55.7% of requests; pages x1, after 0 requests, while 10% free
 *      32:   0.0% of requests; pages x1, after 62 requests, while as usual free
 *      64:  40.8% of requests; pages x4, after 0 requests, while 10% free
 *     112:   0.0% of requests; pages x1, after 14 requests, while as usual free
 *     256:   1.2% of requests; pages x1, after 0 requests, while 10% free
 */
extern const uint32_t hak_learned_policy[61];
const uint32_t hak_learned_policy[61] = {
    0x706b6168, 0x00f40001, 0xefe3ffd2, 0x00000010, 0x00000000, 0x00000010,
    0x00000010, 0x00000010, 0x00000010, 0x8e030001, 0x00000006, 0x02000000,
    0x68030201, 0x00000000, 0x00000000, 0x00000004, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x03030001, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
    0x00000000,
};
