# SPDX-License-Identifier: MIT
"""Reads QEMU's log of executed instructions (-singlestep -d exec,nochain) while
it is written, and measures what the instruction counter cannot see: how long
the run lock is held, how long interrupts are masked, how many atomic
read-modify-writes a call makes.

What counts is told by the image's disassembly, not by its source:
    msr daifset / msr daif    masks interrupts / restores the mask
    stxr of a 32-bit word     draws a ticket of the lock (its other words, and
                              the library's other atomics, have 64 bits)
                              and shows whether its turn has come
    ldar of a 32-bit word     looks again, while a core waits; `yield` follows if its
                              turn has not come
    stlrh                     drops the lock
"""
import bisect
import re
import subprocess

OBJDUMP = "aarch64-linux-gnu-objdump"
NM = "aarch64-linux-gnu-nm"

# What an instruction does.
ENTER, LEAVE, MARK, MASK, UNMASK, LOAD, STORE, DRAW, LOOK, DROP, TURN = range(1, 12)


class Wrong(Exception):
    pass


def symbols(path):
    """The code of an archive or image: [(address, name, kind as nm has it)]."""
    text = subprocess.run([NM, path], check=True, capture_output=True, text=True).stdout
    words = [line.split() for line in text.splitlines()]
    return sorted((int(w[0], 16), w[2], w[1]) for w in words
                  if len(w) == 3 and w[1] in "tTW" and not w[2].startswith("$"))


def library_range(table, lib):
    """Where the library's code lies in the image: in one piece, around hak_malloc."""
    names = {name: kind for _, name, kind in symbols(lib)}
    first = last = [name for _, name, _ in table].index("hak_malloc")
    while table[first - 1][1] in names:
        first -= 1
    while last + 1 < len(table) and table[last + 1][1] in names:
        last += 1
    for address, name, _ in table[:first] + table[last + 1:]:
        if names.get(name) == "T":
            raise Wrong(f"the library's code does not lie in one piece, or this is not "
                        f"the library that was linked: {name} at {address:#x}")
    return table[first][0], table[last + 1][0] if last + 1 < len(table) else table[last][0] + 4096


def kind_of(operation, operands):
    if operation == "msr" and operands.startswith("daifset"):
        return MASK
    if operation == "msr" and operands.startswith("daif,"):
        return UNMASK
    if operation in ("ldxr", "ldaxr"):
        return LOAD
    if operation in ("stxr", "stlxr"):
        return DRAW if operands.split(",")[1].strip().startswith("w") else STORE
    if operation == "ldar":
        return LOOK if operands.startswith("w") else 0
    if operation == "stlrh":
        return DROP
    return TURN if operation == "yield" else 0


class Image:
    """Where the library's code and the brackets of calls lie."""

    def __init__(self, elf, lib):
        table = self.table = symbols(elf)
        self.low, self.high = library_range(table, lib)
        at = {name: address for address, name, _ in table}
        enter, leave, marks_end = at["bench_enter"], at["bench_leave"], at["bench_marks_end"]
        self.marks = at["bench_marks"]
        self.filter = (f"{self.low:#x}..{self.high - 1:#x},{enter:#x}..{leave:#x},"
                       f"{self.marks:#x}..{marks_end - 1:#x}")
        self.kinds = {enter: ENTER, leave: LEAVE}
        self.kinds.update({a: MARK for a in range(self.marks, marks_end, 4)})
        text = subprocess.run([OBJDUMP, "-d", "--no-show-raw-insn", f"--start-address={self.low}",
                               f"--stop-address={self.high}", elf],
                              check=True, capture_output=True, text=True).stdout
        for match in re.finditer(r"^ *([0-9a-f]+):\t(\S+)(?:\t([^/\n]*))?", text, re.M):
            kind = kind_of(match.group(2), match.group(3) or "")
            if kind:
                self.kinds[int(match.group(1), 16)] = kind
        self.by_text = {b"%016x" % a: (kind, a) for a, kind in self.kinds.items()}

    def function(self, address):
        return self.table[bisect.bisect_right(self.table, (address, "~")) - 1][1]


class Group:
    """The calls of one group: what they cost, and {atomics: calls that made so many}."""

    def __init__(self):
        self.calls = self.sum = self.most = 0
        self.atomics = {}


class Longest:
    """The longest hold and masked stretch, of measured calls or of all else, and
    the functions in which they ended."""

    def __init__(self):
        self.hold = self.stretch = self.locks = self.holds = 0
        self.hold_in = self.stretch_in = "-"

    def note_hold(self, instructions, function):
        self.holds += 1
        if instructions > self.hold:
            self.hold, self.hold_in = instructions, function

    def note_stretch(self, instructions, function, locks):
        self.locks = max(self.locks, locks)
        if instructions > self.stretch:
            self.stretch, self.stretch_in = instructions, function


class Core:
    def __init__(self):
        self.count = 0 # instructions that the log shows of it
        self.inside = False # between bench_enter and bench_leave
        self.group = self.entered_at = self.atomics = 0
        self.depth = self.masked_at = self.locks = self.waited = 0
        self.drawn_at = self.first_look = self.last_look = self.turn = 0
        self.held_at = self.held_before = self.drops_before = 0
        self.store_at, self.load_address = 0, None


class Log:
    """What a log tells: groups of calls; calls, others: the Longest in measured
    calls and outside them; failed: exclusives that had to be repeated."""

    def __init__(self, image):
        self.image, self.groups = image, {}
        self.cores = [Core() for _ in range(10)]
        self.calls, self.others = Longest(), Longest()
        self.failed = self.lines = 0
        self.queue = []    # the cores that have a ticket, in its order
        self.holder = None # the first of them, once it has seen its turn
        self.held = self.drops = 0 # instructions executed by holders; turns that ended

    def read(self, stream):
        pending = None # QEMU may take the last line back
        for line in stream:
            if line.startswith(b"Trace "):
                if pending:
                    self.instruction(pending)
                pending = line
            elif line.startswith((b"Stopped execution", b"cpu_io_recompile")):
                pending = None
        if pending:
            self.instruction(pending)
        return self

    def instruction(self, line):
        core = self.cores[line[6] - 48]
        core.count += 1
        self.lines += 1
        if core is self.holder:
            self.held += 1
        at = line.index(b"/") + 1
        known = self.image.by_text.get(line[at:at + 16])
        if known:
            self.event(core, *known)

    def event(self, core, kind, address):
        if kind == MARK:
            core.group = (address - self.image.marks) // 4
        elif kind == ENTER:
            core.inside, core.entered_at, core.atomics = True, core.count - 1, 0
        elif kind == LEAVE:
            self.call_ends(core)
        elif kind == MASK:
            core.depth += 1
            if core.depth == 1:
                core.masked_at, core.locks, core.waited = core.count, 0, 0
        elif kind == UNMASK:
            self.unmask(core, address)
        elif kind == LOAD:
            if address == core.load_address and core.count - core.store_at == 2:
                self.failed += 1
                core.atomics -= 1
                if self.queue and self.queue[-1] is core:
                    self.queue.pop()
                    if self.holder is core:
                        self.holder = None
                        core.locks -= 1
            core.load_address = address
        elif kind in (STORE, DRAW):
            core.atomics += 1
            core.store_at = core.count
            if kind == DRAW:
                self.draw(core)
        elif kind == LOOK:
            self.look(core)
        elif kind == DROP:
            self.drop(core, address)

    def draw(self, core):
        self.queue.append(core)
        core.drawn_at, core.first_look, core.turn = core.count, 0, 0
        core.held_before, core.drops_before = self.held, self.drops
        if self.queue[0] is core:
            self.holder, core.held_at = core, core.count
            core.locks += 1

    def look(self, core):
        if core not in self.queue or core is self.holder:
            return
        if core.first_look == 0:
            core.first_look = core.count
        else:
            core.turn = core.count - core.last_look
        core.last_look = core.count
        if self.queue[0] is core:
            self.holder, core.held_at = core, core.count
            # Own turns while waiting go on at the same time as the others'
            # holds; each hand-over may take a turn.
            core.waited += self.held - core.held_before - (core.count - core.first_look) + \
                core.turn * (self.drops - core.drops_before)
            core.locks += 1

    def drop(self, core, address):
        if self.holder is not core:
            raise Wrong("the lock is dropped by who does not hold it")
        longest = self.calls if core.inside else self.others
        longest.note_hold(core.count - core.held_at, self.image.function(address))
        self.queue.pop(0)
        self.holder = None
        self.drops += 1

    def unmask(self, core, address):
        core.depth -= 1
        if core.depth < 0 or core in self.queue:
            raise Wrong("unmasked without a mask, or with the lock held")
        if core.depth == 0:
            longest = self.calls if core.inside else self.others
            longest.note_stretch(core.count - core.masked_at + core.waited,
                                 self.image.function(address), core.locks)

    def call_ends(self, core):
        if core.depth != 0:
            raise Wrong("a call ended with interrupts masked")
        group = self.groups.setdefault(core.group, Group())
        spent = core.count - 1 - core.entered_at
        group.calls += 1
        group.sum += spent
        group.most = max(group.most, spent)
        group.atomics[core.atomics] = group.atomics.get(core.atomics, 0) + 1
        core.inside = False
