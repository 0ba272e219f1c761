"""The files of one hand-over: all of them are written, or none."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError, TakenError
from studio.engine.export import file_names
from studio.engine.export.file_names import Taken
from studio.engine.export.formats.base import Format
from studio.engine.files import (
    atomic_path,
    beside,
    clear_unfinished,
    fsync_file,
    fsync_folder,
    sha256_file,
    writing,
)
from studio.engine.pieces.origin import Origin
from studio.engine.said import reason

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

    @property
    def renamed(self) -> bool:
        """Whether it has another name than it was to have."""
        return self.path.name != self.asked


class Delivery:
    """Made before the first picture: raises what :func:`safe_names.targets` raises."""

    def __init__(self, kind: Format, folder: Path, names: Sequence[str], taken: Taken) -> None:
        self.targets = file_names.targets(folder, names, kind.suffix, taken)
        self.files: list[Exported] = []
        self._asked = [file_names.safe_name(name) + kind.suffix for name in names]
        self._kind, self._folder, self._taken = kind, folder, taken
        self._waiting: list[tuple[Path, Path]] = []
        self._placed: list[Path] = []
        self._before: dict[Path, Path] = {}
        """What was replaced, by its name: a hidden file beside it until all is done."""

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
        for kept in self._before.values():
            with contextlib.suppress(OSError):
                kept.unlink(missing_ok=True)

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

    def write(
        self, place: int, artwork: Artwork, origin: Origin, piece_id: int | None = None
    ) -> None:
        """Write the picture that belongs to the name at `place`, or lay it ready to replace."""
        target = self.targets[place]
        if self._taken is Taken.REPLACE:
            sha256 = self._lay_ready(target, artwork, origin)
        else:
            target = self.targets[place] = self._claim(target, place, artwork, origin)
            sha256 = sha256_file(target)
        said = {
            "digital_source_type": origin.source_type,
            "creator": origin.creator,
            "rights": origin.rights,
            "recipe": origin.recipe,
        }
        self.files.append(Exported(target, sha256, piece_id, said, self._asked[place]))

    def finish(self) -> None:
        """Replace what is to be replaced, now that all of it has been made.

        Where the program is ended from without meanwhile, what was at `vase.png` may be left
        over beside it as the hidden `.vase.png.1f2e3d.old`, until the next export of that name.
        """
        for temporary, target in self._waiting:
            with writing(target):
                self._keep(target)
                temporary.replace(target)
            self._placed.append(target)
        if self._waiting:
            with writing(self._folder):
                fsync_folder(self._folder)
        self._waiting.clear()

    def _keep(self, target: Path) -> None:
        if not os.path.lexists(target):
            return
        kept = target.with_name(f".{target.name}.{os.urandom(3).hex()}.old")
        try:
            os.link(target, kept, follow_symlinks=False)
        except (OSError, NotImplementedError):  # not every file system has links
            target.replace(kept)
        self._before[target] = kept

    def _claim(self, target: Path, place: int, artwork: Artwork, origin: Origin) -> Path:
        for _ in range(TRIES):
            try:
                with atomic_path(target, overwrite=False) as temporary:
                    self._kind.write(artwork, origin, temporary)
                return target
            except TakenError:
                if self._taken is not Taken.NEXT:
                    raise
                target = file_names.next_free(self._folder / self._asked[place], self.targets)
        raise TakenError(
            "Other programs take every free name in {folder}: try again.", folder=self._folder
        )

    def _lay_ready(self, target: Path, artwork: Artwork, origin: Origin) -> str:
        temporary = beside(target)
        self._waiting.append((temporary, target))
        with writing(target):
            self._kind.write(artwork, origin, temporary)
            fsync_file(temporary)
        return sha256_file(temporary)

    def _take_back(self, missing: Sequence[Path]) -> None:
        mine = [file.path for file in self.files] if self._taken is not Taken.REPLACE else []
        made = [target for target in self._placed if target not in self._before]
        for path in (*mine, *made, *(temporary for temporary, _ in self._waiting)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        for target, kept in self._before.items():
            with contextlib.suppress(OSError):
                # Of two links to one file neither would be replaced.
                still_there = os.path.lexists(target) and kept.samefile(target)
                kept.unlink() if still_there else kept.replace(target)
        with contextlib.suppress(OSError):
            for folder in missing:
                folder.rmdir()
