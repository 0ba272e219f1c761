"""A look at the model at a checkpoint: held-out pictures, a small generated set, the critic.

Everything is the same from look to look but the model: the same real pictures, the same seeds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.training.health import fidelity
from studio.engine.training.health.reading import CriticView, Reading
from studio.engine.training.health.small_set import SmallSet
from studio.engine.training.session.pictures import Pictures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.base import Family

LOOKED_AT = 64
"""Held-out pictures that are redrawn or judged at most."""
REFERENCE = 128
"""Real pictures to compare with: the held-out ones, filled up with training pictures."""
MADE, FEWEST_MADE = 128, 24
SEED = 1 << 40
"""Far from the seeds of the sample sheets and from those an artist would try."""
ACTIVE_VARIANCE = 0.01
_FEWEST, _FEWEST_REAL = 8, 16
"""Held-out pictures for an opinion, and real ones for a comparison, that mean anything."""
_BATCH = 32


class Examiner:
    """Looks at one family through one set of pictures. Draws no chance, needs no gradient."""

    def __init__(self, family: Family, pictures: Pictures) -> None:
        self._family, self._pictures = family, pictures
        self._small: SmallSet | None = None

    def look(self, images_seen: int, means: dict[str, float]) -> Reading:
        """All figures that the family and the set allow; `means` are the newest of training."""
        import torch

        with torch.no_grad():
            held_out = self._pictures.held_out(LOOKED_AT)
            made = self._made()
            return Reading(
                images_seen=images_seen,
                set_size=self._pictures.count,
                config=self._family.config.as_dict(),
                error=self._error(held_out),
                likeness=None if made is None else self._reference().compare(made),
                critic=self._opinion(held_out, made),
                active=self._active(),
                disguise=self._disguise(means),
                judged_by_samples=self._family.facts.judged_by_samples,
            )

    def _reference(self) -> SmallSet:
        import torch

        if self._small is None:
            held_out = self._pictures.held_out(REFERENCE)
            known = [] if held_out is None else [held_out]
            room = min(REFERENCE - sum(map(len, known)), self._pictures.count)
            if room > 0:
                known.append(self._known(room))
            self._small = SmallSet(torch.cat(known))
        return self._small

    def _known(self, count: int) -> Tensor:
        """So many training pictures, evenly spaced."""
        count = min(count, self._pictures.count)
        chosen = np.arange(count, dtype=np.int64) * self._pictures.count // count
        return self._pictures.batch(chosen)

    def _made(self) -> Tensor | None:
        """Generated pictures; None where there are too few real ones to compare with."""
        import torch

        if self._pictures.count < _FEWEST_REAL:
            return None
        spec, count = self._family.image_spec, min(MADE, self._pictures.count)
        if self._pictures.device.type == "cpu":
            count = min(count, MADE * 64 * 64 // (spec.height * spec.width))
        count = max(FEWEST_MADE, count)
        latents = self._family.sample(count, SEED)
        return torch.cat([self._family.synthesize(part) for part in torch.split(latents, _BATCH)])

    def _error(self, held_out: Tensor | None) -> float | None:
        if held_out is None or not self._family.latent.has_encoder:
            return None
        made = self._family.synthesize(self._family.encode(held_out))
        return float(10 ** (-fidelity.psnr(made, held_out).mean() / 10))

    def _opinion(self, held_out: Tensor | None, made: Tensor | None) -> CriticView | None:
        if not self._family.latent.has_critic:
            return None
        if held_out is None or made is None or len(held_out) < _FEWEST:
            return CriticView(0.0, 0.0, 0.0, math.inf)
        score = self._family.score
        train, unseen = score(self._known(LOOKED_AT)).float(), score(held_out).float()
        doubt = (train.var() / len(train) + unseen.var() / len(unseen)).sqrt()
        return CriticView(
            float(train.mean()), float(unseen.mean()),
            float(score(made[:LOOKED_AT]).float().mean()), float(doubt),
        )  # fmt: skip

    def _active(self) -> float | None:
        if not self._family.latent.has_encoder or self._pictures.count < _FEWEST:
            return None
        codes: torch.Tensor = self._family.encode(self._known(LOOKED_AT)).flatten(1)
        return float((codes.float().var(0) > ACTIVE_VARIANCE).float().mean())

    def _disguise(self, means: dict[str, float]) -> float | None:
        if "disguise" in means:
            return means["disguise"]
        declared = self._family.config.params().get("augment_p")
        # A family that may always disguise its pictures was made to: nothing of it shows.
        if declared is None or declared.high is None or declared.high >= 1.0:
            return None
        return float(self._family.config.as_dict()["augment_p"])
