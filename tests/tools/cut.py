#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""cut.py TRACE OUT BYTES BLOCKS: cut a recorded trace to what fits a small heap.

Whole blocks are left out, each with all of its records; what is kept stays in its
order, and keeps its sizes. From the first record on, a block is kept if, with it, at
most BYTES bytes and BLOCKS blocks live at once. It is charged with the largest size
that it ever has, in whole granules of 8 bytes, and its alignment. Two things besides:

- A block of more than a quarter of BYTES is left out: one that moves as it grows is
  there twice.
- So that the first blocks of the program, which often stay to its end, do not take all
  the room, those that live through more than 1,000 records of the trace get a quarter
  of BYTES, all together.

OUT is a trace (docs/traces.md), but for this: an object's number is used again after
its free, so that a table of BLOCKS is enough for who reads it.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trace_file import ALIGNED, FREE, HEADER, REALLOC, RECORD, Refused, check_header, checked_records, read_trace

LONG_LIFE = 1000
LONG_SHARE = 4
LARGE_SHARE = 4
GRANULE = 8


class Cut:
    """records; slots, peak: blocks and bytes that live at once at most; and what became of all."""
    def __init__(self):
        self.records, self.free_slots = [], []
        self.slots = self.peak = self.blocks = self.kept_blocks = self.bytes = self.kept_bytes = 0
        self.left_out_large = self.left_out_long = self.left_out_full = 0
        self.live_sum = 0


def lives_of(records):
    """By object: the record of its end, and its largest size; None: it is not freed."""
    ends, largest = {}, {}
    for i, (op, _, _, _, number, size, _, _) in enumerate(records):
        if op == FREE:
            ends[number] = i
        else:
            largest[number] = max(largest.get(number, 0), size)
    return ends, largest


def charge_of(size, op, align):
    whole = max(GRANULE, (size + GRANULE - 1) // GRANULE * GRANULE)
    return whole + ((1 << align) if op == ALIGNED and 1 << align > GRANULE else 0)


def cut_records(records, room_bytes, room_blocks):
    ends, largest = lives_of(records)
    cut, kept = Cut(), {}
    charged = [0, 0] # of blocks with a short life, with a long one
    live = 0
    for i, record in enumerate(records):
        op, align, thread, site, number, size, stack, time_us = record
        if op not in (REALLOC, FREE):
            charge, long = charge_of(largest[number], op, align), ends.get(number, len(records)) - i > LONG_LIFE
            cut.blocks += 1
            cut.bytes += largest[number]
            if charge > room_bytes // LARGE_SHARE:
                cut.left_out_large += 1
                continue
            if long and charged[1] + charge > room_bytes // LONG_SHARE:
                cut.left_out_long += 1
                continue
            if sum(charged) + charge > room_bytes or len(kept) == room_blocks:
                cut.left_out_full += 1
                continue
            if not cut.free_slots:
                cut.free_slots.append(cut.slots)
                cut.slots += 1
            kept[number] = [cut.free_slots.pop(), charge, long, 0]
            charged[long] += charge
            cut.kept_blocks += 1
            cut.kept_bytes += largest[number]
        elif number not in kept:
            continue
        block = kept[number]
        cut.records.append((op, align, thread, site, block[0], size, stack, time_us))
        live += (0 if op == FREE else size) - block[3]
        block[3] = size
        cut.peak = max(cut.peak, live)
        cut.live_sum += live
        if op == FREE:
            charged[block[2]] -= block[1]
            cut.free_slots.append(block[0])
            del kept[number]
    return cut


def file_of(cut, data):
    """The cut as a file: the old header with the numbers of the new records."""
    old = HEADER.unpack_from(data)
    header = old[:3] + (len(cut.records), cut.slots) + old[5:7] + (cut.peak, cut.slots) + old[9:]
    return HEADER.pack(*header) + b"".join(RECORD.pack(*record) for record in cut.records)


def summary(cut, records, peak, room_bytes, room_blocks):
    def share(part, whole):
        return f"{part:,} of {whole:,} {{}} ({100 * part / whole if whole else 0:.1f}%)"

    return (f"cut to at most {room_bytes:,} bytes and {room_blocks:,} blocks at once: kept "
            + share(cut.kept_blocks, cut.blocks).format("blocks") + ", "
            + share(cut.kept_bytes, cut.bytes).format("bytes") + ", "
            + share(len(cut.records), len(records)).format("records") + "\n"
            f"  blocks left out: {cut.left_out_large:,} larger than a quarter of that; {cut.left_out_long:,} that live "
            f"through more than {LONG_LIFE:,} records\n  (such get a quarter, all together); "
            f"{cut.left_out_full:,} for which there was no room\n"
            f"  live: {cut.peak:,} bytes at the peak (recorded: {peak:,}), {cut.live_sum // len(cut.records):,} on "
            f"average; at most {cut.slots} blocks")


def cut_trace(path, data, room_bytes, room_blocks):
    """(the cut as a file, the Cut, its summary)"""
    peak = check_header(path, data)
    records = checked_records(path, data)
    cut = cut_records(records, room_bytes, room_blocks)
    if not cut.records:
        raise Refused(f"{path}: not one block of it fits into {room_bytes} bytes; give more (HEAP=, CUT=)")
    return file_of(cut, data), cut, summary(cut, records, peak, room_bytes, room_blocks)


def main():
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    path, out, room_bytes, room_blocks = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    try:
        data, _, text = cut_trace(path, read_trace(path), room_bytes, room_blocks)
    except Refused as refusal:
        print(f"cut.py: {refusal}", file=sys.stderr)
        return 2
    with open(out, "wb") as file:
        file.write(data)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
