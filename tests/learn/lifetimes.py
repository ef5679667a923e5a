# SPDX-License-Identifier: MIT
"""Blocks of long-lived sites at one end of the heap: is the heap smaller?"""
import os
import random
import struct

import table

SHUFFLES = 3
RECORD = struct.Struct("<BBHIIIII")
HEADER_BYTES = 80
FREE, REALLOC = 3, 2
LONG_SITE, SHORT_SITE = 1, 0
SITED = "tools/smallest_heap_sited"
SAMPLED = "host-1-learn/learn"


def bit_of(site):
    """The bit of the place that tests/learn/sited/perform.h makes of a site."""
    return ((0x10000 + 4 * site) >> 2) * 2654435769 % (1 << 32) >> 24


def only_lifetimes(learned):
    out = learned.copy()
    out.size = [[0, 0, 0, 0] for _ in range(table.SIZES)]
    out.own = [0] * table.OWN
    return out


def none_of(learned):
    out = only_lifetimes(learned)
    out.long_lived = bytearray(table.SITES // 8)
    return out


def shuffled(policy, sites, seed):
    """The bits of the sites that occur, dealt out anew."""
    used = sorted({bit_of(site) for site in sites})
    dealt = used[:]
    random.Random(seed).shuffle(dealt)
    out = policy.copy()
    for to, source in zip(used, dealt):
        bit = policy.long_lived[source // 8] >> source % 8 & 1
        out.long_lived[to // 8] = out.long_lived[to // 8] & ~(1 << to % 8) | bit << to % 8
    return out


def records(path):
    with open(path, "rb") as file:
        return bytearray(file.read())


def lifetimes(data):
    """Per record: the bytes asked for until its block is freed or moved on."""
    clock, born, lives = 0, {}, {}
    for at, (op, _, _, _, block, size, _, _) in enumerate(RECORD.iter_unpack(data[HEADER_BYTES:])):
        if block in born:
            record, since = born.pop(block)
            lives[record] = clock - since
        if op != FREE:
            clock += size
            born[block] = (at, clock)
    lives.update({record: clock for record, _ in born.values()})
    return lives


def known_in_advance(bench, name):
    """A trace with two sites: of blocks that will live long, and of the others."""
    data = records(bench.paths[name])
    for at, life in lifetimes(data).items():
        site = LONG_SITE if life > bench.peaks[name] // 2 else SHORT_SITE
        struct.pack_into("<I", data, HEADER_BYTES + at * RECORD.size + 4, site)
    bench.paths[name + "*"], bench.peaks[name + "*"] = bench.paths[name] + ".known", bench.peaks[name]
    with open(bench.paths[name + "*"], "wb") as file:
        file.write(data)
    return name + "*"


def from_whole_trace(bench, name, learned):
    """What a learner that sees every block would say: a site is long-lived if most of
    its bytes live longer than half the peak is asked for."""
    data, sums = records(bench.paths[name]), {}
    lives = lifetimes(data)
    for at, (_, _, _, site, _, size, _, _) in enumerate(RECORD.iter_unpack(data[HEADER_BYTES:])):
        if at in lives:
            bit = bit_of(site)
            sums[bit] = sums.get(bit, 0) + (size if lives[at] > bench.peaks[name] // 2 else -size)
    out = none_of(learned)
    for bit, balance in sums.items():
        out.long_lived[bit // 8] |= (balance > 0) << bit % 8
    return out


def sites_of(path):
    return {record[3] for record in RECORD.iter_unpack(records(path)[HEADER_BYTES:]) if record[0] != FREE}


def plans(bench, programs):
    """(trace, what, trace to replay, table)"""
    for program in programs:
        for kind in ("", ".chain"):
            # In a heap so small that the run layer has to do with most blocks.
            tight = bench.smallest(f"{program}-A{kind}", None, SITED) * 105 // 100
            learned = only_lifetimes(bench.learn(f"{program}-A{kind}", SAMPLED, tight, seed=1)[0])
            whole = from_whole_trace(bench, f"{program}-A{kind}", learned)
            sites = sites_of(bench.paths[f"{program}-A{kind}"])
            for which in "ABC":
                name = f"{program}-{which}{kind}"
                if name not in bench.paths:
                    continue
                yield name, "none", name, none_of(learned)
                yield name, "learned", name, learned
                for seed in range(SHUFFLES):
                    yield name, "shuffled", name, shuffled(learned, sites, seed)
                    yield name, "whole shuffled", name, shuffled(whole, sites, seed)
                yield name, "whole", name, whole
            if kind == "":
                advance = none_of(learned)
                advance.long_lived[bit_of(LONG_SITE) // 8] |= 1 << bit_of(LONG_SITE) % 8
                for which in "ABC":
                    name = f"{program}-{which}"
                    if name in bench.paths:
                        yield name, "known", known_in_advance(bench, name), advance


def report(bench, programs):
    jobs = list(plans(bench, programs))
    measured = bench.pool.map(lambda job: bench.smallest(job[2], bench.file_of(job[3]), SITED), jobs)
    figures, bits = {}, {}
    for (name, what, _, policy), smallest in zip(jobs, measured):
        figures.setdefault(name, {}).setdefault(what, []).append(smallest)
        bits[name, what] = sum(bin(byte).count("1") for byte in policy.long_lived)
    print("\nLifetimes: the smallest heap, in percent against none (the same build and table, no site long-lived);\n"
          "in brackets the sites that are long-lived. Learned: sampled by the library on A. Whole: from every block of A.\n")
    print(f"{'':<18}{'none':>8}{'learned':>14}{'shuffled':>10}{'difference':>12}{'whole':>14}{'shuffled':>10}"
          f"{'difference':>12}{'known':>8}")
    for name in sorted(figures):
        f = {what: sum(values) / len(values) for what, values in figures[name].items()}

        def ratio(what, to="none"):
            return f"{100 * (f[what] / f[to] - 1):+.1f}%" if what in f else "-"
        print(f"{name:<18}{f['none']:>8.0f}{ratio('learned'):>8} ({bits[name, 'learned']:>3})"
              f"{ratio('shuffled'):>10}{ratio('learned', 'shuffled'):>12}"
              f"{ratio('whole'):>8} ({bits[name, 'whole']:>3}){ratio('whole shuffled'):>10}"
              f"{ratio('whole', 'whole shuffled'):>12}{ratio('known'):>8}")
    for name in [n for n in bench.paths if n.endswith("*")]:
        os.unlink(bench.paths[name])
