"""The camera of the chosen key, as four numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.labels import set_words, text_label

if TYPE_CHECKING:
    from studio.engine.generation.film.camera import Camera

_FIELDS = (("x", 100.0, " %"), ("y", 100.0, " %"), ("zoom", 100.0, " %"), ("turn", 1.0, "°"))
"""Names in a camera, what 1 of it is here, and the unit."""


class CameraRow(QWidget):
    """Shows the camera of a key and says what the hand wants of it; changes nothing itself."""

    changed = Signal(str, float)
    """The name of a number of the camera, and its value."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes = {name: QDoubleSpinBox() for name, _, _ in _FIELDS}
        self.titles = {name: text_label(quiet=True, wrap=False) for name in self.boxes}
        self.hint = text_label(quiet=True, wrap=False)
        parts: list[QWidget | int] = []
        for name, scale, unit in _FIELDS:
            box = self.boxes[name]
            box.setDecimals(1)
            box.setSuffix(unit)
            box.setSingleStep(5.0)
            box.setFixedWidth(92)
            box.setKeyboardTracking(False)
            box.valueChanged.connect(
                lambda value, name=name, scale=scale: self.changed.emit(name, value / scale)
            )
            parts += [self.titles[name], box, 6]
        row(*parts, self.hint, None, on=self, gap=6)

    def show_camera(self, camera: Camera | None) -> None:
        """That of the chosen key; None where none is chosen."""
        from studio.engine.generation.film.camera import FARTHEST, MOST_TURN, ZOOMS

        ranges = {"zoom": ZOOMS, "turn": (-MOST_TURN, MOST_TURN)}
        for name, scale, _ in _FIELDS:
            box = self.boxes[name]
            box.setEnabled(camera is not None)
            with QSignalBlocker(box):
                low, high = ranges.get(name, (-FARTHEST, FARTHEST))
                box.setRange(low * scale, high * scale)
                box.setValue(scale * float(1.0 if name == "zoom" else 0.0) if camera is None
                             else scale * getattr(camera, name))  # fmt: skip
        self.hint.setVisible(camera is None)

    def retranslate(self) -> None:
        words = {
            "x": (tr("Across"), tr("How far to the right of the picture the camera stands (pan x): "
                                   "100 % is one picture. Seamless pictures go on as tiles, "
                                   "others mirrored")),
            "y": (tr("Down"), tr("How far below the picture the camera stands (pan y): 100 % is "
                                 "one picture")),
            "zoom": (tr("Zoom"), tr("How large all is seen: 200 % is twice as large")),
            "turn": (tr("Turn"), tr("How far the picture is seen turned, clockwise (rotation); "
                                    "360° is once round")),
        }  # fmt: skip
        for name, (title, tip) in words.items():
            self.titles[name].setText(title)
            set_words((self.boxes[name], title, tip))
        self.hint.setText(tr("Choose a key"))
