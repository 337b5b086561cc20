#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what `oodscope-cli export --output NET.pt` wrote by PyTorch and compares it with what `--logits DIR` wrote.

    check_export.py NET.pt PICTURE.npy ARRAY.npy [ARRAY.npy ...]

PICTURE is the frame as height x width x 3 of uint8 RGB, already of the network's input size: this script does not
resize. ARRAYs are the frame's outputs in the order of the sidecar's "outputs". Prints the largest difference of all.
"""
import json
import sys

import numpy
import torch


def read_input(picture_file, sidecar):
    """The picture as the sidecar says: (pixel * scale - mean) / std, channels in its order, 1 x 3 x H x W."""
    picture = numpy.load(picture_file).astype(numpy.float64)
    assert list(picture.shape) == [sidecar["input_size"][1], sidecar["input_size"][0], 3], picture.shape
    values = (picture * sidecar["scale"] - numpy.array(sidecar["mean"])) / numpy.array(sidecar["std"])
    if sidecar["channel_order"] == "bgr":
        values = values[:, :, ::-1]
    planes = numpy.ascontiguousarray(values.transpose(2, 0, 1)[None].astype(numpy.float32))
    return torch.from_numpy(planes)


def main(script, picture_file, *array_files):
    with open(script + ".json", encoding="utf-8") as file:
        sidecar = json.load(file)
    module = torch.jit.load(script)
    module.eval()
    with torch.no_grad():
        outputs = module(read_input(picture_file, sidecar))
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    assert len(outputs) == len(array_files), f"{len(outputs)} outputs, {len(array_files)} files"
    largest = 0.0
    for output, array_file in zip(outputs, array_files):
        expected = numpy.load(array_file)
        found = output[0].numpy()
        assert found.shape == expected.shape, f"{found.shape}, {array_file} holds {expected.shape}"
        largest = max(largest, float(numpy.abs(found - expected).max()))
    names = [name for name, _ in module.named_parameters()]
    print(f"parameters {sum(p.numel() for p in module.parameters())} in {len(names)} tensors, first {names[0]}")
    print(f"difference {largest:.3e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
