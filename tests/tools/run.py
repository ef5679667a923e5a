#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `make run` does: build the replay firmware, boot it in QEMU twice (in
order on one core with exact instruction counts; on all cores at once with timer
interrupts) and print both reports as one table. On the smallest boards: cut the
trace to what fits, and boot the small replay, once, in order. Exit status 0 only if
all is right, 1 if something went wrong in a run, 2 if it could not be run.

    make run [TRACE=FILE] [CORES=n] [HEAP=bytes] [BOARD=name]

    TRACE   an .atrc or .atrc.xz file (docs/traces.md)
    CORES   1 to as many as the board has (4 if it has them)
    HEAP    bytes for hak, K and M are understood; default: 1.25 times the
            smallest heap in tests/traces/smallest.txt, else 1.5 times the peak; on the
            smallest boards 11 KiB and 4.5 KiB
    EXTRA   more bytes for the run on all cores. Default: 0 if HEAP is given, else
            what the drift of the cores, the interrupt handlers' own blocks and
            the cores' own pages can need; printed below the table
    WINDOW  records that a core may be ahead of the slowest (64)
    PERIOD  of the timer, in microseconds (100)
    PLAIN   1: replay calloc as malloc
    MODE    order or spread: only that run
    BOARD   a64 (the default), a72, lse (QEMU virt, AArch64: Cortex-A53, A72, and LSE),
            rv64, rv32, rv32s (virt, RISC-V; the last without atomics), an385, an386
            (MPS2, Cortex-M3 and M4), an521 (MPS2, two Cortex-M33), microbit (Cortex-M0),
            stm32vl (Cortex-M3). The MPS2 boards have 16 MiB for the trace, its tables and
            the heap; the last two a few KiB, the tiny build, and a trace that is cut
    CUT     microbit and stm32vl: bytes that live at once in the cut trace (65% of HEAP)
    SITES   list (the default): replay the trace once more, in order, on a library
            that knows call sites, and print which sites held most at the peak;
            count: and their own peaks; off: do not. The tiny build does not know them
"""
import difflib
import lzma
import os
import re
import shlex
import signal
import subprocess
import sys
from typing import NamedTuple, Optional

from cut import cut_trace
from trace_file import HEADER, RECORD_BYTES, Refused, check_header, read_trace

DEFAULT_TRACE = "tests/traces/cjson-A.atrc.xz"
SMALLEST = "tests/traces/smallest.txt"
UNPACKED = "build/run/trace.atrc"
OPTIONS = ("TRACE", "CORES", "HEAP", "EXTRA", "WINDOW", "PERIOD", "PLAIN", "MODE", "BOARD", "SITES", "CUT")
OF_THE_BUILD = ("PORT", "FAIL", "SAN", "BUILD", "TRACES", "MAKE", "DEBUG")
HEAP_MIN, HEAP_MAX = 1024, 4 << 30
MIB = 1 << 20


class Board(NamedTuple):
    tools: str                    # of need.sh
    cores: int                    # at most
    memory: Optional[int] = None  # bytes for trace, tables and heap; None: as much as the run wants
    heap_most: int = HEAP_MAX
    small_heap: Optional[int] = None  # the small replay with the tiny build; its heap by default


BOARDS = {
    "a64": Board("a64", 16), "a72": Board("a64", 16), "lse": Board("a64", 16),
    "rv64": Board("rv", 8), "rv32": Board("rv", 8, heap_most=1 << 30), "rv32s": Board("rv", 1, heap_most=1 << 30),
    "an385": Board("m", 1, 16 * MIB), "an386": Board("m", 1, 16 * MIB), "an521": Board("m", 2, 16 * MIB),
    "microbit": Board("m", 1, small_heap=11 << 10), "stm32vl": Board("m", 1, small_heap=9 << 9),
}
# What QEMU calls a machine that is one of them.
MACHINES = {"mps2-an385": "an385", "mps2-an386": "an386", "mps2-an521": "an521", "stm32vldiscovery": "stm32vl"}

# Of the small replay (tests/replay/small.c): the table's entry for a block, and both guards.
SMALL_BLOCK_BYTES, SMALL_GUARDS = 6, 128
SMALL_HEAP_MIN = 512
SMALL_BLOCKS_MIN = 16
CUT_SHARE = 65 # percent of the heap


def command_line_variables():
    """The names of NAME=value in MAKEFLAGS, which escapes blanks by backslash."""
    flags = os.environ.get("MAKEFLAGS", "")
    words = re.findall(r"(?:[^\s\\]|\\.)+", flags)
    return [m.group(1) for m in (re.match(r"([A-Za-z_]\w*)\s*(?:|:|\+|\?)=", w) for w in words) if m]


def check_names():
    for name in command_line_variables():
        if name in OPTIONS or name in OF_THE_BUILD or name.startswith(("CC_", "AR_", "QEMU", "KIT_")):
            continue
        near = difflib.get_close_matches(name.upper(), OPTIONS, 1)
        raise Refused(f"unknown option {name}; " + (f"did you mean {near[0]}?" if near else
                                                    f"there are {', '.join(OPTIONS)}"))


def number(name, low, high, otherwise=None, because=""):
    text = os.environ.get(name, "").strip()
    if not text:
        return otherwise
    match = re.fullmatch(r"(\d+|0[xX][0-9a-fA-F]+)([kKmM]?)", text)
    if not match:
        raise Refused(f"{name}={text}: not a number")
    value = int(match.group(1), 16 if match.group(1)[:2] in ("0x", "0X") else 10)
    value *= {"": 1, "k": 1024, "m": MIB}[match.group(2).lower()]
    if not low <= value <= high:
        raise Refused(f"{name}={text}: must be {low}" + (f" to {high}" if high > low else "") + because)
    return value


def default_heap(path, peak):
    name = re.sub(r"(\.chain)?(\.atrc)?(\.xz)?$", "", os.path.basename(path))
    try:
        with open(SMALLEST, encoding="ascii") as lines:
            for line in lines:
                words = line.split("#")[0].split()
                if len(words) == 3 and words[0] == name and int(words[1]) == peak:
                    return (int(words[2]) * 5 + 3) // 4, "1.25 times the smallest measured"
    except OSError:
        pass
    return max((peak * 3 + 1) // 2, 4096), "1.5 times the recorded peak"


class Run:
    def __init__(self, title, values, status):
        self.title, self.values, self.status = title, values, status
        self.costs, self.sites = {}, []

    def value(self, name):
        return int(self.values[name]) if name in self.values else None


def boot(title, board, elf, cores, memory, icount, arguments):
    print(f"== {title}", flush=True)
    command = ["sh", "tests/kit/run_board.sh", board, elf, str(cores), f"{memory}M" if memory else "-", icount]
    command += [f"{name}={value}" for name, value in arguments.items() if value is not None]
    environment = dict(os.environ, KIT_TIMEOUT=os.environ.get("KIT_TIMEOUT", "900"))
    values, costs, sites = {}, {}, []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", env=environment) as child:
        try:
            for line in child.stdout:
                line = line.rstrip()
                words = line.split(" ", 2)
                if words[0] != "=":
                    print(line, flush=True)
                elif words[1] == "site":
                    sites.append(words[2].split())
                elif words[1] == "cost":
                    kind, calls, mean10, most, record = words[2].split()
                    costs[kind] = (int(calls), int(mean10) / 10, int(most), int(record))
                else:
                    values[words[1]] = words[2]
        except KeyboardInterrupt:
            child.terminate() # else QEMU would go on alone
            raise
    run = Run(title, values, child.returncode)
    run.costs, run.sites = costs, sites
    if "wrong" not in values and run.status != 2: # 2: it said why
        reason = "it took too long" if run.status == 124 else f"exit status {run.status}"
        print(f"the firmware ended before its report ({reason})")
        run.status = run.status or 1
    return run


def grouped(value):
    return "-" if value is None else f"{value:,}"


def share(run):
    pool, other = run.value("malloc_pool"), run.value("malloc_run")
    return "-" if not pool and not other else f"{100 * pool / (pool + other):.1f}%"


def rows(runs):
    def row(text, name):
        return text, [grouped(r.value(name)) for r in runs]

    def portion(r):
        frees, elsewhere = r.value("frees"), r.value("frees_elsewhere")
        return "-" if not frees else f"{elsewhere:,} ({100 * elsewhere / frees:.0f}%)"

    yield row("operations", "operations")
    yield row("failures", "failures")
    yield row("heap given, bytes", "heap")
    yield row("bytes live at the peak", "live_peak")
    yield row("taken from the run layer at the peak", "run_peak")
    yield row("least that was free, bytes", "margin")
    yield row("metadata, bytes", "metadata")
    yield "calls served by the pool", [share(r) for r in runs]
    for kind in ("malloc", "calloc", "aligned_alloc", "free", "realloc_in_place", "realloc_moved"):
        if any(kind in r.costs for r in runs):
            note = {"calloc": ", zeroing included", "realloc_moved": ", copy included"}.get(kind, "")
            yield (f"instructions per {kind.replace('_', ' ')}{note}",
                   [f"mean {r.costs[kind][1]:.1f} max {r.costs[kind][2]:,}" if kind in r.costs
                    else "-" for r in runs])
    yield "objects freed by another core", [portion(r) for r in runs]
    yield row("remote frees (hak's count)", "free_remote")
    yield row("interrupts taken", "interrupts")
    yield row("milliseconds (the simulator's)", "milliseconds")
    yield row("calls made in interrupt handlers", "handler_calls")
    yield row("most calls in flight", "in_flight")
    yield row("records that waited for another core", "waits")
    yield row("retained memory recalled", "recalls")
    yield row("bad calls reported", "faults")
    yield row("mismatches", "mismatches")
    yield "hak_check", [r.values.get("check", "-") for r in runs]


def print_table(runs):
    table = [("", [r.title for r in runs])] + [r for r in rows(runs) if set(r[1]) != {"-"}]
    first = max(len(text) for text, _ in table)
    widths = [max(len(cells[i]) for _, cells in table) for i in range(len(runs))]
    print()
    for text, cells in table:
        print(f"{text:<{first}}  " + "  ".join(f"{c:>{w}}" for c, w in zip(cells, widths)))
    for r in runs:
        if "needs" in r.values:
            print(f"beyond the recorded program's, bytes in the run at once: {r.values['needs']}")


def site_names(path):
    """Number to name, from NAME.sites or NAME.sites.xz beside the trace."""
    stem = re.sub(r"\.atrc(\.xz)?$", "", path)
    for name, opener in ((f"{stem}.sites", open), (f"{stem}.sites.xz", lzma.open)):
        try:
            with opener(name, "rt", encoding="utf-8", errors="replace") as lines:
                return dict(line.rstrip("\n").split("\t", 1) for line in lines if "\t" in line)
        except (OSError, lzma.LZMAError):
            continue
    return {}


def print_sites(run, path):
    names = site_names(path)
    counted = any(int(words[4]) for words in run.sites)
    print("\nwho held the memory when the program's live bytes were most:")
    print(f"{'blocks':>9}{'bytes':>12}" + (f"{'its peak':>12}{'mallocs':>10}{'failures':>10}"
                                          if counted else "") + "  call site")
    total = 0
    for number, blocks, size, peak, mallocs, failures in run.sites:
        total += int(size)
        more = f"{int(peak):>12,}{int(mallocs):>10,}{int(failures):>10,}" if counted else ""
        print(f"{int(blocks):>9,}{int(size):>12,}{more}  "
              f"{names.get(number, number if number == 'other' else 'site ' + number)}")
    print(f"{'':>9}{total:>12,}  in all, in usable sizes")


def chosen_board():
    name = os.environ.get("BOARD", "").strip() or "a64"
    name = MACHINES.get(name, name)
    if name not in BOARDS:
        near = difflib.get_close_matches(name.lower(), list(BOARDS) + list(MACHINES), 1)
        raise Refused(f"BOARD={name}: there is no such board" + (f"; did you mean {near[0]}?" if near else "") +
                      f"; there are {', '.join(BOARDS)}")
    return name, BOARDS[name]


def one_of(name, *values):
    value = os.environ.get(name, "").strip() or values[0]
    if value not in values:
        raise Refused(f"{name}={value}: must be {', '.join(values[:-1])} or {values[-1]}")
    return value


def build(board, *files):
    if subprocess.run(["sh", "tests/tools/need.sh", board.tools], check=False).returncode != 0:
        raise Refused("the board's tools are missing")
    if subprocess.run(shlex.split(os.environ.get("MAKE", "make")) + ["--no-print-directory", *files],
                      check=False).returncode != 0:
        raise Refused("the firmware was not built")


def write_unpacked(data):
    os.makedirs(os.path.dirname(UNPACKED), exist_ok=True)
    with open(UNPACKED, "wb") as out:
        out.write(data)


def judged(runs):
    bad = [r.title for r in runs if r.status != 0]
    print("\n" + (f"FAILED: {'; '.join(bad)}" if bad else "all is right"))
    return 1 if bad else 0


def free_ram(elf):
    """What the linker leaves to the heap."""
    symbols = subprocess.run(["arm-none-eabi-nm", elf], stdout=subprocess.PIPE, text=True, check=True).stdout
    return int(re.search(r"^([0-9a-f]+) \w __heap_size$", symbols, re.M).group(1), 16)


def run_small(path, name, board, mode, sites):
    """The trace cut to what fits, once, in order."""
    if mode == "spread":
        raise Refused(f"MODE=spread: {name} has one core and the tiny build: it replays in order only")
    if sites != "default":
        raise Refused(f"SITES={sites}: {name} has the tiny build, which does not know call sites")
    plain = number("PLAIN", 0, 1)
    data = read_trace(path)
    peak = check_header(path, data)
    elf = f"build/{name}-1-tiny16/replay_small.elf"
    build(board, elf)
    ram = free_ram(elf)
    most = ram - SMALL_GUARDS - SMALL_BLOCKS_MIN * SMALL_BLOCK_BYTES
    heap = number("HEAP", SMALL_HEAP_MIN, most, board.small_heap,
                  f": the firmware leaves {ram:,} bytes of {name}'s RAM to the heap and the table of blocks") & ~7
    room = number("CUT", 8, heap, heap * CUT_SHARE // 100)
    data, cut, summary = cut_trace(path, data, room, (ram - SMALL_GUARDS - heap) // SMALL_BLOCK_BYTES)
    write_unpacked(data)
    print(f"{path}: peak {peak:,} bytes live; heap {heap:,} bytes\n{summary}", flush=True)
    run = boot(f"in order, {name}", name, elf, 1, None, "yes", {"trace": UNPACKED, "heap": heap, "plain": plain})
    if run.status == 2:
        return 2
    if run.value("operations") != len(cut.records) and run.status == 0:
        print(f"WRONG: {len(cut.records)} records were cut")
        run.status = 1
    print_table([run])
    print("who held the memory is not known: the tiny build has no call sites")
    return judged([run])


def run_whole(path, name, board, mode, sites):
    """The whole trace, in order and on all cores at once."""
    cores = number("CORES", 1, board.cores, min(4, board.cores), f": {name} has no more")
    most = min(board.heap_most, board.memory or HEAP_MAX)
    heap = number("HEAP", HEAP_MIN, most, None, f" on {name}" if most < HEAP_MAX else "")
    arguments = {"trace": UNPACKED, "trace_bytes": 0, "heap": heap,
                 "window": number("WINDOW", 1, 1 << 30), "period": number("PERIOD", 1, 1000000),
                 "plain": number("PLAIN", 0, 1)}
    extra = number("EXTRA", 0, most, None if heap is None else 0)
    data = read_trace(path)
    peak = check_header(path, data)
    why = "as asked"
    if heap is None:
        arguments["heap"], why = default_heap(path, peak)
    arguments["trace_bytes"] = len(data)
    write_unpacked(data)
    elf = f"build/{name}-{cores}/replay.elf"
    print(f"{path}: {(len(data) - HEADER.size) // RECORD_BYTES:,} records, peak {peak:,} bytes live; "
          f"heap {arguments['heap']:,} bytes ({why})", flush=True)
    tagged = f"build/{name}-{cores}-{sites}/replay.elf" if sites != "off" and mode != "spread" else None
    build(board, elf, *[tagged] * bool(tagged))
    memory = None if board.memory else 64 + (2 * len(data) + arguments["heap"] + (extra or 0)) // MIB + peak // MIB
    runs = []
    if mode != "spread":
        runs.append(boot("in order, 1 core", name, elf, 1, memory, "yes", dict(arguments, mode="order")))
    if mode != "order" and (not runs or runs[0].status != 2):
        runs.append(boot(f"at once, {cores} core{'s' * (cores > 1)}", name, elf, cores, memory, "no",
                         dict(arguments, mode="spread", cores=cores, extra=extra)))
    runs = [r for r in runs if "wrong" in r.values] if any(r.status == 2 for r in runs) else runs
    if not runs:
        return 2
    print_table(runs)
    if tagged and all(r.status == 0 for r in runs):
        # Tags take memory, too: a heap that just does without them is too small.
        arguments["heap"] += arguments["heap"] // 16
        runs.append(boot(f"in order, call sites (SITES={sites}), heap {arguments['heap']:,} bytes",
                         name, tagged, 1, memory and memory + 1, "yes", dict(arguments, mode="order", sites=1)))
        print_sites(runs[-1], path)
    return judged(runs)


def main():
    check_names()
    path = os.environ.get("TRACE", "").strip() or DEFAULT_TRACE
    name, board = chosen_board()
    mode = one_of("MODE", "both", "order", "spread")
    sites = one_of("SITES", "default", "off", "list", "count")
    if board.small_heap is not None:
        number("CORES", 1, 1, because=f": {name} has no more")
        return run_small(path, name, board, mode, "default" if sites == "off" else sites)
    if os.environ.get("CUT", "").strip():
        raise Refused(f"CUT={os.environ['CUT']}: {name} has room for the whole trace; nothing is cut")
    return run_whole(path, name, board, mode, "list" if sites == "default" else sites)


def interrupted(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number_of_signal in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number_of_signal, interrupted)
    try:
        sys.exit(main())
    except Refused as refusal:
        print(f"make run: {refusal}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
