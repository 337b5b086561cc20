# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes class_means.npy as numpy.save(file, {class: float}) does, byte for byte in structure: a header of objects and the
pickle of an array of one object. NumPy itself is not needed: a class of its name says how it is taken apart.

python3 record_class_numbers.py class_means.npy"""
import pickle
import sys
import types

multiarray = types.ModuleType("numpy.core.multiarray")
numpy = types.ModuleType("numpy")
MEANS = {0: 14.0625, 1: 9.5, 7: -0.125, 18: 21.75}


class ndarray:
    def __reduce__(self):
        return _reconstruct, (ndarray, (0,), b"b"), (1, (), dtype(), False, [MEANS])


class dtype:
    def __reduce__(self):
        return dtype, ("O8", False, True), (3, "|", None, None, None, -1, -1, 63)


def _reconstruct(*_):
    return ndarray()


ndarray.__module__ = dtype.__module__ = "numpy"
_reconstruct.__module__ = "numpy.core.multiarray"
numpy.ndarray, numpy.dtype, multiarray._reconstruct = ndarray, dtype, _reconstruct
sys.modules.update({"numpy": numpy, "numpy.core": types.ModuleType("numpy.core"), "numpy.core.multiarray": multiarray})
header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }"
header += " " * (-(len(header) + 11) % 64) + "\n"
with open(sys.argv[1], "wb") as out:
    out.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
    pickle.dump(ndarray(), out, protocol=3)
