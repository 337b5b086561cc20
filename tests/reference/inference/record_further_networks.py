# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what PyTorch computes for the published layouts of ../python: data/further/*.json.

Run: /usr/bin/python3 tests/reference/inference/record_further_networks.py [NAME ...]
Needs python3-torch, python3-torchvision and python3-pil. Values are of float64; the float32 weights and the picture come from the
formulas of formula_state.py. Checked on the way: the published counts of parameters and entries, that float32 gives the same to
2e-5, and that every tensor but those declared unused moves the outputs, so that none can be wrong unseen.
"""
import json
import pathlib
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "reference/python"))
from cascade_networks import EspNetV2, LiICNet, ZhICNet  # noqa: E402
from formula_state import calibrate, expand, picture, places, plan, text  # noqa: E402
from further_networks import BiSeNetV1, BiSeNetV2, JfDeepLab, VainDeepLab, ZhENet  # noqa: E402
from networks import ERFNet  # noqa: E402
from vision_transformers import DinoLinear, Eomt  # noqa: E402

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
COINCHEUNG = ((0.3257, 0.3690, 0.3223), (0.2112, 0.2148, 0.2115))
PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
# Dilations of 12, 24 and 36 places at 1/8 of the size: sides of 44 places, so that each rate reaches a pixel that is not padding.
LONG = [(96, 352), (352, 96), (81, 113)]
BY_32 = [(96, 160), (224, 64), (160, 160)]
SHARED = HERE.parents[3] / "shared"

# name: network of so many classes; picture sizes; mean and deviation; parameters and entries as published (None: nobody says);
# prefixes that no output depends on; heads that training alone uses; what stands before every key of a published file; options that
# no key tells, as a sidecar names them.
NETWORKS = {
    "bisenetv1-norm": dict(make=lambda: BiSeNetV1(19), sizes=BY_32, pixels=COINCHEUNG, counts=(13275539, 206),
                           auxiliary=lambda: BiSeNetV1(19, auxiliary=True), with_auxiliary=(13425721, 222)),
    "bisenetv1-two": dict(make=lambda: BiSeNetV1(19, "bilinear", "two"), sizes=BY_32, pixels=COINCHEUNG, counts=(13242259, None),
                          auxiliary=lambda: BiSeNetV1(19, "bilinear", "two", True)),
    "bisenetv1-shuffle": dict(make=lambda: BiSeNetV1(19, "shuffle", "two"), sizes=BY_32, pixels=COINCHEUNG,
                              auxiliary=lambda: BiSeNetV1(19, "shuffle", "two", True)),
    "bisenetv1-corners": dict(make=lambda: BiSeNetV1(19, "corners", "two"), sizes=BY_32, pixels=COINCHEUNG,
                              auxiliary=lambda: BiSeNetV1(19, "corners", "two", True)),
    "bisenetv2": dict(make=lambda: BiSeNetV2(19), sizes=BY_32, pixels=COINCHEUNG, counts=(3358627, 327),
                      auxiliary=lambda: BiSeNetV2(19, True), with_auxiliary=(5231487, 383)),
    "erfnet": dict(make=lambda: ERFNet(20, (16, 64, 128)), sizes=[(96, 160), (56, 88), (104, 40)], pixels=PLAIN,
                   unused=("encoder.output_conv.",)),
    "enet-zh320": dict(make=lambda: ZhENet(19), sizes=[(96, 160), (56, 88), (104, 40)], pixels=IMAGENET, counts=(365100, 430)),
    "deeplabv3plus-vainf-r101": dict(make=lambda: VainDeepLab(19, "resnet101"), sizes=[*BY_32, (81, 113)], pixels=IMAGENET,
                                     counts=(58753459, 674)),
    "deeplabv3plus-vainf-r50": dict(make=lambda: VainDeepLab(19, "resnet50"), sizes=[*BY_32, (81, 113)], pixels=IMAGENET,
                                    counts=(39761331, 368)),
    "deeplabv3plus-jfzhang95": dict(make=lambda: JfDeepLab(19), sizes=[*BY_32, (81, 113)], pixels=IMAGENET, counts=(59343795, None)),
    "deeplabv3plus-jfzhang95-2018": dict(make=lambda: JfDeepLab(19, dropout=False), sizes=[*BY_32, (81, 113)], pixels=IMAGENET,
                                         counts=(59343795, None)),
    "deeplabv3plus-jfzhang95-r50": dict(make=lambda: JfDeepLab(19, "resnet50"), sizes=[*BY_32, (81, 113)], pixels=IMAGENET),
    "deeplabv3plus-vainf-r50-stride8": dict(make=lambda: VainDeepLab(19, "resnet50", 8), sizes=LONG, pixels=IMAGENET,
                                            counts=(39761331, 368), options={"output_stride": "stride-8"}),
    "deeplabv3plus-jfzhang95-r50-stride8": dict(make=lambda: JfDeepLab(19, "resnet50", stride=8), sizes=LONG, pixels=IMAGENET,
                                                options={"output_stride": "stride-8"}),
    "icnet-zh320": dict(make=lambda: ZhICNet(19), sizes=BY_32, pixels=IMAGENET, counts=(12868832, 193),
                        unused=("cff42.classifier.", "cff21.classifier.")),
    "icnet-liminn": dict(make=lambda: LiICNet(19), sizes=[*BY_32, (72, 104)], pixels=IMAGENET,
                         unused=("pretrained.fc.", "head.cff_12.conv_low_cls.", "head.cff_24.conv_low_cls.")),
    "espnetv2-edgenets": dict(make=lambda: EspNetV2(20), sizes=[(96, 160), (80, 112), (176, 48)], pixels=IMAGENET,
                              counts=(789242, 526), unused=tuple(f"base_net.level{n}_0.eesp.module_act." for n in (2, 3, 4))),
    "dinov2-linear": dict(make=lambda: DinoLinear(19), sizes=[(98, 154), (126, 70), (56, 210), (518, 518)], pixels=IMAGENET,
                          unused=("backbone.mask_token",), part=(lambda net: net.backbone, 22056576, 175)),
    "eomt-s128": dict(make=lambda: Eomt(19, 128, 384, 12, 6, 3, 20), sizes=[(96, 160), (150, 90), (128, 128), (100, 420)], pixels=PLAIN,
                      targets={"network.mask_head.4": 0.15}, unused=("network.attn_mask_probs",), prefix="network."),
    "eomt-b640": dict(make=lambda: Eomt(19, 640, 768, 12, 12, 3), sizes=[(360, 640)], pixels=PLAIN, counts=(93498644, None),
                      targets={"network.mask_head.4": 0.04, "network.class_head": 0.3}, unused=("network.attn_mask_probs",), prefix="network."),
}


def normalised(pixels, mean, deviation):
    """1 x 3 x H x W in float32, computed in double as the program's table is."""
    values = (pixels.astype(np.float64) * (1 / 255.0) - np.array(mean)) / np.array(deviation)
    return torch.from_numpy(values.astype(np.float32)).permute(2, 0, 1)[None]


def run(network, size, pixels, double):
    taken = picture(*size)
    if hasattr(network, "through_windows"):
        return network.through_windows(taken, double)
    image = normalised(taken, *pixels)
    return network(image.double() if double else image)[0]


def case(network, size, pixels):
    with torch.no_grad():
        single = run(network, size, pixels, False)
        values = run(network.double(), size, pixels, True)
        network.float()
    rounding = float((single - values).abs().max())
    assert rounding < 2e-5 * max(1.0, float(values.abs().max())), f"float32 is off by {rounding}"
    flat = values.flatten().numpy()
    print(f"  {size}: {tuple(values.shape)}, deviation {flat.std():.3g}, largest {np.abs(flat).max():.3g}, float32 off by {rounding:.1e}")
    return {"height": size[0], "width": size[1], "sizes": list(values.shape), "mean": flat.mean(), "deviation": flat.std(),
            "largest": np.abs(flat).max(), "values": [float(f"{v:.9g}") for v in flat[places(flat.size)]]}


def check_counts(network, counts):
    found = (sum(p.numel() for p in network.parameters()), len(network.state_dict()))
    for said, counted in zip(counts, found):
        assert said is None or said == counted, f"published {counts}, counted {found}"
    return found


def check_influence(network, size, pixels, unused):
    """Every parameter that is not declared unused moves the outputs; those that are do not. By one backward pass."""
    network.zero_grad(set_to_none=True)
    out = run(network, size, pixels, False)
    signs = torch.from_numpy(np.where(places(out.numel(), out.numel()) & 1, 1.0, -1.0).astype(np.float32)).view(out.shape)
    ((out * signs).sum() / out.std().detach() / out.numel() ** 0.5).backward()
    moved = {key: 0.0 if p.grad is None else float(p.grad.norm() * p.detach().norm()) for key, p in network.named_parameters()}
    network.zero_grad(set_to_none=True)
    still = sorted(key for key, by in moved.items() if by == 0.0)
    assert still == sorted(key for key in moved if key.startswith(tuple(unused) or ("-",))), still
    weakest = min((by, key) for key, by in moved.items() if by > 0.0)
    print(f"  weakest influence {weakest[0]:.2g} ({weakest[1]})")
    assert weakest[0] > 1e-5, weakest  # a lone slope's signs cancel out


def record(name, make, sizes, pixels, counts=(None, None), unused=(), auxiliary=None, with_auxiliary=(None, None), targets=None,
           part=None, prefix="", options=None):
    torch.manual_seed(0)
    print(name)
    network = make().eval()
    parameters, entries = check_counts(network, counts)
    if part is not None:
        check_counts(part[0](network), part[1:])
    lines = plan(network)
    network.load_state_dict(expand(lines))
    calibrate(network, lines, lambda: run(network, sizes[0], pixels, False), targets or {})
    network.load_state_dict(expand(lines))
    check_influence(network, sizes[0], pixels, unused)
    used = sum(p.numel() for key, p in network.named_parameters() if not key.startswith(tuple(unused) or ("-",)))
    values = {"torch": torch.__version__, "parameters": parameters, "used_parameters": used, "entries": entries, "mean": pixels[0], "deviation": pixels[1],
              "unused": sorted(unused), "state": text(lines), "cases": [case(network, size, pixels) for size in sizes]}
    if prefix:
        values["prefix"] = prefix
    if options:
        values["options"] = options
    if auxiliary is not None:
        full = auxiliary()
        check_counts(full, with_auxiliary)
        values["auxiliary"] = text({key: line for key, line in plan(full).items() if key not in lines})
    return values


def record_file(file, network, sizes, pixels):
    """Of weights that are not part of this repository: synthetic pictures, real weights."""
    network.load_state_dict(torch.load(file, map_location="cpu"))
    return {"torch": torch.__version__, "file": str(file.relative_to(SHARED)), "mean": pixels[0], "deviation": pixels[1],
            "cases": [case(network.eval(), size, pixels) for size in sizes]}


def main():
    torch.set_num_threads(1)
    folder = HERE / "data/further"
    folder.mkdir(exist_ok=True)
    for name in sys.argv[1:] or [*NETWORKS, "espnetv2_file"]:
        if name == "espnetv2_file":
            file = folder.parent / f"{name}.json"
            values = record_file(SHARED / "data/weights/espnetv2_s2.0_cityscapes_20.pth", EspNetV2(20), [(96, 160), (80, 112)], IMAGENET)
        else:
            file = folder / f"{name}.json"
            values = record(name, **NETWORKS[name])
        file.write_text(json.dumps(values, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
