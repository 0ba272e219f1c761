"""Files that leave by a drag. They stay: a program that only links to a file finds it later."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.i18n import said, tr
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

FOLDER = "dragged"


@dataclass(frozen=True)
class Written:
    """What was made for a drag."""

    paths: tuple[Path, ...]
    remarks: tuple[Said, ...] = ()
    """What is to be said of them."""
    image: QImage | None = None
    """What programs get that take no files."""

    def mime(self) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.paths])
        if self.image is not None:
            data.setImageData(self.image)
        return data


Write = Callable[[Path, Job[Written]], Written]
"""Writes into a folder; runs beside the window."""


class FileDrag(QObject):
    """Files are written beside the window, which never waits, and dragged as soon as they are
    there, while the hand still holds them."""

    def __init__(self, studio: Studio, source: QWidget, place: str) -> None:
        super().__init__(source)
        self._studio, self._source, self._place = studio, source, place
        self._busy = False

    def begin(
        self, write: Write, picture: QPixmap, over: Callable[[], object] = lambda: None
    ) -> None:
        """Let `write` make the files and drag them with `picture` at the pointer; `over` is
        called when they are written, or are not. One drag at a time."""
        project = self._studio.project
        if self._busy or project is None:
            return
        self._busy = True
        folder = place_for(project)

        def ended() -> None:
            self._busy = False
            if job.result is None:
                remove(folder)
            over()

        def done(written: Written) -> None:
            self._carry(written, folder, picture)

        job = Job(Said("Writing files to drag"), partial(write, folder))
        self._studio.jobs.start(job, self._place, done=done, over=ended)

    def _carry(self, written: Written, folder: Path, picture: QPixmap) -> None:
        for remark in written.remarks:
            self._studio.notices.info(said(remark))
        if not written.paths or not is_held():
            remove(folder)
            if written.paths:
                self._studio.notices.info(
                    tr("The button was let go before the files were written: hold it longer.")
                )
            return
        drag = QDrag(self._source)
        drag.setMimeData(written.mime())
        drag.setPixmap(picture)
        if drag.exec(Qt.DropAction.CopyAction) == Qt.DropAction.IgnoreAction:
            remove(folder)


def is_held() -> bool:
    """Whether the left button is down, wherever the pointer is."""
    return bool(QApplication.mouseButtons() & Qt.MouseButton.LeftButton)


def place_for(project: Project) -> Path:
    """A new folder for the files of one drag, in the project; beside a project that cannot be
    written, in the system's folder of temporary files."""
    moment = f"{datetime.datetime.now():%Y-%m-%d-%H%M%S-}"
    if not project.read_only_reason:
        try:
            (project.folder / FOLDER).mkdir(exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=moment, dir=project.folder / FOLDER))
        except OSError:
            pass
    return Path(tempfile.mkdtemp(prefix="latent-studio-"))


def remove(place: Path) -> None:
    """Take the files of a drag away that led to nothing."""
    shutil.rmtree(place, ignore_errors=True)
    if place.parent.name == FOLDER:
        with contextlib.suppress(OSError):  # there are files of other drags
            place.parent.rmdir()
