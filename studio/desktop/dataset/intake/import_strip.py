"""The strip at the bottom of the room while pictures come in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from studio.desktop.dataset import words
from studio.desktop.dataset.session.session import Session
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary


class ImportStrip(QFrame):
    """Count, rate and a way out. How many files there are is known only at the end."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFixedHeight(44)
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(140, 6)
        self.cancel = secondary("")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(12)
        line.addWidget(self.bar)
        line.addWidget(self.text, 1)
        line.addWidget(self.cancel)
        self.cancel.clicked.connect(lambda: self.cancelled.emit())
        self.hide()

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.cancel.setText(tr("Stop import"))
        self.cancel.setAccessibleName(tr("Stop import"))
        self.cancel.setToolTip(tr("Stop here. Pictures that were read so far stay."))
        self.bar.setAccessibleName(tr("Import in progress"))
        self.bar.setToolTip(tr("Import in progress"))

    def show_session(self, session: Session) -> None:
        """How far the import is."""
        self.setVisible(session.importing)
        if not session.importing:
            return
        head = tr("Importing")
        if session.import_name:
            head = tr("Importing {name}", name=session.import_name)
        parts = [head, words.pictures(session.import_found)]
        if session.import_rejected:
            parts.append(tr("{n} cannot be used", n=words.number(session.import_rejected)))
        if session.cancelling:
            parts.append(tr("stopping…"))
        elif session.import_seconds > 2:
            rate = round(session.import_found / session.import_seconds)
            parts.append(tr("{n} a second", n=words.number(rate)))
        self.text.setText(" · ".join(parts))
        self.cancel.setEnabled(not session.cancelling)
