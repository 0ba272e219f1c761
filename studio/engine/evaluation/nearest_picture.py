"""Beside a picture that was just made: the training picture that it is nearest to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from studio.engine.artwork import Pixels
from studio.engine.dataset.decoding.linear_light import resized
from studio.engine.dataset.index import store
from studio.engine.evaluation.copies import CopyCheck
from studio.engine.evaluation.gallery import known_pictures
from studio.engine.project import Project
from studio.engine.said import Said

NOT_COMPARED = Said("Its training pictures cannot be read: nothing was compared.")


class Nearest(NamedTuple):
    """A training picture by its name, and whether what is near to it may be a copy."""

    name: str
    too_close: bool

    @property
    def said(self) -> Said:
        if self.too_close:
            return Said("May be a copy of the training picture {name}.", name=self.name)
        return Said("New; nearest training picture: {name}.", name=self.name)


def verdict(nearest: Nearest | None) -> Said:
    """What is said beside a picture; None is one of a run whose pictures are gone."""
    return NOT_COMPARED if nearest is None else nearest.said


class NearestPicture:
    """Compares with the pictures of one run, which are read once (:mod:`copies`)."""

    def __init__(self, project: Project, run_name: str) -> None:
        """Raises :class:`StudioError` where the pictures of the run are gone."""
        prepared = known_pictures(project, run_name)[0]
        self._check, self._items = CopyCheck.of(prepared), prepared.item_ids
        self._project, self._size = project, prepared.images.shape[2:0:-1]

    def of(self, pixels: Pixels) -> Nearest:
        """Of uint8 [h, w, c]; one of another size, as one that was enlarged, is compared at the
        size of the run."""
        likeness = self._check.check(self._sized(pixels))
        items = store.items_by_id(self._project, [self._items[likeness.row]])
        # One that was taken out of the dataset since has no name any more.
        return Nearest(items[0].name if items else "", likeness.too_close)

    def _sized(self, pixels: Pixels) -> Pixels:
        if pixels.shape[1::-1] == self._size:
            return pixels
        flat = pixels[..., 0] if pixels.shape[2] == 1 else pixels
        made = np.asarray(resized(Image.fromarray(flat), self._size))
        return made.reshape(*made.shape[:2], -1)
