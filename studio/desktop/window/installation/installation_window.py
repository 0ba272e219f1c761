"""Extras and the self-test, in a window of its own beside the work."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from studio.desktop import theme
from studio.desktop.base.jobs import AnyJob
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import Part, column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.window.installation.extra_row import ExtraRow
from studio.desktop.window.installation.self_test_list import SelfTestList
from studio.engine.extras import EXTRAS
from studio.engine.said import NOTHING, Said

SIZE = 720, 680


class InstallationWindow(QDialog):
    """A row for every extra above, the self-test below."""

    installWanted = Signal(str)
    testWanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.resize(*SIZE)
        self._testing: AnyJob | None = None
        self._lacking = NOTHING
        self.extras_header, self.test_header = SectionHeader(), SectionHeader()
        self.about, self.why_not = text_label(quiet=True), text_label(tone="bad")
        self.test_about = text_label(quiet=True)
        self.rows = {extra.name: ExtraRow(extra) for extra in EXTRAS}
        self.test, self.copy, self.close_button = secondary(), secondary(), secondary()
        self.list = SelfTestList()
        self._scroll = self._scrolled()
        foot = row(self.test, None, self.copy, self.close_button, gap=theme.SPACE)
        column((self._scroll, 1), foot, on=self, gap=2 * theme.SPACE, margins=(16, 16, 16, 16))
        for each in self.rows.values():
            each.installWanted.connect(self.installWanted)
        self.test.clicked.connect(self._test_clicked)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close)
        self.retranslate()

    def _scrolled(self) -> QScrollArea:
        inside, scroll = QWidget(), QScrollArea()
        parts: list[Part] = [self.extras_header, self.about, self.why_not, *self.rows.values()]
        parts += [2 * theme.SPACE, self.test_header, self.test_about, theme.SPACE, self.list]
        column(*parts, None, on=inside, gap=4, margins=(0, 0, theme.SPACE, 0))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        return scroll

    def open_at(self, extra: str = "") -> None:
        """Show it, with the keyboard on the button of an extra where one is named."""
        self.show()
        self.raise_()
        self.activateWindow()
        if extra in self.rows:
            button = self.rows[extra].install
            self._scroll.ensureWidgetVisible(self.rows[extra])
            button.setFocus()
        else:
            self.close_button.setFocus()

    def look(self, lacking: Said | None) -> None:
        """What is installed by now, and why nothing can be, if that is so."""
        self._lacking = lacking or NOTHING
        for each in self.rows.values():
            each.look()
        self.retranslate()

    def show_state(self, jobs: Mapping[str, AnyJob], testing: AnyJob | None) -> None:
        """The jobs that install extras, by their names, and the one of the self-test."""
        self._testing = testing
        for name, each in self.rows.items():
            each.show_state(jobs.get(name), said(self._lacking))
        self._name_test()

    def _test_clicked(self) -> None:
        if self._testing is None:
            self.testWanted.emit()
            self._scroll.ensureWidgetVisible(self.list)
        else:
            self._testing.cancel()
            self._name_test()

    def _name_test(self) -> None:
        testing = self._testing
        self.test.setEnabled(testing is None or not testing.is_cancelling)
        self.copy.setEnabled(bool(self.list.outcomes))
        about = tr(
            "Import, train two steps, draw, export and open a window, in a folder of its own"
        )
        stop = tr("Stop the self-test; nothing is left behind")
        words = (tr("Test this copy"), about) if testing is None else (tr("Cancel"), stop)
        set_words((self.test, *words))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.list.as_text())

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Extras and self-test"))
        self.extras_header.setText(tr("Extras"))
        self.test_header.setText(tr("Self-test"))
        self.about.setText(
            tr("Libraries for something more. They come from the Python package index; sizes are "
               "those on the disk.")
        )  # fmt: skip
        self.test_about.setText(
            tr("Whether this copy does its work on this machine. It takes about half a minute; "
               "settings and projects are not touched.")
        )  # fmt: skip
        self.why_not.setText(said(self._lacking))
        self.why_not.setVisible(bool(self._lacking))
        for each in self.rows.values():
            each.retranslate()
        self.list.retranslate()
        set_words(
            (self.copy, tr("Copy details"), tr("Put how every part went on the clipboard")),
            (self.close_button, tr("Close"), tr("Close this window (Esc)")),
        )
        self._name_test()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
