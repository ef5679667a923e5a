#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""replay_test.py BUILD TRACES: the trace reader, and replays of every trace in
tests/traces and in TRACES: on the host under ASan and TSan, in QEMU by run.py;
and what run.py must refuse. Prints ok or FAIL lines; status 0 if all passed."""
import lzma
import os
import subprocess
import sys
import tempfile
import time

COMMITTED = "tests/traces"
CORES = "4"
failed = 0


def report(name, good, output, start):
    global failed
    print(f"{'ok' if good else 'FAIL'} {name} ({time.time() - start:.1f} s)", flush=True)
    if not good:
        failed += 1
        print("    " + "\n    ".join(output.strip().splitlines()[-25:]), flush=True)


def check(name, command, status=0, text="", environment=None):
    start = time.time()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", env=dict(os.environ, **(environment or {})), check=False)
    report(name, done.returncode == status and text in done.stdout,
           f"status {done.returncode}, wanted {status} and \"{text}\"\n" + done.stdout, start)


def run(name, status=0, text="", **options):
    clean = {key: "" for key in ("TRACE", "HEAP", "EXTRA", "WINDOW", "PERIOD", "PLAIN", "MODE",
                                 "MAKEFLAGS")}
    check(name, [sys.executable, "tests/tools/run.py"], status, text,
          dict(clean, **dict({"CORES": CORES}, **options)))


def traces_in(folder):
    return sorted(os.path.join(folder, n) for n in os.listdir(folder)
                  if n.endswith((".atrc", ".atrc.xz")) and ".chain." not in n)


def contents(path):
    with open(path, "rb") as file:
        data = file.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def on_the_host(build, path, folder):
    data = contents(path)
    name = os.path.basename(path).split(".")[0]
    heap = 2 * int.from_bytes(data[48:56], "little") + 262144
    plain = write(os.path.join(folder, "trace.atrc"), data)
    for san, mode in (("asan", "order"), ("asan", "spread"), ("tsan", "spread")):
        check(f"replay {name} host {san} {mode}",
              [f"{build}/host-{CORES}-{san}/replay", f"trace={plain}", f"trace_bytes={len(data)}",
               f"heap={heap}", f"mode={mode}", f"ram={2 * len(data) + 4 * heap + (64 << 20)}"])


def refusals(folder):
    packed = os.path.join(COMMITTED, "expat-A.atrc.xz")
    data = contents(packed)
    record = 80 + 24 * 500

    def spoiled(name, at, value):
        return write(os.path.join(folder, name), data[:at] + bytes([value]) + data[at + 1:])

    with open(packed, "rb") as file:
        xz = file.read()
    for name, path, text in (
            ("cut xz", write(f"{folder}/a.atrc.xz", xz[:100000]), "cannot be unpacked"),
            ("flipped xz", write(f"{folder}/b.atrc.xz", xz[:50000] + b"\0\1\2\3" + xz[50004:]),
             "cannot be unpacked"),
            ("cut", write(f"{folder}/c.atrc", data[:-1]), "truncated"),
            ("empty", write(f"{folder}/d.atrc", b""), "not an allocation trace"),
            ("foreign", "LICENSE", "not an allocation trace"),
            ("missing", f"{folder}/none.atrc", "No such file"),
            ("version", spoiled("e.atrc", 8, 2), "byte 8"),
            ("peak", spoiled("f.atrc", 48, data[48] ^ 1), "byte 48"),
            ("record", spoiled("g.atrc", record, 9), f"byte {record} (record 500): unknown operation")):
        run(f"run refuses: {name}", 2, text, TRACE=path)
    for name, value, text in (("CORES", "0", "must be"), ("CORES", "17", "must be"),
                              ("CORES", "four", "not a number"), ("HEAP", "1e6", "not a number"),
                              ("HEAP", "12", "must be"), ("MODE", "x", "must be")):
        run(f"run refuses: {name}={value}", 2, text, **{name: value})
    run("run refuses: CORE=2", 2, "did you mean CORES", MAKEFLAGS=" -- CORE=2")


def main():
    build, folder = sys.argv[1], sys.argv[2]
    check("trace reader, asan", [f"{build}/host-{CORES}-asan/trace_test"])
    traces = traces_in(COMMITTED)
    more = os.path.isdir(folder) and not os.path.samefile(folder, COMMITTED)
    with tempfile.TemporaryDirectory() as scratch:
        for path in traces:
            on_the_host(build, path, scratch)
        refusals(scratch)
    if more:
        names = [os.path.basename(t) for t in traces]
        traces += [t for t in traces_in(folder) if os.path.basename(t) not in names]
    else:
        print("skipped: replays of more than tests/traces (1; TRACES=dir adds them)")
    for path in traces:
        run(f"make run {os.path.basename(path)}", text="all is right", TRACE=path)
    run("make run on 1 core", text="all is right", CORES="1", TRACE=traces[0])
    run("make run on 8 cores", text="all is right", CORES="8", MODE="spread",
        TRACE=f"{COMMITTED}/expat-A.atrc.xz")
    for board in ("an385", "an386", "an521", "rv32"):
        run(f"make run on {board}", text="all is right", BOARD=board, CORES="", SITES="off",
            TRACE=f"{COMMITTED}/expat-A.atrc.xz")
    run("make run refuses a core too many", 2, "must be", BOARD="an385", CORES="2")
    run("make run fails in a heap too small", 1, "FAILED", HEAP="40000", MODE="order",
        TRACE=f"{COMMITTED}/expat-A.atrc.xz")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
