"""A day with sound: it is dropped, heard, moves the picture, and goes into the film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from studio.engine import settings
from studio.engine.extras import named_in, needed
from studio.engine.generation.film.timeline import read_keys
from studio.engine.generation.sound import loudspeaker
from studio.engine.said import NOTHING, Said
from tests.desktop.generation.test_shaping import made as made_models
from tests.desktop.generation.timeline import test_timing
from tests.engine.generation.film.conftest import played
from tests.engine.generation.sound.recordings import quiet, wav, with_clicks

pytest.importorskip("av")
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
made, studio, room, timing = made_models, test_timing.studio, test_timing.room, test_timing.timing
calm, click, press, shown = (
    test_timing.calm,
    test_timing.click,
    test_timing.press,
    test_timing.shown,
)
WAIT = test_timing.WAIT


@pytest.fixture
def clicks(tmp_path: Path) -> Path:
    """Two seconds with a click at 1 s."""
    return wav(tmp_path / "clicks.wav", with_clicks(0 * quiet(2), [1.0]))


def drop(strip, *files: Path) -> bool:
    """Let files go over the timeline as a file manager does; whether it took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(50, 5).toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(strip, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(50, 5), Qt.DropAction.CopyAction, data, buttons, keys)
        QApplication.sendEvent(strip, event)
    return enter.isAccepted()


def with_sound(timing, qtbot, file: Path) -> None:
    assert drop(timing.strip, file)
    qtbot.waitUntil(lambda: timing.editor.line.sound == str(file), timeout=WAIT)


def test_a_sound_is_dropped_moves_the_picture_and_is_taken_back(
    room, studio, timing, clicks, qtbot
):
    with_sound(timing, qtbot, clicks)
    panel = timing.strip.sound_panel
    assert panel.isVisible()
    assert panel.file.text() == "clicks.wav"
    levels = panel.wave.levels(600)
    loudest = int(np.argmax(levels))
    assert loudest == pytest.approx(100, abs=2)  # of 6 s
    assert max(levels[250:]) == 0
    press(timing, qtbot, 1.0, 8)
    before = shown(room, qtbot)
    click(panel.add, qtbot)
    (row,) = panel.rows.rows
    row.by.setCurrentIndex(row.by.findData("onset"))
    row.by.activated.emit(row.by.currentIndex())
    row.to.setCurrentIndex(next(n for n in range(row.to.count())
                                if row.to.itemData(n).startswith("seed:")))  # fmt: skip
    row.to.activated.emit(row.to.currentIndex())
    row.amount.setValue(0.9)
    after = shown(room, qtbot)
    assert after != before
    (drive,) = timing.editor.line.drives
    assert (drive.by, drive.amount) == ("onset", 0.9)
    for _ in range(4):
        studio.undo.undo()
    assert timing.editor.line.drives == ()
    assert shown(room, qtbot) == before
    studio.undo.undo()
    assert not panel.isVisible()
    for _ in range(5):
        studio.undo.redo()
    assert shown(room, qtbot) == after
    calm(room, qtbot)
    assert read_keys(room.session.model.folder / "timeline.toml").drives == (drive,)
    click(panel.rows.rows[0].cross, qtbot)
    types_a_band(studio, timing, qtbot)
    studio.set_language("zh_CN")
    room.retranslate()
    assert panel.rows.rows[0].to.itemText(0) == "截断 ψ"


def types_a_band(studio, timing, qtbot):
    studio.actions.get("generation.drive").trigger()
    (row,) = timing.strip.sound_panel.rows.rows
    edit = row.by.lineEdit()
    edit.selectAll()
    qtbot.keyClicks(edit, "60 - 120 Hz")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert timing.editor.line.drives[0].by == "60-120"
    assert row.by.currentText() == "60-120 Hz"
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    edit.selectAll()
    qtbot.keyClicks(edit, "drums")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "nothing that is heard" in said[0]
    assert timing.editor.line.drives[0].by == "60-120"
    row.release.setValue(1.5)
    assert timing.editor.line.drives[0].release == 1.5


def test_a_sound_is_chosen_by_key_and_rendered(
    room, studio, timing, clicks, qtbot, monkeypatch, tmp_path
):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(clicks), ""))
    studio.actions.get("generation.sound").trigger()
    qtbot.waitUntil(lambda: timing.editor.line.sound == str(clicks), timeout=WAIT)
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    timing.strip.seconds.setValue(0.5)
    timing.render(tmp_path / "film.gif")
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert said[0].startswith("film.gif has 15 frames. GIF has no sound: the film is silent.")
    assert len(played(tmp_path / "film.gif")[0]) >= 10
    click(timing.strip.sound_panel.cross, qtbot)
    assert timing.editor.line.sound == ""


def test_what_is_no_sound_is_said_and_changes_nothing(
    room, studio, timing, tmp_path, clicks, qtbot
):
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF nothing")
    assert drop(timing.strip, broken)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert "is no sound, or is damaged" in said[0]
    assert timing.editor.line.sound == ""
    assert not timing.strip.sound_panel.isVisible()
    assert not drop(timing.strip, tmp_path / "picture.png")  # the window's own affair
    assert not drop(timing.strip, broken, broken)
    a_sound_that_is_gone_is_said_and_the_film_is_kept(room, studio, timing, clicks, qtbot)


def a_sound_that_is_gone_is_said_and_the_film_is_kept(room, studio, timing, clicks, qtbot):
    with_sound(timing, qtbot, clicks)
    line = timing.editor.line
    room.project_closed()
    clicks.unlink()
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))
    said: list[str] = []
    room.project_opened(studio.project)
    room.entered()
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert "clicks.wav" in said[0]
    assert timing.editor.line == line


def test_keys_are_put_at_even_speed_and_back(room, studio, timing, qtbot):
    before = timing.editor.line
    timing.editor.add(1.0, before.keys[1].recipe)
    crowded = timing.editor.line
    click(timing.strip.even, qtbot)
    qtbot.waitUntil(lambda: timing.editor.line is not crowded, timeout=WAIT)
    after = timing.editor.line
    assert [key.easing for key in after.keys] == ["even"] * 3
    assert after.keys[1].time > 5.9  # the last two look alike
    studio.undo.undo()
    assert timing.editor.line == crowded
    one_goes_on_from_the_playhead_by_key(room, studio, timing, qtbot)


def test_scrubbing_lags_by_one_picture_at_most(room, timing, qtbot):
    """However fast the hand is, what is asked for while a picture is made is drawn next."""
    asked, drawn = [], []
    films = room.session.films
    make = films._worker.moment

    def counted(line, time):
        asked.append(time)
        return make(line, time)

    films._worker.moment = counted
    films.drawn.connect(lambda _: drawn.append(asked[-1]))
    times = [n / 30 for n in range(1, 120)]
    for time in times:
        timing.scrub(time)
    calm(room, qtbot)
    assert asked[-1] == times[-1]
    assert len(asked) < len(times)  # most were passed over
    last = shown(room, qtbot)
    timing.scrub(times[-1])
    assert shown(room, qtbot) == last


def one_goes_on_from_the_playhead_by_key(room, studio, timing, qtbot):
    timing.scrub(0.5)
    seen = shown(room, qtbot)
    studio.actions.get("generation.moment").trigger()
    qtbot.waitUntil(lambda: room.editing.recipe().seed is None, timeout=WAIT)
    assert shown(room, qtbot) == seen


def test_it_is_heard_while_the_film_plays_and_the_picture_follows(
    room, studio, timing, clicks, qtbot, monkeypatch
):
    heard: list[HeardPlayback] = []

    def begin(path: Path, start: float, seconds: float, *, loop: bool) -> HeardPlayback:
        heard.append(HeardPlayback(path, start, seconds, loop))
        return heard[-1]

    monkeypatch.setattr(loudspeaker, "Playback", begin)
    with_sound(timing, qtbot, clicks)
    panel, strip = timing.strip.sound_panel, timing.strip
    studio.actions.get("generation.mute").trigger()
    assert panel.mute.isChecked()
    assert settings.load()[0].films_muted, "the next time it is silent, too"
    press(timing, qtbot, 1.5)
    click(strip.play, qtbot)
    (first,) = heard
    assert (first.path, first.seconds, first.muted) == (clicks, 6.0, True)
    assert first.start == pytest.approx(1.5, abs=0.05)
    click(panel.mute, qtbot)
    assert not first.muted
    qtbot.wait(150)
    assert timing.time == first.start, "no picture goes ahead of a sound that has not begun"
    first.elapsed = 2.25
    qtbot.waitUntil(lambda: timing.time == first.start + 2.25, timeout=WAIT)
    strip.seconds.setValue(5.0)  # a film of another length is another clock
    assert first.closed
    assert (heard[1].start, heard[1].seconds) == (first.start + 2.25, 5.0)
    press(timing, qtbot, 1.0)
    assert heard[1].closed, "a hand at the playhead makes it silent"
    assert not timing.playing.is_on


def test_a_film_whose_sound_cannot_be_heard_plays_on_and_says_so_once(
    room, studio, timing, clicks, qtbot, monkeypatch
):
    said: list[str] = []
    studio.notices.posted.connect(lambda notice: said.append(notice.sentence))

    def begin(path: Path, start: float, seconds: float, *, loop: bool) -> HeardPlayback:
        made = HeardPlayback(path, start, seconds, loop)
        made.failure, made.elapsed = needed(Said("Hearing a film"), "sound"), 0.5
        return made

    monkeypatch.setattr(loudspeaker, "Playback", begin)
    with_sound(timing, qtbot, clicks)
    for _ in range(2):
        press(timing, qtbot, 1.0)
        click(timing.strip.play, qtbot)
        qtbot.waitUntil(lambda: timing.time > 1.6, timeout=WAIT)
        click(timing.strip.play, qtbot)
    assert [named_in(each) for each in said] == ["sound"]


class HeardPlayback:
    """What the timeline asks of a playback; a test says how much of it was heard."""

    def __init__(self, path: Path, start: float, seconds: float, loop: bool) -> None:
        self.path, self.start, self.seconds, self.loop = path, start, seconds, loop
        self.muted = self.closed = False
        self.failure, self.detail, self.elapsed = NOTHING, "", 0.0

    def close(self) -> None:
        self.closed = True
