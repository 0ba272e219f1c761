"""How the pictures of a dataset are brought to the shape of a training run.

A policy has one text, such as `centre`, `pad:blur` or `smart+linear+flatten:#ffffff`. Runs
keep that text in their recipe, so it means the same pixels for ever; the texts of the first
version (`centre`, `pad`, `stretch`) are policies like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.engine.dataset.index import settings
from studio.engine.errors import UsageError
from studio.engine.project import Project

CROPS = ("centre", "smart", "pad", "stretch", "tiles")
"""What happens to a picture of another shape."""
FILLS = ("blur", "mirror")
"""What the bars of `pad` show, beside a colour as #rrggbb; black where nothing is said."""
USUAL_SIZE = (64, 64)
SIDES = (8, 1024)
"""The shortest and the longest side of a training size, in pixels."""
_LINEAR, _FLATTEN = "linear", "flatten:"
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Policy:
    """One way to prepare pictures. Raises :class:`UsageError` for what does not exist."""

    crop: str = "centre"
    """One of :data:`CROPS`."""
    fill: str = ""
    """For `pad`: one of :data:`FILLS`, a colour as #rrggbb, or empty for black (and clear)."""
    linear: bool = False
    """Whether pictures are made smaller in linear light."""
    flatten: str = ""
    """The colour (#rrggbb) that transparent pictures are laid on; empty keeps them so."""

    def __post_init__(self) -> None:
        if self.crop not in CROPS:
            raise UsageError(
                "There is no crop {crop!r}: use {choices}.",
                crop=self.crop,
                choices=", ".join(CROPS),
            )
        if self.fill and self.crop != "pad":
            raise UsageError(
                "Only pad has bars to fill, {crop} has none: leave it out.", crop=self.crop
            )
        if self.fill and self.fill not in FILLS and not _COLOUR.fullmatch(self.fill):
            raise UsageError(
                "The bars of pad cannot be {fill!r}: use {choices} or a colour such as #ffffff.",
                fill=self.fill,
                choices=", ".join(FILLS),
            )
        if self.flatten and not _COLOUR.fullmatch(self.flatten):
            raise UsageError(
                "{colour!r} is no colour to lay pictures on: use #rrggbb.", colour=self.flatten
            )

    @property
    def text(self) -> str:
        """The whole policy in one word, which :func:`parse` reads."""
        parts = [f"{self.crop}:{self.fill}" if self.fill else self.crop]
        parts += [_LINEAR] if self.linear else []
        parts += [f"{_FLATTEN}{self.flatten}"] if self.flatten else []
        return "+".join(parts)


def parse(text: str) -> Policy:
    """The policy of a text; raises :class:`UsageError` with what is wrong with it."""
    first, *rest = text.split("+")
    crop, _, fill = first.partition(":")
    flatten = [part.removeprefix(_FLATTEN) for part in rest if part.startswith(_FLATTEN)]
    known = [part for part in rest if part == _LINEAR or part.startswith(_FLATTEN)]
    if known != rest or len(flatten) > 1 or rest.count(_LINEAR) > 1 or first.endswith(":"):
        raise UsageError(
            "There is no crop {crop!r}: use {choices}, as pad:blur or smart+linear.",
            crop=text,
            choices=", ".join(CROPS),
        )
    return Policy(crop, fill.lower(), _LINEAR in rest, flatten[0].lower() if flatten else "")


def colour(text: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of #rrggbb."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def read(project: Project, dataset_id: int) -> Policy:
    """The policy of a dataset; the middle of every picture where none was chosen."""
    stored = settings.PREPARATION.read(project, dataset_id)
    try:
        return Policy() if stored is None else parse(stored)
    except UsageError:  # written by a newer version
        return Policy()


def change(project: Project, dataset_id: int, policy: Policy) -> Policy:
    """Set the policy of a dataset for runs from now on; returns the one before."""
    before = read(project, dataset_id)
    settings.PREPARATION.put(project, dataset_id, policy.text)
    return before


def settled(project: Project, dataset_id: int, text: str | None) -> Policy:
    """The policy that `text` says, or that of the dataset where it says nothing."""
    return parse(text) if text else read(project, dataset_id)


def read_size(project: Project, dataset_id: int) -> tuple[int, int]:
    """Width and height that the pictures of a dataset are prepared at where a run says nothing."""
    try:
        return checked_size(*(settings.TRAINING_SIZE.read(project, dataset_id) or USUAL_SIZE))
    except UsageError:
        return USUAL_SIZE


def change_size(project: Project, dataset_id: int, size: tuple[int, int]) -> tuple[int, int]:
    """Set the training size (width, height) of a dataset; returns the one before.

    Raises :class:`UsageError` for a side outside :data:`SIDES`.
    """
    before = read_size(project, dataset_id)
    settings.TRAINING_SIZE.put(project, dataset_id, checked_size(*size))
    return before


def checked_size(width: int, height: int) -> tuple[int, int]:
    """A training size as it is; raises :class:`UsageError` for one that nothing trains at."""
    if not all(SIDES[0] <= side <= SIDES[1] for side in (width, height)):
        raise UsageError(
            "{width} x {height} is no training size: each side is {low} to {high} pixels.",
            width=width,
            height=height,
            low=SIDES[0],
            high=SIDES[1],
        )
    return width, height
