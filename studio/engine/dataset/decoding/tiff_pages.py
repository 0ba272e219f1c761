"""The pages of a TIFF, without decoding any: TIFF 6.0, sections 2 and 8; BigTIFF.

Pages of a scan can be pictures of their own. The first one goes by the name of its file alone, so
that what was decided about the file stays; another one is called `page 2` in it, as a member of an
archive is by its name; in an archive `scans/a.tif/page 2`.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SUFFIXES = (".tif", ".tiff")
MOST = 1000
_MOST_TAGS = 4096
_NEW_SUBFILE, _SUBFILE = 254, 255
_REDUCED, _MASK = 1, 4
_OLD_REDUCED = 2
_PAGE = re.compile(r"page (\d{1,4})")


@dataclass(frozen=True)
class Page:
    """`number` counts from 1; a page is a picture of its own where it is neither of the others."""

    number: int
    is_reduced: bool = False
    is_mask: bool = False


def member_of(page: Page) -> str:
    return f"page {page.number}"


def within(member: str, page: Page) -> str:
    """What a page is called in its file, which may be a member of an archive."""
    return f"{member}/{member_of(page)}" if member else member_of(page)


def parted(path: Path | str, member: str) -> tuple[str, int]:
    """The member of an archive, empty for a plain file, and its page; 0 for the whole file."""
    if not member:
        return "", 0
    file, _, last = member.rpartition("/")
    found = _PAGE.fullmatch(last)
    is_tiff = (file or os.fspath(path)).lower().endswith(SUFFIXES)
    return (file, int(found[1])) if found and is_tiff else (member, 0)


def pages_in(stream: IO[bytes]) -> list[Page]:
    """All of a file, at most :data:`MOST`; a damaged one ends the list."""
    found: list[Page] = []
    with contextlib.suppress(struct.error, OverflowError, ValueError):
        for number, (new, old) in enumerate(_kinds(stream), 1):
            reduced = bool(new & _REDUCED) or old == _OLD_REDUCED
            found.append(Page(number, reduced, bool(new & _MASK)))
            if number == MOST:
                break
    return found


def _kinds(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    """NewSubfileType and SubfileType of each directory."""
    order = {b"II": "<", b"MM": ">"}.get(stream.read(2))
    if order is None:
        return
    (version,) = struct.unpack(f"{order}H", stream.read(2))
    is_big = version == 43
    if is_big:
        stream.read(4)
    offset, count, entry = ("Q", "Q", "HHQ") if is_big else ("I", "H", "HHI")
    size, value_size = struct.calcsize(f"={entry}") + (8 if is_big else 4), 8 if is_big else 4
    (place,) = _read(stream, order + offset)
    seen: set[int] = set()
    while place and place not in seen:
        seen.add(place)
        stream.seek(place)
        (tags,) = _read(stream, order + count)
        if tags > _MOST_TAGS:
            return
        kinds = {_NEW_SUBFILE: 0, _SUBFILE: 0}
        for _ in range(tags):
            tag, kind, _, value = struct.unpack(f"{order}{entry}{value_size}s", stream.read(size))
            if tag in kinds and kind in (3, 4):  # SHORT, LONG
                (kinds[tag],) = struct.unpack_from(order + "HI"[kind - 3], value)
        (place,) = _read(stream, order + offset)
        yield kinds[_NEW_SUBFILE], kinds[_SUBFILE]


def _read(stream: IO[bytes], layout: str) -> tuple[int, ...]:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))
