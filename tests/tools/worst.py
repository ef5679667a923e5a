#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""worst.py --build DIR [--seeds N...] [--write]

The worst-case campaign: for each board random operations, all public calls that
allocate or free, over heaps from the smallest to 1 GiB (tests/bench/states_random.c,
50,000 in each, 1,050,000 for each seed). What each call took at most is held to the row
campaign_CALL of tests/bench/limits.txt (rv64_campaign_CALL for that board). Prints
"ok NAME" and "FAIL NAME: why" with what repeats it.

`make test-gate` measures those rows by the slices in tests/bench/slices.txt: the runs,
each up to the operation that took longest, that have the maxima of the campaign.
--write writes that file; `make limits` then writes the rows.
"""
import argparse
import re
import sys

import bench

LIMITS = "tests/bench/limits.txt"
SLICES = "tests/bench/slices.txt"
BOARDS = ("a64", "rv64")
CALLS = ("malloc", "realloc", "free", "aligned_alloc", "calloc")
HEAPS = [f"{1 << n}K" for n in range(10)] + [f"{1 << n}M" for n in range(10)] + ["1G"]
OPERATIONS = 50000
MOST_BYTES = 4 << 20
STATES = {"holes": ("isolated holes", ("64K", "1M")),
          "bins": ("a free extent in every bin", ("64K", "1M", "16M")),
          "pages": ("births and deaths of pages", ("64K", "1M")),
          "pending": ("another core's frees pending in every page", ("64K", "1M"))}
HEADER = """# SPDX-License-Identifier: MIT
# For each board and call the run of the worst-case campaign in which it took longest,
# up to that operation. Written by `make campaign-slices`.
"""


def prefix(board):
    return "" if board == "a64" else f"{board}_"


def run_of(heap, seed):
    """A run of the campaign: blocks of up to an eighth of the heap, or MOST_BYTES."""
    most = max(64, min(MOST_BYTES, bench.replay_bytes(heap) // 8))
    return {"what": "random", "heap": heap, "most": most, "seed": seed, "ops": OPERATIONS}


def states(machine):
    boots = {name: [machine.start("bench_states", cores=2 if name == "pending" else 1, what=name,
                                  heap=heap) for heap in heaps]
             for name, (_, heaps) in STATES.items()}
    for name, (text, heaps) in STATES.items():
        yield f"worst call, {text}; heaps of {', '.join(heaps)}"
        done = [b.result() for b in boots[name]]
        for call in CALLS:
            calls = sum(b.costs.get(f"{name}_{call}", (0,))[0] for b in done)
            if calls:
                yield bench.Row(f"{name}_{call}", call, max(b.most(f"{name}_{call}") for b in done),
                                bench.WORST_BARS.get(call), f"{calls:,} calls")


def span(machine):
    boot = machine.start("bench_calls", what="span", heap="16M")
    yield "worst call, one extent or block that spans the heap"
    boot = boot.result()
    for call in CALLS:
        if boot.most(f"span_{call}"):
            yield bench.Row(f"span_{call}", call, boot.most(f"span_{call}"),
                            bench.WORST_BARS.get(call))


def read_slices(board):
    with open(SLICES, encoding="ascii") as file:
        lines = [line.split() for line in file if line[:1] != "#"]
    return [dict(word.split("=") for word in words[2:]) for words in lines if words[:1] == [board]]


def campaign_slices(machine):
    """The rows of the campaign, by its slices."""
    boots = [machine.start("bench_states", what="random", **run) for run in read_slices(machine.board)]
    yield f"worst call, slices of the campaign; {len(boots)} runs"
    done = [b.result() for b in boots]
    for call in CALLS:
        yield bench.Row(f"campaign_{call}", call, max(b.most(f"campaign_{call}") for b in done),
                        bench.WORST_BARS.get(call))


def renamed(machine, section):
    for row in section:
        if isinstance(row, bench.Row):
            row.name = prefix(machine.board) + row.name
        yield row


def sections(machine):
    """What is measured of each board alike."""
    return [renamed(machine, section(machine)) for section in (states, span, campaign_slices)]


def sections_of_other(machine):
    """What bench.py measures of a64, of another board."""
    return [renamed(machine, section(machine)) for section in
            (bench.fast, bench.cache, bench.remote, bench.worst, bench.tagged)] + sections(machine)


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


def campaign(build, board, seeds):
    """{call: Worst}, operations."""
    machine = bench.Machine(build, False, ("bench_states",), board=board, after_boot=take_longest)
    try:
        runs = [run_of(heap, seed) for seed in seeds for heap in HEAPS]
        boots = [machine.start("bench_states", **run) for run in runs]
        worst = {call: Worst() for call in CALLS}
        for run, boot in zip(runs, boots):
            for call, w in worst.items():
                w.take(boot.result(), run, call)
    finally:
        machine.close()
    return worst, len(runs) * OPERATIONS


def slices_of(board, worst):
    """One for each run: up to the last of its operations that count."""
    runs = {}
    for w in worst.values():
        had = runs.setdefault((w.run["heap"], w.run["seed"]), w.run)
        had["ops"] = max(had["ops"], w.run["ops"])
    return [shown(board, run) for run in runs.values()]


def shown(board, run):
    return f"{board} random " + " ".join(f"{k}={v}" for k, v in run.items() if k != "what")


def judge(board, worst, operations, allowed):
    failed = 0
    for call, w in worst.items():
        name = f"{prefix(board)}campaign_{call}"
        limit = allowed.get(name)
        good = limit is not None and w.most <= limit
        failed += not good
        about = f"{w.most} of {w.calls:,} calls in {operations:,} operations, longest in " \
            f"{shown(board, w.run)}"
        print(f"ok {name} at most {limit:g}: {about}" if good else
              f"FAIL {name}: at most {limit}, but {about}", flush=True)
    return failed


def write(lines):
    with open(SLICES, "w", encoding="ascii") as file:
        file.write(HEADER + "".join(f"{line}\n" for line in sorted(lines)))
    print(f"{len(lines)} slices written to {SLICES}; `make limits` writes their figures")


def main():
    import gate
    parser = argparse.ArgumentParser(description="the worst-case campaign")
    parser.add_argument("--build", default="build")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    failed, slices = 0, []
    for board in BOARDS:
        worst, operations = campaign(options.build, board, options.seeds)
        slices += slices_of(board, worst) if options.write else []
        failed += 0 if options.write else judge(board, worst, operations, gate.limits())
    if options.write:
        write(slices)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except bench.Failed as failure:
        sys.exit(f"worst: {failure}")
