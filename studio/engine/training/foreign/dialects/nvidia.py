"""StyleGAN2 as stylegan2-ada-pytorch and stylegan3 of NVIDIA keep it, in `.pkl` files.

Karras 2020, arXiv:1912.04958 and 2006.06676. `G`, `D`, `G_ema` are trees of modules; sums are
those of this program up to where a gain is applied, so that weights go over as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
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

    from models.parameters import Value

_RATE = 0.01
"""Of this program's mapping."""
_SNAPSHOT = re.compile(r"snapshot-(\d{4,7})")


@register
class Nvidia(Dialect):
    """StyleGAN2 of any square resolution, with classes or without."""

    name = "nvidia"
    title = "StyleGAN2-ADA (NVIDIA)"
    terms = Said(
        "NVIDIA's licence for this software and for the models that NVIDIA gives away allows "
        "research and evaluation only, not commercial use. A model that somebody else trained is "
        "theirs: ask them before you publish, exhibit or sell what it draws."
    )
    wanted = ("G_ema.", "G.", "D.")

    def speaks(self, contents: Contents) -> bool:
        return "G_ema" in contents.names

    def translated(self, contents: Contents, file_name: str) -> Translated:
        """See the base; `kimg` is in the file's name alone."""
        averaged = _Generator(contents, "G_ema")
        tensors = averaged.tensors("generator_ema") | averaged.noise()
        if "G" in contents.names:
            learning = _Generator(contents, "G")
            if learning.structure() != averaged.structure():
                raise ForeignError(Said("its two generators are not alike"))
            tensors |= learning.tensors("generator")
        notes = []
        try:
            tensors |= _critic(contents, averaged)
        except ForeignError as error:
            notes.append(without_critic(error.said))
        found = _SNAPSHOT.search(file_name)
        return Translated(
            "stylegan2", averaged.structure(), averaged.spec, tensors, notes,
            1000 * int(found[1]) if found else 0,
        )  # fmt: skip


class _Generator:
    """One generator of a file."""

    def __init__(self, contents: Contents, name: str) -> None:
        from models.image_spec import ImageSpec

        held = contents.below(name)
        if any(each.startswith(("synthesis.input.", "synthesis.L")) for each in held):
            raise ForeignError(
                Said("its synthesis is that of StyleGAN3, and only StyleGAN2 can be held")
            )
        self._settings, self._name = contents.settings, name
        weights = self.weights = Weights(held)
        check_filters(held, "resample_filter")
        weights.pass_over("resample_filter")
        self.sides = _sides(held)
        pattern = weights.take("synthesis.b4.const")
        self.rising = [len(weights.take(f"synthesis.b{side}.conv1.bias")) for side in self.sides]
        self.dim = len(weights.take("mapping.w_avg"))
        self.classes = 0
        if "mapping.embed.weight" in weights:
            self.classes = int(weights.take("mapping.embed.weight").shape[-1])
        channels = len(weights.take(f"synthesis.b{self.sides[-1]}.torgb.bias"))
        height, width = (int(side) << len(self.sides) - 1 for side in pattern.shape[-2:])
        self.spec = ImageSpec(channels, height, width, self.classes, bool(self.classes))
        self.grid = self.spec.base_grid()[:2]
        if channels == 4:
            raise ForeignError(
                Said("its pictures keep what is under transparent pixels, which is not held here")
            )

    def structure(self) -> dict[str, Value]:
        """The parameters that this network is made with."""
        return sizes(self.rising) | {
            "latent_dim": self.dim, "layout": self._layout(), "dark_edge": True,
            "mapping_layers": self.weights.count("mapping.fc{}.weight"),
            "clamp": self._clamp(), "own_noise": self._has_noise(),
        }  # fmt: skip

    def _setting(self, module: str, name: str, unknown: object) -> object:
        return self._settings.get(f"{self._name}.{module}", {}).get(name, unknown)

    def _layout(self) -> str:
        """By what it has: torgb at all levels, skips, or neither."""
        if f"synthesis.b{self.sides[0]}.torgb.weight" in self.weights:
            return "skips"
        last = self.sides[-1]
        return "residual" if f"synthesis.b{last}.skip.weight" in self.weights else "plain"

    def _clamp(self) -> float:
        found = {
            self._setting(f"synthesis.{layer}", "conv_clamp", None) for layer in self._layers()
        }
        if len(found) != 1:
            raise ForeignError(Said("its layers are clamped in different ways"))
        (most,) = found
        return float(most) if isinstance(most, int | float) else 0.0

    def _layers(self) -> list[str]:
        first, *rest = self.sides
        return [f"b{first}.conv1", *(f"b{side}.conv{k}" for side in rest for k in (0, 1))]

    def _has_noise(self) -> bool:
        return all(f"synthesis.{layer}.noise_const" in self.weights for layer in self._layers())

    def noise(self) -> dict[str, Tensor]:
        """The constants that this program has for noise seed 0."""
        if not self._has_noise():
            return {}
        found = {}
        for place, layer in enumerate(self._layers()):
            level = (place + 1) // 2
            side = (self.grid[0] << level, self.grid[1] << level)
            found[f"noise_{place}"] = self.weights.take(
                f"synthesis.{layer}.noise_const", 1, 1, *side
            )
        return found

    def tensors(self, name: str) -> dict[str, Tensor]:
        """All weights of the network that is called `name` here."""
        taken = self.weights
        found = _mapping(self, self._mapping_rate(), self.classes)
        found["pattern"] = taken.take("synthesis.b4.const", 1, self.rising[0], *self.grid)
        for layer in self._layers():
            if self._setting(f"synthesis.{layer}", "activation", "lrelu") != "lrelu":
                raise ForeignError(Said("its layers are not followed by a leaky ReLU"))
        painted = self.sides if self._layout() == "skips" else self.sides[-1:]
        for level, side in enumerate(self.sides):
            block = f"synthesis.b{side}"
            found |= self._layer(f"{block}.conv1", "first" if not level else f"refine.{level - 1}")
            if level:
                found |= self._layer(f"{block}.conv0", f"grow.{level - 1}")
            if level and self._layout() == "residual":
                found[f"skip.{level - 1}.weight"] = taken.take(f"{block}.skip.weight")
        for place, side in enumerate(painted):
            found |= _modulated(taken, f"synthesis.b{side}.torgb", f"paint.{place}")
            found[f"tint.{place}"] = taken.take(
                f"synthesis.b{side}.torgb.bias", self.spec.channels, 1, 1
            )
        taken.pass_over("noise_const")
        taken.check_all_taken()
        return {f"{name}.{key}": tensor for key, tensor in found.items()}

    def _mapping_rate(self) -> float:
        found = self._setting("mapping.fc0", "bias_gain", _RATE)
        return float(found) if isinstance(found, int | float) and found > 0 else _RATE

    def _layer(self, theirs: str, ours: str) -> dict[str, Tensor]:
        import torch

        found = _modulated(self.weights, theirs, f"{ours}.conv")
        found[f"{ours}.bias"] = self.weights.take(f"{theirs}.bias")
        strength = torch.zeros(())
        if f"{theirs}.noise_strength" in self.weights:
            strength = self.weights.take(f"{theirs}.noise_strength").reshape(())
        found[f"{ours}.noise_strength"] = strength
        return found


def _modulated(taken: Weights, theirs: str, ours: str) -> dict[str, Tensor]:
    """Demodulation takes back what this program scales by; without it both scale alike."""
    return {
        f"{ours}.weight": taken.take(f"{theirs}.weight"),
        f"{ours}.style.weight": taken.take(f"{theirs}.affine.weight"),
        f"{ours}.style.bias": taken.take(f"{theirs}.affine.bias"),
    }


def _mapping(net: _Generator, rate: float, classes: int) -> dict[str, Tensor]:
    """Dense layers, the vectors of the classes, and the mean w."""
    taken, found = net.weights, {}
    for k in range(taken.count("mapping.fc{}.weight")):
        for part in ("weight", "bias"):
            tensor = taken.take(f"mapping.fc{k}.{part}")
            found[f"mapping.layers.{k}.{part}"] = tensor * (rate / _RATE)
    first = found["mapping.layers.0.weight"].shape[-1]
    if first != net.dim * (2 if classes else 1):
        raise ForeignError(Said("its z has another length than its w, which cannot be held"))
    found["mapping.w_avg"] = taken.take("mapping.w_avg")
    if classes:
        found["mapping.classes.weight"] = _class_vectors(taken, "mapping")
        # It has one mean for all of them, and truncates to that.
        found["mapping.class_avg"] = found["mapping.w_avg"].repeat(classes, 1)
    return found


def _class_vectors(taken: Weights, mapping: str) -> Tensor:
    """[classes, dim]: what a dense layer makes of one class alone."""
    weight, bias = taken.take(f"{mapping}.embed.weight"), taken.take(f"{mapping}.embed.bias")
    return weight.T / math.sqrt(weight.shape[-1]) + bias


def _critic(contents: Contents, generator: _Generator) -> dict[str, Tensor]:
    """The residual one; as in `_modulated` its weights are as they are here."""
    taken, sides = Weights(contents.below("D")), list(reversed(generator.sides))
    found = {}

    def both(theirs: str, ours: str) -> None:
        for part in ("weight", "bias"):
            found[f"critic.{ours}.{part}"] = taken.take(f"{theirs}.{part}")

    check_filters(taken.tensors, "resample_filter")
    taken.pass_over("resample_filter")
    both(f"b{sides[0]}.fromrgb", "stem")
    for place, side in enumerate(sides[:-1]):
        both(f"b{side}.conv0", f"down.{place}.conv1")
        both(f"b{side}.conv1", f"down.{place}.conv2")
        found[f"critic.down.{place}.skip.weight"] = taken.take(f"b{side}.skip.weight")
    both("b4.conv", "mix")
    both("b4.fc", "dense")
    both("b4.out", "out")
    if generator.classes:
        _add_claims(taken, contents, found)
    taken.check_all_taken()
    return found


def _add_claims(taken: Weights, contents: Contents, found: dict[str, Tensor]) -> None:
    """Its mapping of a class is the same whenever it is asked: a vector for each.

    Here vectors are of power one; what theirs are on average goes into the layer before.
    """
    import torch.nn.functional as F

    from models.parts.modulated import of_power_one

    x = of_power_one(_class_vectors(taken, "mapping"))
    for k in range(taken.count("mapping.fc{}.weight")):
        weight, bias = taken.take(f"mapping.fc{k}.weight"), taken.take(f"mapping.fc{k}.bias")
        gain = contents.settings.get(f"D.mapping.fc{k}", {}).get("bias_gain", _RATE)
        rate = float(gain) if isinstance(gain, int | float) else _RATE
        y = F.linear(x, weight * (rate / math.sqrt(weight.shape[1])), bias * rate)
        x = F.leaky_relu(y, 0.2) * math.sqrt(2)
    taken.pass_over("mapping.w_avg")
    found["critic.classes.weight"] = x
    strength = x.square().mean(1).sqrt().mean()
    for part in ("weight", "bias"):
        found[f"critic.out.{part}"] = found[f"critic.out.{part}"] * strength


def _sides(tensors: Mapping[str, Tensor]) -> list[int]:
    """Those of its levels, from coarse to fine."""
    found = sorted(
        int(match[1])
        for name in tensors
        if (match := re.fullmatch(r"synthesis\.b(\d{1,5})\.conv1\.weight", name))
    )
    if not found or found != [4 << k for k in range(len(found))]:
        raise ForeignError(Said("its levels do not double from 4 pixels on"))
    return found
