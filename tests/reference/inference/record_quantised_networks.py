# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what whole networks in int8 compute: data/quantised_networks.json.

Run: /usr/bin/python3 tests/reference/inference/record_quantised_networks.py
Every quantised value is rounded as PyTorch's observers and quantised operators do (MinMaxObserver, PerChannelMinMaxObserver, dynamic
linear layers by the range of each input); of transformers everything between is computed in double precision. Static: a small ENet of ../python by the formula of record_networks.py, its ranges over one picture. Dynamic: the
linear layers of all blocks of a small DINOv2, and of DINOv2 and EoMT with the weights of data/further. `plain` is the same network without rounding.
"""
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "reference/python"))
from formula_state import calibrate, expand, picture, places, plan, text  # noqa: E402
from networks import ENET_BLOCKS, ENet  # noqa: E402
from record_networks import weight  # noqa: E402
from vision_transformers import Block, Dino, DinoLinear, Eomt  # noqa: E402

EPSILON = np.finfo(np.float32).eps
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def scale_of(least, most):
    """MinMaxObserver's, quint8."""
    least, most = min(float(least), 0.0), max(float(most), 0.0)
    scale = float(max(np.float32(most - least) / np.float32(255), EPSILON))
    return scale, int(np.clip(-round(least / scale), 0, 255))


def in_bytes(x, scale, zero):
    return ((x / scale).round() + zero).clamp(0, 255).sub(zero) * scale


def in_integers(weights, along):
    """PerChannelMinMaxObserver's, qint8 symmetric: whole numbers, and each channel's scale, in float32."""
    others = [axis for axis in range(weights.dim()) if axis != along]
    scales = (weights.abs().amax(others, keepdim=True) / 127.5).clamp_min(float(EPSILON))
    return (weights * scales.reciprocal()).round().clamp(-128, 127), scales


class ByteENet(ENet):
    """Observes ranges at the first pass, in double precision, and rounds at the second, where sums are whole numbers and what is done
    with them is float32: one value rounded otherwise moves maxima, and with them all that follows."""

    def __init__(self, *of):
        super().__init__(*of)
        self.ranges, self.scales = [], None

    def note(self, x):
        """Of a convolution: its sums, units and whether a ReLU follows."""
        sums, units, rectified = x if isinstance(x, tuple) else (x, None, False)
        if self.scales is None:
            sums = F.relu(sums) if rectified else sums
            self.ranges.append((float(sums.min()), float(sums.max())))
            return sums
        scale, zero = next(self.scales)
        if units is None:
            given = (sums.float() / scale).round() + zero
        else:
            given = (sums * (torch.full_like(units, 1 / np.float32(scale)) / units) + zero).round()
        out = (given.clamp(zero if rectified else 0, 255) - zero) * scale
        out.step = scale
        return out

    def folded(self, key, norm, x, rectified, transposed=False, **how):
        along = 1 if transposed else 0
        weights, norm = self.get_parameter(f"{key}.weight"), self.get_submodule(norm)
        channels = weights.shape[along]
        factor = norm.weight / (norm.running_var + 1e-5).sqrt()
        bias = (norm.bias - norm.running_mean * factor)[:channels]
        weights = weights * factor[:channels].view([-1 if axis == along else 1 for axis in range(4)])
        convolve = F.conv_transpose2d if transposed else F.conv2d
        if self.scales is None:
            return convolve(x, weights, bias, **how), None, rectified
        integers, scales = in_integers(weights.float(), along)
        units = (scales.flatten().reciprocal() * (1 / np.float32(x.step))).view(1, -1, 1, 1)
        sums = convolve((x.double() / x.step).round(), integers.double(), **how).float()
        return sums + bias.float().view(1, -1, 1, 1) * units, units, rectified

    def unit(self, key, at, x, encoder, **how):
        y = self.note(self.folded(f"{key}.{at}", f"{key}.{at + 1}", x, not encoder, **how))
        if not encoder:
            return y
        y = self.act(f"{key}.{at + 2}", y, True)
        return y if key.endswith("ext_conv3") else self.note(y)  # the branch's end is rounded as a part of the sum

    def act(self, key, x, encoder):
        slope = self.get_parameter(f"{key}.weight").to(x.dtype)
        return torch.where(x > 0, x, x * slope)

    def expanded(self, name, x, where, size):
        main = self.note(self.folded(f"{name}.main_conv1.0", f"{name}.main_conv1.1", x, False))
        main = F.max_unpool2d(main, where, 2, output_size=size)
        y = self.unit(f"{name}.ext_conv1", 0, x, encoder=False)
        y = self.note(self.folded(f"{name}.ext_tconv1", f"{name}.ext_tconv1_bnorm", y, True, True, stride=2))
        y = self.note(self.folded(f"{name}.ext_conv2.0", f"{name}.ext_conv2.1", y, self.relu_after_expansion))
        return self.note(F.relu(main + y))

    def forward(self, image):
        image = self.note(image)
        norm = self.get_submodule("initial_block.batch_norm")
        factor = norm.weight / (norm.running_var + 1e-5).sqrt()
        shift = norm.bias - norm.running_mean * factor
        left = self.note(self.folded("initial_block.main_branch", "initial_block.batch_norm", image, False, stride=2, padding=1))
        right = F.max_pool2d(image, 3, stride=2, padding=1)
        right = right * factor[-3:].to(right.dtype).view(1, 3, 1, 1) + shift[-3:].to(right.dtype).view(1, 3, 1, 1)
        x = self.note(self.act("initial_block.out_activation", torch.cat([left, right], 1), True))
        pooled = []
        for name, kind, _, middle in ENET_BLOCKS:
            encoder = name[-3] in "123"
            if kind == "up":
                x = self.expanded(name, x, *pooled.pop())
                continue
            main = x
            if kind == "down":
                main, where = F.max_pool2d(x, 2, return_indices=True)
                pooled.append((where, x.shape[2:]))
            branch = self.extension(name, kind, middle, x, encoder)
            main = F.pad(main, (0, 0, 0, 0, 0, branch.shape[1] - main.shape[1])) + branch
            x = self.note(self.act(f"{name}.out_activation", main, True) if encoder else F.relu(main))
        return F.conv_transpose2d(x.double(), self.get_parameter("transposed_conv.weight"), stride=2, padding=1, output_padding=1)


def enet(height, width, older):
    network = ByteENet(20, (16, 32, 64), older).eval()
    # Branches end a quarter as large as the formula has them, or each block would enlarge the errors of those before it.
    state = {key: weight(key, tensor) for key, tensor in network.state_dict().items() if tensor.is_floating_point()}
    network.load_state_dict({key: 0.25 * value if key.endswith("ext_conv3.1.weight") else value for key, value in state.items()},
                            strict=False)
    network.double()
    image = (torch.from_numpy(picture(height, width).astype(np.float32)) * np.float32(1 / 255)).permute(2, 0, 1)[None].double()
    plain = network(image)
    network.scales = iter([scale_of(*each) for each in network.ranges])
    return {"kind": "ENet", "older": older, "classes": 20, "widths": [16, 32, 64], "ranges": network.ranges,
            **values(height, width, plain[0], network(image)[0])}


class DynamicLinear(nn.Module):
    def __init__(self, layer):
        super().__init__()
        integers, scales = in_integers(layer.weight.float(), 0)
        self.weight, self.bias = integers.double() * scales.double(), layer.bias.double()

    def forward(self, x):
        return F.linear(in_bytes(x, *scale_of(x.min(), x.max())), self.weight, self.bias)


def quantise_blocks(network):
    for block in network.modules():
        if isinstance(block, Block):
            for owner, names in ((block.attn, ("qkv", "proj")), (block.mlp, ("fc1", "fc2"))):
                for name in names:
                    owner[name] = DynamicLinear(owner[name])


def state_of(lines):
    """What the lines of a recorded file stand for."""
    plan = {}
    for line in lines:
        key, first, *rest = line.split(" ")
        plan[key] = (None, None, int(rest[0])) if first == "norm" else (float(first), float(rest[0]), tuple(map(int, rest[1:])))
    return expand(plan)


def transformer(of, network, height, width, run):
    network.eval().double()
    plain = run(network)
    quantise_blocks(network)
    return {**of, **values(height, width, plain, run(network))}


def recorded(name, network):
    """What a file of data/further says of a network, which takes its weights."""
    further = json.loads((HERE / f"data/further/{name}.json").read_text())
    network.load_state_dict(state_of(further["state"]))
    return {"file": name, "mean": further["mean"], "deviation": further["deviation"]}


def normalised(height, width):
    mean, deviation = (np.array(each) for each in IMAGENET)
    image = (picture(height, width).astype(np.float64) / 255 - mean) / deviation
    return torch.from_numpy(image.astype(np.float32)).permute(2, 0, 1)[None].double()


def dino(height, width):
    network, image = DinoLinear(19), normalised(height, width)
    return transformer(recorded("dinov2-linear", network), network, height, width, lambda network: network(image)[0])


def one_block(height, width):
    """A DINOv2 of one block: the fewer roundings one behind another, the nearer two computations stay."""
    network, image = DinoLinear(19), normalised(height, width)
    network.backbone = Dino(64, 1, 1, 5)
    network.decode_head.update({"conv_seg": nn.Conv2d(64, 19, 1), "bn": nn.BatchNorm2d(64)})
    lines = plan(network.eval())
    network.load_state_dict(expand(lines))
    calibrate(network, lines, lambda: network(image.float()), {})
    network.load_state_dict(expand(lines))
    of = {"state": text(lines), "mean": IMAGENET[0], "deviation": IMAGENET[1]}
    return transformer(of, network, height, width, lambda network: network(image)[0])


def eomt(height, width):
    network = Eomt(19, 128, 384, 12, 6, 3, 20)
    return transformer(recorded("eomt-s128", network), network, height, width,
                       lambda network: network.through_windows(picture(height, width), True))


def values(height, width, plain, quantised):
    plain, quantised = plain.flatten().numpy(), quantised.flatten().numpy()
    print(f"  deviation {plain.std():.3g}, off by {np.sqrt(np.mean((plain - quantised) ** 2)):.3g} in int8")
    at = places(plain.size)
    rounded = lambda of: [float(f"{value:.9g}") for value in of[at]]  # noqa: E731
    return {"height": height, "width": width, "plain": rounded(plain), "values": rounded(quantised)}


def main():
    torch.set_num_threads(1)
    record = {"torch": torch.__version__}
    with torch.no_grad():
        record["static"] = [enet(64, 96, False), enet(48, 80, True)]
        record["dynamic"] = [one_block(98, 154), dino(98, 154), eomt(96, 160)]
    (HERE / "data/quantised_networks.json").write_text(json.dumps(record, separators=(",", ":")) + "\n")


main()
