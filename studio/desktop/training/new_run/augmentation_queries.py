"""What the wall of augmentations asks of the engine, in threads of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from models.parameters import ParameterError, Value
from studio.desktop.pixels import to_qimage
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.said import Said

SAMPLES, COLUMNS = 24, 6
MEASURED_SIDE = 64


@dataclass(frozen=True)
class Look:
    """What is to be seen: a picture of a dataset, by the parameters of a family."""

    dataset: str
    family: str
    values: dict[str, Value]
    width: int
    height: int
    crop: str
    place: int = 0
    """Which of the pictures that would train; places go round."""
    seed: int = 0


@dataclass(frozen=True)
class Drawn:
    """A sheet of :data:`SAMPLES` cells in rows of :data:`COLUMNS`, the first untouched."""

    image: QImage
    name: str
    place: int
    total: int
    p: float | None
    """How often each kind happened; None where the family has no probability."""


def draw(project: Project, look: Look) -> Drawn:
    """The wall of one picture. Raises :class:`StudioError` with one sentence."""
    from studio.engine.dataset.index import store
    from studio.engine.training.preview import augmentations

    dataset = store.dataset(project, look.dataset)
    item, place, total = augmentations.picture(project, dataset.id, look.place)
    try:
        wall = augmentations.wall(
            project, item, look.family, look.values, (look.width, look.height), look.crop,
            count=SAMPLES, seed=look.seed,
        )  # fmt: skip
    except ParameterError as error:
        raise StudioError(error.said) from error
    return Drawn(to_qimage(_sheet(wall.pictures)), wall.name, place, total, wall.p)


def _sheet(pictures: np.ndarray) -> np.ndarray:
    count, height, width, channels = pictures.shape
    rows = pictures.reshape(count // COLUMNS, COLUMNS, height, width, channels)
    return rows.transpose(0, 2, 1, 3, 4).reshape(-1, COLUMNS * width, channels)


class Warner:
    """Says what would show; remembers what it measured of a set, for that takes seconds."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], object] = {}

    def warn(self, project: Project, look: Look, cancelled: Callable[[], bool]) -> list[Said]:
        """Sentences, most often none. Empty as well when it was cancelled."""
        from studio.engine.dataset.index import store
        from studio.engine.training.preview import augmentations
        from studio.engine.training.preview.symmetry import Symmetry

        dataset = store.dataset(project, look.dataset)
        longest = max(look.width, look.height)
        size = tuple(max(1, MEASURED_SIDE * side // longest) for side in (look.width, look.height))
        chosen = store.chosen_mark(project, dataset.id)
        key = (str(project.folder), dataset.id, chosen, size, look.crop)
        found = self._known.get(key)
        if not isinstance(found, Symmetry):
            found = augmentations.measure(
                project, dataset.id, (size[0], size[1]), look.crop, cancelled
            )
            if cancelled():
                return []
            self._known[key] = found
        return augmentations.warnings(look.family, look.values, found)
