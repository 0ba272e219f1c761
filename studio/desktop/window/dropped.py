"""What was dropped on the window, pasted or chosen: answered here, with one value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

from studio.desktop.base.received import Received, received
from studio.desktop.i18n import tr
from studio.engine.dataset.intake import videos
from studio.engine.dataset.intake.walk import ARCHIVE_SUFFIXES
from studio.engine.project import INDEX, Project, folder_of
from studio.engine.training.foreign.contents import SUFFIXES

if TYPE_CHECKING:
    from studio.engine.export.recall import Recalled


class Kind(Enum):
    """What can be done with it."""

    NOTHING = auto()
    PROJECT = auto()
    RECIPE = auto()
    BYTES = auto()
    MODELS = auto()
    PICTURES = auto()


_FOR_IMPORT = videos.SUFFIXES | {*ARCHIVE_SUFFIXES, ".csv"}


@dataclass(frozen=True)
class Dropped:
    """Files and folders, or one picture without a file; and what to say about the rest."""

    paths: tuple[Path, ...] = ()
    held: Received | None = None
    recalled: Recalled | None = None
    """The recipe in the one file."""
    complaint: str = ""
    on_canvas: bool = False
    """Whether it was dropped where a picture is looked for in a model."""
    apart: bool = False
    """Whether it is to begin a project of its own, although one is open."""

    @property
    def kind(self) -> Kind:
        """A picture with a recipe of the open project is told apart by :meth:`looked_into` only."""
        if self.held is not None:
            return Kind.BYTES
        if self.recalled is not None:
            return Kind.RECIPE
        if not self.paths:
            return Kind.NOTHING
        if all(path.suffix.lower() in SUFFIXES and path.is_file() for path in self.paths):
            return Kind.MODELS
        alone = len(self.paths) == 1
        is_project = alone and (folder_of(self.paths[0]) / INDEX).is_file()
        return Kind.PROJECT if is_project else Kind.PICTURES

    @property
    def may_be_recipe(self) -> bool:
        return len(self.paths) == 1 and self.paths[0].is_file()

    @property
    def for_canvas(self) -> Path | Received | None:
        """The one picture that is looked for; films, archives and many are imported there too."""
        if not self.on_canvas or self.held is not None:
            return self.held if self.on_canvas else None
        alone = self.paths[0] if self.may_be_recipe else None
        suffix = "" if alone is None else alone.suffix.lower()
        return None if suffix in _FOR_IMPORT else alone

    def looked_into(self, project: Project) -> Dropped:
        """The same, with the recipe that its file carries. Reads the file: not for the window."""
        from studio.engine.export.recall import recall

        return replace(self, recalled=recall(project, self.paths[0]))


def dropped(data: QMimeData) -> Dropped:
    """What a drag or the clipboard holds; its bytes are copied, for they are gone afterwards."""
    held = received(data)
    if held is not None:
        return Dropped(held=held)
    named = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    there = tuple(path for path in named if path.exists())
    return Dropped(there, complaint=_complaint(data, named))


def _complaint(data: QMimeData, named: Iterable[Path]) -> str:
    """A sentence about what of a drag cannot be used; empty when all of it can."""
    gone = [path for path in named if not path.exists()]
    if gone:
        return tr("There is nothing at {path}: check the path, or connect the drive.", path=gone[0])
    if named:
        return ""
    if data.hasUrls():
        return tr(
            "{address} came without the picture itself: save it as a file, then drop the file.",
            address=data.urls()[0].toDisplayString(),
        )
    return tr("That is neither a file nor a folder: drop folders, pictures or a zip.")
