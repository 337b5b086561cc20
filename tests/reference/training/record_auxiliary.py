#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records auxiliary_steps.json: losses of two steps of networks with the heads that training alone uses.

Each output has a loss of its own, summed with a weight as CoinCheung/BiSeNet (tools/train_amp.py: OHEM, weights of 1) and ICNet
(cross-entropy, 0.4) do. Networks are those of ../python, losses those of record_heads.py, weights and pictures those of
record_training.py. Run: record_auxiliary.py (torch, torchvision, numpy).
"""
import json
import os
import sys

import torch

from record_heads import LOSSES, ce
from record_training import CLASSES, DECAY, HERE, MOMENTUM, fill, pictures

sys.path.insert(0, os.path.join(HERE, "../python"))
from cascade_networks import LiICNet, ZhICNet  # noqa: E402
from further_networks import BiSeNetV1, BiSeNetV2  # noqa: E402

RATE, SEEDS = 1e-3, range(3, 9)
PLANS = [("BiSeNetV1", lambda: BiSeNetV1(CLASSES, auxiliary=True), "ohem", 1.0),
         ("BiSeNetV2", lambda: BiSeNetV2(CLASSES, True), "ohem", 1.0),
         ("ICNet R18 (zh320)", lambda: ZhICNet(CLASSES), "cross-entropy", 0.4),
         ("ICNet R50 (liminn)", lambda: without_classifier(LiICNet(CLASSES)), "cross-entropy", 0.4)]


def without_classifier(network):
    del network.pretrained.fc  # nobody uses it
    return network


def steps(make, loss, share, seed, dtype):
    network = make()
    fill(network, seed)
    network = network.to(dtype)
    images, classes = pictures()
    of = LOSSES.get(loss, lambda z, t, w, g, q: ce(z, t, w))
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    network.train()
    losses, parts = [], []
    for step in range(2):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / 2) ** 0.9
        optimiser.zero_grad()
        own = [of(z, classes, torch.ones(CLASSES, dtype=dtype), None, {}) for z in network.outputs(images.to(dtype))]
        value = own[0] + share * sum(own[1:])
        value.backward()
        optimiser.step()
        losses.append(value.item())
        parts = parts or [each.item() for each in own]
    return losses, parts


def main():
    """Initial weights from which float32 and float64 come to nearly the same: others have a norm of nearly equal values."""
    cases = []
    for name, make, loss, share in PLANS:
        best = None
        for seed in SEEDS:
            losses, parts = steps(make, loss, share, seed, torch.float64)
            single, _ = steps(make, loss, share, seed, torch.float32)
            apart = [abs(a - b) for a, b in zip(losses, single)]
            print(name, seed, losses, parts, apart, flush=True)
            badness = apart[1] / max(losses[0] - losses[1], 1e-9)
            if best is None or badness < best[0]:
                best = (badness, {"network": name, "loss": loss, "weight": share, "seed": seed, "rate": RATE,
                                  "losses": losses, "first": parts, "apart": apart})
            if badness < 0.06 or name.endswith("(liminn)"):  # deep and narrow: no seed is looked for
                break
        cases.append(best[1])
    with open(os.path.join(HERE, "auxiliary_steps.json"), "w") as out:
        json.dump(cases, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
