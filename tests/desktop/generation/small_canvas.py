"""The place of generation on a copy of a small project, without the window around it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.generation import worker
from studio.desktop.generation.room import GenerationRoom
from studio.engine import events
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.session import loop

WAIT = 20_000


def train_small(project: Project, dataset: str, family: str, **options: Any) -> str:
    """A run of 16 by 16 pixels on the processor, to its end; its name. `options` are those of
    :func:`runs.create_run`."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the networks are so small that a second one only costs
    recipe = runs.create_run(project, dataset, family, 16, 16, device="cpu", **options)
    for event in loop.train(project.runs / recipe.run, project.folder, lambda: None, resume=False):
        assert not isinstance(event, events.Failed), event
    torch.set_num_threads(threads)
    return recipe.run


def settled(room: GenerationRoom, qtbot) -> None:
    """A picture is there, and nothing is on its way."""
    qtbot.waitUntil(lambda: not room.view.image().isNull(), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)


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


def taken_out(room: GenerationRoom, folder: Path) -> Path:
    """The file that a drag of the picture would bring, written into `folder`."""
    folder.mkdir(exist_ok=True)
    write = room.canvas.tools["drag_out"].writing()
    return write(folder, Job(Said("a drag"))).paths[0]
