#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""memory_bench.py --tool SMALLEST_HEAP --lib LIBHAK [options] DIR|FILE...

Runs smallest_heap on every trace (.atrc or .atrc.xz; *.chain.* is the same
trace with other sites and is left out) and compares with TLSF's smallest region
in tests/traces/tlsf.txt. The library's static storage, read with size(1), is
charged to hak. Exit status 0 if the bars hold: geometric mean at most
--mean-bar, no trace above --max-bar.
"""
import argparse
import concurrent.futures
import lzma
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked(lib, tool):
    """The library's objects that the tool holds: one of their global names is in it."""
    there = {line.split()[-1] for line in output_of("nm", tool).splitlines() if line}
    found, member = set(), None
    for line in output_of("nm", "--defined-only", lib).splitlines():
        if line.endswith(".o:"):
            member = line[:-1]
        elif line and line.split()[-1] in there and line.split()[-2] in "TDBR":
            found.add(member)
    return found


def static_bytes(lib, tool):
    """Writable storage of the library's objects, of those that are linked.
    .data.rel.ro is constant: it is writable on the host only until the loader has
    relocated it."""
    total, members, counted = 0, linked(lib, tool), False
    for line in output_of("size", "-A", lib).splitlines():
        words = line.split()
        if "(ex " in line:
            counted = words[0] in members
        elif counted and len(words) == 3 and words[0].startswith((".data", ".bss", ".tdata", ".tbss")) \
                and not words[0].startswith(".data.rel.ro"):
            total += int(words[1])
    return total


def read_table(path):
    table = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if words:
                table[words[0]] = (int(words[1]), float(words[2]))
    return table


def find(paths):
    found = []
    for path in paths:
        if os.path.isdir(path):
            found += [os.path.join(path, n) for n in os.listdir(path)
                      if n.endswith((".atrc", ".atrc.xz"))]
        elif os.path.exists(path):
            found.append(path)
        else:
            sys.exit(f"memory_bench: {path}: no such file or directory")
    return sorted((p for p in found if ".chain." not in os.path.basename(p)), key=os.path.basename)


def unpacked(path, folder):
    if not path.endswith(".xz"):
        return path
    target = os.path.join(folder, os.path.basename(path)[:-3])
    with lzma.open(path) as packed, open(target, "wb") as out:
        out.write(packed.read())
    return target


def main():
    parser = argparse.ArgumentParser(description="smallest heaps compared with TLSF's")
    parser.add_argument("--tool", required=True)
    parser.add_argument("--lib", help="libhak.a, to charge its static storage")
    parser.add_argument("--static", type=int, help="charge this many bytes instead")
    parser.add_argument("--table", default=os.path.join(HERE, "..", "traces", "tlsf.txt"))
    parser.add_argument("--offset", type=int, default=0, help="heap start after a 2 MiB boundary")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="bisect; may miss a smaller heap")
    parser.add_argument("--detail", action="store_true")
    parser.add_argument("--write", metavar="FILE", help="write the figures, as in smallest.txt")
    parser.add_argument("--mean-bar", type=float, default=0.93)
    parser.add_argument("--max-bar", type=float, default=1.10)
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()

    static = options.static
    if static is None:
        if options.lib is None:
            parser.error("--lib or --static is needed")
        static = static_bytes(options.lib, options.tool)
    table = read_table(options.table)
    command = [options.tool, "--static", str(static), "--offset", str(options.offset)]
    command += ["--quick"] * options.quick + ["--detail"] * options.detail
    ratios, smallest = [], []
    print(f"static storage charged: {static} bytes")
    print(f"{'trace':<12}{'peak live':>10}{'smallest':>10}{'/ peak':>8}{'TLSF':>8}{'hak/TLSF':>10}",
          flush=True)

    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        def run(path):
            return subprocess.run(command + [unpacked(path, folder)], capture_output=True, text=True)
        for path, done in zip(find(options.paths), pool.map(run, find(options.paths))):
            if done.returncode != 0:
                print(done.stderr.strip())
                sys.exit(1)
            first, *rest = done.stdout.splitlines()
            name, peak, total, ratio = first.split("\t")
            smallest.append((name, int(peak), int(total)))
            line = f"{name:<12}{peak:>10}{total:>10}{float(ratio):>8.3f}"
            if name in table:
                versus = float(ratio) / table[name][1]
                ratios.append((versus, name))
                line += f"{table[name][1]:>8.2f}{versus:>10.3f}"
            print("\n".join([line] + rest), flush=True)

    if options.write:
        with open(options.write, "w", encoding="ascii") as out:
            out.write("# SPDX-License-Identifier: MIT\n"
                      "# The smallest heap measured for each trace, in bytes, static storage included\n"
                      "# (host build for one core). Written by: make smallest-heaps TRACES=dir\n"
                      "# trace  peak live bytes  smallest heap\n")
            for name, peak, total in smallest:
                out.write(f"{name} {peak} {total}\n")
    if not ratios:
        print("no trace has a figure for TLSF")
        return
    mean = math.exp(sum(math.log(r) for r, _ in ratios) / len(ratios))
    worst, name = max(ratios)
    good = mean <= options.mean_bar and worst <= options.max_bar
    print(f"hak / TLSF over {len(ratios)} traces: geometric mean {mean:.3f} "
          f"(bar {options.mean_bar}), largest {worst:.3f} {name} (bar {options.max_bar}): "
          f"{'ok' if good else 'ABOVE THE BAR'}")
    sys.exit(0 if good or options.write else 1)


if __name__ == "__main__":
    main()
