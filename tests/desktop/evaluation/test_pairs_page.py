"""The closest pairs in the evaluation place: asked for when looked at, worst first, in words."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel

from studio.desktop.base.studio import Studio
from studio.desktop.evaluation import copy_search as work
from studio.desktop.evaluation import pair_words
from studio.desktop.evaluation import room as place
from studio.desktop.evaluation.room import EvaluationRoom
from studio.desktop.evaluation.worker import closest
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.errors import StudioError
from studio.engine.evaluation.copies import Likeness
from studio.engine.evaluation.gallery import Gallery, Pair
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said
from tests.desktop.evaluation.test_room import BARE, GAN, VAE, Prompt, pixels

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

SAME = Likeness(0, 0.0, 0.4, 100.0, 90.0)
SOFT = Likeness(1, 0.7, 0.4, 96.2, 90.0, mirrored=True)
MOVED = Likeness(2, 0.2, 0.4, 40.0, 90.0)
NEW = Likeness(3, 0.9, 0.4, 55.0, 90.0)


def item(number: int, name: str) -> Item:
    return Item(
        number, 1, 1, Path("folder") / name, "", name, 1, 1, "", "PNG", "RGB", 8, 8, 3, "", "",
        True, True, 0,
    )  # fmt: skip


def pair(seed: int, likeness: Likeness, *, known: bool = True) -> Pair:
    picture = pixels(1, 150 + seed)[0]
    there = item(seed, f"picture {seed}.png") if known else None
    return Pair(seed, picture, picture, likeness, there, known)


def gallery(*pairs: Pair, **facts: object) -> Gallery:
    copies = sum(each.likeness.too_close for each in pairs)
    found = Gallery(list(pairs), 256, copies, copies, 450, 0.4, 90.0, 50, 0)
    return replace(found, **facts)  # type: ignore[arg-type]  # names of the fields


class Answering:
    """Answers from memory. `gate` holds the answer back until it is cancelled, too."""

    asked: list[tuple[str, int, int]] = []
    found = gallery(pair(4, SAME), pair(9, SOFT), pair(2, MOVED), pair(1, NEW))
    partial = gallery()
    gate: threading.Event | None = None
    error = ""

    def closest(self, project, run, count, seed, job) -> Gallery:
        type(self).asked.append((run, count, seed))
        job.advance(32, count)
        while self.gate is not None and not self.gate.wait(0.01):
            if job.cancelled():
                return self.partial
        if self.error:
            raise StudioError(self.error, "the detail")
        return self.found


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> type[Answering]:
    fresh = type("Fresh", (Answering,), {"asked": []})
    monkeypatch.setattr(work, "closest", fresh().closest)
    monkeypatch.setattr(place, "Evaluator", type("Prompt", (Prompt,), {"asked": []}))
    return fresh


@pytest.fixture
def room(studio: Studio, answering, tmp_path: Path, qtbot) -> Iterator[EvaluationRoom]:
    made = EvaluationRoom(studio)
    qtbot.addWidget(made)
    for entry in studio.actions.all():
        if entry.room == "evaluation":
            made.addAction(entry.action)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    studio.project = Project.open(tmp_path / "project", create=True)
    made.project_opened(studio.project)
    made.entered()
    qtbot.waitUntil(lambda: bool(made.generated.images))
    yield made
    if answering.gate is not None:
        answering.gate.set()
    made.shutdown()


def shown(room: EvaluationRoom) -> bool:
    return room.comparing.page.strip.isVisible() and room.comparing.page.strip.count() > 0


def look(room: EvaluationRoom, qtbot) -> None:
    qtbot.mouseClick(room.centre.tabs[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(room))


def test_nothing_is_compared_before_that_is_looked_at(room, answering, qtbot):
    assert answering.asked == []
    look(room, qtbot)
    assert answering.asked == [(VAE.name, 256, 0)]
    assert room.side.compared.isVisible()
    assert not room.side.count.isVisible()
    qtbot.keyClick(room.comparing.page.strip, Qt.Key.Key_C)
    assert room.generated.isVisible()
    qtbot.keyClick(room.generated, Qt.Key.Key_C)
    assert shown(room)
    assert len(answering.asked) == 1  # what was found still holds


def test_the_closest_pair_is_large_and_copies_are_counted(room, qtbot):
    look(room, qtbot)
    page, panel = room.comparing.page, room.comparing.panel
    assert page.verdict.text() == "3 of 256 generated pictures copy 3 of yours."
    assert page.verdict.property("tone") == "bad"
    assert "more pictures, stop earlier" in page.advice.text()
    assert not page.caution.isVisible()
    assert page.names[0].text() == "Generated — Seed 4"
    assert page.names[1].text() == "Training picture — picture 4.png"
    assert page.generated.images[0].pixelColor(0, 0).red() == 154
    assert panel.card.number.text() == "100 %"
    assert panel.card.words.text() == "The same picture."
    assert panel.mark.text() == "Marked as a copy."


def test_pairs_are_walked_by_keys_and_said_in_words(room, qtbot):
    look(room, qtbot)
    page, panel = room.comparing.page, room.comparing.panel
    page.strip.setFocus()
    said = []
    for _ in range(4):
        said.append((panel.card.number.text(), panel.card.words.text(), panel.mark.text()))
        qtbot.keyClick(page.strip, Qt.Key.Key_Right)
    assert said[1] == (
        "96 %", "Almost the same picture. Left and right are swapped.", "Marked as a copy.",
    )  # fmt: skip
    assert said[2] == ("0.20", "The same things, moved or cut.", "Marked as a copy.")
    assert said[3] == ("55 %", "A picture of its own.", "Not a copy.")
    spoken = [page.strip.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert spoken[1] == "Copy · Seed 9 · 96 % like picture 9.png"
    assert spoken[3] == "Seed 1 · 55 % like picture 1.png"


def test_without_copies_the_closest_are_shown_all_the_same(room, answering, qtbot):
    answering.found = gallery(pair(1, NEW))
    look(room, qtbot)
    page = room.comparing.page
    assert page.verdict.text() == "No picture comes close to one of yours."
    assert page.verdict.property("tone") == "good"
    assert "256 generated pictures were compared with 450" in page.advice.text()
    assert page.strip.count() == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"copies": 1, "copied": 1}, "1 of 256 generated pictures copies one of yours."),
        ({"copies": 5, "copied": 1}, "5 of 256 generated pictures copy the same one of yours."),
        ({"copies": 1500, "copied": 20}, "1,500 of 256 generated pictures copy 20 of yours."),
        ({"copies": 0, "compared": 0}, "Nothing was compared."),
    ],
)
def test_numbers_have_their_words(facts, words):
    assert pair_words.verdict(gallery(**facts)) == words


def test_what_the_comparison_cannot_tell_is_said():
    said = pair_words.caution(
        gallery(pair(4, SAME), changed=True, lost=["a.png"], unseen=80, unseen_close=11)
    )
    assert "compared with the 450 pictures there are now" in said
    assert "a.png can no longer be read" in said
    assert "Pictures that training never saw come as close, too: 11 of 80." in said
    assert pair_words.caution(gallery(pair(1, NEW), unseen=80, unseen_close=11)) == ""
    assert "3 pictures can no longer" in pair_words.caution(gallery(lost=["a", "b", "c"]))


def test_a_file_that_is_gone_says_so_and_the_rest_stays(room, answering, qtbot):
    gone = replace(pair(4, SAME), file_found=False)
    answering.found = gallery(gone, pair(9, SOFT, known=False), pair(1, NEW))
    look(room, qtbot)
    page, panel = room.comparing.page, room.comparing.panel
    assert "no longer there" in panel.file.text()
    assert page.training.images
    page.strip.setCurrentRow(1)
    assert "no longer in the dataset" in panel.file.text()
    assert "no longer in the dataset" in page.names[1].text()
    page.strip.setCurrentRow(2)
    assert panel.file.toolTip() == str(Path("folder") / "picture 1.png")


def test_another_seed_count_or_run_is_compared_anew(room, answering, qtbot):
    look(room, qtbot)
    room.side.compared.setCurrentIndex(0)
    room.side.compared.activated.emit(0)
    qtbot.waitUntil(lambda: len(answering.asked) == 2)
    room.side.set_seed(70)
    room.side.runs.choose(GAN.name)
    qtbot.waitUntil(lambda: answering.asked[-1] == (GAN.name, 64, 70))
    qtbot.waitUntil(lambda: shown(room))
    room.side.runs.choose(BARE.name)
    assert "no checkpoint" in room.comparing.page.nothing.sentence.text()
    assert not room.comparing.page.nothing.button.isVisible()
    assert not room.comparing.panel.card.isVisible()


def test_comparing_can_be_stopped_with_what_there_is(room, answering, qtbot):
    answering.gate, answering.partial = threading.Event(), gallery(pair(3, NEW), compared=32)
    qtbot.mouseClick(room.centre.tabs[1], Qt.MouseButton.LeftButton)
    page = room.comparing.page
    qtbot.waitUntil(lambda: page.at.text() == "Comparing generated pictures: 32 of 256")
    assert page.bar.value() == 32
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(room))
    assert "32 generated pictures were compared" in page.advice.text()


def test_stopped_before_there_is_a_pair_a_button_goes_on(room, answering, qtbot):
    answering.gate = threading.Event()
    qtbot.mouseClick(room.centre.tabs[1], Qt.MouseButton.LeftButton)
    page = room.comparing.page
    qtbot.waitUntil(lambda: len(answering.asked) == 1)
    room.stop_waiting()
    qtbot.waitUntil(page.nothing.isVisible)
    assert "stopped" in page.nothing.sentence.text()
    answering.gate.set()
    qtbot.mouseClick(page.nothing.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(room))


def test_a_failure_is_a_notice_and_can_be_tried_again(room, answering, studio, qtbot):
    answering.error = "The dataset of this run was deleted."
    qtbot.mouseClick(room.centre.tabs[1], Qt.MouseButton.LeftButton)
    page = room.comparing.page
    qtbot.waitUntil(lambda: "notice says why" in page.nothing.sentence.text())
    assert studio.notices.history[-1].sentence == answering.error
    answering.error = ""
    qtbot.keyClick(page.nothing.button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shown(room))


def test_a_closed_project_leaves_no_pair_behind(room, answering, qtbot):
    answering.gate = threading.Event()
    qtbot.mouseClick(room.centre.tabs[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(answering.asked) == 1)
    room.project_closed()
    answering.gate.set()
    qtbot.waitUntil(lambda: not room.studio.jobs.of())
    assert room.comparing.page.strip.count() == 0
    assert room.pages.currentWidget() is room.empty


def test_every_text_of_the_page_follows_the_language(room, studio, qtbot):
    look(room, qtbot)
    studio.set_language("zh_CN")
    room.changeEvent(QEvent(QEvent.Type.LanguageChange))
    labels = (room.comparing.page, room.comparing.panel, room.centre)
    seen = " ".join(
        label.text() for each in labels for label in each.findChildren(QLabel) if label.isVisible()
    )
    for english in ("copy", "Generated", "Training", "same", "Marked", "pair", "Likeness"):
        assert english not in seen
    assert "雷同" in seen


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_copy_is_marked_in_both_themes(theme, room, studio, qtbot):
    studio.set_theme(theme)
    look(room, qtbot)
    page = room.comparing.page
    marked, plain = (page.strip.visualItemRect(page.strip.item(row)) for row in (1, 3))
    image = page.strip.viewport().grab().toImage()
    corner = [
        image.pixelColor(box.left() + 9, box.top() + 18).lightness() for box in (marked, plain)
    ]
    assert corner[0] != corner[1]
    controls = (*room.centre.tabs, page.strip, page.cancel, page.generated, page.training,
                room.side.compared)  # fmt: skip
    assert all(control.accessibleName() and control.toolTip() for control in controls)


def test_the_worker_compares_a_real_run(tmp_path: Path, qtbot):
    import torch
    from PIL import Image

    from studio.engine.training.planning import runs
    from studio.engine.training.session import loop

    torch.set_num_threads(1)
    (tmp_path / "in").mkdir()
    for number in range(12):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / "in" / f"{number}.png")
    with Project.open(tmp_path / "trained", create=True) as project:
        list(import_sources(project, [tmp_path / "in"], "tiny", workers=1))
        recipe = runs.create_run(
            project, "tiny", "gan", 16, 16, images=8, overrides={"batch_size": 4}, device="cpu"
        )
        list(loop.train(project.runs / recipe.run, project.folder, lambda: None, resume=False))
        job: Job[Gallery] = Job(Said("Comparing"))
        found = closest(project, recipe.run, 5, 0, job)
        assert (found.compared, len(found.pairs), found.copies) == (5, 5, 0)
        assert (job.done, job.total) == (5, 5)
        stopped: Job[Gallery] = Job(Said("Comparing"))
        stopped.cancel()
        assert closest(project, recipe.run, 5, 0, stopped).compared == 0
        shutil.rmtree(tmp_path / "in")
        shutil.rmtree(project.cache / "prepared")
        with pytest.raises(StudioError, match="None of the dataset's pictures"):
            closest(project, recipe.run, 5, 0, job)
