# SPDX-License-Identifier: MIT
"""What calls do, step by step: the executed instructions of a group of calls
(tests/bench/exec_log.py), each put down to a step by the source line that it was
compiled from. So the steps are those of the real code; what no rule names shows
under the name of its function.
"""
import collections
import re
import subprocess

import exec_log

ADDR2LINE = "aarch64-linux-gnu-addr2line"
NO_STEP = ("hak_malloc", "hak_free", "heap_malloc")

# (function, text of the source line or None: any, step). From the innermost
# function outwards, the first rule that fits. PHASES come first, from the
# outermost inwards: what belongs to them is not told apart further.
PHASES = [(re.compile(function + "$"), step) for function, step in (
    ("cache_look_behind", "look in other ways"),
    ("cache_note", "note the block"),
    ("cache_fill", "put"),
    ("bins_find|find_aligned|bins_longest", "find an extent"),
    ("cut", "cut it"),
    ("hand_out", "mark as live"),
    ("run_give", "merge and list"),
)]
RULES = [(re.compile(function + "$"), text and re.compile(text), step) for function, text, step in (
    ("bench_enter", None, "call and return"),
    ("hak_port_(un)?mask", None, "mask interrupts"),
    ("hak_port_core|this_core|heap_core", None, "which core"),
    ("heap_slots?", None, "lookup"),
    ("pool_pop", None, "pop"),
    ("pool_push", r"\bif\b", "validate"),
    ("pool_push", r"offset|block =|bit =", "which block"),
    ("pool_push", None, "put"),
    ("cache_count", None, "count"),
    ("cache_band", None, "size class"),
    ("cache_key", None, "validate"),
    ("cache_hit", r"\bif\b|NULL", "validate"),
    ("cache_hit", None, "pop"),
    ("cache_part|cache_entry|cache_counters", None, "lookup"),
    ("cache_malloc", r"GRANULE_SHIFT|band", "size class"),
    ("cache_malloc|cache_free", r"core", "which core"),
    ("cache_malloc", None, "validate"),
    ("cache_free", r"live_word", "size class"),
    ("cache_free", None, "claim the block"),
    ("note_at|note_is_held", None, "validate"),
    ("heap_malloc", r"CALL_TAG|note_tag", "call site"),
    ("hak_lock_take|hak_lock_drop|run_lock|run_unlock", None, "lock"),
    ("is_block", None, "validate"),
    ("free_step", None, "mark as free"),
    ("heap_free_in_page", r"trigger", "emptied?"),
    ("heap_free_in_page", None, "lookup"),
    ("heap_malloc|heap_malloc_large|hak_malloc", r"limit_bytes|kind_of|PTRDIFF_MAX", "size class"),
    ("heap_malloc|hak_free", r"slots? [!=]= (0|NULL)|free == 0|note", "validate"),
    ("hak_free|heap_free_large", r"region_kind|kinds|offset|maps|kind", "lookup"),
    ("hak_(malloc|free)", r"^\s*[{}]\s*$|^\w.*\)\s*$|return", "call and return"),
    ("heap_malloc", r"kept", "call and return"),
    (r"heap_(malloc|free)_(large|noted)|run_malloc|end|cache_is_open|granules_for", None,
     "route and return"),
    ("(keep|cache_free_noted|cache_give_back|empty|grant|withdraw).*", None,
     "make room"),
)]


class Log(exec_log.Log):
    """Counts every address that the calls of each group execute."""

    def __init__(self, image):
        super().__init__(image)
        self.executed = collections.defaultdict(collections.Counter)

    def instruction(self, line):
        super().instruction(line)
        core = self.cores[line[6] - 48]
        if core.inside:
            at = line.index(b"/") + 1
            self.executed[core.group][int(line[at:at + 16], 16)] += 1


class Source:
    """Where instructions come from."""

    def __init__(self, elf):
        self.elf, self.files = elf, {}

    def line(self, path, number):
        if path not in self.files:
            try:
                with open(path, encoding="utf-8") as file:
                    self.files[path] = file.read().splitlines()
            except OSError:
                self.files[path] = []
        lines = self.files[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def chains(self, addresses):
        """{address: [(function, its line's text)], innermost first}"""
        text = subprocess.run([ADDR2LINE, "-a", "-f", "-i", "-e", self.elf], check=True,
                              input="\n".join(map(hex, addresses)), capture_output=True,
                              text=True).stdout
        result, chain, name = {}, None, None
        for line in text.splitlines():
            place = re.match(r"(.*):(\d+|\?)( \(discriminator \d+\))?$", line)
            if re.fullmatch(r"0x[0-9a-f]+", line):
                chain = result.setdefault(int(line, 16), [])
            elif place:
                number = int(place.group(2)) if place.group(2) != "?" else 0
                chain.append((name, self.line(place.group(1), number)))
            else:
                name = line
        return result


def step_of(chain):
    for function, _ in reversed(chain):
        for name, step in PHASES:
            if name.match(function):
                return step
    for function, text in chain:
        for name, pattern, step in RULES:
            if name.match(function) and (pattern is None or pattern.search(text)):
                return step
    return next((f for f, _ in chain if f not in NO_STEP), "other")


def steps(log, elf, group):
    """{step: instructions per call}, greatest first."""
    executed, calls = log.executed[group], log.groups[group].calls
    chains = Source(elf).chains(sorted(executed))
    sums = collections.Counter()
    for address, count in executed.items():
        sums[step_of(chains[address])] += count
    return {step: count / calls for step, count in sums.most_common()}
