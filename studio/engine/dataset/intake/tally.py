"""Counts of what one import does not take, and the reason for each kind."""

from __future__ import annotations

from pathlib import PurePath

from studio.engine.dataset.decoding.unread_formats import unread
from studio.engine.dataset.index import left_out
from studio.engine.dataset.index.left_out import BOXES, MASK, REDUCED, SHOWN, LeftOut
from studio.engine.dataset.intake import side_files
from studio.engine.dataset.intake.system_files import Aside
from studio.engine.project import Project
from studio.engine.said import Said

_NO_PICTURE = Said("No picture that can be read.")
_ARCHIVE = Said("An archive of this kind is not opened: unpack it and import the folder.")
CUT_OFF = Said("The archive is cut off before its end: copy or download it again.")
_REASONS = {
    Aside.BIN.value: Said("Deleted, or never finished: left where it is."),
    Aside.HIDDEN.value: Said("Hidden: rename it without the full stop to import it."),
    Aside.VERSION.value: Said("An earlier version that a program keeps: left where it is."),
    BOXES: Said("Numbers of an annotation tool, not words: not taken as a caption."),
    MASK: Said("A mask that belongs to the picture beside it, not a picture."),
    REDUCED: Said("A smaller copy of another page of its file."),
}
_REASONS |= dict.fromkeys((".zip", ".cbz"), Said("It is called an archive and is none."))
_ARCHIVES = (
    ".7z", ".bz2", ".cb7", ".cbr", ".cbt", ".dmg", ".gz", ".iso", ".lzh", ".rar", ".tar", ".tgz",
    ".xz", ".z01", ".zst",
)  # fmt: skip


def reason_of(kind: str) -> Said:
    """Why what is counted as `kind` was not taken."""
    if kind in _REASONS:
        return _REASONS[kind]
    return unread(kind) or (_ARCHIVE if kind in _ARCHIVES else _NO_PICTURE)


class Tally:
    """The counts of one import, by source. A file that gave a picture its words is not among them.

    What lies beside a picture is met before it, so this is only known at the end.
    """

    def __init__(self) -> None:
        self.used: set[str] = set()
        """Files of captions and labels whose words were taken."""
        self._found: dict[int, dict[str, LeftOut]] = {}
        self._texts: list[tuple[int, str]] = []

    def add(self, source_id: int, kind: str, file: str) -> None:
        """Count one file, named as it is shown."""
        kinds = self._found.setdefault(source_id, {})
        one = kinds.setdefault(kind, LeftOut(kind, reason_of(kind)))
        one.count += 1
        if len(one.files) < SHOWN:
            one.files.append(file)

    def no_picture(self, source_id: int, file: str) -> None:
        """Count a file that is no picture, if it is not found to be used."""
        ending = PurePath(file).suffix.lower()
        if ending in side_files.ENDINGS:
            self._texts.append((source_id, file))
        else:
            self.add(source_id, ending or "-", file)

    def close(self) -> list[LeftOut]:
        for source_id, file in self._texts:
            if file not in self.used:
                self.add(source_id, PurePath(file).suffix.lower(), file)
        self._texts.clear()
        return left_out.merged(self._found.values())

    def keep(self, project: Project, dataset_id: int, source_ids: list[int]) -> None:
        """Store what is known of these sources with the dataset."""
        found = {number: self._found.get(number, {}) for number in source_ids}
        left_out.keep(project, dataset_id, found)
