"""The page on which a controller is taught: poses of it, each with a picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from studio.desktop.generation.live.live import Live
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.count_list import CountList, Entry
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader

SHOWN = 6
"""Values of a pose in its line."""


class TeachingPage(QWidget):
    """Left what a pose is made of, right what was taught."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self.about = text_label(quiet=True)
        self.heads = [SectionHeader(), SectionHeader()]
        self.sources, self.lessons = QListWidget(), CountList(most=12)
        self.sources.setSpacing(3)
        self.teach, self.show_it, self.forget = secondary(), secondary(), secondary()
        self.state = text_label(quiet=True)
        self._filling = False
        buttons = row(self.teach, self.show_it, self.forget, None, gap=8)
        left = column(self.heads[0], (self.sources, 1), gap=8)
        right = column(self.heads[1], self.lessons, buttons, self.state, None, gap=8)
        both = row((left, 2), (right, 3), gap=24)
        column(self.about, (both, 1), on=self, gap=16, margins=(16, 16, 16, 16))
        self.sources.itemChanged.connect(self._checked)
        self.teach.clicked.connect(live.add_lesson)
        self.show_it.clicked.connect(self._show_lesson)
        self.lessons.opened.connect(live.show_lesson)
        self.forget.clicked.connect(self._forget)

    def refresh(self) -> None:
        """Show what is set."""
        setup = self._live.editor.setup
        self.setEnabled(setup is not None)
        if setup is None:
            return
        lessons = setup.lessons
        chosen = self.lessons.current_key()
        entries = [
            Entry(place, tr("Pose {n}", n=place + 1), _values(each.pose))
            for place, each in enumerate(lessons.lessons)
        ]
        known = chosen if isinstance(chosen, int) and chosen < len(entries) else len(entries) - 1
        self.lessons.set_entries(entries, known)
        self.teach.setEnabled(bool(lessons.sources))
        for part in (self.show_it, self.forget):
            part.setEnabled(bool(entries))
        self.state.setText(self._said(len(lessons.sources), len(entries)))
        self.look()

    def _said(self, sources: int, poses: int) -> str:
        if not sources:
            return tr("Move the controller, then tick its values on the left.")
        if poses < 2:
            return tr("Hold a pose, make its picture on the canvas, and teach it; at least two.")
        return tr("{n} poses are taught: the controller plays what lies between.", n=poses)

    def look(self) -> None:
        """What changes by itself: the values that are heard."""
        setup, desk = self._live.editor.setup, self._live.desk
        if setup is None or desk is None:
            return
        chosen = setup.lessons.sources
        names = [*chosen, *(each for each in desk.heard if each not in chosen)]
        self._filling = True
        while self.sources.count() > len(names):
            self.sources.takeItem(self.sources.count() - 1)
        while self.sources.count() < len(names):
            self.sources.addItem(QListWidgetItem())
        for place, name in enumerate(names):
            item = self.sources.item(place)
            value = desk.heard.get(name)
            item.setText(name if value is None else f"{name}   {value:.2f}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            on = Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked
            item.setCheckState(on)
        self._filling = False

    def _checked(self) -> None:
        if self._filling:
            return
        items = [self.sources.item(place) for place in range(self.sources.count())]
        on = [each for each in items if each.checkState() == Qt.CheckState.Checked]
        self._live.choose_sources([str(each.data(Qt.ItemDataRole.UserRole)) for each in on])

    def _place(self) -> int:
        chosen = self.lessons.current_key()
        return chosen if isinstance(chosen, int) else -1

    def _show_lesson(self) -> None:
        if self._place() >= 0:
            self._live.show_lesson(self._place())

    def _forget(self) -> None:
        if self._place() >= 0:
            self._live.drop_lesson(self._place())

    def retranslate(self) -> None:
        self.about.setText(tr(
            "Teach a controller with any number of values: hold a pose, make the picture that "
            "belongs to it, teach it. With five poses it plays every picture between them."
        ))  # fmt: skip
        for head, text in zip(self.heads, (tr("Values of a pose"), tr("Taught")), strict=True):
            head.setText(text)
        set_words(
            (self.sources, tr("Values of a pose"),
             tr("Everything that was heard; what is ticked makes a pose. Others begin anew")),
            (self.lessons, tr("Taught"), tr("Poses in order; Enter shows the picture of one")),
            (self.teach, tr("Teach this pose"),
             tr("The controller as it stands is the picture on the canvas (training example)")),
            (self.show_it, tr("Show its picture"), tr("Take the picture of this pose up again")),
            (self.forget, tr("Forget"), tr("Forget this pose")),
        )  # fmt: skip
        self.refresh()


def _values(pose: tuple[float, ...]) -> str:
    more = " …" if len(pose) > SHOWN else ""
    return "  ".join(f"{each:.2f}" for each in pose[:SHOWN]) + more
