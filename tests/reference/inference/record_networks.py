# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what PyTorch computes for small ERFNets and ENets: data/networks.json.

Run: /usr/bin/python3 tests/reference/inference/record_networks.py
Weights and image come from formulas, so that both sides make them and none are stored. The networks are ../python/networks.py.
"""
import hashlib
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference/python"))
from networks import ENet, ERFNet  # noqa: E402


def weight(key, tensor):
    """The formula of network_values_test.cpp, in double precision."""
    i = np.arange(tensor.numel(), dtype=np.float64)
    wave = np.sin(sum(key.encode()) + 0.37 * i * (i + 3.0))
    if key.endswith("running_var"):
        values = 0.75 + 0.25 * wave
    elif key.endswith(("running_mean", "bias")):
        values = 0.1 * wave
    elif tensor.dim() == 1:  # slope of a parametric ReLU, or scale of a norm
        values = 0.25 + 0.1 * wave if tensor.numel() == 1 else 1.0 + 0.2 * wave
    else:
        values = wave * math.sqrt(3.0 / (tensor.numel() / tensor.shape[0]))
    return torch.from_numpy(values).float().view(tensor.shape)


def image(height, width):
    c, y, x = np.meshgrid(np.arange(3.0), np.arange(float(height)), np.arange(float(width)), indexing="ij")
    return torch.from_numpy(0.5 + 0.5 * np.sin(1.1 * c + 0.37 * y + 0.23 * x)).float()[None]


def multiply_adds(network, height, width):
    """Counted where the convolutions are called, whoever holds their weights."""
    total, plain, transposed = 0, F.conv2d, F.conv_transpose2d

    def count_plain(x, weight, *rest, **named):
        nonlocal total
        y = plain(x, weight, *rest, **named)
        total += weight.numel() * y.shape[2] * y.shape[3]
        return y

    def count_transposed(x, weight, *rest, **named):
        nonlocal total
        total += weight.numel() * x.shape[2] * x.shape[3]
        return transposed(x, weight, *rest, **named)

    F.conv2d, F.conv_transpose2d = count_plain, count_transposed
    try:
        with torch.no_grad():
            network.eval()(torch.zeros(1, 3, height, width))
    finally:
        F.conv2d, F.conv_transpose2d = plain, transposed
    return total


def record(make):
    small = make(5, (8, 12, 16)).eval()
    state = {key: weight(key, t) if t.is_floating_point() else t for key, t in small.state_dict().items()}
    small.load_state_dict(state)
    with torch.no_grad():
        logits = small(image(48, 64))[0]
    full = make(20, (16, 64, 128))
    used = sum(p.numel() for name, p in full.named_parameters() if not name.startswith("encoder.output_conv"))
    return {"classes": 5, "widths": [8, 12, 16], "height": 48, "width": 64, "step": 7,
            "logits": [float(f"{v:.7g}") for v in logits[:, ::7, ::7].flatten().tolist()],
            "largest": float(logits.abs().max()),
            "published_keys_sha256": hashlib.sha256("\n".join(full.state_dict()).encode()).hexdigest(),
            "published_parameters": used, "published_multiply_adds": multiply_adds(full, 512, 1024)}


def main():
    torch.set_num_threads(1)
    out = pathlib.Path(__file__).parent / "data/networks.json"
    values = {"torch": torch.__version__, "ERFNet": record(ERFNet), "ENet": record(ENet),
              "ENet before-2021-03": record(lambda classes, widths: ENet(classes, widths, relu_after_expansion=True))}
    out.write_text(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
