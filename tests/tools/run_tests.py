#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make test: build what the groups of tests need, run them, some at a time, and add up.

usage: run_tests.py BUILD-FOLDER [--all] GROUP...      (from the top of the tree)

A group is a target of make. It prints lines "ok NAME", "FAIL NAME: why" and
"skip NAME: why"; all its output is kept in BUILD-FOLDER/test/GROUP.log. A group
that ends with another status than 0 and says no FAIL has failed, and so has one
that prints no result at all. Missing packages are installed first. Variables tell a group
more: JOBS, how many processes it may run at a time; ALL_BUILT=yes, all was built.
--all shows every result, not only failures and skips, of one group after another.
The last line printed is "N passed, N failed", or "N passed, N failed, N skipped".
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

RESULT = re.compile(r"^(ok|FAIL|skip)\s+(.*)$")
PACKAGES = ["a64", "m", "rv", "host", "real"]
TAIL_LINES = 25


def make_flags():
    """What make passes on, without the job server that is not open to us."""
    flags = os.environ.get("MAKEFLAGS", "")
    return re.sub(r"(^|\s)(-j\S*|--jobserver\S*)", " ", flags).strip()


def follow(process, log, show_all):
    """The group's results, in order; they are shown as they come."""
    results = []
    for line in process.stdout:
        log.write(line)
        match = RESULT.match(line)
        if match:
            results.append(match.groups())
            if show_all or match.group(1) != "ok":
                print("  " + line.rstrip(), flush=True)
    return results


def tail(path):
    with open(path, encoding="utf-8", errors="replace") as log:
        return "".join("    " + line for line in log.readlines()[-TAIL_LINES:])


def count(results):
    """Passed, failed, skipped; a name fails once, however often it says so."""
    failed = {text.split(": ")[0] + ":" + "".join(text.split(": ")[1:2]) for what, text in results if what == "FAIL"}
    kinds = [what for what, _ in results]
    return kinds.count("ok"), len(failed), kinds.count("skip")


def make(target, environment):
    """Its python3 is the one that runs this: what finds another one first may take long."""
    command = os.environ.get("MAKE", "make").split() + ["--no-print-directory", target]
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    return subprocess.Popen(command, env={"DEBUG": "", **os.environ, "PATH": path, "MAKEFLAGS": make_flags(), **environment},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, errors="replace")


def build_for(build, groups, jobs):
    """Whether all is built: what is not is the failure of the groups that need it."""
    begin = time.monotonic()
    with open(f"{build}/test/build.log", "w", encoding="utf-8") as log:
        process = make("build-groups", {"GROUPS": " ".join(groups), "MAKEFLAGS": f"{make_flags()} -j{jobs}"})
        log.write(process.communicate()[0])
    print(f"built: {time.monotonic() - begin:.1f} s", flush=True)
    return process.returncode == 0


def run_group(build, group, variables, show_all):
    path = f"{build}/test/{group}.log"
    print(f"{group} ...", flush=True)
    begin = time.monotonic()
    with open(path, "w", encoding="utf-8") as log:
        process = make(group, variables)
        results = follow(process, log, show_all)
    status = process.wait()
    passed, failed, skipped = count(results)
    if failed == 0 and (status != 0 or passed + skipped == 0):
        why = f"status {status}" if status != 0 else "it printed no result"
        print(f"  FAIL {group}: {why}; the end of {path}:\n{tail(path)}", end="")
        failed = 1
    seconds = time.monotonic() - begin
    print(f"{group}: {seconds:.1f} s, {passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return passed, failed, skipped


def main():
    build, groups = sys.argv[1], [name for name in sys.argv[2:] if name != "--all"]
    show_all = "--all" in sys.argv
    os.makedirs(f"{build}/test", exist_ok=True)
    if subprocess.run(["sh", "tests/tools/need.sh"] + PACKAGES).returncode != 0:
        print("FAIL packages are missing, see above\n0 passed, 1 failed")
        return 1
    begin = time.monotonic()
    processors = os.cpu_count() or 1
    lanes = 1 if show_all else max(1, min(processors, len(groups)))
    variables = {"JOBS": str(processors // lanes)}
    if not show_all and build_for(build, groups, processors):
        variables["ALL_BUILT"] = "yes"
    with ThreadPoolExecutor(lanes) as pool:
        sums = list(pool.map(lambda group: run_group(build, group, variables, show_all), groups))
    passed, failed, skipped = (sum(column) for column in zip(*sums)) if sums else (0, 1, 0)
    print(f"all groups: {time.monotonic() - begin:.1f} s")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
