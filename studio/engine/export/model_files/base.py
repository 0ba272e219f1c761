"""What a format of models is: a file that plays without this program, and a card beside it.

Adding one is adding one file to this folder: a class with `name`, `title`, `suffix`, `summary` and
`write`, decorated with :func:`register`.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from models.registry import Registry
from studio.engine.door import read_text
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.model_files.portable import Portable
from studio.engine.files import atomic_path, resources, write_text
from studio.engine.said import reason

PLAYER = ".play.py"


@dataclass(frozen=True)
class Companion:
    """A text that lies beside the file: `ending` follows the file's stem."""

    ending: str
    text: str


class ModelFormat(ABC):
    """One way for a model to leave."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def write(self, model: Portable, path: Path) -> None:
        """Write the file. Raises :class:`StudioError` with one sentence."""

    @abstractmethod
    def how_to_play(self, file_name: str, model: Portable) -> str:
        """The part of the card that says how, in Markdown."""

    def player(self, model: Portable) -> str:
        """Which script of the resources plays the file without this program; none where empty."""
        return self.name


_REGISTRY = Registry[type[ModelFormat]](
    "studio.engine.export.model_files",
    lambda name, known: UsageError(
        "There is no format {name} for models. Known: {known}.", name=name, known=known
    ),
)
register, formats, format_of = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one


def export_model(
    checkpoint: Path, name: str, target: Path, *, run: Path | None = None, overwrite: bool = False
) -> list[Path]:
    """Write the model of a checkpoint as the format called `name`; returns what was written.

    `run` is the folder of its run, whose card of pictures and origin are told. Raises
    :class:`StudioError`; then nothing of it is left, and what was there is as it was.
    """
    kind = format_of(name)()
    if target.suffix.lower() != kind.suffix:
        target = target.with_name(f"{target.name}{kind.suffix}")
    model = Portable.of(checkpoint, run)
    texts = [*_player_of(kind, model), _card_of(kind, target.name, model)]
    beside = [target.with_name(f"{target.stem}{each.ending}") for each in texts]
    for path in (target, *beside):
        if path.exists() and not overwrite:
            raise StudioError(
                "{path} is there already: choose another name, or say --overwrite.", path=path
            )
    made: list[Path] = []
    with _whole(made):
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(target, overwrite=overwrite) as temporary:
            kind.write(model, temporary)
        made.append(target)
        for path, each in zip(beside, texts, strict=True):
            write_text(path, each.text)
            made.append(path)
    return made


@contextlib.contextmanager
def _whole(made: list[Path]) -> Iterator[None]:
    """All of it or nothing."""
    try:
        yield
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise StudioError(
            "The model could not be written ({reason}): check that the place can be written and "
            "has space.", repr(error), reason=reason(error),
        ) from error  # fmt: skip


def _player_of(kind: ModelFormat, model: Portable) -> list[Companion]:
    """A script that finds the file by its own name, so that no name is written into a program."""
    name = kind.player(model)
    if not name:
        return []
    return [Companion(PLAYER, read_text(player_of(name)))]


def player_of(name: str) -> Path:
    """The script of a format, or of the weights of a family, which need not have one."""
    return resources() / "players" / f"{name}.py.txt"


def _card_of(kind: ModelFormat, file_name: str, model: Portable) -> Companion:
    from studio.engine.export.model_files.card import markdown

    ways = [kind.how_to_play(file_name, model)]
    if kind.player(model):
        script = file_name.removesuffix(kind.suffix) + PLAYER
        ways.append(f'Or by the script beside it: `python "{script}" 1 2 3` draws three seeds.')
    return Companion(".md", markdown(file_name, model, "\n\n".join(ways)))
