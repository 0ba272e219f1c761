"""The canvas with a model that can be asked in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import importer
from studio.engine.errors import StudioError, UsageError
from studio.engine.evaluation.nearest_picture import Nearest, NearestPicture
from studio.engine.export.statements import prompt
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe
from tests.desktop.generation.small_canvas import WAIT, room_of, settled, studio_on, train_small

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
SMALL = {"top_width": 8, "width": 8, "prior_width": 32, "prior_depth": 1, "batch_size": 4}
CAPTIONS = ["a red heart", "a blue heart", "红色的旗", ""]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run on pictures with captions, one of them in GB18030 and one empty."""
    place = tmp_path_factory.mktemp("words")
    generator = np.random.default_rng(3)
    for folder in ("pictures", "bare"):
        (place / folder).mkdir()
        for number in range(8):
            pixels = generator.integers(0, 255, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(place / folder / f"{number}.png")
    for number in range(8):
        text = CAPTIONS[number % 4] if number else "heart " * 10_000
        (place / "pictures" / f"{number}.txt").write_bytes(text.encode("gb18030"))
    with Project.open(place / "Project", create=True) as project:
        for name, folder in (("Words", "pictures"), ("Bare", "bare")):
            for _ in importer.import_sources(project, [place / folder], name):
                pass
        name = train_small(project, "Words", "text2image", images=16, overrides=SMALL)
        recipe = Recipe.load(project.runs / name)
        assert any("fewer than 2000 captions" in note for note in recipe.label_notes)
        with pytest.raises(UsageError, match="'Bare' have no captions"):
            runs.create_run(project, "Bare", "text2image", 16, 16, images=16, device="cpu")
    return place / "Project"


@pytest.fixture
def studio(
    qapp: object, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    with studio_on(trained, tmp_path, monkeypatch) as studio:
        yield studio


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[GenerationRoom]:
    with room_of(studio, qtbot) as room:
        settled(room, qtbot)
        yield room


def asked(room: GenerationRoom) -> dict[str, object]:
    return dict(room.editing.recipe().beginning.sampling or ())


def test_a_prompt_is_written_asked_for_and_taken_back(room: GenerationRoom, qtbot) -> None:
    box = room.sampling.prompt
    assert not box.isHidden()
    assert "heart" in box.note.text()
    assert set(room.sampling.form.values()) == {"guidance", "temperature", "steps", "choice"}
    before = room.view.image()
    box.line.setFocus()
    qtbot.keyClicks(box.line, "red he")
    assert box.note.text() == "Known: heart"
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert asked(room) == {}, "nothing is asked for in words that are not known"
    qtbot.keyClicks(box.line, "art")
    assert "a red heart" in box.note.text()
    assert "so few captions" in box.note.text()
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    settled(room, qtbot)
    assert asked(room) == {"prompt": "red heart"}
    said = room.editing.recipe().model_dump(exclude_none=True)
    assert prompt({"latent": said}) == "red heart, seed 0, truncation psi 1.0"
    room.studio.undo.undo()
    settled(room, qtbot)
    assert asked(room) == {}
    assert room.view.image() == before


def test_what_the_picture_is_like_is_said_beside_the_prompt(
    room: GenerationRoom, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = room.sampling.prompt.likeness
    qtbot.waitUntil(lambda: ".png" in said.text(), timeout=WAIT)
    texts: list[str] = []
    room.session.rendered.connect(lambda *_: texts.append(said.text()))
    room.editing.set_seed(3)
    qtbot.waitUntil(lambda: bool(texts), timeout=WAIT)
    assert texts == [""], "never of the picture before"
    qtbot.waitUntil(lambda: ".png" in said.text(), timeout=WAIT)
    monkeypatch.setattr(NearestPicture, "of", lambda *_: Nearest("4.png", True))
    room.editing.set_seed(4)
    qtbot.waitUntil(lambda: "4.png" in said.text(), timeout=WAIT)
    assert said.text() == "May be a copy of the training picture 4.png."
    assert said.property("tone") == "bad"
    room.sampling.copying.forget()

    def gone(*_: object) -> None:
        raise StudioError("The pictures are gone.")

    monkeypatch.setattr(NearestPicture, "__init__", gone)
    room.editing.set_seed(5)
    qtbot.waitUntil(lambda: "nothing was compared" in said.text(), timeout=WAIT)
    assert said.property("tone") == ""


def test_a_training_picture_is_nearest_to_itself(trained: Path) -> None:
    with Project.open(trained) as project:
        (run,) = runs.runs(project)
        nearest = NearestPicture(project, run.name)
        prepared = runs.pictures_of(project.folder, Recipe.load(run.folder))
        row = int(prepared.train[0])
        found = nearest.of(np.array(prepared.images[row]))
        (item,) = store.items_by_id(project, [prepared.item_ids[row]])
    assert found == Nearest(item.name, True)


def test_prompts_of_other_scripts_and_of_great_length(room: GenerationRoom, qtbot) -> None:
    box = room.sampling.prompt
    assert box.unknown("红旗") == []
    assert box.unknown("Dragon heart 龙") == ["dragon", "龙"]
    box.line.setText("heart " * 10_000)
    assert len(box.line.text()) == 300
    box.line.editingFinished.emit()
    settled(room, qtbot)
    assert asked(room)["prompt"] == " ".join(["heart"] * 50)
