"""A tool of the canvas is one file, one for its maths where it has any, and its Chinese."""

from __future__ import annotations

from tests.extending.tree import Tree

MATHS = '''
"""How far apart two places are."""

from __future__ import annotations

import math


def distance(a: tuple[float, float], b: tuple[float, float], unit: int) -> float:
    """Between places in pixels, in units of so many."""
    return math.dist(a, b) / unit
'''
TOOL = '''
"""Measures on the picture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt

from models.parameters import Declared, param
from studio.desktop.generation.tools.tool import Tool, ToolAction, register
from studio.engine.generation.distances import distance


@dataclass(frozen=True)
class RulerOptions(Declared):
    """How it measures."""

    unit: int = param(1, label="Pixels a unit", low=1, high=100, help="How long one unit is.")


@register
class Ruler(Tool):
    """A line from where the mouse was pressed."""

    name = "ruler"
    title = "Ruler"
    Options = RulerOptions

    def __init__(self, hand):
        super().__init__(hand)
        self.active = False
        self.line, self.length, self.closed = None, 0.0, False

    def actions(self):
        return (ToolAction("generation.ruler", "Ruler", self.toggle, "M"),)

    def toggle(self):
        self.active = not self.active
        self.hand.view.update()

    def cursor(self, mouse):
        return Qt.CursorShape.CrossCursor if mouse.inside else None

    def press(self, mouse):
        return self._measure(mouse.picture) if mouse.inside else None

    def _measure(self, start):
        try:
            while (mouse := (yield)).held:
                self.line = start, mouse.picture
                ends = ((each.x(), each.y()) for each in self.line)
                self.length = distance(*ends, self.options.unit)
        finally:
            self.closed = True

    def paint(self, painter):
        if self.line:
            painter.setPen(Qt.GlobalColor.green)
            painter.drawLine(*(self.hand.view.to_widget(each) for each in self.line))
'''
CHINESE = {
    "Ruler": "标尺",
    "Pixels a unit": "每单位像素",
    "How long one unit is.": "一个单位多长。",
}
WINDOW = """
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton
window.go("generation")
room = window.room("generation")
room.pages.setCurrentIndex(1)
view, tool = room.view, room.canvas.tools["ruler"]
image = QImage(100, 100, QImage.Format.Format_RGB888)
image.fill(Qt.GlobalColor.black)
view.set_image(image)
QTest.qWait(50)

def hover(place):
    # QTest moves the pointer of the screen, which comes late after a button was let go.
    none, where = Qt.MouseButton.NoButton, view.mapToGlobal(place)
    keys = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, place, where, none, none, keys)
    QApplication.sendEvent(view, event)
    return view.cursor().shape().name

def drag(held=True):
    a, b = (view.to_widget(QPointF(x, 50.0)).toPoint() for x in (20, 80))
    QTest.mouseMove(view, a)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=a)
    QTest.mouseMove(view, b)
    window.repaint()
    shown = view.grab().toImage().pixelColor((a + b) / 2).name()
    if held:
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=b)
    return shown

room.canvas.tools["drag_out"].begin = lambda: None
seen = {"before": [drag(), tool.length]}
window.studio.actions.get("generation.ruler").trigger()
seen["cursor"] = [hover(view.to_widget(QPointF(x, 50.0))) for x in (50, -5)]
seen["during"] = [drag(), round(tool.length, -1), tool.closed]
(button,) = (each for each in room.canvas.findChildren(QPushButton)
             if hasattr(each, "form") and "unit" in each.form.editors)
button.form.editors["unit"].setValue(10)
seen["after"] = [drag(held=False), round(tool.length)]
QTest.keyClick(view, Qt.Key.Key_Escape)
line = tool.line
hover(QPointF(view.rect().center()))
seen["given up"] = tool.line == line
seen["words"] = [button.text(), window.studio.actions.get("generation.ruler").text(),
                 button.form.labels["unit"].text()]
seen["tip"] = button.toolTip()
"""


def test_two_files_add_a_tool_of_the_canvas(tree: Tree) -> None:
    tree.add("studio/engine/generation/distances.py", MATHS, {})
    tree.add("studio/desktop/generation/tools/ruler.py", TOOL, CHINESE)
    seen = tree.window(WINDOW)
    assert seen["before"] == ["#000000", 0.0]
    assert seen["cursor"] == ["CrossCursor", "ArrowCursor"]
    assert seen["during"] == ["#00ff00", 60, True]
    assert seen["after"] == ["#00ff00", 6]
    assert seen["given up"]
    assert seen["words"] == ["标尺", "标尺", "每单位像素"]
    assert seen["tip"] == "标尺的选项"
