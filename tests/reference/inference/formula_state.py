# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights and pictures by formula, so that neither is stored: formula_state.inl.h makes the same, bit by bit.

A state is a list of lines. `KEY BASE SPREAD SIZES...` is a float32 tensor whose values lie within BASE - SPREAD and BASE + SPREAD;
`KEY norm CHANNELS` stands for the five entries of a batch norm. The spread of a convolution's or a linear layer's weights is chosen,
in the order in which they are called, so that what it gives has a standard deviation near one: every part of a network then counts.
"""
import math

import numpy as np
import torch
import torch.nn as nn

NORM = (("weight", 1.0, 0.2), ("bias", 0.0, 0.1), ("running_mean", 0.0, 0.1), ("running_var", 0.75, 0.25))


def seed(text):
    """FNV-1a of 32 bits."""
    h = 2166136261
    for byte in text.encode():
        h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    return h


def hashes(text, count):
    """murmur3's last steps over a sequence that `text` starts."""
    with np.errstate(over="ignore"):
        h = np.uint32(seed(text)) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return h ^ (h >> np.uint32(16))


def tensor(key, base, spread, sizes):
    unit = (hashes(key, math.prod(sizes)) >> np.uint32(8)) * 2.0 ** -23 - 1.0
    return torch.from_numpy((base + spread * unit).astype(np.float32)).view(sizes)


def picture(height, width):
    """H x W x 3 bytes: ramps, a chequer of 16 pixels and noise."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    noise = (hashes("picture", height * width * 3) & np.uint32(31)).reshape(height, width, 3)
    return ((3 * x + 5 * y + 40 * c + 97 * ((x // 16 + y // 16) & 1) + noise) & 255).astype(np.uint8)


def places(values, count=200):
    """Which of so many values are compared."""
    return hashes("places", count) % np.uint32(values)


def spreads_at_first(module, name, value):
    """BASE and SPREAD of what belongs to no batch norm."""
    if name in ("pixel_mean", "pixel_std"):
        return (0.45, 0.05) if name == "pixel_mean" else (0.225, 0.01)
    if name == "attn_mask_probs":
        return 0.0, 0.0
    if name.endswith("bias"):
        return 0.0, 0.1
    if isinstance(module, nn.PReLU):
        return 0.25, 0.1
    if isinstance(module, nn.LayerNorm):
        return 1.0, 0.2
    if name == "gamma":
        return 0.6, 0.2
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        return 0.0, 1.0
    return 0.0, 0.5  # tokens, positions, queries


def plan(network):
    """{key: (base, spread, sizes)} in the order of the state dict; a batch norm is one entry, (None, None, channels)."""
    modules, out = dict(network.named_modules()), {}
    for key, value in network.state_dict().items():
        owner, _, name = key.rpartition(".")
        if isinstance(modules[owner], nn.BatchNorm2d):
            out[owner] = (None, None, modules[owner].num_features)
        else:
            out[key] = (*spreads_at_first(modules[owner], name, value), tuple(value.shape))
    return out


def expand(lines):
    """The state dict that a plan stands for."""
    state = {}
    for key, (base, spread, sizes) in lines.items():
        if base is not None:
            state[key] = tensor(key, base, spread, sizes)
            continue
        for name, middle, around in NORM:
            state[f"{key}.{name}"] = tensor(f"{key}.{name}", middle, around, (sizes,))
        state[f"{key}.num_batches_tracked"] = torch.tensor(0)
    return state


def text(lines):
    return [f"{key} norm {sizes}" if base is None else " ".join([key, repr(base), repr(spread), *map(str, sizes)])
            for key, (base, spread, sizes) in lines.items()]


def calibrate(network, lines, run, targets):
    """Sets the spreads by one pass, `run()`; `targets` has those standard deviations that are not 1, by the module's name."""
    hooks = []
    for name, module in network.named_modules():
        if not isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            continue

        def hook(module, inputs, given, key=f"{name}.weight", target=targets.get(name, 1.0), seen=[]):  # noqa: B006
            if key in seen:
                return given
            seen.append(key)
            base, spread, sizes = lines[key]
            if not module.weight.numel() or not float(given.std()) > 0:
                raise ValueError(f"{key}: nothing comes out")
            lines[key] = (base, float(f"{spread * target / float(given.std()):.4g}"), sizes)
            module.weight.data = tensor(key, *lines[key]).to(module.weight)
            return module.forward(*inputs)
        hooks.append(module.register_forward_hook(hook))
    with torch.no_grad():
        run()
    for hook in hooks:
        hook.remove()
