"""Two models of one architecture made one, layer by layer.

Pinkney & Adler 2020, "Resolution dependent GAN interpolation for controllable image synthesis
between domains", arXiv:2010.05334: coarse layers of one model, fine ones of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from models.base import Family
from models.parameters import ParameterError


def mixed(
    base: Family, other: Family, shares: Sequence[float], onto: Family | None = None
) -> Family:
    """A model that draws by `base` where a layer's share is 0, by `other` where it is 1.

    `shares` are of `base.layers()`. All weights that belong to no layer are `base`'s, and with
    them what its latents mean. `onto` is a mix of `base` from before, to be filled anew: making
    one takes longer. Raises :class:`ParameterError` where the two do not fit.
    """
    own, theirs = base.state_dict(), other.state_dict()
    whole = dict(own)
    for layer, share in zip(base.layers(), shares, strict=True):
        for name in own:
            if name.startswith(layer.tensors):
                whole[name] = _between(name, own[name], theirs, share)
    made = onto
    if made is None:
        with torch.device("meta"):  # no weights by chance, which would only be thrown away
            made = type(base)(base.config, base.image_spec)
    made.load_state_dict(whole, strict=False, assign=True)
    return made.eval().requires_grad_(False)


def _between(name: str, own: Tensor, theirs: Mapping[str, Tensor], share: float) -> Tensor:
    other = theirs.get(name)
    if other is None or other.shape != own.shape:
        raise ParameterError(
            "The other model is built otherwise: choose one of the same family, size and width."
        )
    if not share or not own.is_floating_point():
        return own
    with torch.inference_mode(False), torch.no_grad():
        return own.lerp(other.to(own), share)
