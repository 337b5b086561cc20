# SPDX-License-Identifier: GPL-3.0-or-later
"""Label pictures (grey PNG) read and written by the standard library alone, and class labels in another set's numbers."""
import shutil
import struct
import zlib

VOID = 255

# Mapillary Vistas 1.2, config.json: numbers of classes that say what a train id of Cityscapes says. Where there are
# several, frames take them in turn: 13 Road, 24 Lane Marking - General, 41 Manhole; 15 Sidewalk, 2 Curb; 45 Pole,
# 47 Utility Pole; 20 Bicyclist, 21 Motorcyclist, 22 Other Rider.
VISTAS = {0: (13, 24, 41), 1: (15, 2), 2: (17,), 3: (6,), 4: (3,), 5: (45, 47), 6: (48,), 7: (50,), 8: (30,), 9: (29,), 10: (27,),
          11: (19,), 12: (20, 21, 22), 13: (55,), 14: (61,), 15: (54,), 16: (58,), 17: (57,), 18: (52,)}
VISTAS_OBJECTS = (1, 33, 38, 51)  # Ground Animal, Bench, Fire Hydrant, Trash Can: no class of Cityscapes
VISTAS_OWN_CAR = 64
SIGNATURE = b'\x89PNG\r\n\x1a\n'


def neighbours(row, above, x):
    return row[x - 1] if x > 0 else 0, above[x], above[x - 1] if x > 0 else 0


def nearest(left, up, corner):
    """Paeth's predictor, PNG specification 9.4."""
    estimate = left + up - corner
    away = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return (left, up, corner)[away.index(min(away))]


def unfiltered(kind, row, above):
    if kind == 0:
        return row
    for x in range(len(row)):
        left, up, corner = neighbours(row, above, x)
        row[x] = (row[x] + (0, left, up, (left + up) // 2, nearest(left, up, corner))[kind]) & 255
    return row


def read_grey(path):
    """Rows of an 8-bit grey PNG that is not interlaced."""
    data, at, packed = path.read_bytes(), len(SIGNATURE), b''
    assert data.startswith(SIGNATURE), f'{path}: no PNG'
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b'IHDR':
            width, height, *form = struct.unpack('>IIBBBBB', body)
            assert form == [8, 0, 0, 0, 0], f'{path}: not 8-bit grey: {form}'
        packed += body if kind == b'IDAT' else b''
        at += 12 + length
    raw, rows, above = zlib.decompress(packed), [], bytearray(width)
    for y in range(height):
        first = y * (width + 1)
        above = unfiltered(raw[first], bytearray(raw[first + 1:first + 1 + width]), above)
        rows.append(above)
    return rows


def write_grey(path, rows):
    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))

    head = struct.pack('>IIBBBBB', len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    body = zlib.compress(b''.join(b'\0' + bytes(row) for row in rows))
    path.write_bytes(SIGNATURE + chunk(b'IHDR', head) + chunk(b'IDAT', body) + chunk(b'IEND', b''))


def frames_with_objects(cluttered, plain):
    """(picture, class labels, 1 where a void object stands) of the same scenes with and without void objects."""
    for label in sorted((cluttered / 'class_labels').glob('*.png')):
        rows, empty = read_grey(label), read_grey(plain / 'class_labels' / label.name)
        objects = [bytes(a == VOID != b for a, b in zip(*pair)) for pair in zip(rows, empty)]
        yield next((cluttered / 'images').glob(label.stem + '.*')), rows, objects


def write_vistas(cluttered, plain, folder):
    """The scenes as a Vistas training split: each object by the number of a class that Cityscapes has not, what else is void
    (bonnet and border) as the own car."""
    for part in ('images', 'labels'):
        (folder / 'training' / part).mkdir(parents=True)
    for turn, (picture, rows, objects) in enumerate(frames_with_objects(cluttered, plain)):
        number = [VISTAS_OWN_CAR] * 256
        for train_id, numbers in VISTAS.items():
            number[train_id] = numbers[turn % len(numbers)]
        thing = VISTAS_OBJECTS[turn % len(VISTAS_OBJECTS)]
        shutil.copy(picture, folder / 'training/images' / picture.name)
        write_grey(folder / 'training/labels' / (picture.stem + '.png'),
                   [bytes(thing if is_object else number[value] for value, is_object in zip(*pair)) for pair in zip(rows, objects)])


def write_negatives(cluttered, plain, folder):
    """The scenes' void objects as segments to cut out, in ADE20k's form."""
    for part in ('images', 'annotations'):
        (folder / part).mkdir(parents=True)
    for picture, _, objects in frames_with_objects(cluttered, plain):
        shutil.copy(picture, folder / 'images' / picture.name)
        write_grey(folder / 'annotations' / (picture.stem + '.png'), objects)


def shares(folder):
    """Share of the learned pixels that each value of class_labels has; of void none."""
    counts = [0] * 256
    for label in (folder / 'class_labels').glob('*.png'):
        for row in read_grey(label):
            for value in set(row):
                counts[value] += row.count(value)
    total = sum(counts[:VOID])
    return {value: count / total for value, count in enumerate(counts[:VOID]) if count}


def anomaly_share(folder):
    """Share of anomaly among the pixels that are evaluated: AP of a score that knows nothing."""
    counts = [0] * 256
    for label in (folder / 'labels_masks').glob('*.png'):
        for row in read_grey(label):
            for value in set(row):
                counts[value] += row.count(value)
    return counts[1] / (counts[0] + counts[1])
