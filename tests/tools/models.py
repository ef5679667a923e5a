#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""models.py --build DIR --off DIR [--out FILE] [--only SECTION...] [--rounds N]

hakmem's cost tables and scenarios, measured on hak: instructions on A64 (QEMU,
icount, library for 4 cores), nanoseconds on the host, there against other
heaps. --off: programs of the same sources whose library has no reuse cache. What
has a bar is marked ok or ABOVE. All figures with a name are also in FILE
(build/models.txt): name, figure, bar or -, verdict. Exit status 0 if every figure
could be measured, above its bar or not.
"""
import argparse
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "bench"))
import bench # noqa: E402
import exec_log # noqa: E402
import models_host # noqa: E402
import models_steps # noqa: E402
from bench import Failed, Row # noqa: E402

ELVES = ("models_costs", "models_counted")
OFF = "_off" # behind the name of a program whose library has no reuse cache
HEAP = "64M"
GROUPS = {"pool_malloc": 10, "pool_free": 11, "hit": 12, "miss": 13, "put": 14, "evict": 15}
CYCLES = (1, 10, 100, 1000)
ROUNDS = 200 # of each kind, in tests/models/costs.c

A64_SCENARIOS = [("json", 1, 4000), ("mir", 1, 4000), ("vm", 1, 4000), ("vm_ring", 1, 4000),
                 ("vm_batch", 1, 4000), ("mixed", 1, 4000), ("larson_small", 1, 20000),
                 ("larson_small", 2, 8000), ("larson_big", 1, 20000), ("larson_big", 2, 8000)]


def figure(name, text, value, bar=None, note=""):
    """A row, its figure no more exact than it is shown."""
    return Row(name, text, round(value, 3 if bar is not None or value < 10 else 1), bar, note)


def lines_of(rows, widths):
    """Text of a table whose first column is flushed left."""
    return "\n".join("  " + f"{row[0]:<{widths[0]}}" +
                     "".join(f"{cell:>{w}}" for cell, w in zip(row[1:], widths[1:])) for row in rows)


def short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


class Costs:
    """What the calls of one run cost, by group."""

    def __init__(self, boot):
        self.groups = boot.groups

    def sum(self, *names):
        return sum(self.groups[GROUPS[n]][1] for n in names)

    def mean(self, *names):
        return self.sum(*names) / sum(self.groups[GROUPS[n]][0] for n in names)


def must_have_gone(boot, name, **expected):
    """The reuse cache's own counters say that the calls went the way they are named for."""
    seen = dict(zip(("hits", "misses", "puts", "evictions"), map(int, boot.values[f"went_{name}"])))
    if seen != dict(dict.fromkeys(seen, 0), **expected):
        raise Failed(f"the calls named {name} went another way: {seen}")


def step_table(boot, elf, columns):
    steps = {name: models_steps.steps(boot.log, elf, GROUPS[name]) for name in columns.values()}
    for name, of in steps.items():
        if abs(sum(of.values()) - Costs(boot).mean(name)) > 0.01:
            raise Failed(f"{name}: the steps do not add up to what its calls took")
    names = sorted({s for of in steps.values() for s in of},
                   key=lambda s: (-max(of.get(s, 0) for of in steps.values()), s))
    rows = [["", *columns]]
    rows += [[name] + [short(of[name]) if name in of else "-" for of in steps.values()]
             for name in names]
    rows.append(["all"] + [short(sum(of.values())) for of in steps.values()])
    return lines_of(rows, [24] + [14] * len(columns))


def costs(machine):
    logged = machine.start("models_costs", log=True, what="parts", nobirth=1, heap=HEAP)
    parts = machine.start("models_costs", what="parts", heap=HEAP)
    amortised = {n: machine.start("models_costs", what="cycles", ops=n, heap=HEAP) for n in CYCLES}
    off = machine.start("models_costs" + OFF, what="cycles", ops=1000, heap=HEAP)
    mix = machine.start("models_costs", what="mix", ops=10, heap=HEAP)
    evicting = {n: machine.start("models_costs", what="evict", ops=1000, every=n, heap=HEAP)
                for n in (100, 10, 2)}
    logged, boot = logged.result(), parts.result()
    elf, part = machine.elf("models_costs"), Costs(boot)
    must_have_gone(boot, "hot", hits=ROUNDS, puts=ROUNDS)
    must_have_gone(boot, "slow", misses=ROUNDS, puts=ROUNDS, evictions=ROUNDS)
    yield "A64, instructions, malloc step by step: pool (64 B), what keeps 2 MiB\n" + \
        step_table(logged, elf, {"pool": "pool_malloc", "hit": "hit", "miss": "miss"})
    yield "A64, instructions, free step by step\n" + \
        step_table(logged, elf, {"pool": "pool_free", "put": "put", "put, evicting": "evict"})
    yield "A64, instructions, call and return included"
    pool_malloc, pool_free = part.mean("pool_malloc"), part.mean("pool_free")
    yield figure("pool_malloc", "pool: malloc of 64 B", pool_malloc)
    yield figure("pool_free", "pool: free of 64 B", pool_free)
    yield figure("pool_slow", "pool: slow path, malloc that makes a new page", boot.mean("pool_birth"))
    yield figure("hit", "2 MiB: malloc, a block is kept", part.mean("hit"))
    yield figure("hit_ratio", "hit of 2 MiB, over the pool's malloc", part.mean("hit") / pool_malloc, 1.3,
                 "hakmem: 31 ns, 3.4 times mimalloc's 9")
    yield figure("miss", "4 MiB: slow path, nothing is kept", part.mean("miss"), None, "hakmem: 5,231 ns")
    yield figure("put", "2 MiB: free, put", part.mean("put"))
    yield figure("put_ratio", "put of 2 MiB, over the pool's free", part.mean("put") / pool_free, 1.3,
                 "hakmem: 80 to 130 ns, 9 to 14 times")
    yield figure("evict", "4 MiB: free, put with eviction", part.mean("evict"), None, "hakmem: 150 ns")
    yield from pairs(amortised, evicting, off, pool_malloc + pool_free)
    yield from mixes(mix, part, boot)
    yield from space(machine)


def pairs(amortised, evicting, off, pool):
    yield "A64, instructions of a malloc and its free, mean over N cycles from a cold heap"
    for n, boot in amortised.items():
        cost = Costs(boot.result())
        yield figure(f"pool_pair_{n}", f"pool, N = {n:,}", cost.sum("pool_malloc", "pool_free") / n)
    for n, boot in amortised.items():
        pair = Costs(boot.result()).sum("hit", "put") / n
        yield figure(f"pair_{n}", f"2 MiB, N = {n:,}", pair)
    pair_off = Costs(off.result()).sum("hit", "put") / 1000
    yield figure("pair_ratio", "pair of 2 MiB, N = 1,000, over a pool pair", pair / pool, 1.5,
                 "hakmem: 181 ns, 20 times")
    yield figure("pair_off", "2 MiB, N = 1,000, cache off", pair_off)
    yield figure("pair_off_ratio", "pair of 2 MiB, N = 1,000, over it with cache off",
                 pair / pair_off, 0.5)
    for n, boot in evicting.items():
        cost = Costs(boot.result())
        mean = cost.sum("hit", "miss", "put", "evict") / (1000 + 1000 // n)
        yield figure(f"pair_evicting_{n}", f"2 MiB, 1 of {n + 1} slow: misses, evicts", mean, None,
                     f"{mean / pool:.2f} pool pairs")
        if n == max(evicting):
            yield figure("pair_evicting_ratio", "2 MiB, 1 of 101 slow, over a pool pair", mean / pool, 1.5,
                         "no eviction comes up in the N cycles above")


def mixes(mix, part, boot):
    yield "A64, instructions of a malloc, 10 slow and 90 fast"
    slow, fast = boot.mean("pool_birth"), part.mean("pool_malloc")
    yield figure("pool_mix", "pool, computed from its parts", (10 * slow + 90 * fast) / 100, None,
                 "mimalloc as hakmem gives it: 516 ns")
    yield figure("mix", "2 MiB, measured", Costs(mix.result()).mean("hit", "miss"), None,
                 "hakmem: 551 ns")


def space(machine):
    boot, off = (machine.start("models_costs" + off, what="space", heap=HEAP) for off in ("", OFF))
    boot, off = boot.result(), off.result()
    yield f"bytes of control data, heap of {HEAP}: none lie in or beside a block; out of line"
    for name, text in (("pool", "64 B from the pool"), ("big", "2 MiB")):
        size, beside, metadata, heap = map(int, boot.values[f"space_{name}"])
        share = size * metadata / heap
        yield figure(f"space_{name}", f"{text}: in and beside a live block", beside, None,
                     "hakmem: 32, mimalloc about 0")
        yield figure(f"share_{name}", f"{text}: share of maps and tables, live or free", share, None,
                     f"{100 * metadata / heap:.2f}% of the heap")
    tables = metadata - int(off.values["space_big"][2])
    yield figure("space_cache", "all of the reuse cache's tables and notes", tables, None,
                 f"{100 * tables / heap:.2f}% of the heap")


def costs_host(options):
    program = f"{options.build}/host-4/models_costs"
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    values = {w[1]: [int(x) / 1000 for x in w[2:]]
              for w in map(str.split, done.stdout.splitlines()) if w[:1] == ["="]}
    if done.returncode != 0 or "cycle_mix" not in values:
        raise Failed(f"{program}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    yield "host, ns: pool (64 B) and what keeps 2 MiB alternate in one run; medians of 99 batches"
    for name, text in (("pool", "pool: malloc and free"), ("kept", "2 MiB: malloc and free"),
                       ("mix", "2 MiB: the same, 10 slow and 90 fast"),
                       ("slow", "4 MiB: the same, each of a new size: slow")):
        yield figure(f"host_cycle_{name}", text, values[f"cycle_{name}"][0])
    for name, calls in (("pool", ("pool: malloc", "pool: free")),
                        ("kept", ("2 MiB: malloc, a block is kept", "2 MiB: free, put")),
                        ("slow", ("4 MiB: malloc, nothing is kept",
                                  "4 MiB: free, put with eviction"))):
        for text, kind, value in zip(calls, ("malloc", "free"), values[f"calls_{name}"]):
            yield figure(f"host_{name}_{kind}", f"{text}, alone", value)


def counted(boot, group):
    """Calls of a group: number, mean, most."""
    if boot.log: # with two cores at once the counter counts both
        seen = boot.log.groups[group]
        return seen.calls, seen.sum / seen.calls, seen.most
    calls, total, most = boot.groups[group]
    return calls, total / calls, most


def a64(machine):
    boots = [[machine.start("models_counted" + off, cores=threads, log=threads > 1, scenario=name,
                            threads=threads, ops=ops, heap="128M") for off in ("", OFF)]
             for name, threads, ops in A64_SCENARIOS]
    yield "scenarios on A64, instructions, mean and most of a call (2 cores: waiting included)"
    for (name, threads, _), (boot, off) in zip(A64_SCENARIOS, boots):
        cores = f", {threads} core{'s' * (threads > 1)}" if name.startswith("larson") else ""
        for group, call in ((0, "malloc"), (2, "free")):
            calls, mean, most = counted(boot.result(), group)
            _, mean_off, most_off = counted(off.result(), group)
            yield figure(f"a64_{name}_{threads}_{call}", f"{models_host.TEXT[name]}{cores}: {call}",
                         mean, None, f"most {most:,}; cache off: {short(mean_off)}, most "
                         f"{most_off:,}; {calls:,} calls")


def host_heading(host, rounds):
    versions = ", ".join(f"{name} {models_host.version(package)}"
                         for name, (_, package, _) in models_host.PEERS.items())
    return f"""scenarios on the host, each heap preloaded, in turns, medians of {rounds}
  Of each block the first byte is written, no more. When a heap gives memory back
  to the system is its own choice, and the page faults that follow are its price:
  they are counted below. Behind, the others are told to keep what they have.
  {versions}"""


def threads_text(key):
    name, threads = key
    return models_host.TEXT[name] + (f", {threads} thread{'s' * (threads > 1)}"
                                     if name.startswith("larson") else "")


def host_table(keys, heaps, value, ratios):
    names = [h.name for h in heaps]
    rows = [["", *names, *(f"{n}/hak" for n in names[1:] if ratios)]]
    for key in keys:
        cells = [value(key, i) for i in range(len(heaps))]
        row = [threads_text(key)] + [short(c) for c in cells]
        if ratios:
            row += [f"{c / cells[0]:.2f}" if cells[0] > 0 else "-" for c in cells[1:]]
        rows.append(row)
    return lines_of(rows, [34] + [10] * len(heaps) + [15] * (len(heaps) - 1))


def host(options):
    machine = models_host.Host(options.build, options.off)
    try:
        yield from host_sections(machine, options.rounds)
    finally:
        machine.close()


def host_sections(host_, rounds):
    heaps = [host_.hak] + host_.peers + [host_.off]
    times = host_.times(heaps, rounds)
    keys = list(models_host.PLAN)
    yield host_heading(host_, rounds)
    yield "ns per operation (a malloc and a free, the scenario's own loop included)\n" + \
        host_table(keys, heaps, lambda k, i: times[k][i].nanoseconds, True)
    yield "page faults per 1,000 operations\n" + \
        host_table(keys, heaps, lambda k, i: times[k][i].faults, False)
    yield "resident at the end, KiB\n" + \
        host_table(keys, heaps, lambda k, i: times[k][i].resident_kib, False)
    keeping = [host_.hak] + host_.keeping
    kept = host_.times(keeping, rounds)
    yield "ns per operation, hak's peers told to keep their memory\n" + \
        host_table(keys, keeping, lambda k, i: kept[k][i].nanoseconds, True)
    counts = host_.instructions(heaps)
    counted = [key for key in keys if key[1] == 1]
    yield f"instructions per operation, the scenario's own taken off (by {host_.counter()})\n" + \
        host_table(counted, heaps, lambda k, i: counts[k[0]][i], True)
    yield "host, VM scenario, hak / mimalloc"
    at = 1 + [h.name for h in host_.peers].index("mimalloc")
    for name in ("vm", "vm_ring", "vm_batch"):
        bars = (0.1, 1.0) if name == "vm" else (None, None)
        text = models_host.TEXT[name]
        yield figure(f"host_{name}_instructions", f"{text}: instructions, hak / mimalloc",
                     counts[name][0] / counts[name][at], bars[0],
                     f"{short(counts[name][0])} / {short(counts[name][at])}")
        yield figure(f"host_{name}_time", f"{text}: median time, hak / mimalloc",
                     times[name, 1][0].nanoseconds / times[name, 1][at].nanoseconds, bars[1],
                     f"{short(times[name, 1][0].nanoseconds)} / "
                     f"{short(times[name, 1][at].nanoseconds)} ns")


def main():
    parser = argparse.ArgumentParser(description="hakmem's cost tables and scenarios")
    parser.add_argument("--build", default="build")
    parser.add_argument("--off", default="build/cache_off")
    parser.add_argument("--out", help="default: BUILD/models.txt")
    parser.add_argument("--rounds", type=int, default=models_host.ROUNDS)
    parser.add_argument("--only", nargs="+", help="of: costs costs-host a64 host")
    options = parser.parse_args()
    machine = bench.Machine(options.build, False, ELVES, models_steps.Log)
    for name in ELVES:
        shutil.copy(f"{options.off}/a64-{bench.CORES}/{name}.elf", machine.elf(name + OFF))
    sections = {"costs": lambda: costs(machine), "costs-host": lambda: costs_host(options),
                "a64": lambda: a64(machine), "host": lambda: host(options)}
    try:
        rows = bench.table([sections[n]() for n in options.only or sections],
                           options.out or f"{options.build}/models.txt")
    finally:
        machine.close()
    bars = [r for r in rows if r.bar is not None]
    print("\nbars of the reuse model" + "".join(
        f"\n  {r.text:<52} {bench.shown(r.value):>9}  {bench.shown(r.bar):>6}  {r.verdict()}"
        for r in bars))


if __name__ == "__main__":
    try:
        main()
    except (Failed, models_host.Failed, exec_log.Wrong) as failure:
        sys.exit(f"models: {failure}")
