#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""replay_test.py BUILD TRACES: the trace reader, and replays of every trace in
tests/traces and in TRACES: on the host under ASan and TSan, in QEMU by run.py;
what the smallest boards replay, a trace cut to size; and what run.py must refuse.
Prints ok or FAIL lines; status 0 if all passed."""
import glob
import lzma
import os
import re
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tests/tools")
import run as run_py
import trace_file

COMMITTED = "tests/traces"
EXPAT = f"{COMMITTED}/expat-A.atrc.xz"
RECORD = struct.Struct("<BBHIIIII")
CORES = "4"
failed = 0


def report(name, good, output, start):
    global failed
    print(f"{'ok' if good else 'FAIL'} {name} ({time.time() - start:.1f} s)", flush=True)
    if not good:
        failed += 1
        print("    " + "\n    ".join(output.strip().splitlines()[-25:]), flush=True)


def check(name, command, status=0, text="", environment=None):
    """text: what the output must have; or a function that tells of the output what is wrong."""
    start = time.time()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", env=dict(os.environ, **(environment or {})), check=False)
    wrong = text(done.stdout) if callable(text) else None if text in done.stdout else f"no \"{text}\""
    report(name, done.returncode == status and not wrong,
           f"status {done.returncode}, wanted {status}; {wrong or 'output as wanted'}\n" + done.stdout, start)


def run(name, status=0, text="", **options):
    clean = {key: "" for key in ("TRACE", "HEAP", "EXTRA", "WINDOW", "PERIOD", "PLAIN", "MODE",
                                 "CUT", "BOARD", "SITES", "MAKEFLAGS")}
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


def records_of(data):
    return list(RECORD.iter_unpack(data[80:]))


def wrong_with_cut(whole, cut, room, blocks):
    """What is wrong with a cut of that trace, looked at without cut.py; None: nothing."""
    rest, live, most = iter(records_of(whole)), {}, 0
    for record in records_of(cut):
        kind, number, size = record[0], record[4], record[5]
        if not any(old[:4] == record[:4] and old[5:] == record[5:] for old in rest):
            return f"{record} is no record of the trace, or not in its order"
        if (kind in (2, 3)) != (number in live):
            return f"block {number} is used twice, or without being there: {record}"
        if kind == 3 and live.pop(number) != size:
            return f"not the same block: {record}"
        if kind != 3:
            live[number] = size
        most = max(most, sum(live.values()))
        if sum(max(8, (n + 7) // 8 * 8) for n in live.values()) > room or len(live) > blocks:
            return f"more is live than allowed at {record}"
    if int.from_bytes(cut[48:56], "little") != most or most < room // 2:
        return f"at the peak {most} bytes are live, in room for {room}; or the header does not say so"
    return None


def same_counts(text):
    """The board did as many operations as the cut has records, and nothing was wrong."""
    kept = re.search(r"([\d,]+) of [\d,]+ records", text)
    done = re.search(r"^operations +([\d,]+)$", text, re.M)
    if not kept or not done or kept.group(1) != done.group(1) or int(done.group(1).replace(",", "")) < 50000:
        return "the operations done are not the records of the cut"
    missing = [word for word in (r"^failures +0$", r"^mismatches +0$", r"^hak_check +clean$", r"^all is right$",
                                 r"^instructions per malloc +mean \d", r"^instructions per free +mean \d",
                                 r"^least that was free, bytes +[\d,]+$") if not re.search(word, text, re.M)]
    return f"without {missing}" if missing else None


def smallest_boards(build, folder):
    whole, small = contents(EXPAT), f"{build}/host-1-tiny16-asan/replay_small"
    path, room, blocks = f"{folder}/cut", 6000, 100
    start = time.time()
    done = subprocess.run([sys.executable, "tests/tools/cut.py", EXPAT, path, str(room), str(blocks)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    cut = contents(path) if done.returncode == 0 else b""
    wrong = wrong_with_cut(whole, cut, room, blocks) if cut else "no cut"
    report("cut of a trace", not wrong, f"{wrong}\n{done.stdout}", start)
    count = len(records_of(cut))
    check("replay of a cut, host asan", [small, f"trace={path}", "heap=20000"], text=f"= operations {count}\n")
    spoiled = {"operation": (80 + 24 * 500, 9), "number": (80 + 24 * 500 + 11, 1), "peak": (48, cut[48] ^ 1),
               "end": (len(cut) - 24, 0), "header": (12, 23)}
    for name, status, text in (("operation", 2, "record 500 of the cut: unknown operation"),
                               ("number", 2, "record 500 of the cut: a number"), ("end", 2, "an object lives"),
                               ("header", 2, "byte 12"), ("peak", 1, "peak is not the cut's")):
        at, value = spoiled[name]
        bad = write(f"{folder}/bad", cut[:at] + bytes([value]) + cut[at + 1:])
        check(f"replay of a cut refuses: {name}", [small, f"trace={bad}", "heap=20000"], status, text)
    bad = write(f"{folder}/bad", cut[:-7])
    check("replay of a cut refuses: length", [small, f"trace={bad}", "heap=20000"], 2, "truncated")
    for board in ("microbit", "stm32vl"):
        run(f"make run on {board}", text=same_counts, BOARD=board, CORES="", TRACE=EXPAT)
    run("make run fails on a cut too large", 1, "FAILED", BOARD="stm32vl", CORES="", CUT="4608", TRACE=EXPAT)


def board_refusals(folder):
    data = contents(EXPAT)
    at = 80 + 24 * 500
    bad = write(f"{folder}/g.atrc", data[:at] + b"\x09" + data[at + 1:])
    for options, text in (({"BOARD": "x64"}, "there are a64, a72, lse, rv64, rv32, rv32s, an385, an386, an521, "),
                          ({"BOARD": "an385", "HEAP": "17M"}, "must be 1024 to 16777216"),
                          ({"BOARD": "microbit", "HEAP": "16K"}, "of microbit's RAM"),
                          ({"BOARD": "stm32vl", "CORES": "2"}, "must be 1: stm32vl has no more"),
                          ({"BOARD": "rv32s", "CORES": "2"}, "must be 1: rv32s has no more"),
                          ({"BOARD": "stm32vl", "MODE": "spread"}, "in order only"),
                          ({"BOARD": "stm32vl", "SITES": "count"}, "does not know call sites"),
                          ({"BOARD": "stm32vl", "CUT": "6K"}, "must be 8 to 4608"),
                          ({"BOARD": "a64", "CUT": "6K"}, "nothing is cut"),
                          ({"BOARD": "stm32vl", "TRACE": bad}, f"byte {at} (record 500): unknown operation"),
                          ({"BOARD": "stm32vl", "CUT": "8"}, "not one block")):
        run("run refuses: " + " ".join(f"{k}={os.path.basename(v)}" for k, v in options.items()), 2, text,
            **dict({"CORES": "", "TRACE": EXPAT}, **options))


def damage(build, folder):
    """The readers in Python and in C refuse the same traces."""
    start, good = time.time(), [[0, 0, 1, 0, 0, 10, 0, 1], [1, 0, 1, 1, 1, 20, 0, 2], [2, 0, 2, 0, 0, 30, 0, 2],
                                [4, 6, 1, 0, 2, 64, 0, 3], [3, 0, 1, 0, 1, 20, 0, 4], [2, 0, 1, 0, 2, 5, 0, 5]]
    header = [b"ATRACE1\0", 1, 24, len(good), 3, 2, 2, 114, 3, 0, 5]
    # a record (None: the header), its field, the wrong value; and what the reader in Python says
    cases = ((0, 0, 5, "unknown operation 5"), (0, 1, 1, "alignment"), (3, 1, 32, "alignment"), (2, 2, 3, "thread 3"),
             (2, 2, 0, "thread 0"), (1, 3, 2, "site 2"), (3, 4, 3, "object 3, but"), (3, 7, 1, "backwards"),
             (5, 4, 1, "after it was freed"), (2, 4, 2, "before it is allocated"), (1, 4, 0, "a second time"),
             (4, 5, 21, "free of 21"), (2, 5, 31, "peak"), (None, 4, 2, "object 2, but"), (None, 4, 4, "4 objects"),
             (None, 4, 7, "7 objects"), (None, 7, 113, "peak"), (None, 8, 2, "peak"), (None, 9, 1, "lost"),
             (None, 10, 4, "took 4 us"))
    wrong = []
    for at, field, value, text in ((None, 1, 1, None),) + cases:
        head, records = list(header), [list(record) for record in good]
        (head if at is None else records[at])[field] = value
        data = trace_file.HEADER.pack(*head) + b"".join(RECORD.pack(*record) for record in records)
        path, said = write(f"{folder}/damaged", data), None
        try:
            trace_file.check_header(path, data)
            trace_file.checked_records(path, data)
        except trace_file.Refused as refusal:
            said = str(refusal)
        done = subprocess.run([f"{build}/host-{CORES}-asan/replay", f"trace={path}", "trace_bytes=1K", "heap=64K",
                               "mode=order"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != (2 if text else 0) or (text not in said if text and said else bool(text) != bool(said)):
            wrong.append(f"{at} {field} {value}: {said}, {done.returncode} {done.stdout}")
    report(f"readers refuse {len(cases)} damaged traces alike", not wrong, "\n".join(wrong), start)


def boards_are_known():
    """Each board of boards/ can be run, and asks for the tools of its port's compiler."""
    start, text = time.time(), ""
    for path in ["Makefile"] + glob.glob("boards/*/board.mk"):
        with open(path, encoding="utf-8") as file:
            text += file.read()
    sets = {"aarch64-linux-gnu-": "a64", "arm-none-eabi-": "m", "riscv64-unknown-elf-": "rv"}
    prefix = dict(re.findall(r"^PREFIX_(\w+) *:= *(\S+)$", text, re.M))
    ports = dict(re.findall(r"^PORT_(\w+) *:= *(\w+)$", text, re.M) + re.findall(r"a64_board,(\w+),(\w+)\)", text))
    names = set(re.findall(r"^\$\(call board,(\w+)\)$", text, re.M))
    wanted = {name: sets[prefix[ports[name]]] for name in names}
    known = {name: board.tools for name, board in run_py.BOARDS.items()}
    report("run knows all boards", len(names) > 9 and wanted == known, f"{wanted}\n{known}", start)


def main():
    build, folder = sys.argv[1], sys.argv[2]
    check("trace reader, asan", [f"{build}/host-{CORES}-asan/trace_test"])
    traces = traces_in(COMMITTED)
    more = os.path.isdir(folder) and not os.path.samefile(folder, COMMITTED)
    with tempfile.TemporaryDirectory() as scratch:
        for path in traces:
            on_the_host(build, path, scratch)
        refusals(scratch)
        damage(build, scratch)
        board_refusals(scratch)
        smallest_boards(build, scratch)
    boards_are_known()
    if more:
        names = [os.path.basename(t) for t in traces]
        traces += [t for t in traces_in(folder) if os.path.basename(t) not in names]
    else:
        print("skipped: replays of more than tests/traces (1; TRACES=dir adds them)")
    for path in traces:
        run(f"make run {os.path.basename(path)}", text="all is right", TRACE=path)
    run("make run on 1 core", text="all is right", CORES="1", TRACE=traces[0])
    run("make run on 8 cores", text="all is right", CORES="8", MODE="spread",
        TRACE=EXPAT)
    for board in ("an385", "an386", "an521", "rv32", "rv32s", "a72", "lse"):
        run(f"make run on {board}", text="all is right", BOARD=board, CORES="", SITES="off", TRACE=EXPAT)
    run("make run refuses a core too many", 2, "must be", BOARD="an385", CORES="2")
    run("make run fails in a heap too small", 1, "FAILED", HEAP="40000", MODE="order",
        TRACE=EXPAT)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
