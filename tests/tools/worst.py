#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""worst.py --build DIR [--seeds N...] [--only TARGET...] [--write]

The worst-case campaign: for each target, a board and a library, random operations,
all public calls that allocate or free, over heaps from the smallest to the largest that
it takes or 1 GiB (tests/bench/states_random.c): about a million for each seed. What each
call took at most is held to the row TARGET_campaign_CALL of tests/bench/limits.txt (of
a64: campaign_CALL). Prints "ok NAME" and "FAIL NAME: why" with what repeats it.

`make test-gate` measures those rows by the slices in tests/bench/slices.txt: the runs,
each up to the operation that took longest, that have the maxima of the campaign.
--write writes that file; `make limits` then writes the rows.
"""
import argparse
import re
import sys

import bench

PROGRAMS = ("bench_calls", "bench_model", "bench_tagged", "bench_states")
SLICES = "tests/bench/slices.txt"
CALLS = ("malloc", "realloc", "free", "aligned_alloc", "calloc")
OPERATIONS = 1050000
MOST_BYTES = 4 << 20
STATES = {"holes": "isolated holes", "bins": "a free extent in every bin",
          "pages": "births and deaths of pages",
          "pending": "another core's frees pending in every page"}
HEADER = """# SPDX-License-Identifier: MIT
# For each target and call the run of the worst-case campaign in which it took longest,
# up to that operation. Written by `make campaign-slices`.
"""


def doubled(least, most):
    heaps = [least]
    while heaps[-1] < most:
        heaps.append(2 * heaps[-1])
    return [text_of(h) for h in heaps]


def text_of(heap):
    for shift, unit in ((30, "G"), (20, "M"), (10, "K")):
        if heap % (1 << shift) == 0:
            return f"{heap >> shift}{unit}"
    return str(heap)


class Target:
    """A board with a library: the heaps of the campaign and of the states, and what else
    the programs are told."""

    def __init__(self, name, board, library, heaps, states, more):
        self.name, self.board, self.library = name, board, library
        self.heaps, self.states, self.more = heaps, states, more
        self.prefix = "" if name == "a64" else f"{name}_"

    def machine(self, build, programs, **options):
        return bench.Machine(build, True, programs, board=self.board, library=self.library, **options)

    def run(self, heap, seed):
        """A run of the campaign: blocks of up to an eighth of the heap, or MOST_BYTES."""
        most = max(64, min(MOST_BYTES, bench.replay_bytes(heap) // 8))
        return {"heap": heap, "most": most, "seed": seed, "ops": OPERATIONS // len(self.heaps)}


# The tiny builds have no recalls to ask for.
LARGE = {"holes": ("64K", "1M"), "bins": ("64K", "1M", "16M"), "pages": ("64K", "1M"),
         "pending": ("64K", "1M")}
TARGETS = [
    Target("a64", "a64", f"{bench.CORES}", doubled(1 << 10, 1 << 30), LARGE, {}),
    Target("rv64", "rv64", f"{bench.CORES}", doubled(1 << 10, 1 << 30), LARGE, {}),
    Target("m3", "an385", "1", doubled(1 << 10, 4 << 20),
           {"holes": ("64K", "1M"), "bins": ("64K", "1M"), "pages": ("64K", "1M")}, {}),
    Target("m3_tiny16", "an385", "1-tiny16", doubled(512, 16 << 10),
           {"holes": ("2K", "16K"), "bins": ("2K", "16K")}, {"nostats": 1}),
    Target("m3_tiny256", "an385", "1-tiny256", doubled(1 << 10, 256 << 10),
           {"holes": ("16K", "256K"), "bins": ("16K", "256K")}, {"nostats": 1})]


def states(target, machine):
    boots = {name: [machine.start("bench_states", cores=2 if name == "pending" else 1, what=name,
                                  heap=heap, **target.more) for heap in heaps]
             for name, heaps in target.states.items()}
    for name, heaps in target.states.items():
        yield f"worst call, {STATES[name]}; heaps of {', '.join(heaps)}"
        done = [b.result() for b in boots[name]]
        for call in CALLS:
            calls = sum(b.costs.get(f"{name}_{call}", (0,))[0] for b in done)
            if calls:
                yield bench.Row(f"{name}_{call}", call, max(b.most(f"{name}_{call}") for b in done),
                                bench.WORST_BARS.get(call), f"{calls:,} calls")


def span(_, machine):
    boot = machine.start("bench_calls", what="span", heap="16M")
    yield "worst call, one extent or block that spans the heap"
    boot = boot.result()
    for call in CALLS:
        if boot.most(f"span_{call}"):
            yield bench.Row(f"span_{call}", call, boot.most(f"span_{call}"),
                            bench.WORST_BARS.get(call))


def read_slices(target):
    with open(SLICES, encoding="ascii") as file:
        lines = [line.split() for line in file if line[:1] != "#"]
    return [dict(word.split("=") for word in words[1:]) for words in lines
            if words[:1] == [target.name]]


def campaign_slices(target, machine):
    """The rows of the campaign, by its slices."""
    boots = [machine.start("bench_states", what="random", **run, **target.more)
             for run in read_slices(target)]
    yield f"worst call, slices of the campaign; {len(boots)} runs"
    done = [b.result() for b in boots]
    for call in CALLS:
        yield bench.Row(f"campaign_{call}", call, max(b.most(f"campaign_{call}") for b in done),
                        bench.WORST_BARS.get(call))


def renamed(target, section):
    for row in section:
        if isinstance(row, bench.Row):
            row.name = target.prefix + row.name
        yield row


def of_bench(section):
    return lambda _, machine: section(machine)


def rows(build):
    """What is measured of each target, beside what bench.py measures of a64."""
    for target in TARGETS:
        one_core = target.library.startswith("1")
        sections = [states, campaign_slices] if one_core else [states, span, campaign_slices]
        if target.name == "rv64":
            sections = [of_bench(s) for s in (bench.fast, bench.cache, bench.remote, bench.worst,
                                              bench.tagged)] + sections
        machine = target.machine(build, ("bench_states",) if one_core else PROGRAMS)
        try:
            for section in sections:
                yield from renamed(target, section(target, machine))
        finally:
            machine.close()


class Worst:
    """The most that a call took, in which run, at which operation."""

    def __init__(self):
        self.most, self.run, self.calls, self.at = 0, None, 0, 0

    def take(self, boot, run, call):
        self.calls += boot.costs.get(f"campaign_{call}", (0,))[0]
        most = boot.most(f"campaign_{call}")
        # The earliest operation of those that took the same: the shortest slice.
        at = boot.longest_at[call][1] if most else 0
        if most > self.most or (most == self.most and most and
                                at * bench.replay_bytes(run["heap"]) <
                                self.at * bench.replay_bytes(self.run["heap"])):
            self.most, self.run, self.at = most, dict(run, ops=at), at


def take_longest(boot, text):
    boot.longest_at = {m.group(1): (int(m.group(2)), int(m.group(3)))
                       for m in re.finditer(r"^= at (\S+) (\d+) (\d+)", text, re.M)}


def campaign(target, build, seeds):
    """{call: Worst}, operations."""
    machine = target.machine(build, ("bench_states",), after_boot=take_longest)
    try:
        runs = [target.run(heap, seed) for seed in seeds for heap in target.heaps]
        boots = [machine.start("bench_states", what="random", **run, **target.more) for run in runs]
        worst = {call: Worst() for call in CALLS}
        for run, boot in zip(runs, boots):
            for call, w in worst.items():
                w.take(boot.result(), run, call)
    finally:
        machine.close()
    return worst, sum(run["ops"] for run in runs)


def slices_of(target, worst):
    """One for each run: up to the last of its operations that count."""
    runs = {}
    for w in worst.values():
        had = runs.setdefault((w.run["heap"], w.run["seed"]), w.run)
        had["ops"] = max(had["ops"], w.run["ops"])
    return [shown(target, run) for run in runs.values()]


def shown(target, run):
    return " ".join([target.name] + [f"{k}={v}" for k, v in run.items()])


def judge(target, worst, operations, allowed):
    failed = 0
    for call, w in worst.items():
        name = f"{target.prefix}campaign_{call}"
        limit = allowed.get(name)
        good = limit is not None and w.most <= limit
        failed += not good
        about = f"{w.most} of {w.calls:,} calls in {operations:,} operations, longest in " \
            f"{shown(target, w.run)}"
        print(f"ok {name} at most {limit:g}: {about}" if good else
              f"FAIL {name}: at most {limit}, but {about}", flush=True)
    return failed


TABLE = {"random": "random trace, 16 B to 64 KiB, 16 MiB, 60% live",
         "model": "operations of the model test", "full": "heap within 2% of full",
         "span": "one extent or block spans the heap", "holes": STATES["holes"],
         "bins": STATES["bins"], "pages": "pages born and dying all the time",
         "pending": STATES["pending"], "campaign": "a million random operations and more"}


def table(limits):
    """README's table, from limits.txt: malloc, calloc, realloc, free, aligned_alloc."""
    calls = ("malloc", "calloc", "realloc", "free", "aligned_alloc")
    print("| " + " | ".join(["instructions"] + [t.name for t in TARGETS]) + " |")
    print("|---" * (1 + len(TARGETS)) + "|")
    for state, text in TABLE.items():
        cells = []
        for t in TARGETS:
            most = [limits.get(f"{t.prefix}{state}_{call}") for call in calls]
            cells.append(" / ".join("-" if m is None else f"{m:,g}" for m in most) if any(most) else "-")
        print("| " + " | ".join([text] + cells) + " |")


def write(lines):
    with open(SLICES, "w", encoding="ascii") as file:
        file.write(HEADER + "".join(f"{line}\n" for line in sorted(lines)))
    print(f"{len(lines)} slices written to {SLICES}; `make limits` writes their figures")


def main():
    import gate
    parser = argparse.ArgumentParser(description="the worst-case campaign")
    parser.add_argument("--build", default="build")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--only", nargs="+", default=[t.name for t in TARGETS])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true", help="README's table, from the limits")
    options = parser.parse_args()
    if options.table:
        return table(gate.limits())
    failed, slices = 0, []
    for target in TARGETS:
        if target.name not in options.only:
            slices += [shown(target, run) for run in read_slices(target)] if options.write else []
            continue
        worst, operations = campaign(target, options.build, options.seeds)
        slices += slices_of(target, worst) if options.write else []
        failed += 0 if options.write else judge(target, worst, operations, gate.limits())
    if options.write:
        write(slices)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except bench.Failed as failure:
        sys.exit(f"worst: {failure}")
