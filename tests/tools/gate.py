#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gate.py --build DIR [--write]

Measures the part of `make bench` that takes less than a minute and compares it
with tests/bench/limits.txt: one line for each figure, "ok NAME figure limit" or
"FAIL NAME figure limit". A limit that was raised, compared with the last commit
or in it, needs a new line in CHANGELOG.md with the figure's name. --write
writes the figures of now to limits.txt. Exit status 0 if all is well.
"""
import argparse
import subprocess
import sys

import bench
import worst

LIMITS = "tests/bench/limits.txt"
CHANGELOG = "CHANGELOG.md"
TRACES = ["tests/traces"]
HEADER = """# SPDX-License-Identifier: MIT
# What `make test-gate` may measure at most: instructions, the call and the
# return included, or what the name says. `make limits` writes the figures of
# now. Raising a limit needs a line in CHANGELOG.md with the figure's name.
# The figures are those of gcc 12.2 and QEMU 7.2; there they are exact. They are
# those of AArch64; with rv64_ in front those of RISC-V, 64 bit; with m3_ those of the
# full library on Cortex-M3, with m3_tiny16_ and m3_tiny256_ of the tiny builds there.
"""
# Not instructions: they have their bars in `make bench`.
NO_LIMIT = "full_free_permille"


def sections_of_a64(machine):
    return [bench.fast(machine), bench.cache(machine), bench.sites(machine),
            bench.learning(machine), bench.remote(machine), bench.worst(machine),
            bench.tagged(machine), bench.locks(machine), bench.traces(machine, TRACES)]


def measure(build):
    machine = bench.Machine(build, True)
    try:
        rows = [row for section in sections_of_a64(machine) for row in section]
    finally:
        machine.close()
    rows += worst.rows(build)
    return {row.name: row.value for row in rows
            if isinstance(row, bench.Row) and not row.name.endswith(NO_LIMIT)}


def text_of(value):
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def parse(text):
    table = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if len(words) not in (0, 2):
            raise bench.Failed(f"{LIMITS}:{number}: a name and a limit are expected")
        if words:
            table[words[0]] = float(words[1])
    return table


def limits():
    with open(LIMITS, encoding="ascii") as file:
        return parse(file.read())


def git(*arguments):
    """What git prints; None if it cannot, outside of a checkout for one."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def new_lines_of_changelog(base):
    diff = git("diff", "--unified=0", base, "--", CHANGELOG) or ""
    added = [line[1:] for line in diff.splitlines() if line.startswith("+") and line[1:2] != "+"]
    if git("ls-files", CHANGELOG) == "": # not added to git yet: all of it is new
        try:
            with open(CHANGELOG, encoding="utf-8") as file:
                added += file.read().splitlines()
        except OSError:
            pass
    return set(word.strip("`.,:;()") for line in added for word in line.split())


def raised_in_silence(now):
    """Names whose limit is higher than in the last commit, or in the one before
    it, with no new line in the changelog. None: cannot be told."""
    names, compared = {}, False
    for base in ("HEAD", "HEAD^"):
        before = git("show", f"{base}:{LIMITS}")
        if before is None:
            continue
        compared = True
        told = new_lines_of_changelog(base)
        for name, limit in parse(before).items():
            if now.get(name, 0) > limit and name not in told:
                names.setdefault(name, (limit, now[name], base))
    return names if compared else None


def compare(figures, allowed):
    failed = 0
    for name, figure in figures.items():
        limit = allowed.get(name)
        value = text_of(figure)
        good = limit is not None and float(value) <= limit
        failed += not good
        print(f"{'ok' if good else 'FAIL'} {name} {value} "
              f"{'has no limit' if limit is None else f'{limit:g}'}")
    for name in allowed:
        if name not in figures:
            failed += 1
            print(f"FAIL {name} is in {LIMITS}, but was not measured")
    return failed


def write(figures):
    with open(LIMITS, "w", encoding="ascii") as file:
        file.write(HEADER)
        for name, figure in figures.items():
            file.write(f"{name} {text_of(figure)}\n")


def main():
    parser = argparse.ArgumentParser(description="instruction counts, held to limits")
    parser.add_argument("--build", default="build")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    figures = measure(options.build)
    if options.write:
        write(figures)
        print(f"{len(figures)} limits written to {LIMITS}")
    failed = 0 if options.write else compare(figures, limits())
    raised = raised_in_silence(limits())
    if raised is None:
        print(f"no earlier {LIMITS} to compare with: skipped")
    for name, (before, now, base) in (raised or {}).items():
        failed += not options.write
        print(f"{'note:' if options.write else 'FAIL'} {name}: limit raised from {before:g} to "
              f"{now:g} since {base}; {CHANGELOG} needs a line that names it")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (bench.Failed, bench.exec_log.Wrong, bench.replay.Refused) as failure:
        sys.exit(f"gate: {failure}")
