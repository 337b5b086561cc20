#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records training_steps.pth and losses.json: what PyTorch makes of two training steps and of the losses.

Independent of the program: both networks are written out here, the losses as plain expressions, the pictures and the
initial weights come from the generator SplitMix64, which the tests know, too. Run: record_training.py (torch, numpy).
"""
import json
import math
import os

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
MASK = (1 << 64) - 1
CLASSES, BATCH, HEIGHT, WIDTH = 5, 3, 32, 64  # four classes and void
WIDTHS = (4, 6, 8)
ENET_WIDTHS = (4, 8, 16)
RATE, DECAY, MOMENTUM = 1e-3, 1e-2, 0.9
# Of 25 initial weights those from which float32 and float64 come to the same after two steps (within 1e-4 for ERFNet, 1e-5
# for ENet): from most others a ReLU that is near its kink parts them by more than a program's own rounding should.
SEEDS = {"ERFNet": 15, "ENet": 21}


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53


# --- ERFNet -----------------------------------------------------------------------------------------------------------
class Down(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o - i, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(o, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(torch.cat([self.conv(x), F.max_pool2d(x, 2, 2)], 1)))


class NonBottleneck(nn.Module):
    def __init__(self, c, d):
        super().__init__()
        self.conv3x1_1 = nn.Conv2d(c, c, (3, 1), padding=(1, 0))
        self.conv1x3_1 = nn.Conv2d(c, c, (1, 3), padding=(0, 1))
        self.bn1 = nn.BatchNorm2d(c, eps=1e-3)
        self.conv3x1_2 = nn.Conv2d(c, c, (3, 1), padding=(d, 0), dilation=(d, 1))
        self.conv1x3_2 = nn.Conv2d(c, c, (1, 3), padding=(0, d), dilation=(1, d))
        self.bn2 = nn.BatchNorm2d(c, eps=1e-3)

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


class Chain(nn.Module):
    def __init__(self, first, layers, last):
        super().__init__()
        if first is not None:
            self.initial_block = first
        self.layers = nn.ModuleList(layers)
        self.output_conv = last

    def features(self, x):
        if hasattr(self, "initial_block"):
            x = self.initial_block(x)
        for layer in self.layers:
            x = layer(x)
        return x


class ERFNet(nn.Module):
    def __init__(self, widths, classes):
        super().__init__()
        a, b, c = widths
        layers = [Down(a, b)] + [NonBottleneck(b, 1) for _ in range(5)] + [Down(b, c)]
        layers += [NonBottleneck(c, d) for _ in range(2) for d in (2, 4, 8, 16)]
        self.encoder = Chain(Down(3, a), layers, nn.Conv2d(c, classes, 1))
        layers = [Up(c, b), NonBottleneck(b, 1), NonBottleneck(b, 1), Up(b, a), NonBottleneck(a, 1), NonBottleneck(a, 1)]
        self.decoder = Chain(None, layers, nn.ConvTranspose2d(a, classes, 2, stride=2))

    def forward(self, x):
        return self.decoder.output_conv(self.decoder.features(self.encoder.features(x)))


# --- ENet -------------------------------------------------------------------------------------------------------------
def unit(conv, relu):
    return [conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU() if relu else nn.PReLU()]


class Initial(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.main_branch = nn.Conv2d(3, o - 3, 3, stride=2, padding=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(o)
        self.out_activation = nn.PReLU()

    def forward(self, x):
        return self.out_activation(self.batch_norm(torch.cat([self.main_branch(x), F.max_pool2d(x, 3, 2, 1)], 1)))


class Regular(nn.Module):
    def __init__(self, c, dilation=1, asymmetric=False, relu=False):
        super().__init__()
        n = c // 4
        self.ext_conv1 = nn.Sequential(*unit(nn.Conv2d(c, n, 1, bias=False), relu))
        if asymmetric:
            self.ext_conv2 = nn.Sequential(
                *unit(nn.Conv2d(n, n, (5, 1), padding=(2, 0), bias=False), relu),
                *unit(nn.Conv2d(n, n, (1, 5), padding=(0, 2), bias=False), relu))
        else:
            conv = nn.Conv2d(n, n, 3, padding=dilation, dilation=dilation, bias=False)
            self.ext_conv2 = nn.Sequential(*unit(conv, relu))
        self.ext_conv3 = nn.Sequential(*unit(nn.Conv2d(n, c, 1, bias=False), relu))
        self.out_activation = nn.ReLU() if relu else nn.PReLU()

    def forward(self, x):
        return self.out_activation(x + self.ext_conv3(self.ext_conv2(self.ext_conv1(x))))


class Shrink(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        n = i // 4
        self.ext_conv1 = nn.Sequential(*unit(nn.Conv2d(i, n, 2, stride=2, bias=False), False))
        self.ext_conv2 = nn.Sequential(*unit(nn.Conv2d(n, n, 3, padding=1, bias=False), False))
        self.ext_conv3 = nn.Sequential(*unit(nn.Conv2d(n, o, 1, bias=False), False))
        self.out_activation = nn.PReLU()

    def forward(self, x):
        main, where = F.max_pool2d(x, 2, 2, return_indices=True)
        ext = self.ext_conv3(self.ext_conv2(self.ext_conv1(x)))
        main = F.pad(main, (0, 0, 0, 0, 0, ext.shape[1] - main.shape[1]))
        return self.out_activation(main + ext), where


class Grow(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        n = i // 4
        self.main_conv1 = nn.Sequential(nn.Conv2d(i, o, 1, bias=False), nn.BatchNorm2d(o))
        self.ext_conv1 = nn.Sequential(*unit(nn.Conv2d(i, n, 1, bias=False), True))
        self.ext_tconv1 = nn.ConvTranspose2d(n, n, 2, stride=2, bias=False)
        self.ext_tconv1_bnorm = nn.BatchNorm2d(n)
        self.ext_conv2 = nn.Sequential(*unit(nn.Conv2d(n, o, 1, bias=False), True))

    def forward(self, x, where, size):
        main = F.max_unpool2d(self.main_conv1(x), where, 2, output_size=size)
        ext = F.relu(self.ext_tconv1_bnorm(self.ext_tconv1(self.ext_conv1(x))))
        return F.relu(main + self.ext_conv2(ext))


class ENet(nn.Module):
    def __init__(self, widths, classes):
        super().__init__()
        a, b, c = widths
        self.initial_block = Initial(a)
        self.downsample1_0 = Shrink(a, b)
        self.stage1 = []
        for i in range(1, 5):
            self.stage1.append(self.add(f"regular1_{i}", Regular(b)))
        self.downsample2_0 = Shrink(b, c)
        self.stage23 = []
        for stage in (2, 3):
            n = 1 if stage == 2 else 0
            for d in (2, 8):
                for name, kind in (("regular", {}), ("dilated", {"dilation": d}), ("asymmetric", {"asymmetric": True}),
                                   ("dilated", {"dilation": 2 * d})):
                    self.stage23.append(self.add(f"{name}{stage}_{n}", Regular(c, **kind)))
                    n += 1
        self.upsample4_0 = Grow(c, b)
        self.stage4 = [self.add(f"regular4_{i}", Regular(b, relu=True)) for i in (1, 2)]
        self.upsample5_0 = Grow(b, a)
        self.regular5_1 = Regular(a, relu=True)
        self.transposed_conv = nn.ConvTranspose2d(a, classes, 3, stride=2, padding=1, output_padding=1, bias=False)

    def add(self, name, module):
        self.add_module(name, module)
        return name

    def run(self, names, x):
        for name in names:
            x = getattr(self, name)(x)
        return x

    def forward(self, x):
        x = self.initial_block(x)
        size1 = x.shape[2:]
        x, where1 = self.downsample1_0(x)
        x = self.run(self.stage1, x)
        size2 = x.shape[2:]
        x, where2 = self.downsample2_0(x)
        x = self.run(self.stage23, x)
        x = self.run(self.stage4, self.upsample4_0(x, where2, size2))
        return self.transposed_conv(self.regular5_1(self.upsample5_0(x, where1, size1)))


# --- two steps --------------------------------------------------------------------------------------------------------
def fill(module, seed):
    """Weights by state dict key in ascending order: whatever order a program keeps them in, it can do the same."""
    random = SplitMix(seed)
    state = module.state_dict()
    for key in sorted(state):
        tensor = state[key]
        if key.endswith("num_batches_tracked"):
            continue
        values = np.array([random.uniform() for _ in range(tensor.numel())])
        if tensor.dim() == 4:
            values = (2 * values - 1) * math.sqrt(3.0 / tensor[0].numel())
        elif key.endswith("running_var") or (key.endswith("weight") and tensor.numel() > 1):
            values = 0.75 + 0.5 * values
        elif tensor.numel() == 1:
            values = 0.25 * np.ones(1)  # parametric ReLU
        else:
            values = 0.2 * (values - 0.5)
        tensor.copy_(torch.from_numpy(values.astype(np.float32)).reshape(tensor.shape))


def pictures():
    """Images whose colour tells the class, with noise; classes in blocks of 8 pixels, a row of void."""
    random = SplitMix(7)
    images = np.zeros((BATCH, HEIGHT, WIDTH, 3), np.uint8)
    classes = np.zeros((BATCH, HEIGHT, WIDTH), np.int64)
    for n in range(BATCH):
        for y in range(HEIGHT):
            for x in range(WIDTH):
                c = (y // 8 + x // 8 + n) % CLASSES
                classes[n, y, x] = c
                for channel in range(3):
                    images[n, y, x, channel] = (40 * c + 20 * channel) % 200 + random.next() % 50
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, torch.from_numpy(classes)


def cross_entropy(logits, targets, weights):
    p = logits.exp() / logits.exp().sum(1, keepdim=True)
    total, scale = 0.0, 0.0
    for c in range(logits.shape[1]):
        mask = (targets == c).to(logits.dtype)
        total = total - (weights[c] * mask * p[:, c].log()).sum()
        scale = scale + (weights[c] * mask).sum()
    return total / scale


def focal(logits, targets, weights, gamma):
    p = logits.exp() / logits.exp().sum(1, keepdim=True)
    total, scale = 0.0, 0.0
    for c in range(logits.shape[1]):
        mask = (targets == c).to(logits.dtype)
        total = total - (weights[c] * mask * (1 - p[:, c]) ** gamma * p[:, c].log()).sum()
        scale = scale + (weights[c] * mask).sum()
    return total / scale


def flat(module):
    state = module.state_dict()
    return torch.cat([state[k].flatten().float() for k in sorted(state) if not k.endswith("num_batches_tracked")])


def two_steps(make, optimiser, seed):
    network = make()
    fill(network, seed)
    images, classes = pictures()
    shares = torch.tensor([(classes == c).double().mean() for c in range(CLASSES)])
    weights = (1 / torch.log(1.02 + shares)).float()
    if optimiser == "adam":
        steps = torch.optim.Adam(network.parameters(), lr=RATE, betas=(MOMENTUM, 0.999), weight_decay=DECAY)
    else:
        steps = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    network.train()
    losses = []
    for step in range(2):
        for group in steps.param_groups:
            group["lr"] = RATE * (1 - step / 2) ** 0.9
        steps.zero_grad()
        loss = cross_entropy(network(images), classes, weights)
        loss.backward()
        steps.step()
        losses.append(loss.item())
    return flat(network).detach(), losses


def record_steps():
    out = {}
    for name, make in (("ERFNet", lambda: ERFNet(WIDTHS, CLASSES)), ("ENet", lambda: ENet(ENET_WIDTHS, CLASSES))):
        for optimiser in ("adam", "sgd"):
            weights, losses = two_steps(make, optimiser, SEEDS[name])
            out[f"{name}.{optimiser}.weights"] = weights
            out[f"{name}.{optimiser}.losses"] = torch.tensor(losses, dtype=torch.float64)
    torch.save(out, os.path.join(HERE, "training_steps.pth"))


def record_losses():
    random = SplitMix(3)
    shape = (2, 4, 3, 5)
    logits = np.array([6 * random.uniform() - 3 for _ in range(math.prod(shape))]).reshape(shape)
    targets = np.array([int(random.next() % 5) for _ in range(2 * 3 * 5)]).reshape(2, 3, 5)
    targets[targets == 4] = -100
    weights = [1.0, 0.5, 3.0, 0.0]
    cases = []
    for name, gamma in (("cross-entropy", 0.0), ("focal", 0.0), ("focal", 0.5), ("focal", 2.0), ("focal", 5.0)):
        for w in ([1.0] * 4, weights):
            z = torch.tensor(logits, requires_grad=True)
            t, v = torch.tensor(targets), torch.tensor(w, dtype=torch.float64)
            loss = cross_entropy(z, t, v) if name == "cross-entropy" else focal(z, t, v, gamma)
            loss.backward()
            cases.append({"loss": name, "gamma": gamma, "weights": w, "value": loss.item(),
                          "gradient": z.grad.flatten().tolist()})
    with open(os.path.join(HERE, "losses.json"), "w") as out:
        json.dump({"shape": shape, "logits": logits.flatten().tolist(), "targets": targets.flatten().tolist(),
                   "cases": cases}, out)
        out.write("\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    record_losses()
    record_steps()
