#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""learn_test.py LEARN: what `make learn` writes is the same each time, and is the
table that tests/learn/cjson_policy.c has."""
import os
import subprocess
import sys
import tempfile


def learned(program, folder, number):
    out = os.path.join(folder, f"{number}.c")
    done = subprocess.run([sys.executable, "tests/learn/learn.py", program], capture_output=True, text=True,
                          check=False, env=dict(os.environ, OUT=out, TRACE="", HEAP="", SEED=""))
    if done.returncode != 0:
        return done.stdout + done.stderr
    with open(out, encoding="ascii") as file:
        return file.read()


def main():
    with tempfile.TemporaryDirectory() as folder:
        first, second = (learned(sys.argv[1], folder, i) for i in range(2))
    with open("tests/learn/cjson_policy.c", encoding="ascii") as file:
        shipped = file.read()
    bad = [why for wrong, why in ((first != second, "two runs differ"),
                                  (first != shipped, "not tests/learn/cjson_policy.c: make learn, and copy it"))
           if wrong]
    print("\n".join(f"FAIL learn_repeats: {why}" for why in bad) or "ok learn_repeats")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
