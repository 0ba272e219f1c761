"""What a project keeps of playing live: ports, rules, tempo, poses; never that it is on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, field_validator

from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.files import write_text
from studio.engine.generation.beginnings import Part
from studio.engine.live.lessons import Lessons
from studio.engine.live.listener import PORT
from studio.engine.live.mapping import Rule
from studio.engine.live.tempo import FASTEST, SLOWEST, STEPS
from studio.engine.said import reason

FILE = "live.toml"
"""In the folder of the project."""
VERSION = 1
MOST_RULES = 1000
_LARGEST = 4 << 20

Port = Annotated[int, Field(ge=1, le=65535)]


class Setup(Part):
    """Everything that is set for playing live."""

    port: Port = PORT
    others: bool = False
    """Whether other machines may send, too."""
    feedback: bool = False
    feedback_host: Annotated[str, Field(max_length=255, pattern=r"^[0-9A-Za-z.:\-]+$")] = (
        "127.0.0.1"
    )
    feedback_port: Port = PORT + 1
    rules: Annotated[tuple[Rule, ...], Field(max_length=MOST_RULES)] = ()
    midi: Annotated[str, Field(max_length=200)] = ""
    """The name of a MIDI input, or empty."""
    bpm: Annotated[float, Field(ge=SLOWEST, le=FASTEST)] = 120.0
    wait_for: str = "now"
    """What changes wait for, of :data:`tempo.STEPS`."""
    ahead_ms: Annotated[int, Field(ge=0, le=1000)] = 0
    """How much sooner they are made, as pictures come late."""
    lessons: Lessons = Lessons()
    screen: Annotated[str, Field(max_length=200)] = ""
    """Of the stage: its name, or empty for another one than the window's."""
    size: Literal["screen", "model", "1280x720", "1920x1080", "1080x1080", "3840x2160"] = "screen"
    rate: Annotated[int, Field(ge=1, le=240)] = 60

    @field_validator("wait_for")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in STEPS:
            raise ValueError(f"there is no step {name}. Known: {', '.join(STEPS)}")
        return name

    def changed(self, **values: object) -> Self:
        """With other values, checked."""
        held = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**held, **values})

    def rule_for(self, target: str) -> Rule | None:
        return next((each for each in self.rules if each.target == target), None)

    def with_rule(self, rule: Rule) -> Self:
        """With a rule, in the place of the one of the same target, or as a further one."""
        kept = tuple(each for each in self.rules if each.target != rule.target)
        return self.changed(rules=(*kept, rule))

    def without_rule(self, target: str) -> Self:
        return self.changed(rules=tuple(each for each in self.rules if each.target != target))


def read(folder: Path) -> Setup:
    """What the project in `folder` keeps, or the usual; :class:`StudioError` saying what is wrong
    with its file."""
    path = folder / FILE
    try:
        said = tomllib.loads(read_text(path, most=_LARGEST))
    except FileNotFoundError:
        return Setup()
    except (OSError, ValueError, RecursionError) as error:
        raise StudioError(
            "Could not read what is set for playing live in {path}: {reason}.",
            path=path, reason=reason(error),
        ) from error  # fmt: skip
    version = said.pop("version", None)
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise StudioError(
            "What is set for playing live in {path} is of another version ({version}; this one "
            "reads {known}).", path=path, version=str(version), known=VERSION,
        )  # fmt: skip
    try:
        return Setup.model_validate(said)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        raise StudioError(
            "What is set for playing live in {path} cannot be used: {place}: {reason}.",
            repr(error), path=path, place=".".join(map(str, found["loc"])),
            reason=found["msg"].removeprefix("Value error, ").rstrip("."),
        ) from error  # fmt: skip


def write(folder: Path, setup: Setup) -> None:
    """Keep it in the project in `folder`, durably."""
    import tomlkit

    said = {"version": VERSION, **setup.model_dump(mode="json", exclude_none=True)}
    write_text(folder / FILE, tomlkit.dumps(said))
