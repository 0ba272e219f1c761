"""The bench: a piece, its stack of steps beside it, before and after."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.context import Studio
from studio.desktop.i18n import tr
from studio.desktop.pixels import to_qimage
from studio.desktop.refinement import worker
from studio.desktop.refinement.commands import EditStack, Rate
from studio.desktop.refinement.steps_panel import StepsPanel
from studio.desktop.refinement.worker import Kept, Refined
from studio.desktop.room import Room
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.picture_view import PictureView
from studio.desktop.widgets.piece_list import PieceList, PieceTile
from studio.desktop.worker import WorkerThread
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack


class RefinementRoom(Room):
    """Choose a piece, add steps, compare."""

    key = "refinement"
    exportRequested = Signal(list)
    pieceChanged = Signal(int)
    generateRequested = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self._thread = WorkerThread(parent=self)
        self._thread.failed.connect(self._failed)
        self._kept: dict[int, Kept] = {}
        self._stacks: dict[int, Stack] = {}
        self._ratings: dict[int, int] = {}
        self._current = 0
        self._wanted = 0
        self.pieces_header = SectionHeader("")
        self.list = PieceList()
        self.list.chosen.connect(self._chosen)
        self.title = QLabel()
        self.facts = QLabel()
        self.facts.setObjectName("quiet")
        self.view = PictureView()
        self.compare, self.fit, self.full = (QToolButton() for _ in range(3))
        self.panel = StepsPanel()
        self.panel.stackEdited.connect(self._edited)
        self.panel.export.clicked.connect(lambda: self.exportRequested.emit([self._current]))
        self.empty = EmptyState("refine", "", "", self.generateRequested.emit)
        self._lay_out()
        self._add_actions()

    # ------------------------------------------------------------------ construction

    def _lay_out(self) -> None:
        left, centre = QWidget(), QWidget()
        left.setObjectName("side")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(left)
        column.setContentsMargins(16, 16, 8, 16)
        column.addWidget(self.pieces_header)
        column.addWidget(self.list, 1)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(self.title)
        head.addWidget(self.facts)
        head.addStretch(1)
        for button in (self.fit, self.full, self.compare):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            head.addWidget(button)
        self.compare.setCheckable(True)
        self.compare.toggled.connect(self._show_before)
        self.fit.clicked.connect(self.view.fit)
        self.full.clicked.connect(self.view.full_size)
        bar = QWidget()
        bar.setObjectName("roomHeader")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(40)
        bar.setLayout(head)
        middle = QVBoxLayout(centre)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(bar)
        middle.addWidget(self.view, 1)
        self.panel.setObjectName("side")
        self.panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget, stretch in ((left, 0), (centre, 1), (self.panel, 0)):
            row.addWidget(widget, stretch)
        left.setFixedWidth(264)
        self.panel.setFixedWidth(304)
        self._pages = QStackedWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _add_actions(self) -> None:
        add = self.studio.actions.add
        self._compare_action = add(
            "refinement.compare", "Compare before and after", self.compare.toggle, "Space",
            self.key, "compare",
        )  # fmt: skip
        add(
            "refinement.remove", "Remove the step", self.panel.remove_current, "Del",
            self.key, "trash",
        )  # fmt: skip
        for stars in range(6):
            add(
                f"refinement.rate{stars}", f"Rate the piece {stars}",
                lambda n=stars: self.rate(n), str(stars), self.key,
            )  # fmt: skip

    def retranslate(self) -> None:
        """Set every visible text."""
        self.pieces_header.setText(tr("Pieces"))
        self.list.setAccessibleName(tr("Pieces of this project"))
        self.list.setToolTip(tr("Pictures that you kept; choose one to work on it"))
        for button, text, words, picture in (
            (self.fit, tr("Fit"), tr("Show the whole picture"), "fit"),
            (self.full, tr("100 %"), tr("One picture pixel on one screen pixel"), "zoom"),
            (
                self.compare,
                tr("Before / after"),
                tr("Draw a line through the picture: before on its left (Space)"),
                "compare",
            ),
        ):
            button.setText(text)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.setIcon(theme.icon(picture))
        self.view.setAccessibleName(tr("The piece with its steps applied"))
        self.empty.set_texts(
            tr("No piece yet. Keep a picture in Generation, then refine it here."),
            tr("Go to Generation"),
        )
        self.panel.retranslate()
        self._show_facts()

    # ------------------------------------------------------------------ the project

    def project_opened(self, project: Project) -> None:
        """Read the pieces."""
        self.reload()

    def project_closed(self) -> None:
        """Let go of everything of the project."""
        self._thread.clear()
        self._kept.clear()
        self._stacks.clear()
        self._ratings.clear()
        self._current = 0
        self.list.show_pieces([])
        self._show_pieces()

    def entered(self) -> None:
        """Pieces may have been kept meanwhile."""
        self.reload()

    def shutdown(self) -> None:
        """Stop the thread."""
        self._thread.stop()

    def reload(self, choose: int = 0) -> None:
        """Read the pieces again; with `choose`, go to that piece."""
        self._wanted = choose or self._wanted
        if self.studio.project is not None:
            self._thread.latest("load", worker.load, self.studio.project, done=self._loaded)
        else:
            self._show_pieces()

    def _loaded(self, kept: list[Kept]) -> None:
        self._kept = {each.piece.id: each for each in kept}
        self._stacks = {key: each.stack for key, each in self._kept.items()}
        self._ratings = {key: each.piece.rating for key, each in self._kept.items()}
        self.list.show_pieces([self._tile(key) for key in self._kept])
        wanted, self._wanted = self._wanted, 0
        if wanted in self._kept or self._current not in self._kept:
            chosen = wanted if wanted in self._kept else next(iter(self._kept), 0)
            self.list.choose([chosen] if chosen else [])
        self._show_pieces()

    def _tile(self, key: int) -> PieceTile:
        kept = self._kept[key]
        return PieceTile(key, kept.piece.name, self._ratings[key], to_qimage(kept.pixels))

    def _show_pieces(self) -> None:
        self._pages.setCurrentIndex(0 if self._kept else 1)
        if not self._kept:
            self.panel.set_stack(None)

    # ------------------------------------------------------------------ one piece

    def open_piece(self, piece_id: int) -> None:
        """Go to a piece, which may just have been kept."""
        self.reload(piece_id)

    def rate(self, stars: int) -> None:
        """Give the current piece 0 to 5 stars, undoably."""
        before = self._ratings.get(self._current)
        if before is None or before == stars:
            return
        text = tr("Rate {n} stars", n=stars)
        self.studio.undo.push(Rate(self._current, before, stars, text, self._apply_rating))

    def _chosen(self, ids: list[int]) -> None:
        self._current = ids[0] if ids else 0
        kept = self._kept.get(self._current)
        self.panel.set_stack(self._stacks[self._current] if kept else None)
        if kept is not None:
            self.view.set_image(to_qimage(kept.pixels))
            self._render()
        self._show_facts()

    def _edited(self, stack: Stack, text: str, key: str) -> None:
        before = self._stacks.get(self._current)
        if before is not None and before != stack:
            self.studio.undo.push(
                EditStack(self._current, before, stack, text, key, self._apply_stack)
            )

    def _apply_stack(self, piece_id: int, stack: Stack) -> None:
        if piece_id not in self._kept or self.studio.project is None:
            return
        self._stacks[piece_id] = stack
        project = self.studio.project
        self._thread.latest("save", worker.save_stack, project, piece_id, stack, done=self._saved)
        if piece_id != self._current:
            self.list.choose([piece_id])
            return
        self.panel.set_stack(stack)
        self._render()

    def _apply_rating(self, piece_id: int, stars: int) -> None:
        if piece_id not in self._kept or self.studio.project is None:
            return
        self._ratings[piece_id] = stars
        self.list.set_tile(self._tile(piece_id))
        project = self.studio.project
        self._thread.submit(worker.save_rating, project, piece_id, stars, done=self._saved)

    def _saved(self, _result: None) -> None:
        self.pieceChanged.emit(self._current)

    def _render(self) -> None:
        key = self._current
        before = self._kept[key].pixels
        self._thread.latest(
            "render", worker.refine, key, before, self._stacks[key], done=self._rendered
        )

    def _rendered(self, refined: Refined) -> None:
        if refined.piece_id != self._current:
            return
        self.view.set_image(to_qimage(refined.after))
        self._show_before(self.compare.isChecked())
        self._show_facts(refined)

    def _show_before(self, on: bool) -> None:
        kept = self._kept.get(self._current)
        self.view.set_before(to_qimage(kept.pixels) if on and kept else None)

    def _show_facts(self, refined: Refined | None = None) -> None:
        kept = self._kept.get(self._current)
        self.title.setText(kept.piece.name if kept else "")
        pixels = refined.after if refined else kept.pixels if kept else None
        self.facts.setText(f"{pixels.shape[1]} × {pixels.shape[0]}" if pixels is not None else "")

    def _failed(self, sentence: str, detail: str) -> None:
        self.studio.notices.error(sentence, detail)
