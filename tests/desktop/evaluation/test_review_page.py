"""The review queue: filtered, decided many at once with a reason, taken back, and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.evaluation.review_session import ReviewSession
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.pieces import pieces, verdicts
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(tmp_path / "project", create=True) as opened:
        written = LatentRecipe(beginning=Seeded(seed=1)).model_dump_json()
        for number in range(1, 5):
            opened.write(
                "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, review, "
                "file) VALUES (?, ?, 'a run', 'ab', ?, ?, ?)",
                (f"piece-{number}", f"2026-11-30T10:0{number}:00+00:00", written,
                 "look" if number < 4 else "new", f"piece-{number}.png"),
            )  # fmt: skip
        yield opened


@pytest.fixture
def reviewing(project: Project, studio: Studio, qtbot, monkeypatch):
    picture = np.full((8, 8, 3), 90, np.uint8)
    monkeypatch.setattr(pieces, "stored", lambda piece: picture)
    thread = WorkerThread()
    made = ReviewSession(studio, thread)
    qtbot.addWidget(made.page)
    made.page.retranslate()
    studio.decisions.open(project)
    made.set_project(project)
    made.show(True)
    try:
        qtbot.waitUntil(lambda: made.page.list.count() == 3)
        yield made
    finally:
        thread.stop()
        studio.decisions.close()


def states(project: Project) -> list[str]:
    return [str(each.review) for each in pieces.pieces(project)]


def of(project: Project, name: str) -> Piece:
    return pieces.piece(project, name)


def test_several_are_rejected_with_one_reason_and_come_back(
    reviewing: ReviewSession, project: Project, studio: Studio, qtbot
) -> None:
    page = reviewing.page
    assert page.state.itemText(0) == "Waiting for a look (3)"
    page.list.choose([of(project, "piece-1").id, of(project, "piece-2").id])
    qtbot.keyClicks(page.reason, "too close to 0012.jpg")
    qtbot.mouseClick(page.reject, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.list.count() == 1)
    assert states(project) == ["rejected", "rejected", "look", "new"]
    assert page.reason.text() == ""
    said = verdicts.record(project)
    assert {each.piece_name for each in said} == {"piece-1", "piece-2"}
    assert {each.reason for each in said} == {"too close to 0012.jpg"}
    studio.undo.undo()
    qtbot.waitUntil(lambda: page.list.count() == 3)
    assert states(project) == ["look", "look", "look", "new"]
    assert len(verdicts.record(project)) == 4  # what was taken back stays in the record


def test_a_filter_shows_what_is_in_a_state_and_what_was_decided(
    reviewing: ReviewSession, project: Project, qtbot
) -> None:
    page = reviewing.page
    assert not page.approve.isEnabled()
    pieces.set_review(project, of(project, "piece-4").id, Review.APPROVED, "calm", "Ada")
    reviewing.reload()
    qtbot.waitUntil(lambda: "Approved (1)" in page.state.itemText(2))
    page.state.setCurrentIndex(2)
    page.state.activated.emit(2)
    page.list.choose([of(project, "piece-4").id])
    assert page.history.text().endswith("Approved · Ada · calm")
    assert page.approve.isEnabled()
    page.decide(Review.APPROVED)  # it is that already
    assert len(verdicts.record(project)) == 1
    page.grab()


def test_a_piece_that_takes_the_number_of_a_deleted_one_has_no_past(project: Project) -> None:
    last = of(project, "piece-4")
    pieces.set_review(project, last.id, Review.REJECTED, "dull")
    project.write("DELETE FROM piece WHERE id = ?", (last.id,))
    written = LatentRecipe(beginning=Seeded(seed=2)).model_dump_json()
    key = project.write(
        "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, file) "
        "VALUES ('piece-5', '2026-11-30T11:00:00+00:00', 'a run', 'ab', ?, 'piece-5.png')",
        (written,),
    )
    assert key == last.id
    new = of(project, "piece-5")
    assert verdicts.of_pieces(project, [new]) == {new.id: []}
    assert verdicts.record(project)[0].piece_name == "piece-4"
