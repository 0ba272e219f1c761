"""The line between two pictures that are compared, moved by the mouse or by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.desktop.generation.tools.tool import Drag, Mouse, Tool, register

REACH = 8
"""Pixels of the window on each side of the line where it can be taken hold of."""
_KEYS = {Qt.Key.Key_Comma: -0.05, Qt.Key.Key_Period: 0.05}


@register
class SplitLine(Tool):
    """Wherever a tool shows a picture beside that of the canvas."""

    name = "split_line"

    def press(self, mouse: Mouse) -> Drag | None:
        return self._slide() if self._on_line(mouse) else None

    def _slide(self) -> Drag:
        view = self.hand.view
        while True:
            mouse = yield
            where = view.target()
            view.set_split((mouse.widget.x() - where.x()) / max(1.0, where.width()))

    def key(self, key: Qt.Key) -> bool:
        view = self.hand.view
        if key not in _KEYS or not view.has_before:
            return False
        view.set_split(view.split + _KEYS[key])
        return True

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        return Qt.CursorShape.SplitHCursor if self._on_line(mouse) else None

    def _on_line(self, mouse: Mouse) -> bool:
        view = self.hand.view
        if not view.has_before:
            return False
        where = view.target()
        line = where.x() + view.split * where.width()
        return mouse.inside and abs(mouse.widget.x() - line) <= REACH
