"""Whether all numbers of a model's latents still do something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.facts import LatentKind
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.training.record.loaded_models import LoadedModel

LOOKED_AT = 256
"""Training pictures that are encoded, or latents that are drawn."""
ACTIVE_VARIANCE = 0.01
"""Of the mean code of a posterior, whose prior has 1: Burda 2016 (arXiv:1509.00519), Sec. 5.2."""
ACTIVE_SHARE = 0.01
"""Of the median deviation, where there is no prior to compare with."""


@dataclass(frozen=True)
class Latents:
    """Of `total` numbers of a latent so many are `active`; 0 of 0 where that cannot be said."""

    active: int = 0
    total: int = 0
    spread: tuple[float, ...] = ()
    """Standard deviation of each number, over training pictures or over latents by chance."""
    kl: tuple[float, ...] = ()
    """Nats that each number of a posterior tells of a picture; 0 for one that has collapsed to
    its prior. Empty for a family without a posterior."""


def latents(model: LoadedModel, prepared: Prepared) -> Latents:
    """Of codes of training pictures where there is an encoder, otherwise of w by chance."""
    import torch

    spec = model.family.latent
    if spec.kind is LatentKind.TOKENS:
        return Latents()
    kl = None
    with torch.inference_mode(), model as family:
        if spec.has_encoder:
            count = min(LOOKED_AT, len(prepared.train))
            rows = prepared.train[np.arange(count) * len(prepared.train) // max(1, count)]
            pictures = torch.from_numpy(np.array(prepared.images[np.sort(rows)]))
            labels = torch.from_numpy(np.array(prepared.labels[np.sort(rows)]))
            codes, kl = family.encode(pictures), family.kl_by_number(pictures, labels)
        else:
            codes = family.population(LOOKED_AT, 0)
    if len(codes) < 2:
        return Latents()
    # Rows of one latent are the same numbers, given to several layers.
    spread = codes.double().std(0, correction=0).mean(0).cpu().numpy()
    least = ACTIVE_VARIANCE**0.5 if kl is not None else ACTIVE_SHARE * float(np.median(spread))
    told = () if kl is None else tuple(kl.double().cpu().tolist())
    return Latents(int((spread > least).sum()), len(spread), tuple(spread.tolist()), told)
