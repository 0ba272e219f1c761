"""The top of the window: mark and project, the six places, commands and device."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label, tip
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.labels import set_words

PLACES = ("dataset", "training", "evaluation", "generation", "refinement", "export")
HEIGHT = 47


def place_title(key: str) -> str:
    """The name of a place in the current language."""
    return {
        "dataset": tr("Dataset"),
        "training": tr("Training"),
        "evaluation": tr("Evaluation"),
        "generation": tr("Generation"),
        "refinement": tr("Refinement"),
        "export": tr("Export"),
    }[key]


class Mark(QToolButton):
    """The safelight, and a caret that tells of the menu of the program behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bare")
        self.setFixedSize(46, 30)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, theme.pixmap("mark", 30, ""))
        painter.setPen(QPen(QColor(theme.colours().quiet), 1.5))
        painter.drawPolyline([QPointF(33, 13), QPointF(37, 17), QPointF(41, 13)])
        if self.hasFocus() or self.underMouse():
            painter.drawRoundedRect(QRectF(1, 1, 44, 28), 6, 6)


class TopBar(QWidget):
    """Says which place was asked for; the window decides."""

    placeChosen = Signal(str)
    commandsWanted = Signal()

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.mark = Mark()
        self.mark.setMenu(menu)
        self.title, self.project = Label("Latent Studio"), Label()
        self.title.setFont(theme.font(bold=True))
        self.project.setProperty("quiet", True)
        self._group = QButtonGroup(self)
        self.places: dict[str, QPushButton] = {}
        self.commands, self.device = QPushButton(), Label()
        self.commands.clicked.connect(self.commandsWanted)
        self.device.setObjectName("raised")
        self.device.setMargin(6)
        self.device.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.device.setVisible(False)
        self._lay_out()

    def _lay_out(self) -> None:
        left, middle, right = QWidget(), QWidget(), QWidget()
        for key in PLACES:
            button = self.places[key] = QPushButton()
            button.setObjectName("place")
            button.setCheckable(True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, key=key: self.placeChosen.emit(key))
            self._group.addButton(button)
        row(self.mark, self.title, self.project, None, on=left, gap=-1, margins=(8, 0, 0, 0))
        row(*self.places.values(), on=middle, gap=4)
        row(None, self.commands, self.device, on=right, gap=-1, margins=(0, 0, 12, 0))
        for side in (left, right):
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row((left, 1), middle, (right, 1), on=self, gap=-1)

    def show_place(self, key: str) -> None:
        """Mark the place that is on the screen."""
        if key in self.places:
            self.places[key].setChecked(True)

    def enable_places(self, on: bool) -> None:
        """Without a project there is nowhere to go."""
        for button in self.places.values():
            button.setEnabled(on)

    def show_project(self, name: str) -> None:
        self.project.setText(f"· {name}" if name else "")
        self.project.setToolTip(tip(name))

    def show_device(self, text: str) -> None:
        self.device.setText(text)
        self.device.setVisible(bool(text))

    def retranslate(self) -> None:
        for number, key in enumerate(PLACES, 1):
            title = place_title(key)
            set_words((self.places[key], title, f"{title} (Ctrl+{number})"))
        set_words(
            (self.mark, tr("Menu"), tr("Menu (F10)")),
            (self.commands, tr("Commands"), tr("Find any command by typing a part of its name")),
        )
        self.commands.setText(tr("Ctrl+K  Commands"))
        self.device.setToolTip(tr("The device that trains and plays models"))


def device_title() -> str:
    """The device that a run would choose, and its memory; imports torch, so not for the window."""
    from studio.engine import devices

    best = devices.choose("auto")
    memory = f" · {best.memory / 2**30:.0f} GB" if best.memory and best.is_accelerator else ""
    return (best.title if best.is_accelerator else "CPU") + memory
