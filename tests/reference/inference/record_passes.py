# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what PyTorch computes for further passes of a small ERFNet, ODIN of a small ENet and dropout of zh320's ENet:
data/passes.json.

Run: /usr/bin/python3 tests/reference/inference/record_passes.py
Network, weights and image are those of record_networks.py, here in double precision. ODIN: Liang et al., ICLR 2018, with the
loss of SegmentMeIfYouCan's baseline, whose cross-entropy takes softmax(z) for logits. ReAct: Sun et al., NeurIPS 2021, with the
bound at a percentile (nearest rank) of the image's own activations. Dropout: whole channels, those that SplitMix64 (Steele, Lea,
Flood, OOPSLA 2014) names, channel by channel and layer after layer; zh320's ENet drops single values, named row by row, at the end of each bottleneck's
branch: 0.01 of them in the first stage, 0.1 in the others (its models/enet.py).
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference/python"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from further_networks import ZhBottleneck, ZhENet  # noqa: E402
from networks import ENet, ERFNet, Residual  # noqa: E402
from record_networks import image, weight  # noqa: E402

BITS = (1 << 64) - 1
GOLDEN = (math.isqrt(5 << 128) - (1 << 64)) // 2  # floor(2^64 (sqrt(5) - 1) / 2)


class SplitMix:
    def __init__(self, seed):
        self.state = seed & BITS

    def next(self):
        self.state = (self.state + GOLDEN) & BITS
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & BITS
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & BITS
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0 ** -53


def stream(seed, number):
    mixed = SplitMix(seed * GOLDEN).next() ^ (number * 0xD1B54A32D192ED03 & BITS)
    return SplitMix(SplitMix(mixed).next())


def made(make, *widths):
    network = make(5, *widths).eval()
    state = {key: weight(key, t) if t.is_floating_point() else t for key, t in network.state_dict().items()}
    network.load_state_dict(state)
    return network.double()


def perturbed(network, x, epsilon):
    x = x.clone().requires_grad_(True)
    z = network(x)
    loss = F.nll_loss(F.log_softmax(F.softmax(z, 1), 1), z.argmax(1), reduction="sum")
    loss.backward()
    sign = torch.where(x.grad >= 0, torch.ones_like(x), -torch.ones_like(x))
    with torch.no_grad():
        return network(x.detach() - epsilon * sign)


def penultimate(network, x):
    last, network.decoder.output_conv = network.decoder.output_conv, torch.nn.Identity()
    features = network(x)
    network.decoder.output_conv = last
    return features


def rectified(network, x, percentile):
    last, features = network.decoder.output_conv, penultimate(network, x)
    ordered = features.flatten().sort().values
    bound = ordered[max(math.ceil(percentile / 100.0 * ordered.numel()) - 1, 0)]
    return last(torch.minimum(features, bound))


class Dropping(torch.nn.Module):
    """A residual block of ERFNet whose branch loses channels."""

    def __init__(self, block, share, random):
        super().__init__()
        self.block, self.share, self.random = block, share, random

    def forward(self, x):
        b = self.block
        y = F.relu(b.bn1(b.conv1x3_1(F.relu(b.conv3x1_1(x)))))
        y = b.bn2(b.conv1x3_2(F.relu(b.conv3x1_2(y))))
        kept = [0.0 if self.random.uniform() < self.share else 1.0 / (1.0 - self.share) for _ in range(y.shape[1])]
        return F.relu(y * torch.tensor(kept, dtype=y.dtype).view(1, -1, 1, 1) + x)


def with_dropout(network, x, seed, number):
    random, layers, seen = stream(seed, number), network.encoder.layers, 0
    for i, layer in enumerate(layers):
        if isinstance(layer, Residual):
            layers[i] = Dropping(layer, 0.03 if seen < 5 else 0.3, random)
            seen += 1
    out = network(x)
    for i, layer in enumerate(layers):
        if isinstance(layer, Dropping):
            layers[i] = layer.block
    return out


def with_values_dropped(network, x, seed, number):
    """Of zh320's ENet."""
    random, hooks = stream(seed, number), []
    for name, block in network.named_modules():
        if not isinstance(block, ZhBottleneck):
            continue
        share = 0.01 if name.startswith("bottleneck1.") else 0.1

        def drop(module, inputs, y, share=share):
            kept = [0.0 if random.uniform() < share else 1.0 / (1.0 - share) for _ in range(y.numel())]
            return y * torch.tensor(kept, dtype=y.dtype).view_as(y)
        hooks.append(block.right_last_conv.register_forward_hook(drop))
    out = network(x)
    for hook in hooks:
        hook.remove()
    return out


def sampled(logits):
    return [float(f"{v:.9g}") for v in logits[0, :, ::7, ::7].flatten().tolist()]


def main():
    torch.set_num_threads(1)
    x = image(48, 64).double()
    out = {"torch": torch.__version__, "height": 48, "width": 64, "step": 7, "classes": 5, "widths": [8, 12, 16],
           "epsilon": 0.001, "percentile": 90, "seed": 7}
    network = made(ERFNet, (8, 12, 16))
    moved = perturbed(network, x, out["epsilon"])
    with torch.no_grad():
        plain = network(x)
        runs = [with_dropout(network, x, out["seed"], number) for number in range(3)]
        out["features"] = sampled(penultimate(network, x))
        out["rectified"] = sampled(rectified(network, x, out["percentile"]))
    out |= {"perturbed": sampled(moved), "moved_by": float((moved - plain).abs().max()),
            "largest": float(plain.abs().max()), "dropout": [sampled(run) for run in runs]}
    out["odin"] = sampled(1.0 - F.softmax(moved / 3.0, 1).max(1, keepdim=True).values)
    p = torch.stack([F.softmax(run, 1) for run in runs])
    entropy = lambda q, axis: -(q * q.log()).sum(axis) / math.log(5)
    mean = p.mean(0)
    out["mc_dropout"] = sampled(entropy(mean, 1)[:, None])
    information = entropy(mean, 1) - entropy(p, 2).mean(0)
    out["mutual_information"] = sampled(information[:, None])
    enet, scale = made(ENet, (8, 12, 16)), 1e-4  # the formula's logits are so large that no softmax has a gradient
    with torch.no_grad():
        enet.state_dict()["transposed_conv.weight"].mul_(scale)
    moved = perturbed(enet, x, out["epsilon"])
    with torch.no_grad():
        plain = enet(x)
    out["enet"] = {"last_layer_scale": scale, "perturbed": sampled(moved), "moved_by": float((moved - plain).abs().max()),
                   "largest": float(plain.abs().max()),
                   "odin": sampled(1.0 - F.softmax(moved / 3.0, 1).max(1, keepdim=True).values)}
    zh320 = made(ZhENet)
    with torch.no_grad():
        plain = zh320(x)
        runs = [with_values_dropped(zh320, x, out["seed"], number) for number in range(2)]
    out["enet_zh320"] = {"largest": float(plain.abs().max()), "moved_by": float((runs[0] - plain).abs().max()),
                         "dropout": [sampled(run) for run in runs]}
    (pathlib.Path(__file__).parent / "data/passes.json").write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
