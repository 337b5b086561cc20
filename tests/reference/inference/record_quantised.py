# SPDX-License-Identifier: GPL-3.0-or-later
"""Records PyTorch's quantised convolution and its observers: data/quantised.json.

/usr/bin/python3 record_quantised.py (PyTorch 1.13, engine onednn). Scales and zero points of MinMaxObserver (quint8, affine)
and PerChannelMinMaxObserver (qint8, symmetric), then bytes of torch.ao.nn.quantized.functional's conv2d operators on them: a
3x1 convolution with ReLU, a dilated 1x3 one without, a strided 3x3 one, and add_relu of two results.
"""
import json
import pathlib

import torch
from torch.ao.quantization.observer import MinMaxObserver, PerChannelMinMaxObserver

CASES = [
    {"kernel": [3, 1], "stride": [1, 1], "padding": [1, 0], "dilation": [1, 1], "relu": True},
    {"kernel": [1, 3], "stride": [1, 1], "padding": [0, 4], "dilation": [1, 4], "relu": False},
    {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1], "dilation": [1, 1], "relu": True},
]
CHANNELS, OUTPUTS, HEIGHT, WIDTH = 6, 5, 6, 10


def scale_of(values):
    observer = MinMaxObserver(dtype=torch.quint8, qscheme=torch.per_tensor_affine)
    observer(values)
    scale, zero = observer.calculate_qparams()
    return float(scale), int(zero)


def main():
    torch.backends.quantized.engine = "onednn"
    torch.manual_seed(6)
    image = torch.randn(1, CHANNELS, HEIGHT, WIDTH) * 0.7 + 0.2
    scale, zero = scale_of(image)
    given = torch.quantize_per_tensor(image, scale, zero, torch.quint8)
    record = {
        "torch": torch.__version__,
        "image": image.flatten().tolist(),
        "sizes": list(image.shape),
        "least": float(image.min()),
        "most": float(image.max()),
        "scale": scale,
        "zero": zero,
        "bytes": given.int_repr().flatten().tolist(),
        "cases": [],
    }
    for case in CASES:
        weight = torch.randn(OUTPUTS, CHANNELS, *case["kernel"]) * 0.3
        bias = torch.randn(OUTPUTS) * 0.2
        observer = PerChannelMinMaxObserver(dtype=torch.qint8, qscheme=torch.per_channel_symmetric)
        observer(weight)
        scales, zeros = observer.calculate_qparams()
        quantised = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
        shape = [case[name] for name in ("stride", "padding", "dilation")]
        plain = torch.nn.functional.conv2d(given.dequantize(), quantised.dequantize(), bias, *shape)
        if case["relu"]:
            plain = plain.relu()
        out_scale, out_zero = scale_of(plain)
        packed = torch.ops.quantized.conv2d_prepack(quantised, bias, *shape, 1)
        operator = torch.ops.quantized.conv2d_relu if case["relu"] else torch.ops.quantized.conv2d
        out = operator(given, packed, out_scale, out_zero)
        total = torch.ops.quantized.add_relu(out, out, 2 * out_scale, 0)
        record["cases"].append(
            {
                **case,
                "weight": weight.flatten().tolist(),
                "bias": bias.tolist(),
                "scales": scales.tolist(),
                "integers": quantised.int_repr().flatten().tolist(),
                "least": float(plain.min()),
                "most": float(plain.max()),
                "out_scale": out_scale,
                "out_zero": out_zero,
                "bytes": out.int_repr().flatten().tolist(),
                "sizes": list(out.shape),
                "sum": total.int_repr().flatten().tolist(),
            }
        )
    file = pathlib.Path(__file__).parent / "data" / "quantised.json"
    file.write_text(json.dumps(record, separators=(",", ":")) + "\n")


main()
