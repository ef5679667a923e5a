# SPDX-License-Identifier: MIT
"""A Python program for real.py: json, re, threads, big integers, subprocess.
Prints the same at every run."""
import hashlib
import json
import re
import subprocess
import sys
import threading
import zlib


def numbers(seed, count):
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2 ** 31
        yield seed >> 8


def documents(seed, count):
    names = ("red", "green", "blue", "a longer name with blanks", "ä ö ü")
    values = list(numbers(seed, count * 8))
    return [{"id": i, "name": names[values[8 * i] % len(names)], "list": values[8 * i:8 * i + 8],
             "nested": {"half": i / 2, "text": "x" * (values[8 * i + 1] % 300), "none": None}}
            for i in range(count)]


def work(seed):
    data = documents(seed, 1500)
    text = json.dumps(data, sort_keys=True)
    again = json.loads(text)
    assert again == data
    words = re.findall(r"\b[a-z]+\b", text)
    changed = re.sub(r"(\d+), (\d+)", lambda m: f"{m.group(2)};{m.group(1)}", text)
    groups = {}
    for word in words:
        groups.setdefault(word[:3], []).append(word)
    packed = zlib.compress(changed.encode(), 6)
    assert zlib.decompress(packed).decode() == changed
    digest = hashlib.sha256(changed.encode()).hexdigest()
    return f"{seed} {len(text)} {len(words)} {len(groups)} {digest}"


def main():
    results = {}

    def run(seed):
        results[seed] = work(seed)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in sorted(results):
        print(results[seed])
    factorial = 1
    for i in range(1, 3000):
        factorial *= i
    print(hashlib.sha256(str(factorial % 10 ** 4000).encode()).hexdigest())
    child = subprocess.run([sys.executable, "-c", "print(sum(len(str(i)) for i in range(50000)))"],
                           capture_output=True, text=True, check=True)
    print(child.stdout.strip())


main()
