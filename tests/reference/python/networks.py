# SPDX-License-Identifier: GPL-3.0-or-later
"""ERFNet and ENet in PyTorch, the independent other side of this program's networks.

Written from the papers (Romera et al., 2018; Paszke et al., 2016) with the names of the public state dicts, without a look at the
C++. Dropout is left out: it is the identity in evaluation, and the references of training turn it off.
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
        main = torch.cat([main, main.new_zeros(len(main), branch.shape[1] - main.shape[1], *main.shape[2:])], 1)
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
