"""An evening with controllers: OSC and MIDI play the canvas, poses are taught, the stage is shown.

By real mouse and keys, and packets of a socket; and what goes wrong on such an evening.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.generation.live.address_table import SOURCE
from studio.desktop.generation.live.live import Live
from studio.desktop.generation.live.live_window import LiveWindow
from studio.desktop.generation.room import GenerationRoom
from studio.engine.artwork import Pixels
from studio.engine.generation.beginnings import Point
from studio.engine.live import setup as stored
from studio.engine.live.mapping import Rule
from studio.engine.live.osc import Argument, read_packet, write_message
from studio.engine.live.senders import base as sending
from studio.engine.live.senders.base import Sender, Stream
from studio.engine.said import NOTHING, Said
from tests.desktop.generation.small_canvas import room_of, studio_on
from tests.desktop.generation.test_shaping import made as made_models
from tests.engine.live.stand import Plugs

made = made_models
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", extend=True)
WAIT = 20_000
PSI = "/latent/truncation"


class Evening:
    """The place with its window of playing live, and a controller on the same machine."""

    def __init__(self, room: GenerationRoom, qtbot) -> None:
        self.room, self.bot = room, qtbot
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.out.bind(("127.0.0.1", 0))
        self.out.settimeout(5.0)

    @property
    def live(self) -> Live:
        return self.room.entrance.live

    @property
    def window(self) -> LiveWindow:
        return self.room.entrance.window

    def click(self, widget: QWidget) -> None:
        self.bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    def until(self, holds) -> None:
        self.bot.waitUntil(holds, timeout=WAIT)

    def listen(self) -> None:
        """Open the window and switch OSC on, on a port that is free."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.click(self.room.entrance.button)
        self.window.control.port.setValue(port)
        self.click(self.window.control.on)
        assert self.live.engine.port == port

    def send(self, address: str, *values: Argument) -> None:
        port = self.live.engine.port
        self.out.sendto(write_message(address, values), ("127.0.0.1", port))

    def psi(self) -> float:
        return self.room.editing.recipe().beginning.truncation_psi

    def calm(self) -> None:
        self.until(lambda: not self.room.session.busy)

    def notices(self) -> list[str]:
        return [str(each.sentence) for each in self.room.studio.notices.history]


@pytest.fixture
def studio(
    qapp: object, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    with studio_on(made, tmp_path, monkeypatch) as studio:
        yield studio


@pytest.fixture
def evening(studio: Studio, qtbot) -> Iterator[Evening]:
    with room_of(studio, qtbot) as room:
        made = Evening(room, qtbot)
        made.until(lambda: not room.view.image().isNull() and made.live.desk is not None)
        made.until(lambda: room.controls.rows and room.controls.rows[0].slider.isEnabled())
        made.calm()
        yield made
        made.out.close()


def udp_ports() -> set[int]:
    """On which this process listens."""
    inodes = {
        link.readlink().name.removeprefix("socket:[").rstrip("]")
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink() and "socket:" in str(link.readlink())
    }
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[9] in inodes}


# ------------------------------------------------------------------ OSC


@pytest.mark.skipif(sys.platform != "linux", reason="sockets are counted in /proc")
def test_nothing_listens_until_it_is_switched_on(evening):
    before = udp_ports()
    evening.click(evening.room.entrance.button)
    for tab in evening.window.tabs:
        evening.click(tab)
    assert udp_ports() == before
    evening.window.hide()
    evening.listen()
    assert udp_ports() == before | {evening.live.engine.port}
    evening.click(evening.window.control.on)
    assert udp_ports() == before


def test_a_controller_plays_the_canvas_and_undo_takes_it_back(evening):
    evening.listen()
    shown = evening.room.view.image()
    for place in range(1, 20):
        evening.send(PSI, place / 40)
    evening.until(lambda: evening.psi() == pytest.approx(1.5 * 19 / 40))
    evening.send("/latent/seed", 7)
    evening.send("/latent/direction/pca/1", 0.75)
    evening.until(lambda: evening.room.editing.recipe().seed == 7)
    evening.until(lambda: list(evening.room.editing.recipe().edits.values()) == [1.5])
    evening.until(lambda: evening.room.view.image() != shown)
    evening.until(lambda: evening.room.title.text().startswith("Seed 7 · ψ 0.71"))
    assert evening.room.controls.rows[0].slider.value() == 150
    evening.room.studio.undo.undo()
    assert evening.room.editing.recipe().seed in (0, 7)
    while evening.room.studio.undo.canUndo():
        evening.room.studio.undo.undo()
    assert evening.room.editing.recipe().seed == 0
    flood(evening)
    rubbish(evening)


def flood(evening: Evening) -> None:
    """Of thousands of messages the newest are seen, and none is lost."""
    before = evening.live.desk.inbox.tally.messages
    for number in range(3000):
        evening.send(f"/latent/direction/pca/{number % 8 + 1}", (number + 1) / 3000)
        if number % 500 == 499:
            wanted = before + number + 1
            evening.until(lambda n=wanted: evening.live.desk.inbox.tally.messages == n)
    evening.until(lambda: evening.live.desk.due is None)
    evening.calm()
    edits = evening.room.editing.recipe().edits
    assert sorted(edits.values()) == pytest.approx(
        [6 * (number + 1) / 3000 - 3 for number in range(2992, 3000)]
    )
    assert evening.live.desk.inbox.tally.left_out == 0


def rubbish(evening: Evening) -> None:
    """It is said once, and counted in the window."""
    port = evening.live.engine.port
    for data in (b"rubbish!", b"/a\0\0,b\0\0".ljust(60_000, b"\0")):
        evening.out.sendto(data, ("127.0.0.1", port))
    evening.send(PSI, float("nan"))
    evening.until(lambda: evening.live.desk.inbox.tally.left_out == 3)
    evening.until(lambda: "3 left out" in evening.window.control.state.text())
    evening.send(PSI, 0.2)
    evening.until(lambda: evening.psi() == pytest.approx(0.3))
    assert len([each for each in evening.notices() if "packet" in each or "no number" in each]) == 1


def test_a_row_learns_its_controller_and_is_played_by_fields(evening, studio):
    evening.listen()
    page = evening.window.control
    page.choose(PSI)
    evening.click(page.learn)
    evening.send("/1/fader1", 0.4)
    evening.until(lambda: evening.live.editor.setup.rules != ())
    assert evening.live.editor.setup.rules == (Rule(source="/1/fader1", target=PSI),)
    row = page.table.chosen()
    assert page.model.index(row, SOURCE).data() == "/1/fader1"
    assert page.name.text() == "Truncation ψ"
    assert not page.learn.isChecked()
    low = page.form.editors["low"]
    low.setFocus()
    low.selectAll()
    evening.bot.keyClicks(low, "0.5")
    evening.bot.keyClick(low, Qt.Key.Key_Tab)
    assert evening.live.editor.setup.rules[0].low == 0.5
    evening.send("/1/fader1", 0.5)
    evening.until(lambda: evening.psi() == pytest.approx(1.0) and evening.live.desk.due is None)
    evening.click(page.copy)
    assert QGuiApplication.clipboard().text() == PSI
    evening.click(page.forget)
    assert evening.live.editor.setup.rules == ()
    studio.undo.undo()
    assert evening.live.editor.setup.rules[0].low == 0.5
    evening.calm()
    assert stored.read(studio.project.folder).rules == evening.live.editor.setup.rules
    learn_by_hand(evening)
    taken_port(evening)


def taken_port(evening: Evening) -> None:
    """It is said, and OSC is off."""
    evening.window.control.port.setValue(evening.out.getsockname()[1])
    evening.click(evening.window.control.on)
    assert evening.live.engine.port is None
    assert not evening.window.control.on.isChecked()
    assert any("Cannot listen on port" in each for each in evening.notices())


def learn_by_hand(evening: Evening) -> None:
    """A slider is touched, and then a controller."""
    studio = evening.room.studio
    studio.actions.get("generation.learn").trigger()
    slider = evening.room.controls.psi.slider
    slider.setFocus()
    evening.bot.keyClick(slider, Qt.Key.Key_Left)
    assert evening.live.waits_for == PSI
    evening.send("/knob", 0.5)
    evening.until(lambda: evening.live.waits_for == "")
    evening.send("/knob", 0.0)
    evening.until(lambda: evening.psi() == pytest.approx(0.5))


def test_the_fader_follows_the_hand(evening):
    evening.listen()
    page = evening.window.control
    page.feedback_port.setValue(evening.out.getsockname()[1])
    evening.click(page.feedback)
    told: dict[str, object] = {}

    def is_told(value: float) -> None:
        while told.get(PSI) != pytest.approx(value):
            evening.bot.wait(20)
            evening.out.settimeout(0.01)
            try:
                messages = read_packet(evening.out.recv(65536))
            except TimeoutError:
                continue
            told.update({each.address: each.arguments[0] for each in messages})

    is_told(1 / 1.5)
    evening.room.editing.set_psi(0.6)
    is_told(0.4)
    page.host.setText("no host!")
    evening.bot.keyClick(page.host, Qt.Key.Key_Return)
    assert page.host.text() == "127.0.0.1"
    assert any("is no address of a machine" in each for each in evening.notices())


def test_what_was_set_is_there_the_next_evening_and_nothing_is_on(studio, qtbot):
    rules = (Rule(source="/f", target=PSI, low=0.25),)
    stored.write(studio.project.folder, stored.Setup(port=7777, rules=rules))
    with room_of(studio, qtbot) as room:
        qtbot.waitUntil(lambda: room.entrance.live.desk is not None, timeout=WAIT)
        assert room.entrance.live.editor.setup.rules == rules
        assert not room.entrance.live.is_on
        room.project_closed()
        assert room.entrance.live.editor.setup is None


def test_a_damaged_file_is_said_and_stays(studio, qtbot):
    file = studio.project.folder / stored.FILE
    file.write_text("version = 1\nport = 'x'")
    with room_of(studio, qtbot) as room:
        qtbot.waitUntil(lambda: room.entrance.live.desk is not None, timeout=WAIT)
        said = [str(each.sentence) for each in studio.notices.history]
        assert any("live.toml" in each and "port" in each for each in said)
    assert file.read_text() == "version = 1\nport = 'x'"


# ------------------------------------------------------------------ MIDI and the beat


def test_a_midi_controller_plays_and_is_missed_once(evening):
    plugs = Plugs("Faders")
    evening.live.engine.backend = plugs
    evening.live.editor.set_rule("", Rule(source="midi cc 1/7", target=PSI))
    evening.click(evening.room.entrance.button)
    evening.click(evening.window.tabs[1])
    page = evening.window.tempo
    evening.until(lambda: page.input.count() == 2)
    page.input.setFocus()
    evening.bot.keyClick(page.input, Qt.Key.Key_Down)
    page.input.activated.emit(1)
    evening.until(lambda: evening.live.engine.midi_is_open)
    plugs.receive([0xB0, 7, 64])
    evening.until(lambda: evening.psi() == pytest.approx(0.75))
    plugs.plugged.clear()
    for _ in range(2):
        evening.live._look_at_input()
        evening.calm()
    evening.until(lambda: not evening.live.engine.midi_is_open)
    assert len([each for each in evening.notices() if "MIDI input Faders is gone" in each]) == 1
    no_midi(evening)
    tapped(evening)


def no_midi(evening: Evening) -> None:
    """A machine without it says so on the page."""

    class Silent(Plugs):
        def names(self) -> list[str]:
            raise OSError("no sequencer.")

    evening.live.close_input()
    evening.live.engine.backend = Silent()
    evening.click(evening.window.tempo.again)
    said = evening.window.tempo.said
    evening.until(lambda: said.text() == "There is no MIDI on this machine: no sequencer.")
    assert not evening.window.tempo.input.isEnabled()


def tapped(evening: Evening) -> None:
    """Changes wait for the beat that is tapped."""
    evening.window.hide()
    evening.listen()
    evening.click(evening.window.tabs[1])
    page = evening.window.tempo
    page.bpm.setValue(240)
    for _ in range(2):
        evening.bot.mousePress(page.tap, Qt.MouseButton.LeftButton)
        evening.bot.mouseRelease(page.tap, Qt.MouseButton.LeftButton)
    page.wait.setCurrentIndex(2)
    page.wait.activated.emit(2)
    page.bpm.setValue(240)
    page.ahead.setValue(50)
    setup = evening.live.editor.setup
    assert (setup.wait_for, setup.bpm, setup.ahead_ms) == ("bar", 240.0, 50)
    evening.send(PSI, 0.2)
    evening.until(lambda: evening.psi() == pytest.approx(0.3))


# ------------------------------------------------------------------ teaching


def test_a_controller_is_taught_and_plays_what_lies_between(evening, studio):
    evening.listen()
    evening.click(evening.window.tabs[2])
    page = evening.window.teaching
    evening.send("/xy", 0.0, 0.0)
    evening.until(lambda: page.sources.count() == 2)
    for place in range(2):
        page.sources.item(place).setCheckState(Qt.CheckState.Checked)
    assert evening.live.editor.setup.lessons.sources == ("/xy:1", "/xy:2")
    for seed, pose in ((3, (0.0, 0.0)), (4, (1.0, 0.0)), (5, (0.0, 1.0))):
        evening.send("/xy", *pose)
        evening.until(lambda pose=pose: evening.live.desk.pose(("/xy:1", "/xy:2")) == pose)
        evening.room.editing.set_seed(seed)
        evening.click(page.teach)
    assert page.lessons.count() == 3
    assert page.state.text().startswith("3 poses are taught")
    evening.until(lambda: evening.live.desk.taught is not None)
    evening.send("/xy", 1.0, 0.0)
    evening.until(lambda: evening.room.editing.recipe().seed == 4)
    evening.send("/xy", 0.5, 0.5)
    evening.until(lambda: isinstance(evening.room.editing.recipe().beginning, Point))
    page.lessons.setCurrentRow(0)
    evening.click(page.show_it)
    assert evening.room.editing.recipe().seed == 3
    evening.click(page.forget)
    assert page.lessons.count() == 2
    evening.room.editing.end_gesture()
    studio.undo.undo()
    assert page.lessons.count() == 3
    evening.calm()


# ------------------------------------------------------------------ the stage


def test_the_stage_shows_the_picture_and_nothing_else(evening, studio, monkeypatch):
    studio.actions.get("generation.stage").trigger()
    stage = evening.window.stage.stage
    evening.until(stage.isVisible)
    assert stage.isFullScreen()
    assert stage.children() == [stage._beat]
    shown = stage.grab().toImage()
    middle = stage.target().center()
    evening.room.editing.set_seed(6)
    evening.until(lambda: stage._image == evening.room.view.image())
    evening.calm()
    evening.until(lambda: stage.grab().toImage() != shown)
    assert stage.target().height() == stage.height() or stage.target().width() == stage.width()
    assert stage.target().center() == middle
    evening.live.editor.change("", size="model")
    evening.window.stage.refresh()
    assert stage.target().width() == 16
    assert stage.grab().toImage().pixelColor(0, 0) == Qt.GlobalColor.black
    evening.bot.keyClick(stage, Qt.Key.Key_Escape)
    assert not stage.isVisible()
    broadcast(evening, monkeypatch)
    studio.actions.get("generation.stage").trigger()
    evening.until(stage.isVisible)
    evening.room.project_closed()
    assert not stage.isVisible()


def broadcast(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures go to other programs at an even rate."""
    frames: list[Pixels] = []

    class Fake(Stream):
        def send(self, frame: Pixels) -> None:
            frames.append(frame)

        def close(self) -> None:
            frames.append(None)

    class Ndi(Sender):
        name, title, here = "ndi", "NDI", True

        def missing(self) -> Said:
            return NOTHING if self.here else Said("Nothing here.")

        def open(self, name: str, rate: float) -> Stream:
            assert (name, rate) == ("Stage 1", 50)
            return Fake()

    monkeypatch.setitem(sending._REGISTRY._kinds, "ndi", Ndi())
    evening.live.editor.change("", size="1280x720", rate=50)
    evening.click(evening.room.entrance.button)
    evening.click(evening.window.tabs[3])
    page = evening.window.stage
    page.ask()
    page.send_as.setText("Stage 1")
    evening.click(page.send)
    evening.until(lambda: len(frames) > 3)
    assert frames[0].shape == (720, 1280, 3)
    assert page.send.isChecked()
    evening.click(page.send)
    evening.until(lambda: frames[-1] is None)
    Ndi.here = False
    page.ask()
    assert not page.send.isEnabled()
    assert page.missing.text() == "Nothing here."
