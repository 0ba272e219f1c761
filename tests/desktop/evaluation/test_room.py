"""The evaluation place with an evaluator that answers at once, and its words and walls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel

from studio.desktop.base.studio import Studio
from studio.desktop.evaluation import cards, measurement
from studio.desktop.evaluation import room as place
from studio.desktop.evaluation.room import EvaluationRoom
from studio.desktop.evaluation.wall import Wall
from studio.desktop.evaluation.worker import Evaluator, Rebuilt, RunRow, Walls
from studio.engine.errors import StudioError
from studio.engine.evaluation.assessment import Assessment, Figure
from studio.engine.evaluation.latents import Latents
from studio.engine.evaluation.measures.base import measures
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

VAE = RunRow("2026-11-23-vae-32-a1", "vae", "running", 4800, 12)
GAN = RunRow("2026-11-22-gan-32-a1", "gan", "finished", 9000, 20)
BARE = RunRow("2026-11-21-gan-32-a1", "gan", "failed", 0, 0)


def pixels(count: int, shade: int) -> np.ndarray:
    return np.full((count, 12, 16, 3), shade, np.uint8)


def figures_of(run: str, count: int) -> Assessment:
    """As a model would have them of which some cannot be measured."""
    known = {
        name: Figure(name, count, 0.62, 0.55, 0.7, 0.9, 0.6, 30)
        for name, each in measures().items() if not each.by_encoder
    }  # fmt: skip
    known["recall"] = Figure("recall", 9, refused=Said("{n} pictures are too few.", n=9))
    known["kid"] = Figure("kid", count, 0.4, 0.3, 0.5, 0.02, 0.4, 30)
    known |= {
        name: Figure(name, 0, refused=Said("This family has no encoder."))
        for name, each in measures().items() if each.by_encoder
    }  # fmt: skip
    ordered = tuple(known[name] for name in measures())
    return Assessment(run, 12, 4800, count, 60, 30, ordered, Latents())


class Prompt(Evaluator):
    """Answers from memory. `gate` holds the walls back, `error` refuses them."""

    known: tuple[RunRow, ...] = (VAE, GAN, BARE)
    asked: list[tuple[str, int, int]] = []
    measured: list[tuple[str, int]] = []
    gate: threading.Event | None = None
    error = ""
    held_out = 5

    def runs(self, project: Project) -> list[RunRow]:
        return list(type(self).known)

    def walls(self, project: Project, run: str, count: int, seed: int) -> Walls:
        type(self).asked.append((run, count, seed))
        if self.gate is not None:
            self.gate.wait(20)
        if self.error:
            raise StudioError(self.error, "the detail")
        return Walls(pixels(count, 10), pixels(count, seed % 256))

    def rebuilt(self, project: Project, run: str, count: int) -> Rebuilt:
        if run != VAE.name:
            return Rebuilt()
        if not self.held_out:
            return Rebuilt(has_encoder=True)
        figures = {"psnr": 24.26, "ssim": 0.655}
        return Rebuilt(True, self.held_out, pixels(3, 20), pixels(3, 30), figures)


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> type[Prompt]:
    fresh = type("Fresh", (Prompt,), {"asked": [], "measured": []})
    monkeypatch.setattr(place, "Evaluator", fresh)

    def measured(project: Project, run: str, count: int, job: Job[Assessment | None]) -> Assessment:
        fresh.measured.append((run, count))
        return figures_of(run, count)

    monkeypatch.setattr(measurement, "measured", measured)
    return fresh


@pytest.fixture
def room(studio: Studio, prompt: type[Prompt], tmp_path: Path, qtbot) -> Iterator[EvaluationRoom]:
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
    yield made
    if prompt.gate is not None:
        prompt.gate.set()
    made.shutdown()


def shown(room: EvaluationRoom) -> bool:
    busy = room.waiting or room.measuring.is_busy
    return bool(room.generated.images) and not busy


def test_the_newest_run_with_a_checkpoint_is_shown_beside_the_real(room, prompt, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    assert [entry.text for entry in room.side.runs.entries()] == [
        "VAE 32", "GAN 32 · 2026-11-22 a1", "GAN 32 · 2026-11-21 a1",
    ]  # fmt: skip
    assert room.centre.title.text() == "VAE 32"
    assert room.centre.facts.text() == "VAE · checkpoint 12 · 4,800 pictures seen"
    assert prompt.asked == [(VAE.name, 16, 0)]
    assert (len(room.real.images), len(room.generated.images)) == (16, 16)
    assert room.real.images[0].pixelColor(3, 3).red() == 10
    assert not room.centre.bar.isVisible()


def test_held_out_pictures_are_rebuilt_and_measured_in_words(room, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    assert room.centre.below.isVisible()
    assert len(room.rebuilt.images) == 3
    assert room.figures.psnr.number.text() == "24.3 dB"
    assert room.figures.ssim.number.text() == "0.66"
    assert room.figures.note.text() == "Measured on 5 pictures that training never saw."
    room.originals.choose(2)
    assert room.rebuilt.current == 2


def test_a_family_without_encoder_says_why_there_are_no_figures(room, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    room.side.runs.choose(GAN.name)
    assert not room.generated.images
    qtbot.waitUntil(lambda: shown(room))
    assert not room.centre.below.isVisible()
    assert not room.figures.psnr.isVisible()
    assert "no encoder" in room.figures.note.text()


def test_generated_pictures_are_measured_a_few_first(room, prompt, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    assert prompt.measured == [(VAE.name, 48), (VAE.name, 256)]
    parts = room.figures.parts
    coverage, recall, kid = (parts.figures[name] for name in ("coverage", "recall", "kid"))
    assert coverage.number.text() == "62 %"
    assert coverage.words.text() == (
        "55 % to 70 %, by 256 pictures. In groups of 30: 60 %, where real pictures that it never "
        "saw reach 90 %."
    )
    assert (coverage.bar.share, coverage.bar.mark) == (0.6, 0.9)
    assert recall.number.text() == "—"
    assert recall.toolTip().startswith("9 pictures are too few.")
    assert kid.number.text() == "0.400"
    assert "(kernel distance" in kid.toolTip()
    assert "no encoder" in parts.figures["psnr"].toolTip()
    assert "30 pictures that it never saw" in parts.note.text()


def test_more_pictures_are_measured_when_asked_for_and_can_be_stopped(room, prompt, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    room.side.compared.setFocus()
    qtbot.keyClick(room.side.compared, Qt.Key.Key_End)
    assert room.figures.parts.isVisible()
    qtbot.waitUntil(lambda: prompt.measured[-1] == (VAE.name, 2000))
    qtbot.waitUntil(lambda: not room.measuring.is_busy)
    room.side.runs.choose(BARE.name)
    assert not room.figures.parts.isVisible()
    room.side.runs.choose(GAN.name)
    room.stop_waiting()
    assert not room.measuring.is_busy


def test_a_set_too_small_to_hold_pictures_out_says_so(room, prompt, qtbot):
    prompt.held_out = 0
    qtbot.waitUntil(lambda: shown(room))
    room.side.runs.choose(GAN.name)
    room.side.runs.choose(VAE.name)
    qtbot.waitUntil(lambda: "ten" in room.figures.note.text())


def test_a_run_without_a_checkpoint_asks_for_nothing(room, prompt, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    before = len(prompt.asked)
    room.side.runs.choose(BARE.name)
    assert not room.waiting
    assert "no checkpoint" in room.generated.placeholder
    assert len(prompt.asked) == before


def test_another_seed_and_count_are_asked_for_and_the_figures_stay(room, prompt, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    room.side.seed.setFocus()
    room.side.seed.selectAll()
    qtbot.keyClicks(room.side.seed, "77")
    qtbot.waitUntil(lambda: prompt.asked[-1] == (VAE.name, 16, 77))
    qtbot.waitUntil(lambda: shown(room))
    assert room.generated.images[0].pixelColor(0, 0).red() == 77
    assert room.figures.psnr.isVisible()
    qtbot.mouseClick(room.side.shuffle, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(room) and len(prompt.asked) >= 3)
    assert prompt.asked[-1][2] not in (0, 77)
    room.generated.setFocus()
    qtbot.keyClick(room.generated, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: prompt.asked[-1][2] == 0)


def test_waiting_can_be_stopped_and_a_late_answer_is_dropped(room, prompt, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    prompt.gate = threading.Event()
    room.side.set_seed(99)
    assert room.centre.bar.isVisible()
    facts = room.centre.facts
    wanted = facts.fontMetrics().horizontalAdvance(facts.text())
    assert wanted <= facts.width(), "nothing is cut at 1280 pixels, also while there is a way out"
    qtbot.mouseClick(room.centre.cancel, Qt.MouseButton.LeftButton)
    assert not room.centre.bar.isVisible()
    prompt.gate.set()
    qtbot.waitUntil(lambda: not room.thread_.busy)
    assert room.generated.images[0].pixelColor(0, 0).red() == 0


def test_a_failure_is_a_notice_with_its_detail(room, prompt, studio, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    prompt.error = "The checkpoint 000012 is damaged: go on with an older one."
    room.side.set_seed(5)
    qtbot.waitUntil(lambda: not room.waiting)
    notice = studio.notices.history[-1]
    assert (notice.kind, notice.sentence) == ("error", prompt.error)
    assert notice.detail == "the detail"


def test_without_runs_the_next_step_is_a_button(studio, prompt, tmp_path, qtbot):
    prompt.known = ()
    room = EvaluationRoom(studio)
    qtbot.addWidget(room)
    room.show()
    with Project.open(tmp_path / "bare", create=True) as project:
        room.project_opened(project)
        qtbot.waitUntil(lambda: not room.thread_.busy)
        assert room.pages.currentWidget() is room.empty
        with qtbot.waitSignal(room.placeRequested) as asked:
            room.empty.button.click()
        assert asked.args == ["training"]
        room.project_closed()
        room.shutdown()


def test_closing_the_project_empties_the_place(room, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    room.project_closed()
    assert not room.real.images
    assert room.pages.currentWidget() is room.empty


def test_every_text_follows_the_language_at_once(room, studio, qtbot):
    qtbot.waitUntil(lambda: shown(room))
    studio.set_language("zh_CN")
    room.changeEvent(QEvent(QEvent.Type.LanguageChange))
    seen = " ".join(label.text() for label in room.findChildren(QLabel) if label.isVisible())
    for english in ("Real", "Generated", "Measured", "detail", "seen", "Seeds", "Pictures"):
        assert english not in seen
    assert "真实" in seen


def test_every_control_says_what_it_is(room):
    side = room.side
    controls = (side.seed, side.count, side.shuffle, side.again, room.real, room.generated,
                room.originals, room.rebuilt, room.centre.cancel)  # fmt: skip
    assert all(control.accessibleName() and control.toolTip() for control in controls)


# ---------------------------------------------------------------------- the wall


def test_a_wall_uses_its_place_and_walks_by_keys(qtbot):
    wall = Wall()
    qtbot.addWidget(wall)
    wall.resize(400, 300)
    wall.set_pictures(pixels(12, 1))
    assert wall.columns() == 4
    last = wall.place_of(11)
    assert last.right() <= 400.5
    assert last.bottom() <= 300.5
    wall.show()
    qtbot.keyClick(wall, Qt.Key.Key_Right)
    qtbot.keyClick(wall, Qt.Key.Key_Down)
    assert wall.current == 5
    qtbot.keyClick(wall, Qt.Key.Key_Up)
    qtbot.keyClick(wall, Qt.Key.Key_Up)
    assert wall.current == 1
    qtbot.keyClick(wall, Qt.Key.Key_Space)
    assert wall.enlarged
    qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert not wall.enlarged
    qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(7).center().toPoint())
    assert wall.current == 7


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_wall_shows_grey_colour_and_transparent_pictures(qtbot, channels):
    wall = Wall()
    qtbot.addWidget(wall)
    wall.resize(60, 60)
    wall.set_pictures(np.full((1, 8, 8, channels), 200, np.uint8))
    assert wall.grab().toImage().pixelColor(30, 30).red() in range(150, 201)
    wall.set_pictures(None)
    assert wall.images == []


def test_figures_have_words_over_their_whole_range():
    said = [cards.psnr(value).words for value in (12, 22, 28, 35)]
    said += [cards.ssim(value).words for value in (0.1, 0.5, 0.8, 0.95)]
    assert len(set(said)) == 8
    assert cards.psnr(90).share == 1
    assert cards.ssim(-0.2).share == 0


# ---------------------------------------------------------------------- the real worker


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[tuple[Project, str, str]]:
    """A project with a few steps of a tiny autoencoder and of a tiny gan."""
    import torch
    from PIL import Image

    from studio.engine.dataset.intake.importer import import_sources
    from studio.engine.training.planning import runs
    from studio.engine.training.session import loop

    torch.set_num_threads(1)
    (tmp_path / "in").mkdir()
    for number in range(12):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / "in" / f"{number}.png")
    with Project.open(tmp_path / "trained", create=True) as project:
        list(import_sources(project, [tmp_path / "in"], "tiny", workers=1))
        names = []
        for family in ("autoencoder", "gan"):
            recipe = runs.create_run(
                project, "tiny", family, 16, 16, images=8, overrides={"batch_size": 4},
                device="cpu",
            )  # fmt: skip
            folder = project.runs / recipe.run
            for event in loop.train(folder, project.folder, lambda: None, resume=False):
                last = event
            assert type(last).__name__ == "Done"
            names.append(recipe.run)
        yield project, names[0], names[1]


def test_the_worker_brings_pictures_and_figures_of_real_runs(trained):
    project, encoder, gan = trained
    worker = Evaluator()
    rows = {row.name: row for row in worker.runs(project)}
    assert rows[encoder].checkpoint >= 1
    walls = worker.walls(project, encoder, 4, 3)
    assert walls.real.shape == walls.generated.shape == (4, 16, 16, 3)
    assert np.array_equal(walls.generated, worker.walls(project, encoder, 4, 3).generated)
    found = worker.rebuilt(project, encoder, 8)
    assert found.has_encoder
    assert found.count == 1
    assert found.figures["psnr"] > 0
    of_gan = worker.rebuilt(project, gan, 8)
    assert not of_gan.has_encoder
    with pytest.raises(StudioError, match="There is no run"):
        worker.walls(project, "none", 4, 0)
