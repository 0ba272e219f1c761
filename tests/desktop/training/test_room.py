"""The training place, driven by real keys and clicks, with a real training process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from studio.desktop.training.room import TrainingRoom
from studio.desktop.training.session.run_record import RunRecord, read_record
from studio.desktop.training.session.worker import TrainingDriver
from studio.desktop.training.side import _at_risk
from studio.engine import events
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.record.series import Series, peaks
from tests.desktop.training.support import WAIT, begin

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def test_a_run_starts_draws_pauses_changes_and_stops(
    room: TrainingRoom, studio, qtbot, tmp_path, monkeypatch
) -> None:
    heard: list[tuple[str, float, str]] = []
    landed: list[tuple[str, str]] = []
    room.runProgress.connect(lambda *all_: heard.append(all_))
    room.checkpointLanded.connect(lambda *both: landed.append(both))
    name = begin(room, qtbot)
    qtbot.waitUntil(lambda: room.session.live is not None and bool(heard), timeout=WAIT)
    record = room.session.live.record
    qtbot.waitUntil(lambda: record.images_seen > 0 and bool(record.curves), timeout=WAIT)
    assert QApplication.focusWidget() in (room.side.runs, room), "no field takes the next keys"
    qtbot.mouseClick(room.panel.sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(record.sheets), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.centre.samples.view.image.isNull(), timeout=WAIT)
    assert record.sheets[-1].path.is_file()
    assert len(room.centre.samples.view.places()) == record.sheets[-1].count
    qtbot.waitUntil(lambda: room.centre.curves.drawn > 0, timeout=WAIT)

    qtbot.keyClick(room, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: record.stage == "paused", timeout=WAIT)
    assert room.panel.pause.text() == "Resume"
    qtbot.mouseClick(room.panel.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: record.stage == "training", timeout=WAIT)

    room.panel.live.valueChanged.emit("lr", 0.0005)
    qtbot.waitUntil(lambda: any("lr" in m.sentence for m in record.marks), timeout=WAIT)

    qtbot.mouseClick(room.panel.checkpoint, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(landed), timeout=WAIT)
    assert landed[0][0] == name
    assert (Path(landed[0][1]) / "model.safetensors").is_file()

    qtbot.mouseClick(room.panel.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    assert runs.run(studio.project, name).status == "stopped"
    assert heard[-1] == (name, -1.0, "")
    qtbot.waitUntil(lambda: room.panel.go_on.isVisible(), timeout=WAIT)
    saves_what_it_told(room, studio, qtbot, tmp_path, monkeypatch)
    assert QApplication.focusWidget() in (room.side.runs, room)
    played: list[str] = []
    room.playRequested.connect(played.append)
    qtbot.mouseClick(room.panel.play, Qt.MouseButton.LeftButton)
    assert played == [name]


def saves_what_it_told(room: TrainingRoom, studio, qtbot, place: Path, monkeypatch) -> None:
    """By the menu of the curves, and by key."""
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    chosen = {
        "curves": (str(place / "curves"), "Table (*.csv)"),
        "film": (str(place / "a.gif"), ""),
    }
    names = iter(("curves", "film"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: chosen[next(names)])
    menu = room.records.menu()
    assert [each.text() for each in menu.actions()] == ["Save the curves…", "Film of the samples…"]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: said == ["curves.csv is saved."], timeout=WAIT)
    assert (place / "curves.csv").read_text().startswith("images_seen,")
    qtbot.keyClick(room, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier
                   | Qt.KeyboardModifier.ShiftModifier)  # fmt: skip
    qtbot.waitUntil(lambda: len(said) == 2, timeout=WAIT)
    assert "a.gif has" in said[1] or "at least two sheets" in said[1]
    menu.deleteLater()


def test_a_killed_child_is_one_notice_and_the_run_goes_on_from_it(
    room: TrainingRoom, studio, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engine.training.process.client import TrainingProcess

    made: list[TrainingProcess] = []
    start = TrainingProcess.start
    monkeypatch.setattr(TrainingProcess, "start", lambda self: (made.append(self), start(self))[1])
    name = begin(room, qtbot)
    qtbot.waitUntil(lambda: room.session.live is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: room.session.live.record.images_seen > 0, timeout=WAIT)
    room.commands.checkpoint_now()
    qtbot.waitUntil(lambda: bool(room.session.live.record.checkpoint), timeout=WAIT)
    seen = room.session.live.record.images_seen
    made[0]._process.kill()
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    notice = studio.notices.history[-1]
    assert notice.kind == "error"
    assert notice.action is not None
    assert notice.action[0] == "Resume"
    assert runs.run(studio.project, name).status == "failed"
    notice.action[1]()
    qtbot.waitUntil(lambda: room.session.training == name, timeout=WAIT)
    qtbot.waitUntil(
        lambda: room.session.live is not None and room.session.live.record.stage == "training",
        timeout=WAIT,
    )
    qtbot.waitUntil(lambda: room.session.live.record.images_seen >= seen > 0, timeout=WAIT)


def test_closing_the_window_saves_the_run(room: TrainingRoom, studio, qtbot) -> None:
    name = begin(room, qtbot)
    qtbot.waitUntil(lambda: room.session.live is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: room.session.live.record.images_seen > 0, timeout=WAIT)
    room.shutdown()
    run = runs.run(studio.project, name)
    assert run.status == "stopped"
    assert list((run.folder / "checkpoints").glob("[0-9]*"))


def test_more_settings_are_in_the_recipe_of_the_run(room: TrainingRoom, studio, qtbot) -> None:
    extras = room.form.extras
    qtbot.mouseClick(room.form.toggle, Qt.MouseButton.LeftButton)
    assert extras.fields["compile"].editor.key() == "auto"
    extras.fields["compile"].editor.choose("off")
    extras.fields["precision"].editor.choose("fp32")
    extras.fields["seed"].editor.setText("7")
    name = begin(room, qtbot)
    recipe = Recipe.load(runs.run(studio.project, name).folder)
    assert (recipe.compile, recipe.precision, recipe.seed) == ("off", "fp32", 7)


def test_what_is_wrong_stands_beside_the_field(room: TrainingRoom, qtbot) -> None:
    form = room.form
    form.size_box.setCurrentText("63x")
    assert "size in pixels" in form.fields["size"].error.text()
    assert not form.start.isEnabled()
    form.size_box.setCurrentText("67")
    qtbot.waitUntil(lambda: "64" in form.fields["size"].error.text(), timeout=WAIT)
    assert form.fields["size"].error.text().startswith("67 × 67 pixels are not possible")
    assert not form.start.isEnabled()
    form.size_box.setCurrentText("32")
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    assert not form.fields["size"].error.isVisible()
    qtbot.mouseClick(form.toggle, Qt.MouseButton.LeftButton)
    seed = form.fields["seed"].editor
    seed.setFocus()
    seed.selectAll()
    qtbot.keyClicks(seed, "-1")
    assert "whole number" in form.fields["seed"].error.text()
    assert not form.start.isEnabled()


def test_what_is_in_the_way_of_a_start_is_said_beside_it_and_leads_there(
    room: TrainingRoom, studio, qtbot
) -> None:
    form = room.form
    obstacle = form.foot.obstacle
    assert not obstacle.isVisible()
    room.resize(1280, 480)
    form.size_box.setCurrentText("63x")
    bar = form.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=WAIT)
    bar.setValue(bar.maximum())
    assert form.size_box.visibleRegion().isEmpty()
    said = "Write a size in pixels, as 64 or 64 × 48."
    assert obstacle.isVisible()
    assert obstacle.sentence.text() == said
    assert form.start.accessibleDescription() == form.measure.accessibleDescription() == said
    assert said in form.size_box.accessibleDescription()
    qtbot.mouseClick(obstacle.show_field, Qt.MouseButton.LeftButton)
    assert form.size_box.hasFocus() or form.size_box.lineEdit().hasFocus()
    qtbot.waitUntil(
        lambda: form.size_box.visibleRegion().boundingRect() == form.size_box.rect(), timeout=WAIT
    )
    studio.set_language("zh_CN")
    assert obstacle.sentence.text() == "请填写像素尺寸，例如 64 或 64 × 48。"
    assert obstacle.show_field.accessibleName() == "前往：尺寸"
    assert obstacle.show_field.accessibleDescription() == obstacle.sentence.text()
    studio.set_language("en")
    form.size_box.setCurrentText("32")
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    assert not obstacle.isVisible()
    assert form.start.accessibleDescription() == ""
    assert said not in form.size_box.accessibleDescription()
    seed = form.fields["seed"].editor
    seed.setText("-1")  # among the settings that are folded away
    assert not seed.isVisible()
    obstacle.show_field.setFocus()
    qtbot.keyClick(obstacle.show_field, Qt.Key.Key_Space)
    assert seed.hasFocus()
    qtbot.waitUntil(lambda: seed.visibleRegion().boundingRect() == seed.rect(), timeout=WAIT)


def test_an_answer_to_an_older_size_does_not_take_the_reason_away(
    room: TrainingRoom, qtbot
) -> None:
    form = room.form
    qtbot.waitUntil(lambda: not room.session.thread_.busy, timeout=WAIT)
    form.size_box.setCurrentText("63x")
    room.session.adviceRead.emit(form._advice)
    assert "size in pixels" in form.fields["size"].error.text()
    room.session.sizeWrong.emit("67 × 67 pixels are not possible: use 64.")
    assert "size in pixels" in form.fields["size"].error.text()


def test_a_change_by_hand_goes_into_the_run_and_a_preset_does_not_undo_it(
    room: TrainingRoom, qtbot
) -> None:
    form = room.form
    form.basics.valueChanged.emit("lr", 0.004)
    form.basics.set_values({"lr": 0.004})
    form.size_box.setCurrentText("48")
    qtbot.waitUntil(lambda: form.start.isEnabled(), timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.thread_.busy, timeout=WAIT)
    assert form.wanted().overrides.get("lr") == pytest.approx(0.004)
    assert (form.wanted().width, form.wanted().height) == (48, 48)


def test_start_for_chooses_the_dataset_and_an_empty_one_is_said(
    room: TrainingRoom, studio, qtbot
) -> None:
    from studio.engine.dataset.index import store

    dataset = store.datasets(studio.project)[0]
    store.set_included(
        studio.project, [item.id for item in store.items(studio.project, dataset.id)], False
    )
    room.start_for("Squares")
    qtbot.waitUntil(lambda: room.form.fields["dataset"].error.isVisible(), timeout=WAIT)
    assert not room.form.start.isEnabled()
    assert room.form.dataset.key() == "Squares"


def test_every_control_has_a_name_and_a_tip_in_both_languages(room: TrainingRoom, studio) -> None:
    form, panel, side, centre = room.form, room.panel, room.side, room.centre
    controls = [
        form.dataset, form.family, form.size_box, form.length.number,
        *(form.fields[name].editor for name in ("crop", "seed", "device")),
        form.start, panel.pause, panel.sample, panel.checkpoint, panel.stop,
        panel.play, panel.go_on, side.runs, side.new, centre.smooth, centre.log,
        centre.samples.scrubber.slider,
    ]  # fmt: skip
    for control in controls:
        assert control.toolTip()
        assert control.accessibleName() or control.text()
    english = form.start.text()
    studio.set_language("zh_CN")
    assert form.start.text() != english
    studio.set_language("en")
    assert form.start.text() == english


def test_series_grow_and_a_resumed_run_goes_back(tmp_path: Path) -> None:
    series = Series()
    for x in range(3000):
        series.add(x, float(x))
    assert len(series) == 3000
    series.add(1000, -1.0)
    assert len(series) == 1001
    assert series.y[-1] == -1.0


def test_smoothing_is_the_mean_of_what_there_was_and_skips_what_is_no_number() -> None:
    series = Series()
    for x, y in enumerate([1.0, np.nan, 3.0, 5.0]):
        series.add(x, y)
    assert list(series.smoothed(2)) == [1.0, 1.0, 3.0, 4.0]
    assert list(series.smoothed(100)) == [1.0, 1.0, 2.0, 3.0]
    series.add(1, 9.0)  # a resumed run goes back: the sums go back with it
    assert list(series.smoothed(2)) == [1.0, 5.0]


def test_a_long_curve_is_drawn_by_its_peaks() -> None:
    y = np.zeros(100_003)
    y[70_001], y[30_002] = 8.0, -8.0
    places, heights = peaks(np.arange(100_003.0), y, 1000)
    assert len(places) == len(heights) < 1500
    assert heights.max() == 8.0
    assert heights.min() == -8.0
    assert abs(places[heights.argmax()] - 70_001) < 300
    assert list(np.diff(places) >= 0).count(False) == 0
    assert len(peaks(np.arange(3.0), y[:3], 1000)[0]) == 3


def test_a_record_is_read_from_what_the_run_left(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    sheet = tmp_path / "samples" / "000000008.png"
    Image.new("RGB", (32, 16)).save(sheet)
    lines = [
        events.to_line(events.Metrics(4, {"loss": 2.0})),
        "torn {",
        events.to_line(events.Metrics(8, {"loss": 1.0})),
        events.to_line(events.Samples(8, str(sheet), 2, 2)),
        events.to_line(events.Samples(9, str(tmp_path / "gone.png"), 2, 2)),
        events.to_line(events.Health("nan", "Training broke down.", "", 8)),
    ]
    (tmp_path / "stats.jsonl").write_text("\n".join(lines), "utf-8")
    record = read_record("run", tmp_path, 100, 8)
    assert list(record.curves["loss"].y) == [2.0, 1.0]
    assert [each.images_seen for each in record.sheets] == [8]
    assert [mark.kind for mark in record.marks] == ["health"]
    assert record.fraction == pytest.approx(0.08)
    record.take(events.Progress(9, 640, 400, 30.0, 20.0, 60.0, 1 / 3, 40.0, 120.0))
    assert record.fraction == pytest.approx(1 / 3)
    assert _at_risk(record) == "40 s, at most 2 min"
    record.take(events.Checkpoint(640, "runs/run/checkpoints/000009", ""))
    assert _at_risk(record) == "0 s, at most 2 min"
    record.take(events.Failed(Said("The disk is full.")))
    assert _at_risk(record) == "", "nothing more is at risk"
    assert read_record("none", tmp_path / "nowhere", 0, 0).fraction == -1


class Mute:
    """A process that never answers."""

    def __init__(self) -> None:
        self.sent: list[events.Command] = []
        self.killed = False

    def start(self) -> None: ...

    def poll(self, timeout: float) -> list[events.Event]:
        return []

    def send(self, command: events.Command) -> None:
        self.sent.append(command)

    def wait(self, timeout: float) -> bool:
        return False

    def kill(self) -> None:
        self.killed = True


def test_a_process_that_does_not_answer_is_ended(studio, qtbot, tmp_path: Path) -> None:
    process = Mute()
    driver = TrainingDriver(studio.project, "none", tmp_path, resume=False, make=lambda: process)
    batches: list[list[events.Event]] = []
    driver.batch.connect(batches.append)
    driver.start()
    driver.stop(0.2)
    qtbot.waitUntil(driver.isFinished, timeout=WAIT)
    assert process.killed
    assert events.Stop() in process.sent
    assert isinstance(driver.last, events.Failed)


def test_health_and_scrubbing_are_shown(room: TrainingRoom) -> None:
    record = RunRecord("run", Path())
    record.take(events.Samples(10, "a.png", 2, 4))
    record.take(events.Samples(20, "b.png", 2, 4))
    record.take(events.Samples(20, "c.png", 2, 4))
    assert [sheet.path.name for sheet in record.sheets] == ["a.png", "c.png"]
    scrubber = room.centre.samples.scrubber
    scrubber.set_sheets(record.sheets, follow=True)
    assert scrubber.current().path.name == "c.png"
    scrubber.slider.setFocus()
    scrubber.slider.setValue(0)
    record.take(events.Samples(30, "d.png", 2, 4))
    scrubber.set_sheets(record.sheets, follow=False)
    assert scrubber.current().path.name == "a.png"


def test_a_finished_run_can_be_trained_longer(room: TrainingRoom, studio, qtbot) -> None:
    name = begin(room, qtbot, images=64)
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    assert runs.run(studio.project, name).status == "finished"
    qtbot.waitUntil(lambda: room.panel.go_on.text() == "Train longer", timeout=WAIT)
    qtbot.waitUntil(room.panel.go_on.isVisible, timeout=WAIT)
    qtbot.mouseClick(room.panel.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: room.session.training == name, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.training, timeout=WAIT)
    assert runs.run(studio.project, name).images_seen >= 128
