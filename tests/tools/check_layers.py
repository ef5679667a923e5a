#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is the tree layered as docs/design.md says, and the library freestanding?

usage: check_layers.py BUILD-FOLDER [--all] [--libraries]      (from the top of the tree)

Each file of src has a rank, listed here. A file includes only files of lower
ranks, its own header and port.h; port includes nothing of src but config.h;
neither includes anything of boards. No function has an #if in its body. The
library leaves no symbol undefined. hak.h compiles alone, and as C++.
Prints a line "ok ..." or "FAIL ..." for each; with --libraries the libraries
whose symbols it looks at, and nothing else. --all: libraries for 64 cores and such, which
no other test needs, as well.
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
    "free_step.h page_step.h tagged.h inject.c policy_load.c sample.c",
    "cache.h page.h run.c",
    "pool.h page.c cache_init.c",
    "tally.h refill.h pool.c remote.c cache_sums.c retention.c",
    "sites.h refill.c",
    "cursor.h heap.h evolve.h seats.h",
    "learner.h evolve.c api.c check.c cache.c cursor.c displace.c find.c fork.c heap.c init.c release.c route.c stats.c tagged.c tagged_add.c walk.c region_stats.c sites.c listing.c tally.c",
    "tick.c each.c",
]
# The tiny build's own, in src/tiny: another tower on base.h. Its kinds, size and speed, have
# files of the same names.
RANKS[2] += " tiny.h tiny_step.h"
RANKS[3] += (" tiny_map.h tiny_extent.h tiny_count.h tiny_item.h tiny_old.h tiny_aligned.h tiny_alignment.h"
             " tiny_check_sum.h tiny_done.c tiny_absent.c")
RANKS[4] += " tiny_bins.h"
RANKS[5] += " tiny_run.h tiny_leave.c"
RANKS[6] += " tiny_call.h tiny_cursor.h tiny_carve.h tiny_take.c"
RANKS[7] += " tiny_malloc.h tiny_init.c"
RANKS[8] += (" tiny_resize.h tiny_malloc.c tiny_malloc_at.c tiny_malloc_slow.c tiny_free.c tiny_look.c tiny_calloc.c"
             " tiny_aligned.c tiny_aligned_alloc.c tiny_usable_size.c tiny_stats.c tiny_check.c tiny_walk.c")
RANKS[9] += " tiny_realloc.c"
RANK = {name: number for number, names in enumerate(RANKS) for name in names.split()}

FREESTANDING = {"stdatomic.h", "stdbool.h", "stddef.h", "stdint.h"}
# How many cores the library is built for, by port. With words of 32 bits: 32 at most.
PORTS = {"host": [1, 4, 64], "aarch64": [1, 4], "aarch64_lse": [4], "riscv64": [1, 4],
         "riscv32": [1, 4], "riscv32_single": [1], "armv6m": [1], "armv7m": [1], "armv7em": [1], "armv8m": [2]}
MORE_PORTS = {"aarch64": [64], "aarch64_lse": [1, 64], "riscv64": [64], "riscv32": [32], "armv8m": [1]}
NM = {"host": "nm", "aarch64": "aarch64-linux-gnu-nm", "aarch64_lse": "aarch64-linux-gnu-nm",
      "riscv64": "riscv64-unknown-elf-nm", "riscv32": "riscv64-unknown-elf-nm",
      "riscv32_single": "riscv64-unknown-elf-nm", "armv8m": "arm-none-eabi-nm",
      "armv6m": "arm-none-eabi-nm", "armv7m": "arm-none-eabi-nm", "armv7em": "arm-none-eabi-nm"}
TINY_PORTS = ["host", "armv6m", "armv7m", "armv7em", "riscv32", "riscv64"]


def builds(ports):
    return [(name, cores, "") for name, counts in ports.items() for cores in counts]


BUILDS = builds(PORTS) + [(name, 1, tiny) for name in TINY_PORTS for tiny in ("16", "256")]

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


def check_port(path, of_port):
    problems = []
    for quoted, name in includes(path):
        if not quoted and name not in FREESTANDING:
            problems.append(f"{path} includes <{name}>, which needs a libc")
        if quoted and os.path.basename(name) not in of_port and name != "config.h":
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


def build_name(port, cores, tiny):
    return f"{port}-{cores}" + (f"-tiny{tiny}" if tiny else "")


def library_of(build, port, cores, tiny):
    return f"{build}/{build_name(port, cores, tiny)}/libhak.a"


def check_symbols(build, port, cores, tiny):
    make = os.environ.get("MAKE", "make").split()
    made = run(make + ["--no-print-directory", "-s", "lib", f"PORT={port}", f"CORES={cores}", f"TINY={tiny}"])
    if made.returncode != 0:
        return [f"make lib: {made.stdout.strip()[-300:]}"]
    library = library_of(build, port, cores, tiny)
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
                ("hak_", "heap_", "pool_", "refill_", "cache_", "page_", "run_", "bins_", "extent_", "region_", "cursor_", "tour_", "classes_",
                 "inject_", "policy_", "tagged_", "elo_", "evolve_", "retention_", "learner_",
                 "sites_", "tally_", "marks_", "tiny_")) and match.group(2) not in (
                    "run", "pools", "learner", "tiny"):
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
    build = sys.argv[1]
    wanted = BUILDS + (builds(MORE_PORTS) if "--all" in sys.argv else [])
    if "--libraries" in sys.argv:
        print(" ".join(library_of(build, *each) for each in wanted))
        return 0
    src, port = list(sources("src")), list(sources("port"))
    of_port = {os.path.basename(path) for path in port}
    listed = {os.path.basename(path) for path in src}
    report("includes of src", [p for path in src for p in check_src(path)])
    report("ranks", [f"{name} has a rank, but is not there" for name in RANK if name not in listed])
    report("includes of port", [p for path in port for p in check_port(path, of_port)])
    report("no #if in a body", [p for path in src + port for p in check_bodies(path)])
    check_header()
    for name, cores, tiny in wanted:
        report("symbols of " + build_name(name, cores, tiny), check_symbols(build, name, cores, tiny))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
