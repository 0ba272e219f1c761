"""The StyleGAN2 of lucidrains' stylegan2-pytorch, in its `.pt` files.

Its generator is another than that of the paper (the `lucid` layout), its layers have no
equalised rates, its noise is uniform in [0, 1] and its pictures lie there, too: all of that goes
into the weights. Its critic is of another kind and is not taken over.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from studio.engine.said import Said
from studio.engine.training.foreign.contents import Contents
from studio.engine.training.foreign.dialect import (
    Dialect,
    Translated,
    Weights,
    register,
    sizes,
    without_critic,
)
from studio.engine.training.foreign.refusal import ForeignError

if TYPE_CHECKING:
    from torch import Tensor

_RATE = 0.1
"""Of its mapping, where this program has 0.01 and a boost of sqrt(2) behind every layer."""
_OURS = 0.01
_SPREAD = math.sqrt(12)
"""Of noise in [0, 1], to that of variance 1."""


@register
class Lucidrains(Dialect):
    """Its plain networks; not those with attention, and not without a constant beginning."""

    name = "lucidrains"
    title = "stylegan2-pytorch (lucidrains)"
    terms = Said(
        "The program is under the MIT licence, which says nothing of models. A model that "
        "somebody else trained is theirs: ask before you publish what it draws."
    )
    wanted = ("GAN.SE.", "GAN.GE.", "GAN.S.", "GAN.G.")

    def speaks(self, contents: Contents) -> bool:
        return "GAN" in contents.names

    def translated(self, contents: Contents, file_name: str) -> Translated:
        """See the base."""
        from models.image_spec import ImageSpec

        if not contents.below("GAN.SE"):
            raise ForeignError(Said("it is of another network than StyleGAN2, which has styles"))
        tensors: dict[str, Tensor] = {}
        for ours, styles, pictures in (("generator_ema", "SE", "GE"), ("generator", "S", "G")):
            mapping = Weights(contents.below(f"GAN.{styles}"))
            network = Weights(contents.below(f"GAN.{pictures}"))
            found = _mapping(mapping) | _network(network)
            tensors |= {f"{ours}.{key}": tensor for key, tensor in found.items()}
            mapping.check_all_taken()
            network.check_all_taken()
        rising = _widths(network)
        side = 4 << len(rising) - 1
        channels = len(tensors["generator_ema.tint.0"])
        if channels == 4:
            raise ForeignError(
                Said("its pictures keep what is under transparent pixels, which is not held here")
            )
        structure = sizes(rising) | {
            "latent_dim": tensors["generator_ema.mapping.layers.0.bias"].numel(),
            "mapping_layers": _depth(mapping), "layout": "lucid",
        }  # fmt: skip
        spec = ImageSpec(channels, side, side)
        why = Said("it is of another kind")
        return Translated("stylegan2", structure, spec, tensors, [without_critic(why)])


def _widths(taken: Weights) -> list[int]:
    """Channels of its levels, from coarse to fine."""
    count = taken.count("blocks.{}.conv1.weight")
    if not count:
        raise ForeignError(Said("it is of another network than StyleGAN2, which has blocks"))
    return [len(taken.take(f"blocks.{k}.conv1.weight")) for k in range(count)]


def _depth(taken: Weights) -> int:
    """Its dense layers have even numbers; what follows them has no weights."""
    depth = 0
    while f"net.{2 * depth}.weight" in taken:
        depth += 1
    return depth


def _mapping(taken: Weights) -> dict[str, Tensor]:
    """Its z has length 1 where that of this program has power 1; its w_avg is not kept."""
    found, gain = {}, _RATE / _OURS / math.sqrt(2)
    for k in range(_depth(taken)):
        weight = taken.take(f"net.{2 * k}.weight")
        scale = gain * (math.sqrt(weight.shape[1]) if k else 1.0)
        found[f"mapping.layers.{k}.weight"] = weight * scale
        found[f"mapping.layers.{k}.bias"] = taken.take(f"net.{2 * k}.bias") * gain
    if not found:
        raise ForeignError(Said("it has no mapping from z to styles"))
    return found


def _network(taken: Weights) -> dict[str, Tensor]:
    """All layers, from coarse to fine."""
    import torch

    if "to_initial_block.weight" in taken:
        raise ForeignError(Said("its pictures begin with z (no_const), which cannot be held"))
    if any(name.startswith("attns.") for name in taken.tensors):
        raise ForeignError(Said("it has attention (attn_layers), which cannot be held"))
    found = {"pattern": _pattern(taken)}
    rising = _widths(taken)
    for level in range(len(rising)):
        block = f"blocks.{level}"
        ours = (f"grow.{level - 1}", f"refine.{level - 1}") if level else ("first", "second")
        for number, name in enumerate(ours, 1):
            found |= _styled(taken, block, number, name)
        found |= _painted(taken, block, level)
        if level < len(rising) - 1 and f"{block}.to_rgb.upsample.1.f" not in taken:
            raise ForeignError(Said("it is of an older version, whose pictures are not softened"))
    taken.pass_over(".upsample.1.f")
    for level in range(len(rising)):
        # From [0, 1] to [-1, 1]: what is added once is added at the first level.
        channels = len(found[f"paint.{level}.weight"])
        found[f"tint.{level}"] = torch.full((channels, 1, 1), 0.0 if level else -1.0)
    return found


def _pattern(taken: Weights) -> Tensor:
    """A convolution of a constant is a constant."""
    import torch.nn.functional as F

    constant = taken.take("initial_block")
    if "initial_conv.weight" not in taken:
        return constant
    weight, bias = taken.take("initial_conv.weight"), taken.take("initial_conv.bias")
    return F.conv2d(constant, weight, bias, padding=1)


def _styled(taken: Weights, block: str, number: int, name: str) -> dict[str, Tensor]:
    """Noise u in [0, 1] times a: (u - 1/2) sqrt(12) times a / sqrt(12), and a / 2 in the bias."""
    strength = taken.take(f"{block}.to_noise{number}.weight").flatten()
    bias = taken.take(f"{block}.to_noise{number}.bias")
    conv, style = f"{block}.conv{number}.weight", f"{block}.to_style{number}"
    return _modulated(taken, conv, style, f"{name}.conv") | {
        f"{name}.noise_strength": strength / _SPREAD, f"{name}.bias": bias + strength / 2,
    }  # fmt: skip


def _painted(taken: Weights, block: str, level: int) -> dict[str, Tensor]:
    rgb = f"{block}.to_rgb"
    found = _modulated(taken, f"{rgb}.conv.weight", f"{rgb}.to_style", f"paint.{level}")
    found[f"paint.{level}.weight"] = 2 * found[f"paint.{level}.weight"]
    return found


def _modulated(taken: Weights, conv: str, style: str, ours: str) -> dict[str, Tensor]:
    """Weights as they are after this program's scale; styles are told from 1."""
    weight, dense = taken.take(conv), taken.take(f"{style}.weight")
    return {
        f"{ours}.weight": weight * math.sqrt(weight[0].numel()),
        f"{ours}.style.weight": dense * math.sqrt(dense.shape[1]),
        f"{ours}.style.bias": taken.take(f"{style}.bias") + 1,
    }
