"""What a kind of directions is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass decorated with `register`. Its
fields are what its search depends on; they are part of the name under which it is cached.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

from models.facts import Ability
from models.registry import Registry
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.directions.direction import Direction

if TYPE_CHECKING:
    from studio.engine.generation.player import Player
    from studio.engine.project import Project


@dataclass(frozen=True)
class Search:
    """What a search is given: the project of the model where it has one, and how to be stopped."""

    project: Project | None = None
    run: str = ""
    progress: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False

    def advance(self, done: int, total: int) -> None:
        """So much of so much; :class:`StudioError` when it was asked to end."""
        self.progress(done, total)
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        if self.cancelled():
            raise StudioError("Looking for directions was stopped.")


@dataclass(frozen=True)
class Kind(ABC):
    """One way to find directions. At most `count`, from the latents of `samples` seeds."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The artist's word, in English."""
    summary: ClassVar[str]
    """What it finds, and the field's term, in English."""
    ability: ClassVar[Ability] = Ability.DIRECTIONS
    """What the latents of a model must allow."""
    edition: ClassVar[int] = 1
    """Part of the name in the cache: raise it when what is found changes."""
    found: ClassVar[bool] = True
    """Whether it is searched for; False for those that the artist makes one by one."""

    count: int = 16
    samples: int = 10_000
    seed: int = 0

    @abstractmethod
    def find(self, player: Player, search: Search) -> list[Direction]:
        """The directions, the most telling first; always the same for the same model."""

    def depends(self, player: Player, search: Search) -> str:
        """What else than the model and the fields it is made of, for the name in the cache."""
        return ""

    @property
    def settings(self) -> str:
        return "-".join(str(getattr(self, each.name)) for each in fields(self))


_REGISTRY = Registry[type[Kind]](
    __package__,
    lambda name, known: UsageError(
        "There is no kind of directions {name}. Known: {known}.", name=name, known=known
    ),
)
register, kinds, kind = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one
