# SPDX-License-Identifier: GPL-3.0-or-later
"""A small set with a name that would be markup, two folders of scores over it, and the report that the program makes."""
import json
import random
import struct
import subprocess
import zlib
from pathlib import Path

NAME = 'road <script>document.title = "owned"<'  # a folder's name can hold all but a slash
WIDTH, HEIGHT, FRAMES = 160, 96, 5


def png(width, height, colour, depth, rows):
    """rows: bytes of each line; colour 0 grey, 2 RGB."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    head = struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row for row in rows)))
            + chunk(b'IEND', b''))


def grey_pixels(data):
    """Width, height and the values of a grey PNG of 8 bits, after the specification."""
    width, height, depth, colour = struct.unpack('>IIBB', data[16:26])
    assert (depth, colour) == (8, 0), (depth, colour)
    packed, at = b'', 8
    while at < len(data):
        size, kind = struct.unpack('>I4s', data[at:at + 8])
        if kind == b'IDAT':
            packed += data[at + 8:at + 8 + size]
        at += size + 12
    raw, out, above = zlib.decompress(packed), bytearray(), bytearray(width)
    for y in range(height):
        kind, line = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left, up, corner = (line[x - 1] if x else 0), above[x], (above[x - 1] if x else 0)
            guess = left + up - corner
            nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            line[x] = (line[x] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
        out += line
        above = line
    return width, height, bytes(out)


def is_anomaly(x, y, frame):
    return 30 + 14 * frame < x < 62 + 14 * frame and 40 < y < 76


def write_frame(root, frame, numbers):
    rows = range(HEIGHT)
    image = [bytes(v for x in range(WIDTH) for v in ((150, 180, 200) if y < 40 else (90 + x // 4, 90, 40 + 100 * is_anomaly(x, y, frame))))
             for y in rows]
    mask = [bytes(255 if y > 90 else int(is_anomaly(x, y, frame)) for x in range(WIDTH)) for y in rows]
    (root / NAME / 'images' / f'{frame}.png').write_bytes(png(WIDTH, HEIGHT, 2, 8, image))
    (root / NAME / 'labels_masks' / f'{frame}.png').write_bytes(png(WIDTH, HEIGHT, 0, 8, mask))
    for folder, lift in (('good', 16000), ('poor', 5000)):
        scores = [struct.pack(f'>{WIDTH}H', *(numbers.randrange(40000) + lift * is_anomaly(x, y, frame) for x in range(WIDTH)))
                  for y in rows]
        (root / folder / f'{frame}.png').write_bytes(png(WIDTH, HEIGHT, 0, 16, scores))


def make_report(program, root):
    """The path of report.html."""
    root = Path(root)
    for folder in (f'{NAME}/images', f'{NAME}/labels_masks', 'good', 'poor'):
        (root / folder).mkdir(parents=True)
    numbers = random.Random(3)
    for frame in range(FRAMES):
        write_frame(root, frame, numbers)
    session = {'oodscope_session': 1, 'sets': [{'path': NAME}], 'models': [], 'scores': ['good', 'poor'],
               'view': {'set': NAME, 'frame': '1', 'model': '', 'score': {'imported': 'good'}, 'protocol': 'fishyscapes'}}
    (root / 'session.json').write_text(json.dumps(session))
    subprocess.run([program, 'report', root / 'session.json', '--output', root / 'report', '--no-cache', '--quiet'],
                   check=True, timeout=500)
    return root / 'report' / 'report.html'
