# SPDX-License-Identifier: GPL-3.0-or-later
"""ERFNet and ENet in PyTorch, the independent other side of this program's networks.

Written from the descriptions of the published networks with the names of their state dicts, without a look at the C++. ERFNet:
Romera et al., 2018, and Eromera/erfnet_pytorch. ENet: Paszke et al., 2016, and davidtvs/PyTorch-ENet, as a table of blocks that
is walked tensor by tensor. Dropout is left out: it is the identity in evaluation, and the references of training turn it off.
published_networks.py compares both with the published code itself, where a copy of that is at hand.
"""
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


# name, kind, which of the three widths it ends with, and what is special about its middle convolution
ENET_BLOCKS = ([("downsample1_0", "down", 1, None)]
               + [(f"regular1_{i}", "same", 1, None) for i in (1, 2, 3, 4)]
               + [("downsample2_0", "down", 2, None),
                  ("regular2_1", "same", 2, None), ("dilated2_2", "same", 2, 2), ("asymmetric2_3", "same", 2, "5x1"),
                  ("dilated2_4", "same", 2, 4), ("regular2_5", "same", 2, None), ("dilated2_6", "same", 2, 8),
                  ("asymmetric2_7", "same", 2, "5x1"), ("dilated2_8", "same", 2, 16),
                  ("regular3_0", "same", 2, None), ("dilated3_1", "same", 2, 2), ("asymmetric3_2", "same", 2, "5x1"),
                  ("dilated3_3", "same", 2, 4), ("regular3_4", "same", 2, None), ("dilated3_5", "same", 2, 8),
                  ("asymmetric3_6", "same", 2, "5x1"), ("dilated3_7", "same", 2, 16),
                  ("upsample4_0", "up", 1, None), ("regular4_1", "same", 1, None), ("regular4_2", "same", 1, None),
                  ("upsample5_0", "up", 0, None), ("regular5_1", "same", 0, None)])


class ENet(nn.Module):
    """The network of davidtvs/PyTorch-ENet with its defaults. Until March 2021 (commit 7cd31d4, "Remove PReLU after 1x1 expansion
    in UpsamplingBottleneck") the extension branch of an upsampling block ended in an activation, which the paper has not; the
    keys are the same, and so is everything else: relu_after_expansion=True is that older network.
    """

    def __init__(self, classes, widths, relu_after_expansion=False):
        super().__init__()
        self.relu_after_expansion = relu_after_expansion
        self.add_conv("initial_block.main_branch", widths[0] - 3, 3, 3, 3)
        self.add_norm("initial_block.batch_norm", widths[0])
        self.add("initial_block.out_activation.weight", torch.full((1,), 0.25))
        now = widths[0]
        for name, kind, level, middle in ENET_BLOCKS:
            encoder = name[-3] in "123"
            before, now = now, widths[level]
            inner = before // 4
            if kind == "up":
                self.add_unit(f"{name}.main_conv1", 0, now, before, 1, 1, slope=False)
                self.add_unit(f"{name}.ext_conv1", 0, inner, before, 1, 1, slope=False)
                self.add_conv(f"{name}.ext_tconv1", inner, inner, 2, 2)
                self.add_norm(f"{name}.ext_tconv1_bnorm", inner)
                self.add_unit(f"{name}.ext_conv2", 0, now, inner, 1, 1, slope=False)
                continue
            first = 2 if kind == "down" else 1
            self.add_unit(f"{name}.ext_conv1", 0, inner, before, first, first, encoder)
            if middle == "5x1":
                self.add_unit(f"{name}.ext_conv2", 0, inner, inner, 5, 1, encoder)
                self.add_unit(f"{name}.ext_conv2", 3, inner, inner, 1, 5, encoder)
            else:
                self.add_unit(f"{name}.ext_conv2", 0, inner, inner, 3, 3, encoder)
            self.add_unit(f"{name}.ext_conv3", 0, now, inner, 1, 1, encoder)
            if encoder:
                self.add(f"{name}.out_activation.weight", torch.full((1,), 0.25))
        self.add_conv("transposed_conv", now, classes, 3, 3)

    def add(self, key, tensor, buffer=False):
        *path, leaf = key.split(".")
        owner = self
        for part in path:
            if part not in owner._modules:
                owner.add_module(part, nn.Module())
            owner = owner._modules[part]
        owner.register_buffer(leaf, tensor) if buffer else owner.register_parameter(leaf, nn.Parameter(tensor))

    def add_conv(self, key, out, into, height, width):
        spread = (into * height * width) ** -0.5
        self.add(f"{key}.weight", torch.empty(out, into, height, width).uniform_(-spread, spread))

    def add_norm(self, key, channels):
        self.add(f"{key}.weight", torch.ones(channels))
        self.add(f"{key}.bias", torch.zeros(channels))
        self.add(f"{key}.running_mean", torch.zeros(channels), buffer=True)
        self.add(f"{key}.running_var", torch.ones(channels), buffer=True)
        self.add(f"{key}.num_batches_tracked", torch.tensor(0), buffer=True)

    def add_unit(self, key, at, out, into, height, width, slope):
        self.add_conv(f"{key}.{at}", out, into, height, width)
        self.add_norm(f"{key}.{at + 1}", out)
        if slope:
            self.add(f"{key}.{at + 2}.weight", torch.full((1,), 0.25))

    def conv(self, key, x, **how):
        return F.conv2d(x, self.get_parameter(f"{key}.weight"), **how)

    def norm(self, key, x):
        if self.training:
            self.get_buffer(f"{key}.num_batches_tracked").add_(1)
        return F.batch_norm(x, self.get_buffer(f"{key}.running_mean"), self.get_buffer(f"{key}.running_var"),
                            self.get_parameter(f"{key}.weight"), self.get_parameter(f"{key}.bias"), self.training, 0.1, 1e-5)

    def act(self, key, x, encoder):
        """Parametric ReLU of one slope in the encoder, ReLU in the decoder."""
        return F.prelu(x, self.get_parameter(f"{key}.weight")) if encoder else F.relu(x)

    def unit(self, key, at, x, encoder, **how):
        return self.act(f"{key}.{at + 2}", self.norm(f"{key}.{at + 1}", self.conv(f"{key}.{at}", x, **how)), encoder)

    def extension(self, name, kind, middle, x, encoder):
        y = self.unit(f"{name}.ext_conv1", 0, x, encoder, stride=2 if kind == "down" else 1)
        if middle == "5x1":
            y = self.unit(f"{name}.ext_conv2", 0, y, encoder, padding=(2, 0))
            y = self.unit(f"{name}.ext_conv2", 3, y, encoder, padding=(0, 2))
        else:
            y = self.unit(f"{name}.ext_conv2", 0, y, encoder, padding=middle or 1, dilation=middle or 1)
        return self.unit(f"{name}.ext_conv3", 0, y, encoder)

    def expansion(self, name, x):
        y = self.unit(f"{name}.ext_conv1", 0, x, encoder=False)
        y = F.conv_transpose2d(y, self.get_parameter(f"{name}.ext_tconv1.weight"), stride=2)
        y = F.relu(self.norm(f"{name}.ext_tconv1_bnorm", y))
        y = self.norm(f"{name}.ext_conv2.1", self.conv(f"{name}.ext_conv2.0", y))
        return F.relu(y) if self.relu_after_expansion else y

    def forward(self, x):
        x = torch.cat([self.conv("initial_block.main_branch", x, stride=2, padding=1),
                       F.max_pool2d(x, 3, stride=2, padding=1)], 1)
        x = self.act("initial_block.out_activation", self.norm("initial_block.batch_norm", x), True)
        pooled = []  # of each halving: where the maxima were, and the size before
        for name, kind, _, middle in ENET_BLOCKS:
            encoder = name[-3] in "123"
            if kind == "up":
                where, size = pooled.pop()
                main = self.norm(f"{name}.main_conv1.1", self.conv(f"{name}.main_conv1.0", x))
                x = F.relu(F.max_unpool2d(main, where, 2, output_size=size) + self.expansion(name, x))
                continue
            main = x
            if kind == "down":
                main, where = F.max_pool2d(x, 2, return_indices=True)
                pooled.append((where, x.shape[2:]))
            branch = self.extension(name, kind, middle, x, encoder)
            main = F.pad(main, (0, 0, 0, 0, 0, branch.shape[1] - main.shape[1]))
            x = self.act(f"{name}.out_activation", main + branch, encoder)
        return F.conv_transpose2d(x, self.get_parameter("transposed_conv.weight"), stride=2, padding=1, output_padding=1)
