#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sizes.py --build DIR [--write] [--ports PORT...]

Links each public call by itself, with section collection, against each port's
library and tiny builds, and prints what comes along: bytes of code and constants,
of static storage, and of the deepest stack (frames as GCC tells them, calls as the
disassembly shows them; the hooks are the library's own). Compared with
tests/bench/sizes.txt: a figure that is above the recorded one fails, and a record
that was raised, compared with the last commit or in it, needs a new line in
CHANGELOG.md with its name, PORT-BUILD. --write records the figures of now.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

import gate

TABLE = "tests/bench/sizes.txt"
HEADER = """# SPDX-License-Identifier: MIT
# What `make size` may print at most: code and constants, static storage, stack, in
# bytes. `make size-record` writes the figures of now. Raising one needs a line in
# CHANGELOG.md that names the build. The figures are those of gcc 12.2.
"""
CALLS = {
    "init+malloc+free": ["hak_init", "hak_malloc", "hak_free"],
    "init": ["hak_init"], "malloc": ["hak_malloc"], "free": ["hak_free"],
    "calloc": ["hak_calloc"], "realloc": ["hak_realloc"],
    "aligned_alloc": ["hak_aligned_alloc"], "usable_size": ["hak_usable_size"],
    "add_region": ["hak_add_region"], "core_idle": ["hak_core_idle"],
    "stats_get": ["hak_stats_get"], "check": ["hak_check"], "walk": ["hak_walk"],
}
CALL = re.compile(r"\s(?:bl|blx|b|b\.n|b\.w|jal|j|tail|call|jmp)\s+(?:\w+,)?[0-9a-f]+ <([\w.]+)>")


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"sizes: {' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout


def make(*words):
    command = os.environ.get("MAKE", "make").split() + ["--no-print-directory", "-s", *words]
    return run(command).strip()


def frames(folder):
    """Bytes of stack by function, from GCC's .su files."""
    table = {}
    for path in glob.glob(f"{folder}/**/*.su", recursive=True):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                where, size, _ = line.split("\t")
                name = where.split(":")[-1]
                table[name] = max(table.get(name, 0), int(size))
    return table


def depth_of(elf, tool, roots, frame):
    calls, current = {}, None
    for line in run([tool + "objdump", "-d", "--no-show-raw-insn", elf]).splitlines():
        start = re.match(r"[0-9a-f]+ <([\w.]+)>:", line)
        if start:
            current = start.group(1)
            calls[current] = set()
        for name in CALL.findall(line):
            calls[current].add(name)

    def depth(name, above):
        if name in above:
            return 0
        inner = [depth(c, above | {name}) for c in calls.get(name, ()) if c != name]
        return frame.get(name.split(".")[0], 0) + max(inner, default=0)
    return max(depth(root, frozenset()) for root in roots)


def library_of(port, tiny):
    """None: there is no such build. The full one is not for all ports yet."""
    command = os.environ.get("MAKE", "make").split() + ["--no-print-directory", "-s", "lib"]
    done = subprocess.run(command + [f"PORT={port}", "CORES=1", f"TINY={tiny}"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0 and tiny:
        sys.exit(f"sizes: make lib PORT={port} TINY={tiny}\n{done.stderr[-2000:]}")
    return done.stdout.strip() if done.returncode == 0 else None


def measure(port, library, folder):
    flags = make("size-flags", f"PORT={port}").split()
    tool, elf = make("size-tool", f"PORT={port}"), os.path.join(folder, "size.elf")
    frame = frames(os.path.dirname(library))
    figures = {}
    for name, roots in CALLS.items():
        undefined = [f"-Wl,-u,{root}" for root in roots]
        run([tool + "gcc", *flags, "-nostdlib", "-static", "-no-pie", "-Wl,--gc-sections,--build-id=none",
             f"-Wl,-e,{roots[0]}", *undefined, library, "-o", elf])
        code = data = 0
        for line in run([tool + "size", "-A", elf]).splitlines():
            words = line.split()
            if len(words) == 3 and re.match(r"\.(text|rodata|data\.rel\.ro|srodata)", words[0]):
                code += int(words[1])
            elif len(words) == 3 and re.match(r"\.(s?data|s?bss|tbss|tdata)", words[0]):
                data += int(words[1])
        figures[name] = (code, data, depth_of(elf, tool, roots, frame))
    return figures


def parse(text):
    table = {}
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words:
            table[words[0], words[1]] = tuple(map(int, words[2:5]))
    return table


def recorded():
    try:
        with open(TABLE, encoding="ascii") as file:
            return parse(file.read())
    except OSError:
        return {}


def raised_in_silence(now):
    names = set()
    for base in ("HEAD", "HEAD^"):
        before = gate.git("show", f"{base}:{TABLE}")
        if before is None:
            continue
        told = gate.new_lines_of_changelog(base)
        for key, old in parse(before).items():
            if any(n > o for n, o in zip(now.get(key, old), old)) and key[0] not in told:
                names.add(key[0])
    return names


def main():
    parser = argparse.ArgumentParser(description="code, data and stack of each public call")
    parser.add_argument("--build", default="build")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ports", nargs="*")
    options = parser.parse_args()
    allowed, table, failed = recorded(), {}, 0
    ports = options.ports or make("size-ports").split()
    for port in ports:
        for tiny in ("", "16", "256"):
            build = f"{port}-tiny{tiny}" if tiny else f"{port}-full"
            library = library_of(port, tiny)
            if library is None:
                known = any(key[0] == build for key in allowed)
                failed += known
                print(f"{'FAIL' if known else 'skip'} {build}: does not build")
                continue
            with tempfile.TemporaryDirectory() as folder:
                figures = measure(port, library, folder)
            print(f"{build}: code and constants, static storage, stack")
            for name, figure in figures.items():
                table[build, name] = figure
                limit = allowed.get((build, name))
                bad = limit is None or any(f > l for f, l in zip(figure, limit))
                failed += bad and not options.write
                print(f"{'ok' if not bad or options.write else 'FAIL'} {build} {name} "
                      + " ".join(map(str, figure))
                      + (f" (recorded: {limit})" if bad and not options.write else ""))
    if options.write:
        with open(TABLE, "w", encoding="ascii") as file:
            file.write(HEADER)
            for (build, name), figure in {**allowed, **table}.items():
                file.write(f"{build} {name} {' '.join(map(str, figure))}\n")
    for name in sorted(raised_in_silence(recorded())):
        failed += not options.write
        print(f"{'note:' if options.write else 'FAIL'} {name}: raised; {gate.CHANGELOG} needs a line that names it")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
