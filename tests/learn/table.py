# SPDX-License-Identifier: MIT
"""Policy tables (src/policy.h) as Python objects, and as C source."""
import struct

BYTES = 244
SIZES, OWN, SITES, BANDS = 40, 8, 256, 4
HEAD = struct.Struct("<IHHIBBBBHH")


def checksum(data):
    total = 2166136261
    for byte in data[12:]:
        total = ((total ^ byte) * 16777619) & 0xffffffff
    return total


class Table:
    def __init__(self, data):
        if len(data) != BYTES:
            raise ValueError(f"a table has {BYTES} bytes, not {len(data)}")
        fields = HEAD.unpack_from(data)
        self.head = fields
        self.band = [list(data[20 + 4 * i:24 + 4 * i]) for i in range(BANDS)]
        self.size = [list(data[36 + 4 * i:40 + 4 * i]) for i in range(SIZES)]
        self.own = list(struct.unpack_from(f"<{OWN}H", data, 196))
        self.long_lived = bytearray(data[212:244])

    def data(self):
        out = bytearray(HEAD.pack(*self.head))
        for four in self.band + self.size:
            out += bytes(four)
        out += struct.pack(f"<{OWN}H", *self.own) + self.long_lived
        out[8:12] = struct.pack("<I", checksum(out))
        return bytes(out)

    def copy(self):
        return Table(self.data())


def step_bytes(step, granule=16):
    """The largest size of a step."""
    if step < 16:
        return (step + 1) * granule
    log2, quarter = 4 + (step - 16) // 4, (step - 16) % 4
    return ((1 << log2) + ((quarter + 1) << (log2 - 2))) * granule


def c_source(table, why):
    lines = ["/* SPDX-License-Identifier: MIT */",
             f"/* A policy of hak's, learned from {why}. Load it before hak_init:",
             " *     hak_policy_load(hak_learned_policy, sizeof hak_learned_policy); */",
             "#include <stdint.h>", "",
             "/* What it says of sizes (the largest of each step, bytes):"]
    for step, (patience, page, reserve, share) in enumerate(table.size):
        if patience or page or reserve:
            wait = (1 << patience) - 2 if patience else "as usual"
            free = f"{5 * (reserve - 1)}%" if reserve else "as usual"
            lines.append(f" *   {step_bytes(step):5}: {100 * share / 255:5.1f}% of requests; pages x{1 << page}, "
                         f"after {wait} requests, while {free} free")
    lines += [" */", "extern const uint32_t hak_learned_policy[%d];" % (BYTES // 4),
              "const uint32_t hak_learned_policy[%d] = {" % (BYTES // 4)]
    words = struct.unpack(f"<{BYTES // 4}I", table.data())
    for i in range(0, len(words), 6):
        lines.append("    " + " ".join(f"0x{w:08x}," for w in words[i:i + 6]))
    return "\n".join(lines + ["};", ""])
