"""Many pictures to files: every name is checked first, then one picture at a time is in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.verbs.console import Console

if TYPE_CHECKING:
    from studio.engine.artwork import Artwork
    from studio.engine.export.handover import Exported
    from studio.engine.pieces.origin import Origin

    Made = tuple[Artwork, Origin]


def write_pictures(
    names: Sequence[str],
    make: Callable[[int], Made],
    preset: str,
    folder: Path,
    console: Console,
) -> list[Exported]:
    """Write `make(place)`, an artwork and its origin, for the name at every place.

    All or nothing: when one fails, those already written go again, and so does a folder that
    was made for them. Raises :class:`UsageError` for two of one name, :class:`StudioError`
    for a file that exists, before the first picture is made.
    """
    from studio.engine.export import file_names
    from studio.engine.export.formats.base import format_of
    from studio.engine.export.handover import export_pictures

    file_names.targets(folder, names, format_of(preset).suffix)
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    written: list[Exported] = []
    try:
        for place, name in enumerate(names):
            artwork, origin = make(place)
            written += export_pictures([(name, artwork, origin)], preset, {}, folder)
            console.progress(f"{place + 1} of {len(names)} pictures", (place + 1) / len(names))
    except BaseException:
        with contextlib.suppress(OSError):
            for file in written:
                file.path.unlink(missing_ok=True)
            for each in missing:
                each.rmdir()
        raise
    return written
