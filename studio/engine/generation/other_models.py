"""Other models of the project that a recipe may name: checkpoints by the hash of their model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.engine.errors import StudioError
from studio.engine.project import INDEX
from studio.engine.training.record import checkpoint
from studio.engine.training.record.checkpoint import Saved


class GoneError(StudioError):
    """A model that a recipe needs is not in the project any more."""


@dataclass(frozen=True)
class OtherModel:
    """A checkpoint that could be mixed with the one that is played."""

    run: str
    family: str
    number: int
    sha256: str


def found(folder: Path, sha256: str) -> Saved:
    """The checkpoint with this model, in the project of the checkpoint in `folder`."""
    for saved in _saved_beside(folder):
        if saved.sha256 == sha256:
            return saved
    raise GoneError(
        "The other model of this recipe, {model}, is not in the project any more: choose another "
        "one, or take the model mixing away.",
        model=sha256[:12],
    )


def others(folder: Path) -> list[OtherModel]:
    """The other checkpoints of the family and size of the one in `folder`, newest first; whether
    they can be mixed shows when they are."""
    own = checkpoint.verify(folder, whole=False)
    return [
        OtherModel(saved.folder.parents[1].name, own.state["family"], saved.number, saved.sha256)
        for saved in _saved_beside(folder)
        if saved.sha256 != own.sha256 and _shape(saved) == _shape(own)
    ]


def _shape(saved: Saved) -> tuple[object, object]:
    return saved.state["family"], saved.state["image_spec"]


def _saved_beside(folder: Path) -> Iterator[Saved]:
    """Every good checkpoint of the project, those of the newest run first."""
    parents = folder.absolute().parents
    if len(parents) < 4 or not (parents[3] / INDEX).is_file():
        return
    for run in sorted(parents[2].iterdir(), reverse=True):
        for each in reversed(checkpoint.folders(run)):
            try:
                yield checkpoint.verify(each, whole=False)
            except StudioError:
                continue
