"""How playing live is reached from the canvas: a button, keys, and the window they open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.base.studio import Studio
from studio.desktop.generation.live.live import Live
from studio.desktop.generation.live.live_window import LiveWindow
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.tools.tool import ToolAction
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.project import Project


class Entrance:
    """The window is made when it is first wanted: who never plays live never waits for it."""

    def __init__(self, session: Session, editing: Editing, studio: Studio, room: QWidget) -> None:
        self._editing, self._studio, self._room = editing, studio, room
        self.live = Live(session, editing, studio, room)
        self.button = secondary()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.toggle_window)
        self._image = QImage()
        self._window: LiveWindow | None = None
        session.rendered.connect(lambda image, _recipe: self.show_image(image))
        session.films.drawn.connect(self.show_image)
        self.live.changed.connect(self.restyle)

    def actions(self) -> Sequence[ToolAction]:
        live = self.live
        return (
            ToolAction("generation.live", "Play live…", self.toggle_window, "Shift+L", "sliders"),
            ToolAction("generation.listen", "Listen to OSC, or stop", live.toggle, "Ctrl+Shift+L"),
            ToolAction("generation.learn", "Learn: a slider, then a controller", self.learn),
            ToolAction("generation.tap", "Tap the tempo", live.tap, "Shift+B"),
            ToolAction("generation.pose", "Teach this pose of the controller", live.add_lesson),
            ToolAction("generation.stage", "Open or close the stage", self.toggle_stage,
                       "Shift+F11", "maximize"),
        )  # fmt: skip

    @property
    def window(self) -> LiveWindow:
        """Made when it is first asked for."""
        if self._window is None:
            notices = self._studio.notices
            self._window = LiveWindow(self.live, self._editing, notices, self._room)
            self._window.show_image(self._image)
        return self._window

    def toggle_window(self) -> None:
        """Show the window, or put it away."""
        if self._window is not None and self._window.isVisible():
            self._window.hide()
        else:
            self.window.show()

    def toggle_stage(self) -> None:
        self.window.stage.toggle()

    def learn(self) -> None:
        """The next slider that is touched, then the next controller."""
        self.live.set_learning(on=not self.live.learning)
        if self.live.learning:
            self._studio.notices.info(tr("Touch a slider, then move a controller."))

    def show_image(self, image: QImage) -> None:
        """What the canvas shows."""
        self._image = image
        if self._window is not None:
            self._window.show_image(image)

    # ------------------------------------------------------------------ the room's hooks

    def project_opened(self, project: Project) -> None:
        self.live.open(project)

    def project_closed(self) -> None:
        if self._window is not None:
            self._window.hide()
            self._window.stage.close_all()
        self.live.close()

    def shutdown(self) -> None:
        self.live.close()
        self.live.engine.shutdown()
        if self._window is not None:
            self._window.hide()
            self._window.stage.shutdown()

    def restyle(self) -> None:
        shade = theme.colours().accent if self.live.is_on else theme.colours().quiet
        self.button.setIcon(theme.icon("sliders", shade))

    def retranslate(self) -> None:
        tip = tr(
            "Play the canvas by OSC and MIDI, teach a controller, show the stage (Shift+L); amber "
            "while it listens"
        )
        set_words((self.button, tr("Live"), tip))
        if self._window is not None:
            self._window.retranslate()
        self.restyle()
