"""The middle of the room: the picture as large as it can be, its tools, and the line above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QMenu, QPushButton, QWidget, QWidgetAction

from studio.desktop.base.received import Received
from studio.desktop.generation.tools.tool import Drag, Hand, Mouse, Tool, tools
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import RoomHeader
from studio.desktop.widgets.param_form import ParamForm
from studio.desktop.widgets.picture_view import PictureView


class Canvas(QWidget):
    """Shows, and owns the mouse on the picture: it asks the tools in order, then the view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view = PictureView()
        self.tools: dict[str, Tool] = {}
        self._options: list[_Options] = []
        self._drag: Drag | None = None
        self._header = RoomHeader()
        self.title, self.note = self._header.title, self._header.facts
        self._rail = column(gap=8, margins=(7, 8, 7, 8))
        self._rail.addStretch(1)
        column(self._header, (row((self.view, 1), self._rail), 1), on=self)

    def take_up(self, hand: Hand) -> None:
        self.tools = {kind.name: kind(hand) for kind in tools()}
        for tool in self.tools.values():
            if (control := tool.control()) is not None and tool.beside:
                self._rail.insertWidget(self._rail.count() - 1, control)
            elif control is not None:
                self._header.add(control)
            if tool.Options.params():
                self._options.append(_Options(tool))
                self._header.add(self._options[-1])
        hand.session.opened.connect(lambda *_: self._show_options())
        self.view.overlay = self._paint
        self.view.installEventFilter(self)

    def add_control(self, control: QWidget) -> None:
        """One more in the line above the picture."""
        self._header.add(control)

    def _show_options(self) -> None:
        """Only those that would do something with the open model."""
        for options in self._options:
            options.setVisible(options.tool.usable)

    def entered(self) -> None:
        for tool in self.tools.values():
            tool.entered()

    def close_tools(self) -> None:
        for tool in self.tools.values():
            tool.close()

    # ------------------------------------------------------------------ what is dropped on it

    def takes_picture_at(self, place: QPoint) -> bool:
        """Whether a tool has a use for a picture that is dropped at a place of the screen."""
        on = self.isVisible() and self.rect().contains(self.mapFromGlobal(place))
        return on and any(tool.takes_pictures for tool in self._active())

    def take(self, given: Path | Received) -> None:
        """Give what was dropped to the first tool that takes it."""
        tool = next((tool for tool in self._active() if tool.takes_pictures), None)
        if tool is not None:
            tool.take(given)

    # ------------------------------------------------------------------ the mouse and the keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = QEvent.Type
        if isinstance(event, QKeyEvent) and event.type() == kinds.ShortcutOverride:
            claimed = any(tool.claims(Qt.Key(event.key())) for tool in self._active())
            if claimed:
                event.accept()
            return claimed
        if isinstance(event, QKeyEvent) and event.type() == kinds.KeyPress:
            return self._key(Qt.Key(event.key()))
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == kinds.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            return self._press(Mouse.of(self.view, event))
        if event.type() == kinds.MouseMove:
            mouse = Mouse.of(self.view, event)
            return self._go_on(mouse) if self._drag is not None else self._hover(mouse)
        if event.type() == kinds.MouseButtonRelease and self._drag is not None:
            return self._go_on(Mouse.of(self.view, event, held=False))
        return False

    def _active(self) -> Sequence[Tool]:
        return [tool for tool in self.tools.values() if tool.active]

    def _press(self, mouse: Mouse) -> bool:
        self._end()
        for tool in self._active():
            if (drag := tool.press(mouse)) is not None:
                self._drag = drag
                self._step(lambda: next(drag))
                return True
        return False

    def _go_on(self, mouse: Mouse) -> bool:
        if (drag := self._drag) is not None:
            self._step(lambda: drag.send(mouse))
            if not mouse.held:  # also where the button was let go outside of the window
                self._end()
        return True

    def _step(self, step: Callable[[], None]) -> None:
        try:
            step()
        except StopIteration:
            self._drag = None
        self.view.update()

    def _end(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.close()

    def _hover(self, mouse: Mouse) -> bool:
        if mouse.held:
            return False  # the view is being moved about
        shapes = (tool.cursor(mouse) for tool in self._active())
        shape = next((shape for shape in shapes if shape is not None), None)
        if shape is not None:
            self.view.setCursor(shape)
        return shape is not None

    def _key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._end()
            return True
        return any(tool.key(key) for tool in self._active())

    def _paint(self, painter: QPainter) -> None:
        for tool in self._active():
            tool.paint(painter)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        tip = tr("Arrow keys walk the seeds, R takes another; drag the picture out as a file")
        set_words((self.view, tr("The picture"), tip))
        for tool in self.tools.values():
            tool.retranslate()
        for options in self._options:
            options.retranslate()


class _Options(QPushButton):
    """What a tool declares, in a menu of its own."""

    def __init__(self, tool: Tool) -> None:
        super().__init__()
        self.tool = tool
        self.form = ParamForm(tool.Options.params())
        self.form.valueChanged.connect(self._changed)
        menu, item = QMenu(self), QWidgetAction(self)
        item.setDefaultWidget(self.form)
        menu.addAction(item)
        self.setMenu(menu)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _changed(self, name: str, value: object) -> None:
        options = self.tool.options
        self.tool.options = options.from_mapping({**options.as_dict(), name: value})

    def retranslate(self) -> None:
        name = tr(self.tool.title)
        set_words((self, name, tr("Options of {tool}", tool=name)))
        self.form.retranslate()
