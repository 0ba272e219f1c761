"""The dataset that a new run would learn from, while datasets are renamed and deleted."""

from __future__ import annotations

import pytest

from studio.desktop.training.room import TrainingRoom
from studio.desktop.training.session.queries import DatasetCard
from studio.engine.dataset.curation import sets
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import importer
from tests.desktop.training.support import WAIT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def second(room: TrainingRoom, studio, pictures, qtbot) -> int:
    """Another dataset, `Stripes`, chosen in the form; its id."""
    for _ in importer.import_sources(studio.project, [pictures], "Stripes"):
        pass
    room.start_for("Stripes")
    qtbot.waitUntil(lambda: room.form.dataset.key() == "Stripes", timeout=WAIT)
    qtbot.waitUntil(room.form.start.isEnabled, timeout=WAIT)
    return store.dataset(studio.project, "Stripes").id


def test_a_renamed_dataset_stays_chosen(room: TrainingRoom, studio, second: int, qtbot) -> None:
    form = room.form
    sets.rename(studio.project, second, "Bars")
    room.datasets_changed()
    qtbot.waitUntil(lambda: form.dataset.key() == "Bars", timeout=WAIT)
    assert form.pictures.note.isHidden()
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    assert form.wanted().dataset == "Bars"
    assert form.dataset.currentText() == "Bars · 12 pictures"
    sets.rename(studio.project, second, "Stripes")  # as undo does
    room.entered()
    qtbot.waitUntil(lambda: form.dataset.key() == "Stripes", timeout=WAIT)


def test_names_that_change_places_are_not_mistaken(
    room: TrainingRoom, studio, second: int, qtbot
) -> None:
    first = store.dataset(studio.project, "Squares").id
    for number, name in ((second, "x"), (first, "Stripes"), (second, "Squares")):
        sets.rename(studio.project, number, name)
    room.datasets_changed()
    qtbot.waitUntil(lambda: room.form.dataset.key() == "Squares", timeout=WAIT)
    assert room.form.pictures.card().id == second


def test_a_deleted_dataset_gives_way_in_words_and_comes_back(
    room: TrainingRoom, studio, second: int, qtbot
) -> None:
    form = room.form
    done = sets.delete(studio.project, second)
    room.datasets_changed()
    qtbot.waitUntil(lambda: form.dataset.key() == "Squares", timeout=WAIT)
    assert form.pictures.note.text() == "Stripes was deleted: Squares is chosen now."
    assert form.pictures.note.isVisible()
    assert form.pictures.note.text() in form.dataset.accessibleDescription()
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    studio.set_language("zh_CN")
    room.retranslate()
    assert form.pictures.note.text() == "Stripes 已删除：现在选用 Squares。"
    studio.set_language("en")
    room.retranslate()
    sets.put_back(studio.project, done)
    room.datasets_changed()
    qtbot.waitUntil(lambda: form.dataset.key() == "Stripes", timeout=WAIT)
    assert form.pictures.note.isHidden()


def test_whoever_chooses_meanwhile_keeps_the_choice(
    room: TrainingRoom, studio, second: int, pictures, qtbot
) -> None:
    form = room.form
    for _ in importer.import_sources(studio.project, [pictures], "Dots"):
        pass
    done = sets.delete(studio.project, second)
    room.datasets_changed()
    qtbot.waitUntil(lambda: form.dataset.findData("Dots") >= 0, timeout=WAIT)
    form.dataset.choose("Dots")
    assert form.pictures.note.isHidden()
    sets.put_back(studio.project, done)
    room.datasets_changed()
    qtbot.waitUntil(lambda: form.dataset.count() == 3, timeout=WAIT)
    assert form.dataset.key() == "Dots"


def test_the_only_dataset_deleted_leaves_nothing_to_start(room: TrainingRoom, studio, qtbot):
    form = room.form
    sets.delete(studio.project, store.dataset(studio.project, "Squares").id)
    room.datasets_changed()
    qtbot.waitUntil(lambda: form.dataset.count() == 0, timeout=WAIT)
    assert form.pictures.note.text() == "Squares was deleted: import pictures first."
    assert not form.start.isEnabled()
    assert form.wanted() is None


def test_another_project_is_another_choice(room: TrainingRoom) -> None:
    field = room.form.pictures
    field.set_datasets([DatasetCard(1, "Squares", 12), DatasetCard(2, "Dots", 3)], "Dots")
    field.forget()
    assert (field.card(), field.note.text()) == (None, "")
    field.set_datasets([DatasetCard(1, "Doors", 5), DatasetCard(2, "Gates", 5)])
    assert field.card().name == "Doors"
    assert field.note.isHidden()


def test_nobody_asks_for_datasets_behind_another_place(
    room: TrainingRoom, studio, second: int, qtbot
) -> None:
    room.hide()
    sets.rename(studio.project, second, "Bars")
    room.datasets_changed()
    qtbot.waitUntil(lambda: not room.session.thread_.busy, timeout=WAIT)
    assert room.form.dataset.key() == "Stripes"
    room.entered()
    qtbot.waitUntil(lambda: room.form.dataset.key() == "Bars", timeout=WAIT)
