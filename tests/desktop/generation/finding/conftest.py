"""A small project with a VAE and a style generator, and the place of generation on a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from tests.desktop.generation.small_canvas import room_of, studio_on
from tests.desktop.generation.test_shaping import made

__all__ = ["made"]
WAIT = 60_000


@pytest.fixture
def studio(qapp, made: Path, tmp_path: Path, monkeypatch) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    with studio_on(made, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    with room_of(studio, qtbot) as opened:
        qtbot.waitUntil(lambda: not opened.view.image().isNull(), timeout=WAIT)
        yield opened


@pytest.fixture
def told(studio: Studio) -> list[str]:
    """What notices say."""
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(str(notice.sentence)))
    return said
