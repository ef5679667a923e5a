#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""symbols.py ELF [ADDR2LINE]: copies its input and puts function, file and line in
the place of each @address, a return address: what counts is the call before it."""
import os
import re
import subprocess
import sys


def place(elf, tool, address):
    done = subprocess.run([tool, "-f", "-e", elf, hex(address - 1)], stdout=subprocess.PIPE,
                          text=True, check=False)
    function, _, line = done.stdout.strip().partition("\n")
    if done.returncode != 0 or function in ("", "??"):
        return hex(address)
    line = os.path.relpath(line.split(" ")[0]) if line.startswith("/") else line
    return f"{function}  {line}"


def main():
    elf, tool = sys.argv[1], (sys.argv + ["aarch64-linux-gnu-addr2line"])[2]
    for text in sys.stdin:
        sys.stdout.write(re.sub(r"@(0x[0-9a-f]+)", lambda m: place(elf, tool, int(m.group(1), 16)),
                                text))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
