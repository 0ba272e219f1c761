"""What a collection is: files that belong together, of one piece or of many.

Adding one is adding one file to this folder: a frozen dataclass of declared options with
`endings` and `write`, decorated with `register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from models.parameters import Declared
from models.registry import Registry
from studio.engine.artwork import Artwork
from studio.engine.errors import UsageError
from studio.engine.pieces.origin import Origin
from studio.engine.said import Said


@dataclass(frozen=True)
class Plate:
    """A finished picture under the name that it leaves with; `model` is the checkpoint folder
    that drew it, where one is kept, and `remarks` are what its maker has to tell."""

    name: str
    artwork: Artwork
    origin: Origin
    model: Path | None = None
    remarks: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A file to be written: `path` is a new one, which is called `name` when all are done."""

    name: str
    path: Path


@dataclass(frozen=True)
class Collection(Declared, ABC):
    """One way to make files that belong together; its options are its declared parameters."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    """Of the file that one opens."""
    summary: ClassVar[str]
    several: ClassVar[bool] = True
    """Whether all pieces go into one collection, or each becomes one of its own."""

    @abstractmethod
    def endings(self, count: int) -> tuple[str, ...]:
        """What follows the shared part of the names of its files, for `count` pieces; the file
        that one opens comes first."""

    @abstractmethod
    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """Write every sheet, in the order of `endings`. Raises :class:`StudioError`."""


class Plates:
    """Pictures that are made one at a time, whenever they are gone through."""

    def __init__(self, names: Sequence[str], made: Iterator[Plate]) -> None:
        self.names, self._made = tuple(names), made

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Plate]:
        return self._made


_REGISTRY = Registry[type[Collection]](
    "studio.engine.export.collections",
    lambda name, known: UsageError(
        "There is no export format {name}. Known: {known}.", name=name, known=known
    ),
)
register, collections = _REGISTRY.register, _REGISTRY.all


def summary_of(origins: Sequence[Origin], title: str) -> Origin:
    """The origin of a file that holds several pictures: what they have in common, and the
    recipes of all."""
    creators, rights, kinds = (
        {getattr(each, name) if isinstance(getattr(each, name), str) else "" for each in origins}
        for name in ("creator", "rights", "source_type")
    )
    return Origin(
        title, _only(creators), _only(rights), {"pieces": [each.recipe for each in origins]},
        source_type=_only(kinds),
    )  # fmt: skip


def _only(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else ""
