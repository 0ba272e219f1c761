"""An editor of one picture that covers the whole room: the picture, and a column beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from studio.desktop.dataset.regions.picture_canvas import PictureCanvas
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import text_label
from studio.desktop.widgets.panel import PANEL_WIDTH
from studio.engine.dataset.index.store import Item

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OverlayEditor(QFrame):
    """Covers its parent while it is open. What is drawn counts once it is applied."""

    drawn = Signal(int, object)
    """Item id and what is being drawn: the picture as training would see it is wanted."""
    applied = Signal(int, object)
    """Item id and what was drawn."""
    closed = Signal()
    view: PictureCanvas

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._item: Item | None = None
        self._room = parent
        self.head = text_label()
        self.facts, self.help = text_label(quiet=True), text_label(quiet=True)
        self.cancel, self.apply = secondary(""), primary("")
        self.cancel.clicked.connect(self.close_up)
        self.apply.clicked.connect(self.finish)
        parent.installEventFilter(self)
        self.hide()

    def lay_out(self, *parts: boxes.Part) -> None:
        """The view, and beside it these parts above the two buttons."""
        side = QWidget()
        side.setFixedWidth(PANEL_WIDTH)
        buttons = boxes.row((self.cancel, 1), (self.apply, 1), gap=8)
        boxes.column(*parts, None, buttons, on=side, gap=10, margins=(16, 16, 16, 16))
        boxes.row((self.view, 1), side, on=self)

    # ------------------------------------------------------------------ what a kind adds

    def changed(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        raise NotImplementedError

    def other_way(self) -> None:
        """The key L: draw in the other way."""
        raise NotImplementedError

    def let_go(self) -> None:
        self.view.show_picture(QImage(), (1, 1))

    # ------------------------------------------------------------------ opening

    def cover(self, item: Item, image: QImage) -> None:
        self._item = item
        self.head.setText(item.name)
        self.show_image(image)
        self.setGeometry(self._room.rect())

    def uncovered(self) -> None:
        """All is filled in: show it."""
        self.show()
        self.raise_()
        self.view.setFocus()

    @property
    def item(self) -> Item | None:
        return self._item if self.isVisible() else None

    def show_image(self, image: QImage) -> None:
        if self._item is not None:
            self.view.show_picture(image, (self._item.width, self._item.height))

    def close_up(self) -> None:
        """Uncover the room; nothing is changed."""
        if self.isVisible():
            self.hide()
            self._item = None
            self.let_go()
            self.closed.emit()

    # ------------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies, Esc gives up; a button with the focus is pressed."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close_up()
        elif event.key() in _ENTER and isinstance(focus, QAbstractButton):
            focus.click()
        elif event.key() in _ENTER:
            self.finish()
        elif event.key() == Qt.Key.Key_L:
            self.other_way()

    def event(self, event: QEvent) -> bool:
        """Keys mean here what they mean here, not what the room below makes of them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if event.key() in _ENTER or plain == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._room.rect())
        return False
