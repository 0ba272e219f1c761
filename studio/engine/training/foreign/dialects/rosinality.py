"""StyleGAN2 as rosinality's stylegan2-pytorch keeps it, in `.pt` files: also converted ones.

Its sums are those of this program, slot by slot; only names differ. Karras 2020, arXiv:1912.04958.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from studio.engine.said import Said
from studio.engine.training.foreign.contents import Contents
from studio.engine.training.foreign.dialect import (
    Dialect,
    Translated,
    Weights,
    check_filters,
    register,
    sizes,
    without_critic,
)
from studio.engine.training.foreign.refusal import ForeignError

if TYPE_CHECKING:
    from torch import Tensor

    from models.image_spec import ImageSpec
    from models.parameters import Value


@register
class Rosinality(Dialect):
    """Any square resolution, without classes."""

    name = "rosinality"
    title = "stylegan2-pytorch (rosinality)"
    terms = Said(
        "The program is under the MIT licence, with parts under NVIDIA's. Weights that were "
        "converted from NVIDIA's stay under NVIDIA's licence: research and evaluation only. A "
        "model that somebody else trained is theirs: ask before you publish what it draws."
    )
    wanted = ("g_ema.", "g.", "d.", "latent_avg")

    def speaks(self, contents: Contents) -> bool:
        return "g_ema" in contents.names

    def translated(self, contents: Contents, file_name: str) -> Translated:
        """See the base."""
        averaged = _Generator(Weights(contents.below("g_ema")))
        tensors = averaged.tensors("generator_ema") | averaged.noise()
        if "g" in contents.names:
            learning = _Generator(Weights(contents.below("g")))
            tensors |= learning.tensors("generator")
        if "latent_avg" in contents.tensors:
            mean = Weights(contents.tensors).take("latent_avg", averaged.dim)
            tensors["generator_ema.mapping.w_avg"] = mean
        notes = []
        try:
            tensors |= _critic(Weights(contents.below("d")), len(averaged.rising))
        except ForeignError as error:
            notes.append(without_critic(error.said))
        return Translated("stylegan2", averaged.structure(), averaged.spec, tensors, notes)


class _Generator:
    """One generator of a file."""

    def __init__(self, weights: Weights) -> None:
        from models.image_spec import ImageSpec

        self.weights = weights
        check_filters(weights.tensors, ".kernel")
        weights.pass_over(".kernel")
        levels = 1 + weights.count("to_rgbs.{}.conv.weight")
        pattern = weights.take("input.input")
        self.rising = [
            len(self._flat(f"{self._layer(2 * k)}.activate.bias")) for k in range(levels)
        ]
        self.dim = int(weights.take("conv1.conv.modulation.weight").shape[-1])
        channels = weights.take("to_rgb1.bias").numel()
        height, width = (int(side) << levels - 1 for side in pattern.shape[-2:])
        self.spec: ImageSpec = ImageSpec(channels, height, width)
        self.grid = self.spec.base_grid()[:2]

    @staticmethod
    def _layer(place: int) -> str:
        return f"convs.{place - 1}" if place else "conv1"

    def _flat(self, name: str) -> Tensor:
        return self.weights.take(name).flatten()

    def structure(self) -> dict[str, Value]:
        """The parameters that this network is made with."""
        return sizes(self.rising) | {
            "latent_dim": self.dim, "layout": "skips", "dark_edge": True,
            "mapping_layers": self._depth(), "own_noise": self._has_noise(),
        }  # fmt: skip

    def _depth(self) -> int:
        """Its layer 0 has no weights: it scales z."""
        named = [re.fullmatch(r"style\.(\d{1,2})\.weight", name) for name in self.weights.tensors]
        return max((int(found[1]) for found in named if found), default=0)

    def _has_noise(self) -> bool:
        return "noises.noise_0" in self.weights

    def noise(self) -> dict[str, Tensor]:
        """The constants that this program has for noise seed 0."""
        found = {}
        for place in range(2 * len(self.rising) - 1 if self._has_noise() else 0):
            level = (place + 1) // 2
            side = (self.grid[0] << level, self.grid[1] << level)
            found[f"noise_{place}"] = self.weights.take(f"noises.noise_{place}", 1, 1, *side)
        return found

    def tensors(self, name: str) -> dict[str, Tensor]:
        """All weights of the network that is called `name` here."""
        taken, found = self.weights, {}
        for k in range(self._depth()):
            for part in ("weight", "bias"):
                found[f"mapping.layers.{k}.{part}"] = taken.take(f"style.{k + 1}.{part}")
        found["pattern"] = taken.take("input.input", 1, self.rising[0], *self.grid)
        for place in range(2 * len(self.rising) - 1):
            level = (place + 1) // 2 - 1
            ours = "first" if not place else f"{'grow' if place % 2 else 'refine'}.{level}"
            theirs = self._layer(place)
            found |= _modulated(taken, f"{theirs}.conv", f"{ours}.conv")
            found[f"{ours}.noise_strength"] = taken.take(f"{theirs}.noise.weight").reshape(())
            found[f"{ours}.bias"] = self._flat(f"{theirs}.activate.bias")
        for level in range(len(self.rising)):
            theirs = f"to_rgbs.{level - 1}" if level else "to_rgb1"
            found |= _modulated(taken, f"{theirs}.conv", f"paint.{level}")
            found[f"tint.{level}"] = taken.take(f"{theirs}.bias", self.spec.channels, 1, 1)
        taken.pass_over(*(f"noises.noise_{place}" for place in range(2 * len(self.rising) - 1)))
        taken.check_all_taken()
        return {f"{name}.{key}": tensor for key, tensor in found.items()}


def _modulated(taken: Weights, theirs: str, ours: str) -> dict[str, Tensor]:
    weight = taken.take(f"{theirs}.weight")
    if weight.ndim != 5:
        raise ForeignError(Said("its {name} has another shape", name=f"{theirs}.weight"))
    return {
        f"{ours}.weight": weight[0],
        f"{ours}.style.weight": taken.take(f"{theirs}.modulation.weight"),
        f"{ours}.style.bias": taken.take(f"{theirs}.modulation.bias"),
    }


def _critic(taken: Weights, levels: int) -> dict[str, Tensor]:
    """The residual one, which is that of this program."""
    found: dict[str, Tensor] = {}

    def put(ours: str, weight: str, bias: str = "") -> None:
        found[f"critic.{ours}.weight"] = taken.take(weight)
        if bias:
            found[f"critic.{ours}.bias"] = taken.take(bias).flatten()

    check_filters(taken.tensors, ".kernel")
    taken.pass_over(".kernel")
    put("stem", "convs.0.0.weight", "convs.0.1.bias")
    for place in range(levels - 1):
        block, down = f"convs.{place + 1}", f"down.{place}"
        put(f"{down}.conv1", f"{block}.conv1.0.weight", f"{block}.conv1.1.bias")
        put(f"{down}.conv2", f"{block}.conv2.1.weight", f"{block}.conv2.2.bias")
        put(f"{down}.skip", f"{block}.skip.1.weight")
    put("mix", "final_conv.0.weight", "final_conv.1.bias")
    put("dense", "final_linear.0.weight", "final_linear.0.bias")
    put("out", "final_linear.1.weight", "final_linear.1.bias")
    taken.check_all_taken()
    return found
