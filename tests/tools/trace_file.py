# SPDX-License-Identifier: MIT
"""Recorded traces (docs/traces.md) as the tools on the host read them."""
import lzma
import struct

TRACE_MAX = 1 << 30
PEAK_MAX = 2 << 30
HEADER = struct.Struct("<8sII8Q")
RECORD = struct.Struct("<BBHIIIII")
RECORD_BYTES = RECORD.size
MALLOC, CALLOC, REALLOC, FREE, ALIGNED = range(5)


class Refused(Exception):
    pass


def read_trace(path):
    try:
        with open(path, "rb") as file:
            data = file.read(TRACE_MAX + 1)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    if data.startswith(b"\xfd7zXZ\0"):
        try:
            unpacker = lzma.LZMADecompressor()
            data = unpacker.decompress(data, TRACE_MAX + 1)
            if not unpacker.eof and len(data) <= TRACE_MAX:
                raise lzma.LZMAError("it ends too early")
        except lzma.LZMAError as error:
            raise Refused(f"{path}: cannot be unpacked ({error}): it is damaged; copy it again") \
                from None
    if len(data) > TRACE_MAX:
        raise Refused(f"{path}: more than {TRACE_MAX} bytes; too large for the board")
    return data


def check_header(path, data):
    """Only as much as it takes to lay out the board's memory; the firmware
    looks at every record itself. Returns the recorded peak of live bytes."""
    if not data.startswith(b"ATRACE1\0"):
        raise Refused(f"{path}: byte 0: it does not start with \"ATRACE1\": it is not an "
                      "allocation trace; pass an .atrc or .atrc.xz file")
    if len(data) < HEADER.size:
        raise Refused(f"{path}: it ends after {len(data)} bytes, inside the header of "
                      f"{HEADER.size}; copy it again")
    _, version, record_bytes, records, _, _, _, peak, *_ = HEADER.unpack_from(data)
    if version != 1:
        raise Refused(f"{path}: byte 8: version {version}; this reader knows version 1 only")
    if record_bytes != RECORD_BYTES:
        raise Refused(f"{path}: byte 12: records of {record_bytes} bytes, not {RECORD_BYTES}")
    needed = HEADER.size + records * RECORD_BYTES
    if len(data) != needed:
        raise Refused(f"{path}: it has {len(data)} bytes, its header accounts for {needed}: it is "
                      f"{'truncated' if len(data) < needed else 'damaged'}; copy it again")
    if peak > PEAK_MAX:
        raise Refused(f"{path}: byte 48: a peak of {peak} live bytes is more than the board can "
                      "hold; the header is damaged, or the trace is too large")
    return peak


def checked_records(path, data):
    """The records, each looked at as tests/replay/trace.c does: what is returned can be
    replayed. check_header() comes before."""
    _, _, _, count, objects, sites, threads, peak, peak_objects, dropped, length_us = HEADER.unpack_from(data)
    records = list(RECORD.iter_unpack(data[HEADER.size:]))
    live, ended = {}, set()
    last_us = live_bytes = most_bytes = most_objects = 0

    def damaged(byte, where, what):
        raise Refused(f"{path}: byte {byte}{where}: {what}; the file is damaged: copy or record it again")

    if dropped or not records or not 0 < objects <= count:
        damaged(16, "", f"{count} records, {objects} objects, {dropped} events that the recorder lost")
    for i, (op, align, thread, site, number, size, _, time_us) in enumerate(records):
        old = live.get(number)
        wrong = (f"unknown operation {op}" if op > ALIGNED else
                 f"log2 of the alignment is {align}" if align > (31 if op == ALIGNED else 0) else
                 f"thread {thread}" if not 0 < thread <= threads else
                 f"site {site}" if site >= sites else
                 f"object {number}, but the header counts only {objects}" if number >= objects else
                 f"time runs backwards: {time_us} us after {last_us} us" if time_us < last_us else
                 f"object {number} is used after it was freed" if number in ended else
                 f"object {number} is used before it is allocated" if op in (REALLOC, FREE) and old is None else
                 f"object {number} is allocated a second time" if op not in (REALLOC, FREE) and old is not None else
                 f"free of {size} bytes, but the object has {old}" if op == FREE and size != old else None)
        if wrong:
            damaged(HEADER.size + i * RECORD_BYTES, f" (record {i})", wrong)
        last_us = time_us
        live_bytes += (0 if op == FREE else size) - (old or 0)
        if op == FREE:
            del live[number]
            ended.add(number)
        else:
            live[number] = size
        most_bytes, most_objects = max(most_bytes, live_bytes), max(most_objects, len(live))
    if len(live) + len(ended) != objects:
        damaged(24, "", f"the header counts {objects} objects, the records {len(live) + len(ended)}")
    if (most_bytes, most_objects) != (peak, peak_objects):
        damaged(48, "", f"the header's peak is {peak} bytes and {peak_objects} objects, the records reach "
                f"{most_bytes} and {most_objects}")
    if last_us > length_us:
        damaged(72, "", f"the recording took {length_us} us, its last record is at {last_us}")
    return records
