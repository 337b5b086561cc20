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

# HDF5 as h5py and MATLAB write it. Needs h5py.
import h5py  # noqa: E402

scores = (numpy.arange(600, dtype=numpy.float32).reshape(20, 30) % 37) / 8
with h5py.File("other_name.h5", "w") as file:
    file["anomaly_score"] = scores
    file.create_group("meta")["seconds"] = 0.1
with h5py.File("lzf.h5", "w") as file:
    file.create_dataset("value", data=scores.astype("f2"), compression="lzf", chunks=(8, 30))
with h5py.File("filters.h5", "w", libver="latest") as file:
    file.create_dataset("value", data=scores.astype(">f4"), compression="gzip", shuffle=True, fletcher32=True, chunks=(7, 13))
with h5py.File("several.h5", "w") as file:
    file["first"] = scores
    file["second"] = scores.astype("f8") + 1
    file["ids"] = scores.astype("u1")
    file["yes"] = scores > 2
    file["unwritten"] = h5py.Empty("f4")
with h5py.File("gaussians.h5", "w") as file:  # as SegmentMeIfYouCan's Mahalanobis baseline reads them: two classes, three dimensions
    file["means"] = numpy.array([[0, 0, 0], [1, 2, -1]], dtype="f4")
    file["inverse"] = numpy.array([numpy.eye(3), [[2, 0.5, 0], [0.5, 1, 0], [0, 0, 4]]], dtype="f4")
with h5py.File("matlab.mat", "w", userblock_size=512) as file:
    file["score"] = scores.T  # column-major: the axes lie in the opposite order
with open("matlab.mat", "r+b") as file:
    file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116))
