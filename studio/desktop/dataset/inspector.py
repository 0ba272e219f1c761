"""The right panel: one picture, its facts and findings, and the one next step."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.dataset import words
from studio.desktop.dataset.collection import Collection
from studio.desktop.dataset.finding_card import FindingCard
from studio.desktop.dataset.frame_preview import FramePreview
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import primary, secondary
from studio.engine.dataset.store import Item

SIZES = (32, 64, 128, 256)


class Inspector(QFrame):
    """Shows one picture or says how many are chosen."""

    trainWanted = Signal()
    includeWanted = Signal(bool)
    keepBest = Signal(int)
    showGroup = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(304)
        self.preview = FramePreview()
        self.frame_size = QComboBox()
        for side in SIZES:
            self.frame_size.addItem(f"{side} × {side}", side)
        self.frame_size.setCurrentIndex(SIZES.index(64))
        self.caption, self.message = _quiet(), _quiet()
        self.decide = secondary("")
        self.train = primary("")
        self._facts = QGridLayout()
        self._fact_labels: list[tuple[QLabel, QLabel]] = []
        self._cards = QVBoxLayout()
        self.cards: list[FindingCard] = []
        self._item: Item | None = None
        self._lay_out()
        self.train.clicked.connect(lambda: self.trainWanted.emit())
        self.decide.clicked.connect(self._decide)
        self.frame_size.currentIndexChanged.connect(lambda _: self._say_size())

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 8)
        column.setSpacing(10)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._facts.setColumnMinimumWidth(0, 76)
        self._cards.setSpacing(8)
        seen = QHBoxLayout()
        seen.addWidget(self.caption, 1)
        seen.addWidget(self.frame_size)
        column.addWidget(self.preview)
        column.addLayout(seen)
        column.addWidget(self.message)
        column.addLayout(self._facts)
        column.addWidget(self.decide)
        column.addLayout(self._cards)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.addWidget(self.train)
        whole.addLayout(foot)

    def retranslate(self) -> None:
        """Texts in the current language; the room shows the picture again afterwards."""
        self.preview.retranslate()
        self.frame_size.setAccessibleName(tr("Training size"))
        self.frame_size.setToolTip(
            tr("The size to judge the picture at; the size of a run is chosen in Training.")
        )
        self._say_size()

    def show_totals(self, trains: int, blocked: str = "") -> None:
        """What the primary button would do; `blocked` says why it cannot."""
        text = tr("Train on 1 picture →") if trains == 1 else ""
        self.train.setText(text or tr("Train on {n} pictures →", n=words.number(trains)))
        self.train.setEnabled(trains > 0 and not blocked)
        help = tr("Go to Training with this dataset. Excluded and broken pictures stay out.")
        if not trains:
            help = tr("There is no picture to train on: add pictures, or include some.")
        self.train.setToolTip(blocked or help)
        self.train.setAccessibleName(self.train.text())

    def show_none(self, sentence: str) -> None:
        """No single picture is chosen."""
        self._item = None
        for widget in (self.preview, self.caption, self.frame_size, self.decide):
            widget.hide()
        self.message.setText(sentence)
        self.message.show()
        self._set_facts([])
        self._set_cards([])

    def show_item(self, item: Item, collection: Collection, source: str) -> None:
        """Facts and findings of one picture; its image arrives by `show_image`."""
        self._item = item
        self.message.hide()
        for widget in (self.preview, self.caption, self.frame_size):
            widget.setVisible(item.usable)
        row = collection.rows.get(item.id)
        included = row.included if row else item.included
        self.decide.setVisible(item.usable)
        self.decide.setText(tr("Exclude from training") if included else tr("Include again"))
        self.decide.setToolTip(
            tr("The network will not see this picture (X). The file stays where it is.")
            if included
            else tr("The network will see this picture (P).")
        )
        self.decide.setAccessibleName(self.decide.text())
        self._set_facts(_facts(item, source))
        self._set_cards([FindingCard(f, collection) for f in collection.findings.get(item.id, ())])

    def show_image(self, image: QImage, size: tuple[int, int], *, waiting: bool = False) -> None:
        """The picture at any scale, `size` being its own."""
        self.preview.show_picture(image, size, waiting=waiting)

    @property
    def item(self) -> Item | None:
        """The picture that is shown."""
        return self._item

    def facts(self) -> dict[str, str]:
        """What the list of facts says."""
        return {name.text(): value.text() for name, value in self._fact_labels}

    def _decide(self) -> None:
        self.includeWanted.emit(self.decide.text() == tr("Include again"))

    def _say_size(self) -> None:
        self.caption.setText(tr("The network sees the framed part at"))

    def _set_facts(self, facts: list[tuple[str, str]]) -> None:
        for pair in self._fact_labels:
            for label in pair:
                self._facts.removeWidget(label)
                label.hide()
                label.deleteLater()
        self._fact_labels = []
        for number, (name, value) in enumerate(facts):
            left, right = _quiet(name), QLabel(value)
            right.setTextFormat(Qt.TextFormat.PlainText)
            right.setWordWrap(True)
            right.setMinimumWidth(40)
            right.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            right.setToolTip(value)
            self._facts.addWidget(left, number, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(right, number, 1, Qt.AlignmentFlag.AlignTop)
            self._fact_labels.append((left, right))

    def _set_cards(self, cards: list[FindingCard]) -> None:
        for card in self.cards:
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = cards
        for card in cards:
            card.excludeWanted.connect(lambda: self.includeWanted.emit(False))
            card.keepBest.connect(self.keepBest)
            card.showGroup.connect(self.showGroup)
            self._cards.addWidget(card)


def _facts(item: Item, source: str) -> list[tuple[str, str]]:
    facts = [(tr("File"), item.name)]
    if item.width:
        facts.append((tr("Size"), f"{item.width} × {item.height} · {words.bytes_text(item.bytes)}"))
    else:
        facts.append((tr("Size"), words.bytes_text(item.bytes)))
    if item.format:
        facts.append((tr("Format"), " · ".join(part for part in (item.format, item.mode) if part)))
    facts.append((tr("Changed"), _moment(item.mtime_ns)))
    if "sharpness" in item.facts:
        facts.append((tr("Sharpness"), f"{item.facts['sharpness']:.0f}"))
    facts.append((tr("Source"), source))
    if item.label:
        facts.append((tr("Label"), item.label))
    if item.caption:
        facts.append((tr("Caption"), item.caption))
    if item.rating:
        facts.append((tr("Rating"), "★" * item.rating + "☆" * (5 - item.rating)))
    if item.sha256:
        facts.append((tr("SHA-256"), f"{item.sha256[:12]}…"))
    return facts


def _moment(mtime_ns: int) -> str:
    try:
        return f"{datetime.datetime.fromtimestamp(mtime_ns / 1e9):%Y-%m-%d %H:%M}"
    except (OverflowError, OSError, ValueError):
        return "—"  # a file can claim any year


def _quiet(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("quiet", True)
    label.setWordWrap(True)
    return label
