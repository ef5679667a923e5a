# SPDX-License-Identifier: MIT
"""Retention strategies chosen by Elo, on a model of the reuse cache (retain.c):
learned on A, frozen, tested on B and C; and made-up traces of big blocks."""
import os
import random
import struct
import subprocess

BANDS, STRATEGIES, SEEDS = 4, 12, 5
MIB = 1 << 20
SCENES = {"json": [64 << 10], "mir": [256 << 10], "vm": [2 * MIB], "mixed": [64 << 10, 256 << 10, MIB, 2 * MIB, 4 * MIB]}


def scene(name, seed, operations=40000):
    """A trace: up to 16 live blocks of the scene's sizes, most freed last in, first
    out; in phases of which each uses some of 12 sites."""
    dice, live, out, clock = random.Random(f"{name} {seed}"), [], bytearray(), 0
    born = bytes_live = peak = most = 0
    for at in range(operations):
        if at % 4000 == 0:
            sites, limit = dice.sample(range(12), dice.choice((1, 2, 4))), dice.choice((1, 2, 4, 16))
        free = live and (len(live) >= limit or dice.random() < 0.5)
        if free:
            block, site, size = live.pop(-1 if dice.random() < 0.8 else 0)
            out += struct.pack("<BBHIIIII", 3, 0, 1, site, block, size, 0, clock)
            bytes_live -= size
        else:
            site = dice.choice(sites)
            size = SCENES[name][site % len(SCENES[name])]
            live.append((born, site, size))
            out += struct.pack("<BBHIIIII", 0, 0, 1, site, born, size, 0, clock)
            born, bytes_live = born + 1, bytes_live + size
            peak, most = max(peak, bytes_live), max(most, len(live))
    header = struct.pack("<8sII8Q", b"ATRACE1\0", 1, 24, operations, born, 12, 1, peak, most, 0, clock)
    return header + out, max(64 * MIB, 2 * peak)


def run(bench, path, heap, mode, seed=1, strategies=()):
    """Per band: requests, cost, the best strategy."""
    command = [f"{bench.build}/host-1/retain", f"trace={path}", f"heap={heap}", f"mode={mode}", f"seed={seed}"]
    command += [f"s{band}={s}" for band, s in enumerate(strategies)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in text.splitlines() if line.startswith("= band")]
    return [tuple(map(int, row[2:])) for row in rows]


def cost(rows):
    requests = sum(row[0] for row in rows)
    return sum(row[1] for row in rows) / requests if requests else 0


def hindsight(bench, path, heap):
    """The cost with the best strategy of each band."""
    tried = [run(bench, path, heap, "fixed", strategies=[s] * BANDS) for s in range(STRATEGIES)]
    best = [min((rows[band] for rows in tried), key=lambda row: row[1]) for band in range(BANDS)]
    return cost(best)


def row_of(bench, name, path, heap, trained):
    def over_seeds(mode):
        return sum(cost(run(bench, path, heap, mode, seed)) for seed in range(1, SEEDS + 1)) / SEEDS
    requests = sum(row[0] for row in run(bench, path, heap, "fixed"))
    built_in = cost(run(bench, path, heap, "fixed"))
    frozen, drawn = cost(run(bench, path, heap, "fixed", strategies=trained)), over_seeds("random")
    shuffled = []
    for seed in range(SEEDS):
        mixed = list(range(STRATEGIES))
        random.Random(seed).shuffle(mixed)
        shuffled.append(cost(run(bench, path, heap, "fixed", strategies=[mixed[s] for s in trained])))
    control = sum(shuffled) / SEEDS
    print(f"{name:<12}{requests:>9}{built_in:>10.0f}{over_seeds('elo'):>10.0f}{drawn:>8.0f}{frozen:>10.0f}{control:>10.0f}"
          f"{hindsight(bench, path, heap):>11.0f}{100 * (frozen / built_in - 1):>+14.1f}%{100 * (frozen / control - 1):>+13.1f}%"
          f"  {' '.join(map(str, trained))}", flush=True)


def tests(bench, programs):
    """(name, path, heap, path to train on, heap there)"""
    for program in programs:
        train = f"{program}-A"
        for name in (f"{program}-B", f"{program}-C"):
            if name in bench.paths:
                yield (name, bench.paths[name], bench.peaks[name] * 3 // 2, bench.paths[train],
                       bench.peaks[train] * 3 // 2)
    for name in SCENES:
        paths, heaps = [], []
        for seed in (1, 2):
            data, heap = scene(name, seed)
            paths.append(os.path.join(bench.folder, f"{name}{seed}.atrc"))
            heaps.append(heap)
            with open(paths[-1], "wb") as file:
                file.write(data)
        yield name, paths[1], heaps[1], paths[0], heaps[0]


def report(bench, programs):
    print("\nRetention on a model of the cache: instructions for each request of a band, evictions and memory held\n"
          "included, by the prices in elo.c. Drawn: a strategy at random for each epoch. Frozen: learned on A (or on the\n"
          "scene with another seed). Shuffled: other strategies in their place. Hindsight: the best for each band.\n")
    print(f"{'':<12}{'requests':>9}{'built in':>10}{'learning':>10}{'drawn':>8}{'frozen':>10}{'shuffled':>10}{'hindsight':>11}"
          f"{'ag. built in':>15}{'ag. shuffled':>14}  strategies")
    for name, path, heap, train, train_heap in tests(bench, programs):
        trained = [row[2] for row in run(bench, train, train_heap, "elo")]
        if sum(row[0] for row in run(bench, path, heap, "fixed")) < 1000:
            print(f"{name:<12}fewer than 1,000 requests of a band: nothing to learn from")
            continue
        row_of(bench, name, path, heap, trained)
