"""Files that leave by a drag. They stay: a program that only links to a file finds it later."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import tempfile
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QWidget

from studio.engine.project import Project

FOLDER = "dragged"


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


def carry(source: QWidget, data: QMimeData, picture: QPixmap) -> None:
    """Drag `data` as a copy, wherever it is let go; where nobody takes it, its files go again."""
    places = {Path(url.toLocalFile()).parent for url in data.urls()}
    drag = QDrag(source)
    drag.setMimeData(data)
    drag.setPixmap(picture)
    if drag.exec(Qt.DropAction.CopyAction) == Qt.DropAction.IgnoreAction:
        for place in places:
            remove(place)


def remove(place: Path) -> None:
    """Take the files of a drag away that led to nothing."""
    shutil.rmtree(place, ignore_errors=True)
    if place.parent.name == FOLDER:
        with contextlib.suppress(OSError):  # there are files of other drags
            place.parent.rmdir()
