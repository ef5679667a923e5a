#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build and run the programs of a list, some at a time.

usage: run_list.py BUILD-FOLDER [--files] LIST...      (from the top of the tree)

Each line of a list: variants, a program, its arguments.

    host-1,host-4-asan,a64-4  unit
    a64-4/no                  model cores=4 ops=1000
    host-4                    misuse/* rounds=20

* stands for all sources of tests/misuse that tell their cases, by MISUSE_CASES(...).

A variant is a folder of BUILD-FOLDER, BOARD-N: it runs in QEMU on N cores
with -icount, a64-N/no with a thread for each core. memory=3G: the line is skipped if
the machine has less than that to spare. # begins a comment.

The programs print "ok NAME", "FAIL NAME: why" and "skip NAME: why"; the variant,
the program and its arguments are put before each NAME. One that ends with
another status than 0, and says no FAIL, has failed; so has one that says nothing.
Lines "# 1.2 s ..." say how long the build and each run took.
--files prints what the lists need to be built, and does nothing.
In the environment: KIT_TIMEOUT, the seconds that each run may take, 300; JOBS, how many
run at a time, as many as there are processors; ALL_BUILT=yes, nothing is to be
built.
"""

import glob
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

TIMEOUT_SECONDS = int(os.environ.get("KIT_TIMEOUT", "300"))
JOBS = int(os.environ.get("JOBS") or os.cpu_count() or 1)
RESULT = re.compile(r"^(ok|FAIL|skip) +(.*)$")


class Run:
    def __init__(self, build, variant, program, arguments):
        folder, _, accel = variant.partition("/")
        memory = [a[7:] for a in arguments if a.startswith("memory=")]
        self.memory_bytes = int(memory[0].rstrip("G")) << 30 if memory else 0
        arguments = [a for a in arguments if not a.startswith("memory=")]
        self.label = " ".join([variant, program] + arguments)
        board, cores = folder.split("-")[:2]
        if board != "host":
            self.file = f"{build}/{folder}/{program}.elf"
            self.command = ["sh", "tests/kit/run_board.sh", board, self.file, cores, "-", accel or "yes"] + arguments
        else:
            self.file = f"{build}/{folder}/{program}"
            self.command = [self.file] + arguments


def programs(name):
    if not name.endswith("/*"):
        return [name]
    found = []
    for path in sorted(glob.glob(f"tests/{name}.c")):
        with open(path, encoding="utf-8") as source:
            if re.search(r"^\w+_CASES\(", source.read(), re.M):
                found.append(name[:-1] + os.path.basename(path)[:-2])
    return found


def read_list(build, path):
    runs = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if words:
                runs += [Run(build, variant, program, words[2:])
                         for program in programs(words[1]) for variant in words[0].split(",")]
    return runs


def spare_bytes():
    with open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    return 0


def output_of(run):
    """(status, text); a status that is no number is what went wrong."""
    if run.memory_bytes > spare_bytes():
        return 0, f"skip memory: less than {run.memory_bytes >> 30} GiB to spare\n"
    try:
        done = subprocess.run(run.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as late:
        return f"did not end within {TIMEOUT_SECONDS} s", (late.output or b"").decode(errors="replace")
    except OSError as error:
        return str(error), ""
    return done.returncode, done.stdout.decode(errors="replace")


def timed_output_of(run):
    begin = time.monotonic()
    status, text = output_of(run)
    return time.monotonic() - begin, status, text


def judge(run, status, text):
    """The lines to print: one result for each name, and what belongs to failures."""
    lines, failed, results = [], set(), 0
    for line in text.splitlines():
        match = RESULT.match(line)
        if match is None:
            lines.append("    " + line)
            continue
        what, name = match.groups()
        results += 1
        if what == "FAIL":
            case = name.split(":")[0]
            line = f"    {name}" if case in failed else f"FAIL {run.label}: {name}"
            failed.add(case)
        else:
            line = f"{what} {run.label}: {name}"
        lines.append(line)
    if status != 0 and not failed:
        lines.append(f"FAIL {run.label}: status {status}")
    elif results == 0:
        lines.append(f"FAIL {run.label}: printed no result")
    return lines, status != 0 or bool(failed) or results == 0


def files_of(runs):
    return sorted({run.file for run in runs})


def build_all(files):
    """Everything at once. The first error, if there is one."""
    make = os.environ.get("MAKE", "make").split() + ["--no-print-directory", "-s"]
    done = subprocess.run(make + ["-k", f"-j{JOBS}"] + files, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return None
    said = done.stdout.splitlines()
    print("\n".join(said[-40:]))
    return next((line for line in said if "error" in line or "***" in line), "see above")


def main():
    build, lists = sys.argv[1], [word for word in sys.argv[2:] if word != "--files"]
    runs = [run for path in lists for run in read_list(build, path)]
    if "--files" in sys.argv:
        print(" ".join(files_of(runs)))
        return 0
    begin = time.monotonic()
    error = None if os.environ.get("ALL_BUILT") else build_all(files_of(runs))
    print(f"# {time.monotonic() - begin:.1f} s to build", flush=True)
    if error is not None:
        print(f"FAIL building what {' '.join(lists)} lists: {error}")
        return 1
    bad = False
    with ThreadPoolExecutor(JOBS) as pool:
        for run, (seconds, status, text) in zip(runs, pool.map(timed_output_of, runs)):
            lines, failed = judge(run, status, text)
            bad |= failed
            print("\n".join(lines if failed else [l for l in lines if not l.startswith("    ")]), flush=True)
            print(f"# {seconds:.1f} s {run.label}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
