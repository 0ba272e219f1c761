"""Stacks that the artist keeps under a name, for every project: one TOML file each."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from studio.engine import settings
from studio.engine.door import read_text
from studio.engine.errors import StudioError, UsageError
from studio.engine.files import write_text, writing
from studio.engine.refinement.stack import Stack
from studio.engine.said import Said, reason

LONGEST_NAME = 60
_NOT_IN_NAMES = set('<>:"/\\|?*')


def folder() -> Path:
    """Where they lie: beside the settings."""
    return settings.home() / "stacks"


def names() -> list[str]:
    """All names, in order; none where the folder cannot be read."""
    try:
        return sorted((path.stem for path in folder().glob("*.toml")), key=str.casefold)
    except OSError:
        return []


def load(name: str) -> Stack:
    """The stack called `name`; :class:`UsageError` names those there are, or what is wrong."""
    known = names()
    if name not in known:
        listed = ", ".join(known) or Said("none yet")
        raise UsageError(
            "There is no stack called {name!r}. Known: {choices}.", name=name, choices=listed
        )
    path = folder() / f"{name}.toml"
    try:
        return Stack.from_toml(read_text(path, links=True))
    except OSError as error:
        raise StudioError(
            "The stack {path} cannot be read ({reason}): check the path.",
            path=path,
            reason=reason(error),
        ) from error
    except (UnicodeDecodeError, UsageError) as error:
        raise UsageError("{path}: {reason}", path=path, reason=reason(error)) from error


def save(name: str, stack: Stack) -> Path:
    """Keep `stack` as `name`, durably; never over another one."""
    name = unicodedata.normalize("NFC", name).strip()
    odd = any(ch in _NOT_IN_NAMES or not ch.isprintable() for ch in name)
    if not name or name.startswith(".") or len(name) > LONGEST_NAME or odd:
        raise UsageError(
            "A stack needs a name of 1 to {n} characters, without / \\ : * ? < > |.", n=LONGEST_NAME
        )
    if name.casefold() in {each.casefold() for each in names()}:
        raise UsageError(
            "There is a stack called {name!r} already: choose another name.", name=name
        )
    path = folder() / f"{name}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(
            "Could not make {path}: {reason}.", path=path.parent, reason=reason(error)
        ) from error
    write_text(path, stack.to_toml(), overwrite=False)
    return path


def remove(name: str) -> None:
    """Forget the stack called `name`, if there is one."""
    path = folder() / f"{name}.toml"
    with writing(path):
        path.unlink(missing_ok=True)
