"""What a walk over sources meets: a file that may be a picture, or something passed over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.engine.said import Said


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file, or a member of an archive, that may be a picture.

    `folders` are the folder names between the source's root and the file; `label` is what a
    file beside it states, which goes before them.
    """

    path: Path
    member: str
    name: str
    bytes: int
    mtime_ns: int
    folders: tuple[str, ...]
    caption: str
    label: str = ""
    has_metadata_beside: bool = False
    """Whether files of metadata lie in its folder."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was passed over, and why. `incomplete` when pictures may be behind it.

    With a `kind` it is one of many of its kind, which are counted.
    """

    file: str
    reason: Said
    incomplete: bool = False
    kind: str = ""
