#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes blank.ttf: a font whose glyphs have a width and no ink, so that pictures of widgets do not depend on the fonts
of the machine. Standard library only; the same bytes at every run."""
import struct
import sys

UNITS, ADVANCE, ASCENT, DESCENT = 1000, 500, 900, -250
RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x2000, 0x22FF), (0x25A0, 0x25FF)]


def cmap():
    segments = RANGES + [(0xFFFF, 0xFFFF)]
    count = len(segments)
    power = 1
    while power * 2 <= count:
        power *= 2
    ids, offsets, deltas = [], [], []
    for index, (first, last) in enumerate(segments):
        if first == 0xFFFF:
            offsets.append(0)
            deltas.append(1)
            continue
        offsets.append(2 * (count - index) + 2 * len(ids))
        deltas.append(0)
        ids += [1] * (last - first + 1)
    body = struct.pack(">4H", 2 * count, 2 * power, power.bit_length() - 1, 2 * count - 2 * power)
    body += struct.pack(f">{count}H", *[last for _, last in segments]) + b"\0\0"
    body += struct.pack(f">{count}H", *[first for first, _ in segments])
    body += struct.pack(f">{count}H", *deltas) + struct.pack(f">{count}H", *offsets)
    body += struct.pack(f">{len(ids)}H", *ids)
    table = struct.pack(">3H", 4, len(body) + 6, 0) + body
    return struct.pack(">2H2HL", 0, 1, 3, 1, 12) + table


def name():
    texts = {1: "Oodscope Blank", 2: "Regular", 4: "Oodscope Blank", 6: "OodscopeBlank"}
    records, storage = b"", b""
    for key, text in texts.items():
        raw = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, key, len(raw), len(storage))
        storage += raw
    return struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + storage


def tables():
    return {
        b"OS/2": struct.pack(">HhHHH", 4, ADVANCE, 400, 5, 0) + struct.pack(">10h", *[100] * 10) + struct.pack(">h", 0)
        + bytes(10) + struct.pack(">4L", 1, 0, 0, 0) + b"NONE" + struct.pack(">3H", 0x40, 0x20, 0x25FF)
        + struct.pack(">3h2H", ASCENT, DESCENT, 0, ASCENT, -DESCENT) + struct.pack(">2L", 1, 0)
        + struct.pack(">2h3H", 450, 650, 0, 0x20, 1),
        b"cmap": cmap(),
        b"glyf": b"\0\0\0\0",
        b"head": struct.pack(">LLLLHHQQ4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, 0, DESCENT, ADVANCE,
                             ASCENT, 0, 8, 2, 0, 0),
        b"hhea": struct.pack(">L3hH3h", 0x10000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, ADVANCE)
        + struct.pack(">3h8xhH", 1, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", ADVANCE, 0, ADVANCE, 0),
        b"loca": struct.pack(">3H", 0, 0, 0),
        b"maxp": struct.pack(">L14H", 0x10000, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": name(),
        b"post": struct.pack(">LlhhLLLLL", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }


def checksum(data):
    data += bytes(-len(data) % 4)
    return sum(struct.unpack(f">{len(data) // 4}L", data)) & 0xFFFFFFFF


def font():
    parts = tables()
    count = len(parts)
    power = 1
    while power * 2 <= count:
        power *= 2
    head = struct.pack(">L4H", 0x10000, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    offset, directory, body = 12 + 16 * count, b"", b""
    for tag, data in sorted(parts.items()):
        directory += tag + struct.pack(">3L", checksum(data), offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    whole = bytearray(head + directory + body)
    at = whole.index(struct.pack(">L", 0x5F0F3CF5)) - 4
    whole[at:at + 4] = struct.pack(">L", (0xB1B0AFBA - checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(font())
