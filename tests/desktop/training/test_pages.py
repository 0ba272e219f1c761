"""Where there is nothing to train on, the place says the next step."""

from __future__ import annotations

import pytest

from studio.desktop.training.room import TrainingRoom
from studio.engine.project import Project
from tests.desktop.training.support import WAIT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def test_without_pictures_the_place_leads_to_them(room: TrainingRoom, tmp_path, qtbot) -> None:
    asked: list[str] = []
    room.placeRequested.connect(asked.append)
    qtbot.waitUntil(lambda: bool(room.form.dataset.key()), timeout=WAIT)
    assert not room.pages.empty.isVisible()
    room.project_closed()
    with Project.open(tmp_path / "Bare", create=True) as bare:
        room.project_opened(bare)
        room.entered()
        qtbot.waitUntil(room.pages.empty.isVisible, timeout=WAIT)
        room.pages.empty.button.click()
        assert asked == ["dataset"]
        room.project_closed()
    assert not room.pages.empty.isVisible()
