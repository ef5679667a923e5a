#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""certify_test.py BUILD TRACES [--exact]: certificates of the traces in a folder, for 1
and 4 cores. The recorded run completes in both heaps, in the second one wherever that
starts, and the second is no smaller than the first. Prints ok or FAIL lines."""
import os
import subprocess
import sys
import tempfile

import certify
import memory_bench


def completes(build, cores, path, heap_bytes, offset):
    """One replay in a heap of that size."""
    done = subprocess.run([f"{build}/host-{cores}/smallest_heap", "--only", str(heap_bytes),
                           "--offset", str(offset), path], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr.strip()


def problems(build, cores, path, exact):
    c = certify.Certificate(build, cores, path, exact)
    found = []
    if c.any_run < c.this_run:
        found.append(f"{c.any_run} bytes for any run, but {c.this_run} for this one")
    with tempfile.TemporaryDirectory() as folder:
        plain = memory_bench.unpacked(path, folder)
        for heap_bytes, offset in [(c.this_run, 0), (c.any_run, 0), (c.any_run, 16), (c.any_run, 99984)]:
            good, text = completes(build, cores, plain, heap_bytes, offset)
            if not good:
                found.append(f"does not complete in {heap_bytes} bytes at {offset}: {text}")
    return found, f"this run {c.this_run}, any run {c.any_run}, peak {c.peak}"


def main():
    build, folder, exact, failed = sys.argv[1], sys.argv[2], "--exact" in sys.argv, 0
    for path in memory_bench.find([folder]):
        for cores in (1, 4):
            name = f"certificate of {os.path.basename(path).split('.')[0]}, {cores} cores"
            found, text = problems(build, cores, path, exact)
            for problem in found:
                print(f"FAIL {name}: {problem}")
            failed += len(found)
            if not found:
                print(f"ok {name}: {text}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
