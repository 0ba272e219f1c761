"""The place of generation on a copy of a small project, without the window around it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.generation import worker
from studio.desktop.generation.room import GenerationRoom


@contextlib.contextmanager
def studio_on(
    made: Path, place: Path, monkeypatch: pytest.MonkeyPatch, samples: int = 100
) -> Iterator[Studio]:
    """With a copy of the project `made` in `place`; `samples` seeds serve to find directions."""
    monkeypatch.setattr(worker, "SAMPLES", samples)
    shutil.copytree(made, place / "Project")
    studio = Studio()
    studio.settings.device = "cpu"
    studio.set_language("en")
    assert studio.open_project(place / "Project")
    yield studio
    studio.close_project()
    i18n.set_language("en")


@contextlib.contextmanager
def room_of(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    """Shown and entered, with its shortcuts; what it opens is on its way."""
    room = GenerationRoom(studio)
    qtbot.addWidget(room)
    for entry in studio.actions.all():
        if entry.room == "generation":
            room.addAction(entry.action)
    room.resize(1280, 800)
    with qtbot.waitExposed(room):
        room.show()
    room.project_opened(studio.project)
    room.entered()
    yield room
    room.shutdown()
