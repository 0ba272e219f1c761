"""The right panel: one picture, its facts and findings, and the one next step."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QStackedWidget, QWidget

from studio.desktop.dataset import words
from studio.desktop.dataset.inspector.facts_grid import FactsGrid
from studio.desktop.dataset.inspector.finding_card import FindingCard
from studio.desktop.dataset.inspector.frame_preview import FramePreview
from studio.desktop.dataset.inspector.item_facts import facts_of
from studio.desktop.dataset.inspector.item_queries import Seen
from studio.desktop.dataset.inspector.metadata_page import MetadataPage
from studio.desktop.dataset.inspector.preparation_page import PreparationPage
from studio.desktop.dataset.session.collection import Collection
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import PANEL_WIDTH
from studio.desktop.widgets.steady_scroll import BAR, SteadyScroll
from studio.engine.dataset.index.store import Item

PAGES = ("picture", "preparation", "metadata")


class Inspector(QFrame):
    """Shows one picture or says how many are chosen; beside that, two pages to decide on."""

    trainWanted = Signal()
    includeWanted = Signal(bool)
    keepBest = Signal(int)
    showGroup = Signal(int)
    pageChanged = Signal(str)
    itemShown = Signal(object)
    """The picture (Item) that is shown now, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(PANEL_WIDTH)
        self.preview = FramePreview()
        self.preparation, self.metadata = PreparationPage(), MetadataPage()
        self.tabs = {name: QPushButton() for name in PAGES}
        self.pages = QStackedWidget()
        self._size: tuple[int, int] | None = None
        self.caption, self.message = text_label(quiet=True), text_label(quiet=True)
        self.decide, self.take_in = secondary(""), secondary("")
        self.train = primary("")
        self.facts = FactsGrid()
        self._cards, self.blocks = boxes.column(gap=8), boxes.column(gap=-1)
        """Below the findings there is room for more about the picture."""
        self.cards: list[FindingCard] = []
        self.item: Item | None = None
        """The picture that is shown."""
        self._lay_out()
        self.train.clicked.connect(self.trainWanted)
        self.decide.clicked.connect(self._decide)
        self.take_in.clicked.connect(lambda: self.includeWanted.emit(True))
        for name, button in self.tabs.items():
            button.clicked.connect(lambda _=False, name=name: self.show_page(name))

    def _lay_out(self) -> None:
        inner = QWidget()
        # What was found about a picture is why it was chosen: it must not need scrolling.
        seen = (self.preview, self.caption, self.message, self._cards, self.facts)
        boxes.column(
            *seen, self.decide, self.take_in, self.blocks, None,
            on=inner, gap=10, margins=(16, 16, 16, 8),
        )  # fmt: skip
        for name, button in self.tabs.items():
            button.setObjectName("tab")
            button.setCheckable(True)
            button.setChecked(name == PAGES[0])
        for page in (inner, self.preparation, self.metadata):
            self.pages.addWidget(_scrolled(page))
        shares = ((button, 1) for button in self.tabs.values())
        tabs = boxes.row(*shares, gap=4, margins=(16, 8, 16, 0))
        foot = boxes.column(self.train, margins=(16, 8, 16, 16))
        boxes.column(tabs, (self.pages, 1), foot, on=self)

    def retranslate(self) -> None:
        """Texts in the current language; the room shows the picture again afterwards."""
        self.preview.retranslate()
        self.preparation.retranslate()
        self.metadata.retranslate()
        picture, preparation, metadata = self.tabs.values()
        set_words(
            (picture, tr("Picture"), tr("The picture, its facts and findings.")),
            (preparation, tr("Preparation"),
             tr("How pictures become training pictures (preprocessing).")),
            (metadata, tr("Metadata"), tr("Labels, captions and rights of the chosen pictures.")),
            (self.take_in, tr("Include again"),
             tr("Take all chosen pictures into training again (P).")),
        )  # fmt: skip
        self._say_size()

    # ------------------------------------------------------------------ pages

    @property
    def page(self) -> str:
        return PAGES[self.pages.currentIndex()]

    def show_page(self, name: str) -> None:
        self.pages.setCurrentIndex(PAGES.index(name))
        for each, button in self.tabs.items():
            button.setChecked(each == name)
        self.pageChanged.emit(name)

    def write_metadata(self) -> None:
        self.show_page("metadata")
        self.metadata.begin()

    # ------------------------------------------------------------------ the picture

    def show_totals(self, trains: int, blocked: str = "") -> None:
        """What the primary button would do; `blocked` says why it cannot."""
        text = tr("Train on {n} pictures →", n=words.number(trains))
        help = tr("Go to Training with this dataset. Excluded and broken pictures stay out.")
        if not trains:
            help = tr("There is no picture to train on: add pictures, or include some.")
        self.train.setEnabled(trains > 0 and not blocked)
        set_words(
            (self.train, tr("Train on 1 picture →") if trains == 1 else text, blocked or help)
        )

    def show_none(self, sentence: str) -> None:
        self.item = None
        for widget in (self.preview, self.caption, self.decide, self.take_in):
            widget.hide()
        self.message.setText(sentence)
        self.message.show()
        self.facts.show_facts([])
        self._set_cards([])
        self.itemShown.emit(None)

    def show_many(self, sentence: str) -> None:
        self.show_none(sentence)
        self._say_decide(True, tr("Leave out all chosen pictures (X). The files stay as they are."))
        self.decide.show()
        self.take_in.show()

    def show_item(
        self, item: Item, collection: Collection, source: str, stated: dict[str, str]
    ) -> None:
        """Facts and findings of one picture; its image arrives by `preview.show_picture`."""
        if self.item is None or self.item.id != item.id:
            self.preview.show_frames([])
        self.item = item
        self.message.hide()
        for widget in (self.preview, self.caption):
            widget.setVisible(item.usable)
        row = collection.rows.get(item.id)
        included = row.included if row else item.included
        self.decide.setVisible(item.usable)
        self.take_in.hide()
        self._say_decide(
            included,
            tr("The network will not see this picture (X). The file stays where it is.")
            if included
            else tr("The network will see this picture (P)."),
        )
        self.facts.show_facts(facts_of(item, source, stated))
        self._set_cards([FindingCard(f, collection) for f in collection.findings.get(item.id, ())])
        self.itemShown.emit(item)

    def _say_decide(self, included: bool, help: str) -> None:
        text = tr("Exclude from training") if included else tr("Include again")
        set_words((self.decide, text, help))

    def _decide(self) -> None:
        self.includeWanted.emit(self.decide.text() == tr("Include again"))

    def show_seen(self, seen: list[Seen], chosen: int = 0) -> None:
        """What the network sees of the first few of so many chosen pictures."""
        self.preparation.show_seen(seen, chosen)
        own = [each for each in seen if self.item is not None and each.item_id == self.item.id]
        self.preview.show_frames(own[0].frames if own else [])
        self._size = own[0].size if own and own[0].images else None
        self._say_size()

    def _say_size(self) -> None:
        if self._size is None:
            self.caption.setText("")
            return
        size = f"{self._size[0]}\u00a0×\u00a0{self._size[1]}"  # kept on one line
        self.caption.setText(tr("The network sees the framed part at {size}.", size=size))

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


def _scrolled(page: QWidget) -> SteadyScroll:
    page.setObjectName("panel")
    if (layout := page.layout()) is not None:
        margins = layout.contentsMargins()
        margins.setRight(margins.right() - BAR)
        layout.setContentsMargins(margins)
    return SteadyScroll(page)
