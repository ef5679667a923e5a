#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""demo_test.py ELF: does the demo list its sites, by name or by function, with
the figures that follow from its source?"""
import re
import subprocess
import sys

# What the second table must show: blocks or None, mallocs, failures.
EXPECTED = {"draw": (1, 21, 0), "log_reading": (400, 400, 0), "uart rx": (64, 800, 0),
            "ask_for_too_much": (0, 0, 1), "mqtt message": (0, None, 0)}


def main():
    elf = sys.argv[1]
    run = subprocess.run(["sh", "tests/kit/run_a64.sh", elf, "1", "256M", "yes"],
                         stdout=subprocess.PIPE, text=True, check=False)
    told = subprocess.run([sys.executable, "tests/demo/symbols.py", elf], input=run.stdout,
                          stdout=subprocess.PIPE, text=True, check=False).stdout
    table = told[told.find("after 400 ticks"):]
    wrong = [] if run.returncode == 0 else [f"exit status {run.returncode}"]
    for name, (blocks, mallocs, failures) in EXPECTED.items():
        row = re.search(rf"^ *\d+ +(\d+) +\d+ +(\d+) +(\d+)  \"?{name}\b", table, re.M)
        if row is None:
            wrong.append(f"no line for {name}")
            continue
        got = tuple(map(int, row.groups()))
        if got[0] != blocks or got[2] != failures or mallocs not in (None, got[1]):
            wrong.append(f"{name}: {got}")
    if len(re.findall(r"start_task .*demo\.c:", table)) != 2:
        wrong.append("the wrapper's two callers are not told apart")
    if re.search(r"^ *24576 +\d+ +8192 +64 +2  0x", told, re.M) is None:
        wrong.append("the region with tags does not hold the uart's blocks")
    print(f"FAIL demo: {'; '.join(wrong)}\n{told}" if wrong else "ok demo")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
