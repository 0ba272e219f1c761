"""A look at a seamless picture beside itself, as it will cover a surface."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QPushButton

from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.picture_view import PictureView


class Tiling(QObject):
    """A button that is there only for models of seamless pictures. Nothing but the view changes."""

    def __init__(self, session: Session, view: PictureView, button: QPushButton) -> None:
        super().__init__(view)
        self._view, self.button = view, button
        button.setCheckable(True)
        button.setVisible(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.toggled.connect(view.set_tiled)
        session.opened.connect(self._opened)

    @Slot()
    def toggle(self) -> None:
        """The other of both, where there is anything to see."""
        if not self.button.isHidden():
            self.button.toggle()

    @Slot(object, bool)
    def _opened(self, model: Model, _soft: bool) -> None:
        self.button.setVisible(model.seamless)
        if not model.seamless:
            self.button.setChecked(False)

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.button.setText(tr("Tile preview"))
        self.button.setToolTip(tr("Show the picture twice across and down, to judge its seams (T)"))
        self.button.setAccessibleName(tr("Tile preview"))
