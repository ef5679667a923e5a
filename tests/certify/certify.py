#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""certify.py --build DIR --cores N [--classes] [--exact] TRACE

Prints the heap that suffices for the recorded run TRACE (.atrc or .atrc.xz) in the
order of its records, and the heap that suffices for any run with the same peak of live
blocks in each size class, on a target with N cores and 64-bit words. Both are what
hak_init() must get, the library's static storage apart. docs/bounds.md has the formula.
--classes lists the peaks. --exact tries each size from the peak upwards for the first
figure (steps of 0.25%); without, it is found by bisection, and may be larger.
"""
import argparse
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import memory_bench # noqa: E402


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit((done.stderr or done.stdout).strip() or f"{command[0]}: status {done.returncode}")
    return done.stdout


class Certificate:
    """this_run, any_run: bytes for hak_init; static: the library's own; the parts of any_run."""

    def __init__(self, build, cores, path, exact=False, classes=False):
        tools = f"{build}/host-{cores}"
        self.static = memory_bench.static_bytes(f"{tools}/libhak.a", f"{tools}/smallest_heap")
        with tempfile.TemporaryDirectory() as folder:
            plain = memory_bench.unpacked(path, folder)
            quick = [] if exact else ["--quick"]
            self.name, peak, this_run, _ = output_of(f"{tools}/smallest_heap", *quick, plain).split("\t")
            lines = output_of(f"{tools}/certify", *(["--classes"] if classes else []), plain).splitlines()
        self.peak, self.this_run = int(peak), int(this_run)
        rows = [line.split() for line in lines]
        self.parts = {row[0]: [int(word) for word in row[1:]] for row in rows if row[0] != "class"}
        self.classes = [(int(row[1]), int(row[2])) for row in rows if row[0] == "class"]
        self.any_run, self.usable = self.parts["any"]


def show(c, cores):
    def row(text, figure, more=""):
        print(f"{text:<56}{figure:>16,} {more}".rstrip())
    print(f"{c.name}, {cores} cores, 64-bit words; bytes")
    row("live at the peak", c.peak)
    row("suffices for this run", c.this_run, f"{c.this_run / c.peak:.2f} of the peak")
    row("  with the library's static storage", c.this_run + c.static)
    row("suffices for any run with the same peaks", c.any_run, f"{c.any_run / c.peak:.1f} of the peak")
    row("  live blocks, all classes at their peaks", c.parts["blocks"][1],
        f"{c.parts['blocks'][0]:,} in {c.parts['classes'][0]} classes")
    row("  pages", c.parts["pages"][1], f"{c.parts['pages'][0]:,}")
    row("  blocks that the reuse cache may keep", c.parts["kept"][1], f"{c.parts['kept'][0]:,}")
    row("  gaps between them", c.parts["gaps"][0] * c.parts["gaps"][1],
        f"{c.parts['gaps'][0]:,} of at most {c.parts['gaps'][1]:,}")
    row("  control data, maps, rounding", c.any_run - c.usable)
    row("static storage of the library, beside the heap", c.static)
    for longest, peak in c.classes:
        row(f"  class of up to {longest:,} bytes", peak, "blocks at most")


def main():
    parser = argparse.ArgumentParser(description="heap sizes that suffice")
    parser.add_argument("--build", default="build")
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--classes", action="store_true")
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("trace", nargs="?")
    options = parser.parse_args()
    if options.trace is None or not os.path.exists(options.trace):
        sys.exit("certify: TRACE=file is needed, such as tests/traces/cjson-A.atrc.xz")
    show(Certificate(options.build, options.cores, options.trace, options.exact, options.classes), options.cores)


if __name__ == "__main__":
    main()
