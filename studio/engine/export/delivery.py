"""The files of one hand-over: all of them are written, or none."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

from studio.engine.errors import StudioError, TakenError
from studio.engine.export import file_names
from studio.engine.export.collections.base import Sheet
from studio.engine.export.file_names import Parcel, Taken
from studio.engine.export.finish import UNFINISHED, Finished
from studio.engine.files import (
    beside,
    claim,
    clear_unfinished,
    discard,
    fsync_file,
    fsync_folder,
    sha256_file,
    writing,
)
from studio.engine.pieces.origin import Origin
from studio.engine.said import reason


@dataclass(frozen=True)
class Written:
    """Where the files of a parcel come from, and what was added to each beside its words."""

    origin: Origin
    finished: tuple[Finished, ...] = ()


Make = Callable[[Sequence[Sheet]], Written]
"""Writes the files of a parcel."""
OLD = 3600.0
"""Seconds after which nobody is still writing a picture."""
_KEPT = re.compile(r"\..+\.[0-9a-f]{6}\.old")
TRIES = 100
"""So often another program may be quicker to take a free name."""


@dataclass(frozen=True)
class Exported:
    """One written file; `asked` is the name it was to have."""

    path: Path
    sha256: str
    piece_id: int | None
    provenance: dict[str, Any]
    asked: str
    finished: Finished = UNFINISHED
    """What was added to it beside its words."""

    @property
    def renamed(self) -> bool:
        """Whether it has another name than it was to have."""
        return self.path.name != self.asked


class Delivery:
    """Made before the first picture: raises what :func:`file_names.parcels` raises."""

    def __init__(self, folder: Path, asked: Sequence[Parcel], taken: Taken) -> None:
        self.parcels = file_names.parcels(folder, asked, taken)
        self._written: dict[int, list[Exported]] = {}
        self._asked, self._folder, self._taken = asked, folder, taken
        self._waiting: list[tuple[Path, Path]] = []
        self._placed: list[Path] = []
        self._is_claimed = False
        """Whether names were given that no power cut may take back."""
        self._before: dict[Path, Path] = {}
        """What was replaced, by its name: a hidden file beside it until all is done."""

    @property
    def files(self) -> list[Exported]:
        """What was written, in the order of the parcels."""
        return [file for place in sorted(self._written) for file in self._written[place]]

    @property
    def targets(self) -> list[Path]:
        """Every file that is written, in the order of the parcels."""
        return [file for parcel in self.parcels for file in parcel.files(self._folder)]

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Have the folder. When the work fails, what was written goes again, and so do folders
        that were made for it; what was to be replaced is as it was.
        """
        missing = [each for each in (self._folder, *self._folder.parents) if not each.exists()]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudioError(
                "Could not make the folder {folder} ({reason}): choose another one.",
                folder=self._folder,
                reason=reason(error),
            ) from error
        self._settle()
        try:
            yield
            self.finish()
        except BaseException:
            self._take_back(missing)
            raise
        _remove(self._before.values())

    def _settle(self) -> None:
        """End what an export that was killed has left in the folder: what was replaced goes, or
        comes back where nothing took its place."""
        clear_unfinished(self._folder, OLD)
        with contextlib.suppress(OSError):
            names = {target.name: target for target in self.targets}
            for kept in self._folder.glob(".*.old"):
                target = names.get(kept.name[1:-11])
                if target is not None and not kept.is_symlink() and _KEPT.fullmatch(kept.name):
                    kept.unlink() if os.path.lexists(target) else kept.rename(target)

    def write(self, place: int, make: Make, piece_id: int | None = None) -> None:
        """Write the files of the parcel at `place`, or lay them ready to replace others. Different
        parcels may be written by different threads."""
        if self._taken is Taken.REPLACE:
            hashes, written = self._lay_ready(place, make)
        else:
            written = self._claim(place, make)
            hashes = [sha256_file(target) for target in self._files(place)]
        origin = written.origin
        said: dict[str, Any] = {
            "digital_source_type": origin.source_type,
            "creator": origin.creator,
            "rights": origin.rights,
            "recipe": origin.recipe,
        }
        asked = self._asked[place].files(self._folder)
        rows = zip(
            self._files(place), hashes, asked, written.finished or repeat(UNFINISHED), strict=False
        )
        self._written[place] = [
            Exported(target, sha256, piece_id, said | done.facts(), wanted.name, done)
            for target, sha256, wanted, done in rows
        ]

    def _files(self, place: int) -> list[Path]:
        return self.parcels[place].files(self._folder)

    def finish(self) -> None:
        """Replace what is to be replaced, now that all of it has been made, and make names lasting.

        Where the program is ended from without meanwhile, what was at `vase.png` may be left
        over beside it as the hidden `.vase.png.1f2e3d.old`, until the next export of that name.
        """
        for temporary, target in self._waiting:
            with writing(target):
                self._keep(target)
                temporary.replace(target)
            self._placed.append(target)
        if self._waiting or self._is_claimed:
            with writing(self._folder):
                fsync_folder(self._folder)
        self._waiting.clear()
        self._is_claimed = False

    def _keep(self, target: Path) -> None:
        if not os.path.lexists(target):
            return
        kept = target.with_name(f".{target.name}.{os.urandom(3).hex()}.old")
        try:
            os.link(target, kept, follow_symlinks=False)
        except (OSError, NotImplementedError):  # not every file system has links
            target.replace(kept)
        self._before[target] = kept

    def _claim(self, place: int, make: Make) -> Written:
        for _ in range(TRIES):
            try:
                return self._claim_once(self._files(place), make)
            except TakenError:
                if self._taken is not Taken.NEXT:
                    raise
                asked = self._asked[place]
                self.parcels[place] = file_names.next_free(self._folder, asked, self.parcels)
        raise TakenError(
            "Other programs take every free name in {folder}: try again.", folder=self._folder
        )

    def _claim_once(self, targets: Sequence[Path], make: Make) -> Written:
        sheets = [Sheet(target.name, beside(target)) for target in targets]
        placed: list[Path] = []
        try:
            with writing(targets[0]):
                written = make(sheets)
            for sheet, target in zip(sheets, targets, strict=True):
                with writing(target):
                    fsync_file(sheet.path)
                    claim(sheet.path, target)
                placed.append(target)
                self._is_claimed = True
        except BaseException:
            _remove(placed)
            raise
        finally:
            _remove(sheet.path for sheet in sheets)
        return written

    def _lay_ready(self, place: int, make: Make) -> tuple[list[str], Written]:
        targets = self._files(place)
        sheets = [Sheet(target.name, beside(target)) for target in targets]
        self._waiting += [(each.path, to) for each, to in zip(sheets, targets, strict=True)]
        with writing(targets[0]):
            written = make(sheets)
            for sheet in sheets:
                fsync_file(sheet.path)
        return [sha256_file(sheet.path) for sheet in sheets], written

    def _take_back(self, missing: Sequence[Path]) -> None:
        mine = [file.path for file in self.files] if self._taken is not Taken.REPLACE else []
        made = [target for target in self._placed if target not in self._before]
        _remove((*mine, *made, *(temporary for temporary, _ in self._waiting)))
        for target, kept in self._before.items():
            with contextlib.suppress(OSError):
                # Of two links to one file neither would be replaced.
                still_there = os.path.lexists(target) and kept.samefile(target)
                kept.unlink() if still_there else kept.replace(target)
        with contextlib.suppress(OSError):
            for folder in missing:
                folder.rmdir()


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        discard(path)
