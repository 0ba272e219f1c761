"""Iterating on a piece: what was found on the left, the picture, and the ways on the right."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QDialog, QProgressBar, QScrollArea, QWidget

from models.parameters import Param
from studio.desktop import theme
from studio.desktop.base.actions import GUIDE_PAGE
from studio.desktop.i18n import said, tr
from studio.desktop.pixels import to_qimage
from studio.desktop.refinement.bench_view import BenchView
from studio.desktop.refinement.iteration import worker
from studio.desktop.refinement.iteration.reference_field import ReferenceField
from studio.desktop.refinement.iteration.region_panel import RegionPanel
from studio.desktop.refinement.iteration.worker import Found, Opened, Order
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.nearest_label import show_nearest
from studio.desktop.widgets.panel import PANEL_WIDTH, SIDE_WIDTH, ElidedLabel, SectionHeader
from studio.desktop.widgets.piece_list import PieceList, PieceTile
from studio.desktop.widgets.slider_form import SliderForm
from studio.engine.artwork import Pixels
from studio.engine.generation.iteration.iteration import Candidate
from studio.engine.generation.iteration.way import Way
from studio.engine.pieces.pieces import Piece
from studio.engine.refinement.stack import Stack
from studio.engine.said import Said
from studio.engine.seeds import LARGEST_SEED

SIZE = 1160, 720


class IterationWindow(QDialog):
    """Says what is wanted; shows what it is told."""

    wanted = Signal(object)
    """An :class:`Order`."""
    stopWanted = Signal()
    keepWanted = Signal(object, object)
    """What was found, and the candidate of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty(GUIDE_PAGE, "refinement")
        self.resize(*SIZE)
        self.piece: Piece | None = None
        self._opened: Opened | None = None
        self._found: Found | None = None
        self._before, self._tried = QImage(), 0
        self._is_running = self._is_read_only = False
        self._kinds = {kind.name: kind for kind in worker.kinds()}
        self.results_header, self.results = SectionHeader(), PieceList()
        self.view = BenchView()
        self.words, self.facts, self.near = (ElidedLabel() for _ in range(3))
        self.bar = QProgressBar()
        self.way_header, self.way = SectionHeader(), ElidedCombo()
        self.about = text_label(quiet=True)
        self.reference, self.region = ReferenceField(), RegionPanel()
        self.region.tool.view = self.view
        self.compare, self.start, self.keep = secondary(), primary(), secondary()
        self.close_button = secondary()
        self._forms = {name: SliderForm(_shown(kind)) for name, kind in self._kinds.items()}
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.compare.setCheckable(True)
        self.bar.setFixedHeight(6)
        self.bar.setTextVisible(False)
        for label in (self.facts, self.near):
            label.setProperty("quiet", True)
        for name in self._kinds:
            self.way.addItem(name, name)
        side, centre, panel, inside = (QWidget() for _ in range(4))
        left = self.results_header, (self.results, 1), self.compare
        column(*left, on=side, gap=8, margins=(16, 16, 8, 16))
        said_of = column(self.words, self.facts, self.near, gap=4, margins=(16, 0, 16, 16))
        column((self.view, 1), self.bar, 12, said_of, on=centre)
        parts = (self.way_header, self.way, self.about, *self._forms.values(), self.reference,
                 self.region, None)  # fmt: skip
        column(*parts, on=inside, gap=12, margins=(0, 0, 8, 0))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        ends = row((self.keep, 1), (self.close_button, 1), gap=theme.SPACE)
        foot = column(self.start, ends, gap=8, margins=(0, 0, 8, 0))
        column((scroll, 1), foot, on=panel, gap=8, margins=(16, 16, 8, 16))
        for widget, width in ((side, SIDE_WIDTH), (panel, PANEL_WIDTH)):
            widget.setObjectName("side")
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            widget.setFixedWidth(width)
        row(side, (centre, 1), panel, on=self)

    def _connect(self) -> None:
        self.way.currentIndexChanged.connect(lambda _: self._show_way())
        self.reference.chosen.connect(lambda _: self._show_state())
        self.region.changed.connect(self._show_state)
        self.results.chosen.connect(self._choose)
        self.compare.toggled.connect(lambda _: self._show_before())
        self.start.clicked.connect(self._begin_or_stop)
        self.keep.clicked.connect(self._keep)
        self.close_button.clicked.connect(self.close)
        for button in (self.compare, self.keep, self.close_button):
            button.setAutoDefault(False)
        self.start.setDefault(True)

    # ------------------------------------------------------------------ the piece

    def show_piece(self, piece: Piece, picture: QImage, stack: Stack, read_only: bool) -> None:
        """Work on a piece; `opened` says later which ways it can go."""
        self.piece, self._opened, self._found = piece, None, None
        self._before, self._tried, self._is_read_only = picture, 0, read_only
        self.region.show_stack(stack)
        self.view.set_image(picture)
        self._list(None)
        self.retranslate()
        self.show()
        self.raise_()
        self.activateWindow()
        self.start.setFocus()

    def show_opened(self, found: Opened) -> None:
        self._opened, self._before = found, to_qimage(found.pixels)
        self.view.set_image(self._before)
        self._show_way()

    # ------------------------------------------------------------------ what goes on

    def show_running(self, on: bool) -> None:
        self._is_running = on
        self.bar.setValue(0)
        if on:
            self._found = None
            self._list(None)
        self._show_state()

    def show_progress(self, done: int, total: int, note: str, image: QImage | None) -> None:
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self.words.setText(note)
        if image is not None:
            self.view.set_image(image)

    def show_found(self, found: Found) -> None:
        self._found = found
        self._list(found)
        self._show_state()

    def _list(self, found: Found | None) -> None:
        tiles = [self._tile(each) for each in found.candidates] if found is not None else []
        self.results.show_pieces(tiles)
        if found is not None:
            self.results.choose([found.candidates[0].number])
        else:
            self._choose([])

    def _tile(self, each: Candidate) -> PieceTile:
        name = f"{each.figure:.3g}"
        if each.number == 0:
            name = tr("{n} · before", n=name)
        return PieceTile(each.number, name, 0, to_qimage(each.pixels))

    def chosen(self) -> Candidate | None:
        """What the list has chosen."""
        ids = self.results.chosen_ids()
        found = self._found.candidates if self._found is not None else ()
        return next((each for each in found if each.number in ids), None)

    def _choose(self, _ids: list[int]) -> None:
        one = self.chosen()
        image = to_qimage(one.pixels) if one is not None else self._before
        if not self._is_running:
            self.view.set_image(image)
        self._show_before()
        self._say()
        self._show_state()

    def _show_before(self) -> None:
        self.view.set_before(self._before if self.compare.isChecked() else None)

    # ------------------------------------------------------------------ what is wanted

    @property
    def kind(self) -> type[Way]:
        return self._kinds[self.way.currentData()]

    def _order(self) -> Order | None:
        if self.piece is None:
            return None
        values = self._forms[self.kind.name].values()
        if "seed" in self.kind.params():
            values["seed"] = self._tried % (LARGEST_SEED + 1)
        mask = self.region.chosen if self.kind.wants_region else None
        reference = self.reference.path if self.kind.wants_reference else None
        return Order(self.piece, self.kind.from_mapping(values), reference, mask)

    def _begin_or_stop(self) -> None:
        if self._is_running:
            self.stopWanted.emit()
            return
        order = self._order()
        if order is not None and not self._lacks():
            self._tried += int(order.way.as_dict().get("count", 1))
            self.wanted.emit(order)

    def _keep(self) -> None:
        one = self.chosen()
        if one is not None and self._found is not None and one.number:
            self.keepWanted.emit(self._found, one)

    def _lacks(self) -> str:
        """What has to be there before it can begin."""
        refusals: Mapping[str, Said] = self._opened.refusals if self._opened is not None else {}
        if self.kind.name in refusals:
            return said(refusals[self.kind.name])
        if self.kind.wants_reference and self.reference.path is None:
            return tr("Choose a reference picture first.")
        if self.kind.wants_region and self.region.is_empty:
            return tr("Paint on the picture what is to be drawn again.")
        return ""

    # ------------------------------------------------------------------ what is seen

    def _show_way(self) -> None:
        kind = self.kind
        for name, form in self._forms.items():
            form.setVisible(name == kind.name)
        self.reference.setVisible(kind.wants_reference)
        self.region.setVisible(kind.wants_region)
        self.view.set_tool(self.region.tool if kind.wants_region else None)
        self._show_state()

    def _show_state(self) -> None:
        lacks, one = self._lacks(), self.chosen()
        self.about.setText(lacks or tr(self.kind.summary))
        ready = self._opened is not None and not lacks
        self.start.setEnabled(self._is_running or ready)
        self.start.setText(
            tr("Stop") if self._is_running
            else tr("Try others") if self.kind.several and self._found is not None
            else tr("Start")
        )  # fmt: skip
        self.start.setToolTip(
            tr("End here; what was found until now stays") if self._is_running
            else tr("Look for pictures this way (Enter)")
        )  # fmt: skip
        can_keep = one is not None and one.number > 0 and not self._is_running
        self.keep.setEnabled(can_keep and not self._is_read_only)
        for part in (self.way, self.reference, self.region, *self._forms.values()):
            part.setEnabled(not self._is_running)

    def _say(self) -> None:
        one, found = self.chosen(), self._found
        if one is None or found is None:
            for label in (self.words, self.facts, self.near):
                label.setText("")
            return
        changed, first = found.changed[one.number], found.iteration.beginning.figure
        self.words.setText(f"{said(found.iteration.measure)}: {first:.3g} → {one.figure:.3g}")
        parts = []
        if not one.number:
            parts.append(tr("The picture that it began with"))
        elif changed.apart is not None:
            parts.append(tr("{n} standard deviations away", n=f"{changed.apart:.2f}"))
        if one.number:
            parts.append(tr("{n} levels changed", n=f"{changed.whole:.1f}"))
        if changed.outside is not None and one.number:
            parts.append(tr("outside the mask {n}", n=f"{changed.outside:.2g}"))
        self.facts.setText(" · ".join(parts))
        show_nearest(self.near, changed.nearest)

    def show_weights(self, weights: Pixels) -> None:
        """uint8 [h, w, 1]: where the mask works."""
        self.region.tool.show_weights(weights)

    def retranslate(self) -> None:
        name = self.piece.name if self.piece is not None else ""
        self.setWindowTitle(tr("Iterate on {name}", name=name))
        self.results_header.setText(tr("Found, the best first"))
        self.way_header.setText(tr("Way"))
        for place, kind in enumerate(self._kinds.values()):
            self.way.setItemText(place, tr(kind.title))
            self.way.setItemData(place, tr(kind.summary), Qt.ItemDataRole.ToolTipRole)
        self.view.setAccessibleName(tr("The picture that is chosen or being tried"))
        self.bar.setAccessibleName(tr("How far the search is"))
        line = tr("Draw a line through the picture: before on its left")
        keep = tr("Keep the picture as a new piece, with the steps of this one (Ctrl+Return)")
        set_words(
            (self.results, tr("Found, the best first"), tr("What was found; a click shows it")),
            (self.way, tr("Way"), tr("What the latent is led towards, or what is drawn again")),
            (self.compare, tr("Before / after"), line),
            (self.keep, tr("Keep as a piece"), keep),
            (self.close_button, tr("Close"), tr("Close this window (Esc)")),
        )
        self.keep.setShortcut("Ctrl+Return")
        self.reference.retranslate()
        self.region.retranslate()
        for form in self._forms.values():
            form.retranslate()
        if self._found is not None:
            for each in self._found.candidates:
                self.results.set_tile(self._tile(each))
        self._show_way()
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stopWanted.emit()
        # What was found holds the training pictures that it was compared with.
        self.piece = self._found = self._opened = None
        self._list(None)
        super().closeEvent(event)


def _shown(kind: type[Way]) -> dict[str, Param]:
    """Its parameters but the seed: others are tried by trying again."""
    return {name: each for name, each in kind.params().items() if name != "seed"}
