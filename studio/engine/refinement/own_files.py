"""The files that the steps of a project's pieces name, which lie in that project or are not read.

A project may come from anybody, and its index may name any file of whoever opens it. What was
chosen by hand is copied into the project, so that a piece never needs one from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from studio.engine.door import OutsideError, inside
from studio.engine.errors import StudioError
from studio.engine.refinement.base import Operation
from studio.engine.refinement.colour_transfer import MARK as COLOURS
from studio.engine.refinement.group import Group
from studio.engine.refinement.masks.base import MaskKind
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.places import entry_at, places
from studio.engine.refinement.stack import Stack
from studio.engine.refinement.step import Step
from studio.engine.said import Said

_FILES = {"picture", "enlarger"}
"""What parameters hold that name a file."""


def settled(stack: Stack, project: Path) -> Stack:
    """:meth:`Stack.settled` of what the index of a project keeps, for the folder `project`.

    :class:`StudioError` with the step and the file where one lies elsewhere, before any is read.
    """
    for place in places(stack):
        entry = entry_at(stack, place)
        for path in _named(entry):
            try:
                path_of(project, path)
            except OutsideError as error:
                raise StudioError(
                    "Step {number} ({step}) names the file {path}, which is not read as it does "
                    "not lie in the project: choose the file again, or take the step out.",
                    error.detail, number=".".join(str(each + 1) for each in place),
                    step=entry.name if isinstance(entry, Group) and entry.name
                    else Said(entry.title),
                    path=path,
                ) from error  # fmt: skip
    return stack.settled(project)


def settled_mask(mask: Mask, project: Path) -> Mask:
    """The same of one mask."""
    for path in _of(mask.shape()):
        try:
            path_of(project, path)
        except OutsideError as error:
            raise StudioError(
                "The mask {path} is not read as it does not lie in the project: choose the "
                "picture again, or take the mask away.", error.detail, path=path,
            ) from error  # fmt: skip
    return mask.settled(project)


def are_kept(entry: Step | Group, project: Path) -> bool:
    """Whether every file that it names is there, in the project; of a group what it says itself."""
    try:
        return all(path_of(project, path).is_file() for path in _named(entry))
    except OutsideError:
        return False


def path_of(project: Path, name: str) -> Path:
    """Of what a step names; :class:`OutsideError` where that lies elsewhere, or behind a link."""
    if name.startswith("~"):  # a plain name, which steps take for a person's home
        raise OutsideError("{path} does not lie in the project.", path=name)
    return inside(project, *PurePosixPath(name).parts)


def _named(entry: Step | Group) -> Iterator[str]:
    parts: list[Operation | MaskKind] = [entry.mask.shape()] if entry.mask is not None else []
    if isinstance(entry, Step):
        parts.append(entry.operation())
    for part in parts:
        yield from _of(part)


def _of(part: Operation | MaskKind) -> Iterator[str]:
    for name, declared in part.params().items():
        value = getattr(part, name)
        if declared.content in _FILES and value and not value.startswith(COLOURS):
            yield value
