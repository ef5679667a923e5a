#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""learn_bench.py --build DIR [--only PARTS] [--programs NAMES] TRACES

What learning is worth: train on each NAME-A, freeze, test on NAME-B and NAME-C.

  sizes      policy of sizes (evolution). Against: no policy; the same table with
             its entries shuffled among the sizes that occurred, 5 times; a table
             made from the other programs' (one program left out).
  lifetimes  blocks of long-lived sites at one end. Against: none; sites
             shuffled; lifetimes known in advance. Direct sites and chains.

  retention  strategies of the reuse cache chosen by Elo, on a model of it. Against:
             the built-in one, strategies drawn or shuffled, the best in hindsight.

Measured: instructions of a malloc and of a free, mean and worst, on the A64
image under icount, heap 1.75 times the peak (in 1.5 times it, expat-B fails under
some of the controls); the smallest heap (host, one core),
with a table's bytes charged as RAM; the largest free block's part of all that is
free, over the run. All is deterministic.
"""
import argparse
import concurrent.futures
import math
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "tools")]
import learn # noqa: E402
import lifetimes # noqa: E402
import memory_bench # noqa: E402
import retention # noqa: E402
import run as replay # noqa: E402
import table # noqa: E402

PROGRAMS = ("cjson", "duktape", "expat", "lua", "mbedtls", "sqlite3")
SHUFFLES = 5
JOBS = 2


class Figures:
    """Of one trace under one policy."""

    def __init__(self, costs, smallest, largest):
        self.malloc, self.free = costs["malloc"][1], costs["free"][1]
        self.worst = max(costs["malloc"][2], costs["free"][2])
        self.pair, self.smallest, self.largest = self.malloc + self.free, smallest, largest


class Bench:
    def __init__(self, build, folder, traces):
        self.build, self.folder = build, folder
        self.static = memory_bench.static_bytes(f"{build}/host-1/libhak.a", f"{build}/tools/smallest_heap")
        self.paths, self.peaks, self.serial = {}, {}, 0
        for name in os.listdir(traces):
            if name.endswith((".atrc", ".atrc.xz")):
                self.unpack(os.path.join(traces, name))
        self.pool = concurrent.futures.ThreadPoolExecutor(JOBS)

    def unpack(self, path):
        name = os.path.basename(path).removesuffix(".xz").removesuffix(".atrc")
        data = replay.read_trace(path)
        self.peaks[name] = replay.check_header(path, data)
        self.paths[name] = os.path.join(self.folder, f"{name}.atrc")
        with open(self.paths[name], "wb") as file:
            file.write(data)

    def file_of(self, policy):
        self.serial += 1
        path = os.path.join(self.folder, f"{self.serial}.policy")
        with open(path, "wb") as file:
            file.write(policy.data())
        return path

    def learn(self, name, program="host-1/learn", heap=None, **arguments):
        heap = heap or max(2 * self.peaks[name], 1 << 16)
        return learn.learn(f"{self.build}/{program}", self.paths[name], heap, **arguments)

    def costs(self, name, policy):
        path, peak = self.paths[name], self.peaks[name]
        size, heap = os.path.getsize(path), peak * 7 // 4
        command = ["sh", "tests/kit/run_a64.sh", f"{self.build}/a64-4/replay.elf", "1",
                   f"{64 + (2 * size + heap + peak) // (1 << 20)}M", "yes", f"trace={path}", f"trace_bytes={size}",
                   f"heap={heap}", "mode=order", "plain=1"] + ([f"policy={policy}"] if policy else [])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line.split() for line in done.stdout.splitlines() if line.startswith("= ")]
        if done.returncode != 0:
            raise replay.Refused(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return {w[2]: (int(w[3]), int(w[4]) / 10, int(w[5])) for w in lines if w[1] == "cost"}

    def smallest(self, name, policy, tool="tools/smallest_heap"):
        command = [f"{self.build}/{tool}", "--static", str(self.static + (table.BYTES if policy else 0))]
        command += (["--policy", policy] if policy else []) + [self.paths[name]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise replay.Refused(f"{' '.join(command)}\n{done.stderr}")
        return int(done.stdout.split("\t")[2])

    def largest(self, name, policy):
        """In 1/1000 of the free memory, mean over the run at 1.75 times the peak."""
        arguments = {"policy": policy} if policy else {}
        _, counters = learn.learn(f"{self.build}/host-1/learn", self.paths[name], self.peaks[name] * 7 // 4,
                                  state=0, **arguments)
        return int(counters["largest_permille"])

    def figures(self, name, policy=None):
        file = self.file_of(policy) if policy else None
        return Figures(self.costs(name, file), self.smallest(name, file), self.largest(name, file))

    def many(self, jobs):
        """[(name, policy)] -> [Figures]"""
        return list(self.pool.map(lambda job: self.figures(*job), jobs))


def mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values))


def shuffled(policy, seed):
    """The entries of the sizes that occurred in training, dealt out anew."""
    used = [i for i, (patience, _, _, share) in enumerate(policy.size) if share or patience]
    dealt = used[:]
    random.Random(seed).shuffle(dealt)
    out = policy.copy()
    for to, source in zip(used, dealt):
        out.size[to] = policy.size[source][:]
    return out


def left_out(others):
    """One table of several: each entry as most of those have it that know the size."""
    out = others[0].copy()
    for i in range(table.SIZES):
        known = sorted(o.size[i] for o in others if any(o.size[i]))
        hot = [s for s in known if s[0] == 1]
        out.size[i] = [0, 0, 0, 0]
        if 2 * len(hot) > len(others):
            out.size[i] = [1, sorted(s[1] for s in hot)[len(hot) // 2], hot[0][2], hot[0][3]]
    out.own = [0] * table.OWN
    return out


def percent(ratio):
    return f"{100 * (ratio - 1):+.1f}%"


def print_sizes(names, figures):
    print("\nPolicy of sizes: instructions of a malloc and a free together (worst call), smallest heap, largest free\n"
          "block in 1/1000 of what is free. In percent: against no policy.\n")
    print(f"{'':<11}{'no policy':^29}|{'learned on A':^42}|{'shuffled, mean of 5':^21}|{'other programs':^17}|"
          f"{'learned against shuffled':^26}")
    print(f"{'':<11}{'pair (worst)':>13}{'smallest':>9}{'free':>6} |{'pair (worst)':>20}{'smallest':>15}{'free':>6} "
          f"|{'pair':>10}{'smallest':>10} |{'pair':>8}{'smallest':>9}|{'pair':>12}{'smallest':>12}")
    better = 0
    for name in names:
        none, own, mixed, rest = figures[name]
        pair, small = mean(m.pair for m in mixed), mean(m.smallest for m in mixed)
        better += name.endswith("-B") and own.pair <= 0.95 * pair
        print(f"{name:<11}{none.pair:>7.1f} ({none.worst}){none.smallest:>9}{none.largest:>6} |"
              f"{own.pair:>6.1f} ({own.worst}) {percent(own.pair / none.pair):>7}{own.smallest:>8} "
              f"{percent(own.smallest / none.smallest):>6}{own.largest:>6} |{percent(pair / none.pair):>10}"
              f"{percent(small / none.smallest):>10} |{percent(rest.pair / none.pair):>8}"
              f"{percent(rest.smallest / none.smallest):>9}|{percent(own.pair / pair):>12}"
              f"{percent(own.smallest / small):>12}", flush=True)
    print(f"cost per operation 5% or more below the shuffled control on {better} of the B traces")


def sizes(bench, programs):
    learned = {p: bench.learn(f"{p}-A", seed=1)[0] for p in PROGRAMS}
    names = [n for p in programs for n in (f"{p}-A", f"{p}-B", f"{p}-C") if n in bench.paths]
    jobs, slots = [], []
    for name in names:
        own = learned[name[:-2]]
        rest = left_out([learned[p] for p in PROGRAMS if p != name[:-2]])
        for policy in [None, own, rest] + [shuffled(own, seed) for seed in range(SHUFFLES)]:
            jobs.append((name, policy))
            slots.append(name)
    figures = {}
    for name, result in zip(slots, bench.many(jobs)):
        figures.setdefault(name, []).append(result)
    figures = {n: (f[0], f[1], f[3:], f[2]) for n, f in figures.items()}
    print_sizes(names, figures)


def main():
    parser = argparse.ArgumentParser(description="what learning is worth")
    parser.add_argument("--build", required=True)
    parser.add_argument("--only", default="sizes,lifetimes,retention")
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("traces")
    options = parser.parse_args()
    programs = options.programs.split(",")
    with tempfile.TemporaryDirectory(prefix="hak-learn-") as folder:
        bench = Bench(options.build, folder, options.traces)
        if "sizes" in options.only:
            sizes(bench, programs)
        if "lifetimes" in options.only:
            lifetimes.report(bench, programs)
        if "retention" in options.only:
            retention.report(bench, programs)


if __name__ == "__main__":
    try:
        main()
    except replay.Refused as refusal:
        sys.exit(f"learn_bench: {refusal}")
