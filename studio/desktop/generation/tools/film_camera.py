"""The camera of a film, moved by dragging the picture that it sees."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.desktop.generation.tools.tool import Drag, Mouse, Tool, register


@register
class FilmCamera(Tool):
    """While the numbers of the camera are open and it can be placed: see `FilmSession.aims`."""

    name = "film_camera"

    def press(self, mouse: Mouse) -> Drag | None:
        return self._pan(mouse) if self._takes(mouse) else None

    def _pan(self, mouse: Mouse) -> Drag:
        films, before = self.hand.session.films, mouse.picture
        try:
            while mouse.held:
                mouse = yield
                way = mouse.picture - before
                before = mouse.picture
                if way.x() or way.y():
                    films.panned.emit(way.x(), way.y())
        finally:
            films.panEnded.emit()

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        return Qt.CursorShape.OpenHandCursor if self._takes(mouse) else None

    def _takes(self, mouse: Mouse) -> bool:
        films = self.hand.session.films
        return mouse.inside and not mouse.modifiers and films.aims and films.moment is not None
