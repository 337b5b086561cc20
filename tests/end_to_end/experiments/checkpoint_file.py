# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints as torch.save writes them (zip files), read and written without PyTorch.

Nothing of a pickle is executed: what it names is known here or refused."""
import pickle
import struct
import zipfile
from collections import OrderedDict
from typing import NamedTuple

BYTES = {'FloatStorage': 4, 'LongStorage': 8}


class Tensor(NamedTuple):
    storage: str  # a key of BYTES
    shape: tuple
    data: bytes  # contiguous, little-endian

    def values(self):
        return struct.unpack('<%d%s' % (len(self.data) // BYTES[self.storage], 'f' if self.storage == 'FloatStorage' else 'q'),
                             self.data)


def rebuilt(storage, offset, shape, strides, *_):
    name, data = storage
    count = 1
    for extent, stride in zip(reversed(shape), reversed(strides)):
        assert extent <= 1 or stride == count, f'not contiguous: {shape}, strides {strides}'
        count *= extent
    return Tensor(name, tuple(shape), data[offset * BYTES[name]:(offset + count) * BYTES[name]])


class Reader(pickle.Unpickler):
    def __init__(self, file, archive, folder):
        super().__init__(file)
        self.archive, self.folder = archive, folder

    def find_class(self, module, name):
        if module == 'torch' and name in BYTES:
            return name
        known = {('collections', 'OrderedDict'): OrderedDict, ('torch._utils', '_rebuild_tensor_v2'): rebuilt}
        if (module, name) not in known:
            raise pickle.UnpicklingError(f'{module}.{name} is not expected in a state dict')
        return known[module, name]

    def persistent_load(self, name):
        _, storage, key, *_ = name
        return storage, self.archive.read(f'{self.folder}/data/{key}')


def read(path):
    """The tensors of a state dict by their keys, in the file's order."""
    with zipfile.ZipFile(path) as archive:
        listing = next(name for name in archive.namelist() if name.endswith('/data.pkl'))
        with archive.open(listing) as file:
            return Reader(file, archive, listing[:-len('/data.pkl')]).load()


def pickled_text(value):
    data = value.encode()
    return b'X' + struct.pack('<I', len(data)) + data


def pickled_tuple(numbers):
    return b'(' + b''.join(b'J' + struct.pack('<i', number) for number in numbers) + b't'


def write(path, tensors, entry):
    """A checkpoint {entry: tensors}, as trainings keep a state dict beside what else they keep."""
    out = b'\x80\x02}(' + pickled_text(entry) + b'ccollections\nOrderedDict\n)R('
    for place, (key, tensor) in enumerate(tensors.items()):
        strides, count = [], 1
        for extent in reversed(tensor.shape):
            strides.insert(0, count)
            count *= extent
        out += pickled_text(key) + b'ctorch._utils\n_rebuild_tensor_v2\n((' + pickled_text('storage')
        out += f'ctorch\n{tensor.storage}\n'.encode() + pickled_text(str(place)) + pickled_text('cpu')
        out += b'J' + struct.pack('<i', count) + b'tQJ\0\0\0\0' + pickled_tuple(tensor.shape) + pickled_tuple(strides)
        out += b'\x89ccollections\nOrderedDict\n)RtR'
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as archive:
        archive.writestr('archive/data.pkl', out + b'uu.')
        for place, tensor in enumerate(tensors.values()):
            archive.writestr(f'archive/data/{place}', tensor.data)
        archive.writestr('archive/version', '3\n')
