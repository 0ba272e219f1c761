"""What stands round the track: how long, how fast, play, and render."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QPushButton, QWidget

from studio.desktop import theme
from studio.desktop.generation.timeline.camera_row import CameraRow
from studio.desktop.generation.timeline.sound_panel import SoundPanel
from studio.desktop.generation.timeline.track import Track
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label

if TYPE_CHECKING:
    from studio.engine.generation.film.timeline import Key, Timeline

RATES = ("12", "15", "24", "25", "29.97", "30", "50", "59.94", "60")
ENLARGED = (1, 2, 4, 8)
_LONGEST = 3600.0


class Strip(QWidget):
    """A row of controls above the track, which is folded away until it is wanted."""

    secondsChosen = Signal(float)
    rateChosen = Signal(str)
    loopChosen = Signal(bool)
    unfolded = Signal(bool)
    aimed = Signal(bool)
    """Whether the camera of a key can be placed."""
    soundDropped = Signal(str)
    """The path of a sound file that was let go over the timeline."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.fold, self.track, self.body = QPushButton(), Track(), QWidget()
        self.fold.setObjectName("bare")
        self.fold.setCheckable(True)
        self.play, self.add, self.export = secondary(), secondary(), secondary()
        self.clock, self.hint = (
            text_label(quiet=True, wrap=False),
            text_label(quiet=True, wrap=False),
        )
        self.seconds, self.rate, self.loop = QDoubleSpinBox(), QComboBox(), QCheckBox()
        self.size_box = QComboBox()
        self.sound, self.even, self.camera = secondary(), secondary(), secondary()
        self.camera.setCheckable(True)
        self.camera_row = CameraRow()
        self._line: Timeline | None = None
        self.sound_panel = SoundPanel(self.track)
        self.setAcceptDrops(True)
        self.seconds.setRange(0.1, _LONGEST)
        self.seconds.setDecimals(1)
        self.seconds.setSuffix(" s")
        self.seconds.setFixedWidth(68)
        self.seconds.setKeyboardTracking(False)
        self.rate.addItems(RATES)
        self.size_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for learnt in (False, True):
            for each in ENLARGED[learnt:]:
                self.size_box.addItem(f"{each}×", (each, learnt))
        self.play.setIconSize(self.play.iconSize() * 0.9)
        head = row(self.fold, self.hint, None, self.clock, self.play, self.add, self.export, gap=8)
        facts = row(
            self.seconds, self.rate, self.size_box, self.loop, None,
            self.camera, self.even, self.sound, gap=8,
        )  # fmt: skip
        parts = facts, self.track, self.camera_row, self.sound_panel
        column(*parts, on=self.body, gap=6, margins=(8, 0, 0, 0))
        column(head, self.body, on=self, gap=6, margins=(4, 4, 12, 4))
        self.fold.toggled.connect(self._unfold)
        self.seconds.valueChanged.connect(self.secondsChosen)
        self.rate.textActivated.connect(self.rateChosen)
        self.loop.toggled.connect(self.loopChosen)
        self.camera.toggled.connect(self.camera_row.setVisible)
        self.camera.toggled.connect(self._show_camera)
        self.camera_row.setVisible(False)
        self.track.picked.connect(self._show_camera)
        self._playing = False
        self._unfold(False)

    @property
    def enlarge(self) -> tuple[int, bool]:
        """How many times as large a film is rendered, and whether by the run's enlarger."""
        times, learnt = self.size_box.currentData()
        return times, learnt

    def _unfold(self, on: bool) -> None:
        self.body.setVisible(on)
        for part in (self.play, self.add, self.export, self.clock):
            part.setVisible(on)
        self.hint.setVisible(not on)
        self.restyle()
        self.unfolded.emit(on)

    def show_line(self, line: Timeline | None) -> None:
        """The values of a timeline; None where there is none."""
        self.setEnabled(line is not None)
        self._line = line
        self.track.show_line(line)
        self._show_camera()
        keys = len(line.keys) if line is not None else 0
        self.export.setEnabled(keys > 0)
        self.play.setEnabled(keys > 0)
        self.even.setEnabled(keys > 1)
        if line is None:
            return
        for box in (self.seconds, self.rate, self.loop):
            box.blockSignals(True)
        self.seconds.setValue(line.seconds)
        if self.rate.findText(line.fps) < 0:
            self.rate.addItem(line.fps)
        self.rate.setCurrentText(line.fps)
        self.loop.setChecked(line.loop)
        for box in (self.seconds, self.rate, self.loop):
            box.blockSignals(False)
        self._words()

    @property
    def chosen_key(self) -> Key | None:
        line, place = self._line, self.track.chosen
        return line.keys[place] if line is not None and 0 <= place < len(line.keys) else None

    def _show_camera(self) -> None:
        key = self.chosen_key
        self.camera_row.show_camera(key.camera if key is not None else None)
        self.aimed.emit(self.camera.isChecked() and key is not None)

    def show_time(self, time: float) -> None:
        self.track.show_time(time)
        self.sound_panel.wave.update()
        self.clock.setText(f"{time:.2f} s")

    def show_playing(self, on: bool) -> None:
        self._playing = on
        self._words()

    def restyle(self) -> None:
        c = theme.colours()
        down = self.fold.isChecked()
        self.fold.setIcon(theme.icon("angle-down" if down else "angle-right", c.quiet))
        self.play.setIcon(theme.icon("pause" if self._playing else "play", c.text))
        self.track.update()
        self.sound_panel.restyle()

    # ------------------------------------------------------------------ what is dropped on it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Sound files are heard with the film; anything else goes to the window."""
        event.setAccepted(self.isEnabled() and bool(_sound(event.mimeData())))

    def dropEvent(self, event: QDropEvent) -> None:
        if file := _sound(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.soundDropped.emit(file)

    # ------------------------------------------------------------------ words

    def _words(self) -> None:
        self.play.setText(tr("Pause") if self._playing else tr("Play"))
        self.restyle()

    def retranslate(self) -> None:
        set_words(
            (self.fold, tr("Timeline"), tr("Keys of a film, its preview, and its files (Shift+T)")),
            (self.play, tr("Play"), tr("Play the film on the canvas, or stop it (Ctrl+Space)")),
            (self.add, tr("Add key"),
             tr("Put the picture of the canvas at the playhead, as a keyframe (K)")),
            (self.export, tr("Render film…"),
             tr("Write the film as MP4, ProRes, WebM, GIF, WebP, APNG or PNGs (Ctrl+Shift+F)")),
            (self.seconds, tr("Length"), tr("How long the film is, in seconds")),
            (self.rate, tr("Frame rate"), tr("Frames a second (fps)")),
            (self.size_box, tr("Enlargement"),
             tr("How many times as large the film is: each pixel becomes a square, or detail is "
                "drawn as the run's enlarger has learnt it (super-resolution)")),
            (self.camera, tr("Camera"),
             tr("Pan over the picture and beyond its edges, zoom and turn, from key to key: "
                "drag the picture, or type (Shift+K)")),
            (self.even, tr("Even speed"),
             tr("Put the keys where the pictures have gone equally far, as the eye tells them "
                "apart (perceptual distance, Shift+E)")),
            (self.sound, tr("Sound…"),
             tr("Choose a sound that is heard with the film and moves it, or drop one here "
                "(Shift+S)")),
            (self.loop, tr("Loop"),
             tr("The film flows from its last key into its first, without an end")),
            (self.track, tr("Keys"),
             tr("Click to move the playhead; drag a key; right-click for its easing. Arrow keys go "
                "by a frame, Page keys from key to key, Del deletes")),
        )  # fmt: skip
        for place in range(len(ENLARGED), self.size_box.count()):
            self.size_box.setItemText(
                place, tr("{n}× own pictures", n=self.size_box.itemData(place)[0])
            )
        self.camera_row.retranslate()
        self.sound_panel.retranslate()
        self.hint.setText(tr("Lay out keys and render them as a film"))
        self._words()


def _sound(data: QMimeData) -> str:
    """The path of the one sound file that is dragged; empty where it is anything else."""
    from studio.engine.generation.sound.recording import SUFFIXES

    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    alone = files[0] if len(files) == 1 else None
    return str(alone) if alone is not None and alone.suffix.lower() in SUFFIXES else ""
