#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bounds.py DOCUMENT LIMITS [--test]

The table "In instructions" of docs/bounds.md names rows of tests/bench/limits.txt in its
last column. Prints the table with the figures of now. --test: prints an ok or FAIL line
instead: each name is a row, and each row that is a bound of a call, a hold, a stretch or
a recall is named.
"""
import re
import sys

BOUNDS = re.compile(r"^(random|full|model|span|holes|bins|pages|pending|campaign|recall)_[a-z]|"
                    r"^(hold|stretch|remote_(owned|left))")


def limits(path):
    with open(path, encoding="ascii") as file:
        rows = [line.split("#")[0].split() for line in file]
    return dict(row for row in rows if row)


def table(path):
    """(bound, formula, names) of each line."""
    with open(path, encoding="utf-8") as file:
        text = file.read().partition("\n## In instructions\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines()
            if line.startswith("|")]
    return [(row[0], row[1], re.findall(r"`(\w+)`", row[-1])) for row in rows[2:]]


def test(rows, known):
    named = {name for _, _, names in rows for name in names}
    wrong = [f"{name} is no row of limits.txt" for name in sorted(named) if name not in known]
    wrong += [f"{name} is not explained" for name in known if BOUNDS.match(name) and name not in named]
    for text in wrong:
        print(f"FAIL docs/bounds.md: {text}")
    if not wrong:
        print(f"ok docs/bounds.md: {len(named)} figures")
    return 1 if wrong or not named else 0


def main():
    rows, known = table(sys.argv[1]), limits(sys.argv[2])
    if "--test" in sys.argv:
        return test(rows, known)
    for bound, formula, names in rows:
        print(f"{bound}: {formula}" if formula else bound)
        for name in names:
            print(f"    {name:<24}{known.get(name, '-'):>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
