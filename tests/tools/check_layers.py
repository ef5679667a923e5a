#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is the tree layered as docs/design.md says, and the library freestanding?

usage: check_layers.py BUILD-FOLDER      (from the top of the tree)

Each file of src has a rank, listed here. A file includes only files of lower
ranks, its own header and port.h; port includes nothing of src but config.h;
neither includes anything of boards. No function has an #if in its body. The
library leaves no symbol undefined. hak.h compiles alone, and as C++.
Prints a line "ok ..." or "FAIL ..." for each.
"""

import os
import re
import shutil
import subprocess
import sys

RANKS = [
    "hak.h hak_fork.h config.h inject.h",
    "base.h",
    "place.h policy.h",
    "marks.h elo.h sample.h policy.c",
    "region.h classes.h bytes.c status.c site_name.c retention.h elo.c",
    "extent.h classes.c",
    "bins.h note.h",
    "run.h region.c",
    "free_step.h page_step.h inject.c policy_load.c sample.c",
    "cache.h page.h run.c",
    "pool.h page.c cache_init.c",
    "tally.h refill.h pool.c remote.c cache_sums.c retention.c",
    "sites.h refill.c",
    "cursor.h heap.h evolve.h cache.c",
    "learner.h evolve.c api.c check.c cursor.c find.c fork.c heap.c init.c release.c route.c stats.c walk.c sites.c listing.c tally.c",
    "tick.c",
]
RANK = {name: number for number, names in enumerate(RANKS) for name in names.split()}

FREESTANDING = {"stdatomic.h", "stdbool.h", "stddef.h", "stdint.h"}
OF_PORT = {"port.h", "port_arch.h", "hak_host.h"}  # headers that live in port
PORTS = ["host", "aarch64", "riscv64"]
CORES = [1, 4, 64]
NM = {"host": "nm", "aarch64": "aarch64-linux-gnu-nm", "riscv64": "riscv64-unknown-elf-nm"}

failures = 0


def report(name, problems):
    global failures
    for problem in problems:
        print(f"FAIL layers {name}: {problem}")
    failures += len(problems)
    if not problems:
        print(f"ok layers {name}")


def sources(top):
    for folder, _, names in sorted(os.walk(top)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".S")):
                yield os.path.join(folder, name)


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def includes(path):
    """The (quoted, name) pairs of a file."""
    found = re.findall(r'^\s*#\s*include\s*(["<])([^">]+)[">]', text_of(path), re.M)
    return [(quote == '"', name) for quote, name in found]


def check_src(path):
    base = os.path.basename(path)
    if base not in RANK:
        return [f"{path} has no rank: list it in tests/tools/check_layers.py"]
    problems = []
    for quoted, name in includes(path):
        own = os.path.splitext(name)[0] == os.path.splitext(base)[0] and name.endswith(".h")
        if not quoted:
            if name not in FREESTANDING:
                problems.append(f"{path} includes <{name}>, which needs a libc")
        elif name == "port.h" or own:
            pass
        elif name not in RANK:
            problems.append(f"{path} includes {name}, which is no file of src")
        elif RANK[name] >= RANK[base]:
            problems.append(f"{path} (rank {RANK[base]}) includes {name} (rank {RANK[name]})")
    return problems


def check_port(path):
    problems = []
    for quoted, name in includes(path):
        if not quoted and name not in FREESTANDING:
            problems.append(f"{path} includes <{name}>, which needs a libc")
        if quoted and name not in OF_PORT and name != "config.h":
            problems.append(f"{path} includes {name}")
    return problems


def without_comments_and_strings(text):
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: "\n" * m.group().count("\n") or " ", text, flags=re.S)


def check_bodies(path):
    """An #if between the braces of a function; those of extern "C" do not count."""
    problems, depth, opened_by = [], 0, []
    text = re.sub(r'extern\s+"C"\s*\{', "extern_c", text_of(path))
    for number, line in enumerate(without_comments_and_strings(text).split("\n"), 1):
        if re.match(r"\s*#", line):
            if depth > 0 and re.match(r"\s*#\s*(if|el|endif)", line):
                problems.append(f"{path}:{number}: {line.strip()} between braces")
            continue
        for character in line:
            if character == "{":
                opened_by.append(number)
            elif character == "}" and opened_by:
                opened_by.pop()
        depth = len(opened_by)
    return problems


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def check_symbols(build, port, cores):
    make = os.environ.get("MAKE", "make").split()
    made = run(make + ["--no-print-directory", "-s", "lib", f"PORT={port}", f"CORES={cores}"])
    if made.returncode != 0:
        return [f"make lib: {made.stdout.strip()[-300:]}"]
    library = f"{build}/{port}-{cores}/libhak.a"
    listed = run([NM[port], library])
    if listed.returncode != 0:
        return [listed.stdout.strip()[-300:]]
    defined, wanted, problems = set(), set(), []
    for line in listed.stdout.splitlines():
        match = re.match(r"^[0-9a-f]* *([A-Za-z]) (\S+)$", line)
        if match and match.group(1) in "Uwv":
            wanted.add(match.group(2))
        elif match:
            defined.add(match.group(2))
            if match.group(1) in "TDBRW" and not match.group(2).startswith(
                ("hak_", "heap_", "pool_", "cache_", "page_", "run_", "bins_", "extent_", "region_", "cursor_", "classes_",
                 "inject_", "policy_", "elo_", "evolve_", "retention_",
                 "sites_", "tally_", "marks_")) and match.group(2) not in (
                    "run", "pools", "learner"):
                problems.append(f"{match.group(2)} bears no name of hak's")
    # The linker makes these: for position-independent code, and around the section hak_sites.
    wanted -= defined | {"_GLOBAL_OFFSET_TABLE_", "__start_hak_sites", "__stop_hak_sites"}
    return problems + [f"undefined: {name}" for name in sorted(wanted)]


def check_header():
    for compiler in (["gcc", "-std=c11"], ["gcc", "-std=c99"]):
        command = compiler + ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c", "src/include/hak.h"]
        result = run(command)
        report(f"hak.h alone, {compiler[1][5:]}", [result.stdout.strip()[:300]] if result.returncode else [])
    for compiler in ("g++", "clang++", "clang++-14"):
        if shutil.which(compiler):
            command = [compiler, "-std=c++11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++", "src/include/hak.h"]
            result = run(command)
            report("hak.h as C++", [result.stdout.strip()[:300]] if result.returncode else [])
            return
    print("skip layers hak.h as C++: there is no C++ compiler")


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    src, port = list(sources("src")), list(sources("port"))
    listed = {os.path.basename(path) for path in src}
    report("includes of src", [p for path in src for p in check_src(path)])
    report("ranks", [f"{name} has a rank, but is not there" for name in RANK if name not in listed])
    report("includes of port", [p for path in port for p in check_port(path)])
    report("no #if in a body", [p for path in src + port for p in check_bodies(path)])
    check_header()
    for name in PORTS:
        for cores in CORES:
            report(f"symbols of {name}-{cores}", check_symbols(build, name, cores))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
