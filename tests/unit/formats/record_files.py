#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes files/: arrays as NumPy stores them, for the readers' tests. Usage: record_files.py (in this folder)"""
import os
import zipfile

import numpy

os.makedirs("files", exist_ok=True)
os.chdir("files")
quarters = numpy.arange(6, dtype=numpy.float16).reshape(2, 3) / 4
numpy.save("half.npy", quarters)
numpy.save("fortran.npy", numpy.asfortranarray(numpy.arange(24, dtype=numpy.int32).reshape(2, 3, 4)))
numpy.save("objects.npy", numpy.array([{}], dtype=object), allow_pickle=True)
numpy.save("big_endian.npy", quarters.astype(">f4"))
numpy.save("record.npy", numpy.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))
numpy.savez("stored.npz", score=quarters)
numpy.savez_compressed("two.npz", score=quarters, other=numpy.array([1, 2], dtype=numpy.uint8))
with zipfile.ZipFile("wide.npz", "w") as archive:
    with archive.open("score.npy", "w", force_zip64=True) as member:
        numpy.save(member, quarters)
