"""What the artist says of pictures of the dataset, as directions of the model.

Where the model has an encoder the pictures are encoded, and the way leads from the mean of those
without to the mean of those with it. Without one, what the copy check sees of pictures tells the
attribute, and the way is the one along which generated pictures are taken for having more of it
(least squares of the latent on that score: InterFaceGAN, Shen 2020, arXiv:1907.10786, in its
linear form).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from models.facts import Ability
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError, UsageError
from studio.engine.evaluation import copies
from studio.engine.evaluation.gallery import known_pictures
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.directions.attributes import Attribute, attributes
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Kind, Search, register
from studio.engine.generation.directions.population import Population, population
from studio.engine.generation.directions.separation import separate
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.dataset.preparation.prepare import Prepared
    from studio.engine.generation.player import Player
    from studio.engine.project import Project

_BATCH = 32
_MOST = 600
"""Pictures of the dataset that are looked at for one attribute, evenly spaced."""
_MADE = 512
"""Generated pictures, where the model cannot encode."""


@register
@dataclass(frozen=True)
class Labelled(Kind):
    """As many as there are attributes that are seen in the pictures."""

    name: ClassVar[str] = "label"
    title: ClassVar[str] = "What is said of the pictures"
    summary: ClassVar[str] = (
        "Ways to more of a label, of a word of the captions, or of what was rated well (class "
        "means; checked on pictures that were left out)"
    )

    samples: int = 4_000

    def depends(self, player: Player, search: Search) -> str:
        """What is said of the pictures."""
        project = _project(search)
        recipe = Recipe.load(runs.run(project, search.run).folder)
        said = [
            [item.id, item.label, item.caption, item.rating, item.included]
            for item in store.items(project, recipe.dataset_id)
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    def find(self, player: Player, search: Search) -> list[Direction]:
        """The one that is told best first; what cannot be seen in pictures has none."""
        import torch

        told = _Said(search)
        count = len(told.attributes)
        if not count:
            del told  # who keeps the error would keep the pictures open
            raise UsageError(
                "Nothing is said of the pictures of this model that parts them: give at least "
                "{n} of them a label, a caption or stars, and leave as many without.", n=5,
            )  # fmt: skip
        with torch.inference_mode():
            drawn = population(player, self.samples, self.seed, search)
            by_code = Ability.ENCODE in player.latent.abilities
            ways = _Encoded(player, drawn, told, search) if by_code else _Seen(
                player, drawn, told, search
            )  # fmt: skip
            found = [each for each in map(ways.direction, told.attributes) if each is not None]
        if not found:
            del told, ways
            raise StudioError(
                "None of the {n} attributes of the dataset can be told from its pictures better "
                "than by chance: label more of them.", n=count,
            )  # fmt: skip
        return sorted(found, key=lambda each: -each.share)[: self.count]


class _Said:
    """The pictures of the run, and what is said of them."""

    def __init__(self, search: Search) -> None:
        project = _project(search)
        self.prepared: Prepared
        self.prepared, _, _ = known_pictures(project, search.run, search.cancelled)
        ids = [int(number) for number in self.prepared.item_ids]
        items = {item.id: item for item in store.items_by_id(project, sorted({*ids}))}
        self.attributes = attributes([items.get(number) for number in ids])


def _project(search: Search) -> Project:
    if search.project is None or not search.run:
        raise UsageError(
            "This checkpoint stands outside of its project: what is said of its pictures is not "
            "known."
        )
    return search.project


class _Ways:
    """How the attribute of a picture is told, and which way leads to more of it."""

    def __init__(self, player: Player, drawn: Population, told: _Said, search: Search) -> None:
        self.player, self.drawn, self.told, self.search = player, drawn, told, search

    def direction(self, attribute: Attribute) -> Direction | None:
        """None where it is told no better than by chance. `share` is how well, 0 to 1."""
        rows = _spread(np.flatnonzero(attribute.has >= 0))
        right, step, is_sure = self._step(rows, attribute.has[rows] == 1)
        length = float(step.norm())
        if not is_sure or not length > 0:
            return None
        (vector,) = self.drawn.to_latent((step / length)[None])
        note = Said("Told from pictures rightly in {percent} % of cases.",
                    percent=round(100 * right))  # fmt: skip
        # What is told by chance is 0.
        share = max(0.0, 2 * right - 1)
        return Direction(Labelled.name, vector, length, share, attribute.title, note)

    def _step(self, rows: np.ndarray, has: np.ndarray) -> tuple[float, Tensor, bool]:
        """How much is told rightly, one sigma [numbers], and whether it is better than chance."""
        raise NotImplementedError


class _Encoded(_Ways):
    @cached_property
    def _codes(self) -> Tensor:
        """White [pictures, k]."""
        import torch

        images, parts = self.told.prepared.images, []
        for start in range(0, len(images), _BATCH):
            self.search.advance(start, len(images))
            batch = torch.from_numpy(np.array(images[start : start + _BATCH]))
            with self.player.model as family:
                w = family.encode(batch.to(self.player.device)).float().cpu()
            parts.append(self.drawn.to_rows(w.numpy()))
        return self.drawn.white(torch.cat(parts))

    def _step(self, rows: np.ndarray, has: np.ndarray) -> tuple[float, Tensor, bool]:
        import torch

        codes, first = self._codes[torch.from_numpy(rows)], torch.from_numpy(has)
        apart = separate(codes, first)
        way = codes[first].mean(0) - codes[~first].mean(0)
        step = self.drawn.coloured(way / way.norm().clamp_min(1e-30))
        return apart.right, step, apart.is_sure


class _Seen(_Ways):
    @cached_property
    def _scale(self) -> tuple[np.ndarray, np.ndarray]:
        vectors = self._known
        return vectors.mean(0), vectors.std(0) + 1e-9

    @cached_property
    def _known(self) -> np.ndarray:
        prepared = self.told.prepared
        return copies.vectors_of(prepared)[: len(prepared)]

    @cached_property
    def _made(self) -> tuple[np.ndarray, Tensor]:
        """Features [n, d] of generated pictures, and their white latents [n, k]."""
        import torch

        features, latents = [], []
        for start in range(0, _MADE, _BATCH):
            self.search.advance(start, _MADE)
            points = [self.player.sample(Seeded(seed=start + n)) for n in range(_BATCH)]
            features.append(copies.embed(np.stack([*map(self.player.picture_of, points)])))
            latents.append(self.drawn.to_rows(np.stack(points)))
        return np.concatenate(features), self.drawn.white(torch.cat(latents))

    def _step(self, rows: np.ndarray, has: np.ndarray) -> tuple[float, Tensor, bool]:
        import torch

        mean, spread = self._scale
        known = torch.from_numpy((self._known[rows] - mean) / spread)
        apart = separate(known, torch.from_numpy(has))
        features, white = self._made
        scores = torch.from_numpy((features - mean) / spread) @ apart.way
        scores = (scores - scores.mean()) / scores.std().clamp_min(1e-30)
        way = white.T @ scores / len(scores)
        return apart.right, self.drawn.coloured(way / way.norm().clamp_min(1e-30)), apart.is_sure


def _spread(rows: np.ndarray) -> np.ndarray:
    """At most :data:`_MOST` of them, evenly spaced."""
    few = min(len(rows), _MOST)
    made: np.ndarray = rows[np.arange(few) * len(rows) // max(1, few)]
    return made
