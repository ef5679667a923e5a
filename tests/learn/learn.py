#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `make learn` does: replay a trace while hak learns, and write the policy
table as a C source file, and as it is.

    make learn [TRACE=FILE] [HEAP=bytes] [OUT=build/learn/policy.c] [SEED=1]

    HEAP    bytes for hak; default: twice the recorded peak
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "tools")]
import run as replay # noqa: E402
import table # noqa: E402


def learn(program, unpacked, heap_bytes, **arguments):
    """(Table, {counter: text}) of one run."""
    command = [program, f"trace={unpacked}", f"heap={heap_bytes}"]
    command += [f"{name}={value}" for name, value in arguments.items()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return parsed(done, command)


def parsed(done, command):
    data, counters = b"", {}
    for line in done.stdout.splitlines():
        words = line.split(None, 2)
        if words[:2] == ["=", "table"]:
            data += bytes.fromhex(words[2])
        elif words[:1] == ["="]:
            counters[words[1]] = words[2]
    if done.returncode != 0 or len(data) != table.BYTES or counters.get("check") != "clean":
        raise replay.Refused(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return table.Table(data), counters


def main():
    program = sys.argv[1]
    path = os.environ.get("TRACE", "").strip() or replay.DEFAULT_TRACE
    out = os.environ.get("OUT", "").strip() or "build/learn/policy.c"
    data = replay.read_trace(path)
    peak = replay.check_header(path, data)
    heap = replay.number("HEAP", 1 << 14, 1 << 32, max(2 * peak, 1 << 16))
    unpacked = "build/learn/trace.atrc"
    os.makedirs("build/learn", exist_ok=True)
    with open(unpacked, "wb") as file:
        file.write(data)
    learned, counters = learn(program, unpacked, heap, seed=replay.number("SEED", 0, 1 << 32, 1))
    with open(out, "w", encoding="ascii") as file:
        file.write(table.c_source(learned, os.path.basename(path)))
    binary = os.path.splitext(out)[0] + ".policy"
    with open(binary, "wb") as file:
        file.write(learned.data())
    print(f"{path}: {counters['malloc_pool']} requests served by pages, {counters['malloc_run']} by the run layer, "
          f"heap {heap} bytes\nwritten: {out}, {binary}")


if __name__ == "__main__":
    try:
        main()
    except replay.Refused as refusal:
        sys.exit(f"learn: {refusal}")
