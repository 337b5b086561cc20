# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what PyTorch computes for small ERFNets and ENets: data/networks.json.

Run: /usr/bin/python3 tests/reference/inference/record_networks.py
Weights and image come from formulas, so that both sides make them and none are stored. The networks are written here from
the papers (Romera et al., 2018; Paszke et al., 2016) with the names of the public state dicts, independently of the C++.
"""
import hashlib
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Down(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o - i, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(o, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(torch.cat([self.conv(x), F.max_pool2d(x, 2, 2)], 1)))


class Residual(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.conv3x1_1 = nn.Conv2d(n, n, (3, 1), padding=(1, 0))
        self.conv1x3_1 = nn.Conv2d(n, n, (1, 3), padding=(0, 1))
        self.bn1 = nn.BatchNorm2d(n, eps=1e-3)
        self.conv3x1_2 = nn.Conv2d(n, n, (3, 1), padding=(d, 0), dilation=(d, 1))
        self.conv1x3_2 = nn.Conv2d(n, n, (1, 3), padding=(0, d), dilation=(1, d))
        self.bn2 = nn.BatchNorm2d(n, eps=1e-3)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1x3_1(F.relu(self.conv3x1_1(x)))))
        return F.relu(self.bn2(self.conv1x3_2(F.relu(self.conv3x1_2(y)))) + x)


class Up(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.ConvTranspose2d(i, o, 3, stride=2, padding=1, output_padding=1)
        self.bn = nn.BatchNorm2d(o, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Encoder(nn.Module):
    def __init__(self, classes, w):
        super().__init__()
        self.initial_block = Down(3, w[0])
        self.layers = nn.ModuleList([Down(w[0], w[1])] + [Residual(w[1], 1) for _ in range(5)] + [Down(w[1], w[2])]
                                    + [Residual(w[2], d) for _ in range(2) for d in (2, 4, 8, 16)])
        self.output_conv = nn.Conv2d(w[2], classes, 1)

    def forward(self, x):
        x = self.initial_block(x)
        for layer in self.layers:
            x = layer(x)
        return x


class Decoder(nn.Module):
    def __init__(self, classes, w):
        super().__init__()
        self.layers = nn.ModuleList([Up(w[2], w[1]), Residual(w[1], 1), Residual(w[1], 1), Up(w[1], w[0]),
                                     Residual(w[0], 1), Residual(w[0], 1)])
        self.output_conv = nn.ConvTranspose2d(w[0], classes, 2, stride=2)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output_conv(x)


class ERFNet(nn.Module):
    def __init__(self, classes, w):
        super().__init__()
        self.encoder = Encoder(classes, w)
        self.decoder = Decoder(classes, w)

    def forward(self, x):
        return self.decoder(self.encoder(x))


def conv_norm(parametric, *convolutions):
    parts = []
    for conv in convolutions:
        parts += [conv, nn.BatchNorm2d(conv.out_channels), nn.PReLU() if parametric else nn.ReLU()]
    return nn.Sequential(*parts)


class Initial(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.main_branch = nn.Conv2d(3, o - 3, 3, stride=2, padding=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(o)
        self.out_activation = nn.PReLU()

    def forward(self, x):
        return self.out_activation(self.batch_norm(torch.cat([self.main_branch(x), F.max_pool2d(x, 3, 2, 1)], 1)))


class Regular(nn.Module):
    def __init__(self, n, dilation=1, asymmetric=False, parametric=True):
        super().__init__()
        m = n // 4
        middle = [nn.Conv2d(m, m, 3, padding=dilation, dilation=dilation, bias=False)]
        if asymmetric:
            middle = [nn.Conv2d(m, m, (5, 1), padding=(2, 0), bias=False), nn.Conv2d(m, m, (1, 5), padding=(0, 2), bias=False)]
        self.ext_conv1 = conv_norm(parametric, nn.Conv2d(n, m, 1, bias=False))
        self.ext_conv2 = conv_norm(parametric, *middle)
        self.ext_conv3 = conv_norm(parametric, nn.Conv2d(m, n, 1, bias=False))
        self.out_activation = nn.PReLU() if parametric else nn.ReLU()

    def forward(self, x):
        return self.out_activation(x + self.ext_conv3(self.ext_conv2(self.ext_conv1(x))))


class Downsampling(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        m = i // 4
        self.ext_conv1 = conv_norm(True, nn.Conv2d(i, m, 2, stride=2, bias=False))
        self.ext_conv2 = conv_norm(True, nn.Conv2d(m, m, 3, padding=1, bias=False))
        self.ext_conv3 = conv_norm(True, nn.Conv2d(m, o, 1, bias=False))
        self.out_activation = nn.PReLU()

    def forward(self, x):
        main, where = F.max_pool2d(x, 2, 2, return_indices=True)
        branch = self.ext_conv3(self.ext_conv2(self.ext_conv1(x)))
        main = torch.cat([main, main.new_zeros(1, branch.shape[1] - main.shape[1], *main.shape[2:])], 1)
        return self.out_activation(main + branch), where


class Upsampling(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        m = i // 4
        self.main_conv1 = nn.Sequential(nn.Conv2d(i, o, 1, bias=False), nn.BatchNorm2d(o))
        self.ext_conv1 = conv_norm(False, nn.Conv2d(i, m, 1, bias=False))
        self.ext_tconv1 = nn.ConvTranspose2d(m, m, 2, stride=2, bias=False)
        self.ext_tconv1_bnorm = nn.BatchNorm2d(m)
        self.ext_conv2 = conv_norm(False, nn.Conv2d(m, o, 1, bias=False))

    def forward(self, x, where, size):
        main = F.max_unpool2d(self.main_conv1(x), where, 2, output_size=size)
        branch = self.ext_conv2(F.relu(self.ext_tconv1_bnorm(self.ext_tconv1(self.ext_conv1(x)))))
        return F.relu(main + branch)


class ENet(nn.Module):
    def __init__(self, classes, w):
        super().__init__()
        self.initial_block = Initial(w[0])
        self.downsample1_0 = Downsampling(w[0], w[1])
        for i in range(1, 5):
            self.add_module(f"regular1_{i}", Regular(w[1]))
        self.downsample2_0 = Downsampling(w[1], w[2])
        self.middle = []
        for stage, first in ((2, 1), (3, 0)):
            kinds = [("regular", {}), ("dilated", {"dilation": 2}), ("asymmetric", {"asymmetric": True}),
                     ("dilated", {"dilation": 4}), ("regular", {}), ("dilated", {"dilation": 8}),
                     ("asymmetric", {"asymmetric": True}), ("dilated", {"dilation": 16})]
            for i, (name, kind) in enumerate(kinds):
                self.add_module(f"{name}{stage}_{first + i}", Regular(w[2], **kind))
                self.middle.append(f"{name}{stage}_{first + i}")
        self.upsample4_0 = Upsampling(w[2], w[1])
        self.regular4_1 = Regular(w[1], parametric=False)
        self.regular4_2 = Regular(w[1], parametric=False)
        self.upsample5_0 = Upsampling(w[1], w[0])
        self.regular5_1 = Regular(w[0], parametric=False)
        self.transposed_conv = nn.ConvTranspose2d(w[0], classes, 3, stride=2, padding=1, output_padding=1, bias=False)

    def forward(self, x):
        x = self.initial_block(x)
        size1 = x.shape[2:]
        x, where1 = self.downsample1_0(x)
        for i in range(1, 5):
            x = getattr(self, f"regular1_{i}")(x)
        size2 = x.shape[2:]
        x, where2 = self.downsample2_0(x)
        for name in self.middle:
            x = getattr(self, name)(x)
        x = self.regular4_2(self.regular4_1(self.upsample4_0(x, where2, size2)))
        return self.transposed_conv(self.regular5_1(self.upsample5_0(x, where1, size1)))


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
    total = 0

    def count(module, inputs, output):
        nonlocal total
        positions = inputs[0] if isinstance(module, nn.ConvTranspose2d) else output
        total += module.weight.numel() * positions.shape[2] * positions.shape[3]

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, height, width))
    for hook in hooks:
        hook.remove()
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
    values = {"torch": torch.__version__, "ERFNet": record(ERFNet), "ENet": record(ENet)}
    out.write_text(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
