#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records training_steps.pth and losses.json: what PyTorch makes of two training steps and of the losses.

Independent of the program: the networks are ../python/networks.py, the losses plain expressions, the pictures and the
initial weights come from the generator SplitMix64, which the tests know, too. Run: record_training.py (torch, numpy).
"""
import json
import math
import os
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference/python"))
from networks import ENet, ERFNet  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
MASK = (1 << 64) - 1
CLASSES, BATCH, HEIGHT, WIDTH = 5, 3, 32, 64  # four classes and void
WIDTHS = (4, 6, 8)
ENET_WIDTHS = (4, 8, 16)
RATE, DECAY, MOMENTUM = 1e-3, 1e-2, 0.9
# Of 60 initial weights those from which float32 and float64 come to the same after two steps (within 1e-4 for ERFNet, 1e-5
# for ENet): from most others a ReLU that is near its kink parts them by more than a program's own rounding should.
SEEDS = {"ERFNet": 15, "ENet": 14}


GOLDEN = (math.isqrt(5 << 128) - (1 << 64)) // 2  # the fraction of the golden ratio in 64 bits


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + GOLDEN) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53


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
    for name, make in (("ERFNet", lambda: ERFNet(CLASSES, WIDTHS)), ("ENet", lambda: ENet(CLASSES, ENET_WIDTHS))):
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
