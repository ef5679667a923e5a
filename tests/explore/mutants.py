#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutants.py FOLDER COMPILE...: the explorer must object to each of these changes.

COMPILE... SRC OUT FOLDER/explore NAMES builds the explorer of the sources in SRC as OUT,
of those with these NAMES anew: FOLDER/explore is there already, of unchanged sources."""
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# The sources that use the functions which change in a header
USERS = {"pool.h": "pool refill heap route remote fork region_stats", "heap.h": "heap route"}

# name, file, text, what takes its place
MUTANTS = [
    ("free_without_release", "pool.h", "bit | PAGE_KNOWN, memory_order_acq_rel",
     "bit | PAGE_KNOWN, memory_order_acquire"),
    # One acquire is enough: the load's, or that of the fetch_and behind it.
    ("drain_without_acquire", "pool.c",
     "atomic_load_explicit(slot->freed, memory_order_acquire) & full;\n"
     "    atomic_store_explicit(&slot->free, word_get(&slot->free) | blocks, memory_order_release);\n"
     "    hak_port_fetch_and(slot->freed, ~blocks, memory_order_acq_rel);",
     "atomic_load_explicit(slot->freed, memory_order_relaxed) & full;\n"
     "    atomic_store_explicit(&slot->free, word_get(&slot->free) | blocks, memory_order_release);\n"
     "    hak_port_fetch_and(slot->freed, ~blocks, memory_order_release);"),
    ("take_in_without_release", "pool.c",
     "hak_port_fetch_and(slot->freed, ~blocks, memory_order_acq_rel);",
     "hak_port_fetch_and(slot->freed, ~blocks, memory_order_acquire);"),
    ("look_without_acquire", "pool.h",
     "hak_word seen = atomic_load_explicit(freed, memory_order_acquire), before;",
     "hak_word seen = atomic_load_explicit(freed, memory_order_relaxed), before;"),
    ("clear_before_set", "pool.c",
     "    atomic_store_explicit(&slot->free, word_get(&slot->free) | blocks, memory_order_release);\n"
     "    hak_port_fetch_and(slot->freed, ~blocks, memory_order_acq_rel);\n",
     "    hak_port_fetch_and(slot->freed, ~blocks, memory_order_acq_rel);\n"
     "    atomic_store_explicit(&slot->free, word_get(&slot->free) | blocks, memory_order_release);\n"),
    ("owner_before_freed", "pool.h",
     "if ((pool_with_owners(seen, p) & bit) != 0)",
     "hak_word own = pool_with_owners(0, p);\n"
     "        if (((atomic_load_explicit(freed, memory_order_acquire) | own) & bit) != 0)"),
    ("leave_in_two_steps", "pool.h",
     "return hak_port_compare_exchange(freed, &none, none & ~PAGE_KNOWN,",
     "if (word_get(freed) != none)\n        return false;\n"
     "    atomic_store_explicit(freed, none & ~PAGE_KNOWN, memory_order_release);\n    return true;\n"
     "    return hak_port_compare_exchange(freed, &none, none & ~PAGE_KNOWN,"),
    ("nobody_lists", "pool.h", "return PUSH_FIRST;", "return PUSH_DONE;"),
    ("known_is_not_set", "pool.h", "bit | PAGE_KNOWN, memory_order_acq_rel",
     "bit, memory_order_acq_rel"),
    ("no_word_to_the_first", "pool.c", "page_set_newer(page, PAGE_EMPTY);", ""),
    ("retired_under_the_first", "pool.c",
     "        page_set_newer(page, PAGE_EMPTY);\n        return;",
     "        retire(maps, unit, kind - 1);\n        return;"),
    ("settled_while_owned", "pool.c", "(page->state & PAGE_OWNED) != 0 ||", ""),
    ("list_without_the_lock", "heap.h", "if (!hak_lock_draw(&run.lock, &ticket))",
     "if (ticket = run.lock.both, false)"),
]


def explore(folder, compile_with, mutant):
    """The line to print."""
    name, file, text, other = mutant
    source = os.path.join(folder, name)
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree("src", source)
    path = os.path.join(source, file)
    with open(path, encoding="utf-8") as f:
        code = f.read()
    if text not in code:
        return f"FAIL mutant {name}: {file} has no such text"
    with open(path, "w", encoding="utf-8") as f:
        f.write(code.replace(text, other))
    out = os.path.join(source, "explore")
    subprocess.run(compile_with + [source, out, os.path.join(folder, "explore"),
                                   USERS.get(file, file[:-2])], check=True)
    done = subprocess.run([out], capture_output=True, text=True, check=False, timeout=600)
    if done.returncode == 0:
        return f"FAIL mutant {name}: nothing was noticed"
    why = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    return f"ok mutant {name}: {why[0][5:] if why else 'it crashed'}"


def main():
    folder, compile_with = sys.argv[1], sys.argv[2:]
    only = os.environ.get("MUTANTS", "").split()
    mutants = [m for m in MUTANTS if not only or m[0] in only]
    failed = 0
    with ThreadPoolExecutor(int(os.environ.get("JOBS") or os.cpu_count() or 1)) as pool:
        for line in pool.map(lambda m: explore(folder, compile_with, m), mutants):
            print(line, flush=True)
            failed += line.startswith("FAIL")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
