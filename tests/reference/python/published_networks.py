# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares networks.py with the published code of both networks, which is no part of this repository.

Run: published_networks.py PYTORCH_ENET ERFNET_PYTORCH
with checkouts of github.com/davidtvs/PyTorch-ENet and github.com/Eromera/erfnet_pytorch. For each state of ENet's code that the
program knows, keys, gradients and logits must be the same to the last bit or to rounding. Prints the differences; exit code 1
where one is too large.
"""
import subprocess
import sys
import types

import torch

from networks import ENet, ERFNet


def published(repository, path, revision):
    code = subprocess.run(["git", "-C", repository, "show", f"{revision}:{path}"], check=True, capture_output=True, text=True).stdout
    module = types.ModuleType("published")
    exec(compile(code, f"{repository}/{path}@{revision}", "exec"), module.__dict__)
    return module


def compare(name, theirs, ours):
    state = theirs.state_dict()
    generator = torch.Generator().manual_seed(1)
    for key, tensor in state.items():
        if key.endswith("running_var"):
            tensor.uniform_(0.5, 1.5, generator=generator)
        elif key.endswith(("running_mean", "bias")):
            tensor.uniform_(-0.3, 0.3, generator=generator)
    same_keys = list(state) == list(ours.state_dict())
    ours.load_state_dict(state)
    image = torch.rand(1, 3, 64, 96, generator=generator)
    worst = []
    for network in (theirs, ours):
        for part in network.modules():
            if isinstance(part, torch.nn.Dropout2d):
                part.p = 0.0
    for training in (False, True):
        a, b = theirs.train(training)(image), ours.train(training)(image)
        worst.append(float((a - b).abs().max() / a.abs().max()))
    a.square().mean().backward()
    b.square().mean().backward()
    gradients = dict(theirs.named_parameters())
    worst.append(max(float((p.grad - gradients[key].grad).abs().max()) for key, p in ours.named_parameters() if p.grad is not None))
    good = same_keys and max(worst[:2]) < 1e-5 and worst[2] < 1e-4
    print(f"{name}: keys {'equal' if same_keys else 'DIFFER'}, logits {worst[0]:.1e}, in training {worst[1]:.1e}, "
          f"gradients {worst[2]:.1e}: {'good' if good else 'DIFFERENT'}")
    return good


def main():
    torch.manual_seed(0)
    enet, erfnet = sys.argv[1:3]
    widths = (16, 64, 128)
    results = [
        compare("ENet now", published(enet, "models/enet.py", "HEAD").ENet(20), ENet(20, widths)),
        compare("ENet before 7cd31d4", published(enet, "models/enet.py", "7cd31d4~1").ENet(20),
                ENet(20, widths, relu_after_expansion=True)),
        compare("ERFNet", published(erfnet, "train/erfnet.py", "HEAD").Net(20), ERFNet(20, widths))]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
