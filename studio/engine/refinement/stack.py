"""The non-destructive stack: steps that can be changed, left out and put in another order."""

from __future__ import annotations

import contextlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import tomlkit
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from models.parameters import ParameterError
from studio.engine.artwork import Artwork, Layer, Pixels, to_image
from studio.engine.errors import UsageError
from studio.engine.refinement.group import Group
from studio.engine.refinement.step import Step
from studio.engine.said import Said, reason

__all__ = ["AFTER", "BEFORE", "VERSION", "Entry", "Group", "Stack", "Step", "apply", "refined"]

BEFORE, AFTER = "Before", "After"
"""Names of layers; in a file, so in one language."""


VERSION = 3
"""Of a stack as a file: 2 has opacity, blend mode and mask, 3 groups and masks that are pictures.
A file without it is of version 1."""


def _kind(value: object) -> str:
    """What only a group has."""
    return "group" if isinstance(value, Group) or _members(value) is not None else "step"


def _members(value: object) -> object:
    return value.get("steps") if isinstance(value, Mapping) else None


Entry = Annotated[
    Annotated[Step, Tag("step")] | Annotated[Group, Tag("group")], Discriminator(_kind)
]
"""What a stack is made of."""


class Stack(BaseModel):
    """Steps and groups of them in the order in which they happen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: list[Entry] = Field(default_factory=list)

    def __init__(self, steps: Sequence[Step | Group] | None = None, **rest: Any) -> None:
        super().__init__(steps=steps or [], **rest)

    def each(self) -> Iterator[Step]:
        """Every step, those of groups in their place."""
        for entry in self.steps:
            yield from entry.steps if isinstance(entry, Group) else (entry,)

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> Self:
        """From plain values; :class:`UsageError` with one sentence when anything is wrong."""
        values = dict(values)
        _refuse_newer(values.pop("version", VERSION))
        try:
            stack = cls.model_validate(values)
            for step in stack.steps:
                step.check()
        except ParameterError as error:
            raise UsageError("The stack cannot be used: {reason}", reason=reason(error)) from error
        except ValidationError as error:
            first = error.errors()[0]
            parts = [str(part) for part in first["loc"] if part not in ("step", "group")]
            place = ".".join(parts) or Said("the stack")
            raise UsageError(
                "The stack cannot be used: {place}: {reason}.", place=place, reason=first["msg"]
            ) from error
        return stack

    @classmethod
    def lenient(cls, steps: Sequence[Any]) -> Self:
        """From an index, without the steps that cannot be used (any more)."""
        usable: list[Step | Group] = []
        for step in steps:
            inner = _members(step)
            if isinstance(inner, list):
                left = cls.lenient([each for each in inner if _members(each) is None])
                step = {**step, "steps": left.model_dump(mode="json")["steps"]}
            with contextlib.suppress(UsageError):
                usable += cls.checked({"steps": [step]}).steps
        return cls(usable)

    def only(self, wanted: Callable[[Step], bool]) -> Self:
        """The same, with the steps left out that are not `wanted`; all keep their places."""

        def kept(step: Step) -> Step:
            return step if wanted(step) else step.model_copy(update={"enabled": False})

        return type(self)(
            [
                entry.model_copy(update={"steps": tuple(kept(step) for step in entry.steps)})
                if isinstance(entry, Group)
                else kept(entry)
                for entry in self.steps
            ]
        )

    def reshaping(self) -> Self:
        """Only the steps that change where things lie: the picture before, laid over that after."""
        return self.only(lambda step: step.reshapes)

    def to_toml(self) -> str:
        """As a file that a person can edit."""
        return tomlkit.dumps({"version": VERSION, **self.model_dump(mode="json")})

    def settled(self, folder: Path) -> Self:
        """The same without need of any file; paths in it begin at `folder`.

        :class:`StudioError` where a file is gone, or is not what a step needs.
        """
        return type(self)([step.settled(folder) for step in self.steps])

    @classmethod
    def from_toml(cls, text: str) -> Self:
        try:
            values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise UsageError("The stack is not TOML: {error}.", error=reason(error)) from error
        return cls.checked(values)

    def to_json(self) -> str:
        return json.dumps([step.model_dump() for step in self.steps], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError("The stack cannot be read: {error}.", error=error) from error
        return cls.checked({"steps": values})


def apply(stack: Stack, image: Pixels) -> Pixels:
    """uint8 [h, w, c] through every enabled step; grey, RGB and RGBA (straight alpha) alike."""
    return refined(stack, image).flat()


def refined(
    stack: Stack, image: Pixels, *, layered: bool = False, hidden_colour: bool = False
) -> Artwork:
    """The same in full precision; `layered` with the picture before, hidden, in its place, and
    what it was after every step, as far as it had its size by then.

    With `hidden_colour`, what lies under fully transparent pixels is refined too and stays there;
    as premultiplied numbers cannot hold it, the picture is then in bytes, where it has any.
    """
    steps = [step for step in stack.steps if step.enabled]
    if not steps:
        return Artwork.of(image, AFTER)
    work, between = to_image(image), []
    for number, step in enumerate(steps, 1):
        work = step.apply(work)
        if layered and number < len(steps):
            name = f"{number} {step.title}"
            between.append(Layer(name, work, visible=False))
    after = Layer(AFTER, work)
    if not layered:
        return Artwork((_with_hidden(after, stack, image) if hidden_colour else after,))
    before = Layer(BEFORE, refined(stack.reshaping(), image).layers[0].content, visible=False)
    steady = [each for each in between if each.content.shape[:2] == work.shape[:2]]
    return Artwork((before, *steady, after))


def _with_hidden(after: Layer, stack: Stack, image: Pixels) -> Layer:
    if image.shape[2] != 4 or not image[image[..., 3] == 0][:, :3].any():
        return after
    made = after.pixels().copy()
    colour = apply(stack, np.ascontiguousarray(image[..., :3]))
    if made.shape[2] == 4 and made.shape[:2] == colour.shape[:2]:
        empty = made[..., 3] == 0
        made[empty, :3] = colour[empty][:, :3]
    return Layer(after.name, made)


def _refuse_newer(version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UsageError("The stack has no version {version}.", version=version)
    if version > VERSION:
        raise UsageError(
            "The stack was written by a newer Latent Studio (version {version}, and this one "
            "reads {known}): bring the program up to date.",
            version=version,
            known=VERSION,
        )
