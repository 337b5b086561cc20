# SPDX-License-Identifier: GPL-3.0-or-later
"""Records PyTorch's quantised convolution and its observers: data/quantised.json.

/usr/bin/python3 record_quantised.py (PyTorch 1.13, engine onednn). Scales and zero points of MinMaxObserver (quint8, affine)
and PerChannelMinMaxObserver (qint8, symmetric), then bytes of torch.ao.nn.quantized.functional's conv2d operators on them: a
3x1 convolution with ReLU, a dilated 1x3 one without, a strided 3x3 one, and add_relu of two results. Between convolutions:
quantised leaky_relu, max pooling with places and its reverse, a pooled half behind its norm, a sum of parametric ReLUs. Of
transformers: quantized::linear_dynamic with weights by row.
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


def bytes_of(values, scale, zero):
    return torch.quantize_per_tensor(values.float(), scale, zero, torch.quint8).int_repr().flatten().tolist()


def between(given, slope=0.3, slope_beside=0.15):
    """What stands between convolutions: float operators on the bytes' values, brought to bytes again; leaky_relu is PyTorch's own."""
    values = given.dequantize().double()
    bent = torch.ops.quantized.leaky_relu(given, slope, False, 0.021, 60)
    pooled, places = torch.nn.functional.max_pool2d(values, 2, return_indices=True)
    unpooled = torch.nn.functional.max_unpool2d(pooled, places, 2)
    row, column = places // WIDTH % 2, places % WIDTH % 2
    factor, shift = torch.linspace(-0.8, 1.2, CHANNELS).double(), torch.linspace(0.5, -0.5, CHANNELS).double()
    of_channels = lambda x: x * factor.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)  # noqa: E731
    prelu = lambda x, a: torch.where(x > 0, x, a * x)  # noqa: E731
    wide = torch.nn.functional.max_pool2d(values, 3, 2, 1)
    total = prelu(values[:, :4] + prelu(values[:, 2:], slope_beside), slope)
    alone = prelu(prelu(values[:, 2:], slope_beside), slope)
    filled = prelu(torch.nn.functional.pad(values[:, :2], (0, 0, 0, 0, 0, 2)) + prelu(values[:, 2:], slope_beside), slope)
    assert filled[:, 2:].equal(alone[:, 2:])
    to = (0.021, 60)
    return {"slope": slope, "slope_beside": slope_beside, "scale": to[0], "zero": to[1], "bent": bent.int_repr().flatten().tolist(),
            "pooled": bytes_of(pooled, given.q_scale(), given.q_zero_point()), "places": (2 * row + column).flatten().tolist(),
            "unpooled": bytes_of(unpooled, given.q_scale(), given.q_zero_point()),
            "factor": factor.tolist(), "shift": shift.tolist(),
            "joined2": bytes_of(prelu(of_channels(pooled), slope), *to), "joined3": bytes_of(prelu(of_channels(wide), slope), *to),
            "sum": bytes_of(total, *to), "filled": bytes_of(filled, *to)}


def product(rows=7, inputs=40, outputs=5):
    x, weight, bias = torch.randn(rows, inputs), torch.randn(outputs, inputs) * 0.2, torch.randn(outputs)
    observer = PerChannelMinMaxObserver(dtype=torch.qint8, qscheme=torch.per_channel_symmetric)
    observer(weight)
    quantised = torch.quantize_per_channel(weight, *observer.calculate_qparams(), 0, torch.qint8)
    out = torch.ops.quantized.linear_dynamic(x, torch.ops.quantized.linear_prepack(quantised, bias), False)
    scale, zero = scale_of(x)
    exact = torch.quantize_per_tensor(x, scale, zero, torch.quint8).dequantize().double() @ quantised.dequantize().double().T + bias.double()
    assert float((out - exact).abs().max()) < 1e-5, "the library's own bytes are those of the observer"
    return {"rows": rows, "x": x.flatten().tolist(), "weight": weight.flatten().tolist(), "bias": bias.tolist(),
            "out": out.flatten().tolist(), "plain": (x @ weight.T + bias).flatten().tolist()}


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
    record["between"] = between(given)
    record["product"] = product()
    file = pathlib.Path(__file__).parent / "data" / "quantised.json"
    file.write_text(json.dumps(record, separators=(",", ":")) + "\n")


main()
