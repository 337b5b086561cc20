# SPDX-License-Identifier: GPL-3.0-or-later
"""Records which weights PyTorch's own pruning keeps: data/pruning.json.

python3 record_pruning.py (PyTorch 1.13). Two convolutions and a transposed one of random weights; torch.nn.utils.prune's
global_unstructured with L1Unstructured over all three, and ln_structured with n = 1 of each along its output channels
(dimension 0, of the transposed one 1).
"""
import json
import pathlib

import torch
from torch.nn.utils import prune

SHAPES = {"first": (7, 4, 3, 1), "second": (6, 7, 1, 3), "transposed": (6, 5, 2, 2)}
FRACTIONS = [0.1, 0.25, 0.5, 0.9]


def layers():
    torch.manual_seed(4)
    out = {}
    for name, shape in SHAPES.items():
        layer = torch.nn.Module()
        layer.weight = torch.nn.Parameter(torch.randn(shape))
        out[name] = layer
    return out


def main():
    given = {name: layer.weight.detach().flatten().tolist() for name, layer in layers().items()}
    cases = []
    for fraction in FRACTIONS:
        both = layers()
        prune.global_unstructured(
            [(layer, "weight") for layer in both.values()], pruning_method=prune.L1Unstructured, amount=fraction
        )
        channels = {}
        for name, layer in layers().items():
            axis = 1 if name == "transposed" else 0
            prune.ln_structured(layer, "weight", amount=fraction, n=1, dim=axis)
            rows = layer.weight_mask.transpose(0, axis).flatten(1)
            channels[name] = [i for i in range(len(rows)) if rows[i].any()]
        cases.append(
            {
                "fraction": fraction,
                "magnitude": {name: layer.weight_mask.flatten().int().tolist() for name, layer in both.items()},
                "channels": channels,
            }
        )
    file = pathlib.Path(__file__).parent / "data" / "pruning.json"
    record = {"shapes": SHAPES, "weights": given, "cases": cases, "torch": torch.__version__}
    file.write_text(json.dumps(record, separators=(",", ":")) + "\n")


main()
