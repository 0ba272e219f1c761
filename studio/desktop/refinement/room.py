"""The bench: a piece, its stack of steps beside it, before and after."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.base.piece_shelf import PieceShelf
from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.i18n import said, tr
from studio.desktop.pixels import to_qimage
from studio.desktop.refinement import worker
from studio.desktop.refinement.bench_view import BenchView
from studio.desktop.refinement.decision_actions import add_actions, review_words
from studio.desktop.refinement.enlargers import Enlarging
from studio.desktop.refinement.header import Header
from studio.desktop.refinement.iteration.iteration_session import Iterations
from studio.desktop.refinement.mask_tool import MaskTool
from studio.desktop.refinement.piece_actions import PieceActions
from studio.desktop.refinement.preset_menu import PresetMenu
from studio.desktop.refinement.stack_preview import Rendering
from studio.desktop.refinement.steps_panel import StepsPanel
from studio.desktop.refinement.worker import Asked, Refined
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.job_strip import JobStrip
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.piece_list import PieceList, PieceTile, piece_pages
from studio.engine.errors import StudioError
from studio.engine.pieces import pieces
from studio.engine.pieces.review import Review
from studio.engine.project import Project
from studio.engine.refinement.places import Place
from studio.engine.refinement.stack import Stack


class RefinementRoom(Room):
    """Choose a piece, add steps, compare."""

    key = "refinement"
    exportRequested = Signal(list)
    generateRequested = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self._thread = WorkerThread(parent=self)
        self._thread.failed.connect(studio.notices.error)
        self.decisions = studio.decisions
        self.shelf = PieceShelf(self.decisions, self._thread, pieces.stored, self)
        self.shelf.loaded.connect(self._loaded)
        self._stacks: dict[int, Stack] = {}
        self._refined: Refined | None = None
        self.decisions.changed.connect(self._decided)
        self.decisions.failed.connect(self.reload)
        self._current = 0
        self._wanted = 0
        self.rendering = Rendering(self._thread, self)
        self.rendering.shown.connect(self._rendered)
        self.pieces_header = SectionHeader()
        self.list = PieceList()
        self.list.chosen.connect(self._chosen)
        self.view = BenchView()
        self.header = Header()
        self.header.compare.toggled.connect(self._show_before)
        self.header.fit.clicked.connect(self.view.fit)
        self.header.full.clicked.connect(self.view.full_size)
        self.panel = StepsPanel()
        editor = self.panel.editor
        editor.stackEdited.connect(self._edited)
        self.panel.toolChanged.connect(self._take_tool)
        self.panel.pictureChosen.connect(self._take_colours)
        self.panel.maskChosen.connect(self._take_mask)
        self.preset_menu = PresetMenu(
            self.panel.presets.menu(), studio, lambda: editor.stack, editor.use_stack, self
        )
        self.pieces = PieceActions(studio, self.shelf, lambda: self._current, self.reload, self)
        self.pieces.stack, self.pieces.put = lambda: editor.stack, editor.use_stack
        self.pieces.attach(self.list)
        self.enlarging = Enlarging(
            self.header.enlarge, studio, self.shelf, lambda: self._current, self
        )
        self.enlarging.stack, self.enlarging.put = lambda: editor.stack, editor.use_stack
        self.iterations = Iterations(
            studio, self.shelf, self._thread, lambda: self._current,
            lambda: editor.stack, self.pieces.came, self,
        )  # fmt: skip
        self.panel.enlargerWanted.connect(self.enlarging.open)
        self.panel.export.clicked.connect(lambda: self.exportRequested.emit([self._current]))
        self.empty = EmptyState("refine", "", "", self.generateRequested.emit)
        self._lay_out()
        self._add_actions()
        studio.themeChanged.connect(self._restyle)

    # ------------------------------------------------------------------ construction

    def _lay_out(self) -> None:
        centre = QWidget()
        column(self.header, (self.view, 1), on=centre)
        left = (self.pieces_header, self.list, self.iterations.button)
        self.strip = JobStrip(self.studio.jobs, self.key, centre)
        self._pages = piece_pages(self, left, centre, self.panel, self.empty)

    def _add_actions(self) -> None:
        add, editor = self.studio.actions.add, self.panel.editor
        add(
            "refinement.compare", "Compare before and after", self.header.compare.toggle, "Space",
            self.key, "compare",
        )  # fmt: skip
        add(
            "refinement.remove", "Remove the step", editor.remove_current, "Del",
            self.key, "trash",
        )  # fmt: skip
        for by, text, keys in (
            (-1, "Move the step up", "Alt+Up"),
            (1, "Move the step down", "Alt+Down"),
        ):
            add(
                f"refinement.move{by}", text, lambda by=by: editor.move_current(by), keys,
                self.key, "arrow-up" if by < 0 else "arrow-down",
            )  # fmt: skip
        add(
            "refinement.enlarge", "Enlarge with own pictures", self.enlarging.open, "Ctrl+U",
            self.key, "maximize",
        )  # fmt: skip
        for name, text, call, keys in (
            ("group", "Group the steps", self.panel.group_chosen, "Ctrl+G"),
            ("ungroup", "Take the group apart", editor.ungroup, "Ctrl+Shift+G"),
        ):
            add(f"refinement.{name}", text, call, keys, self.key, "folder")
        self.pieces.register(self.key)
        add_actions(self.studio.actions, self.key, self.decisions, lambda: self._current)

    def retranslate(self) -> None:
        self.pieces_header.setText(tr("Pieces"))
        kept = tr("Pictures that you kept; choose one to work on it")
        set_words((self.list, tr("Pieces of this project"), kept))
        self.header.retranslate()
        self.iterations.retranslate()
        self.view.setAccessibleName(tr("The piece with its steps applied"))
        self.empty.set_texts(
            tr("No piece yet. Keep a picture in Generation, then refine it here."),
            tr("Go to Generation"),
        )
        self.panel.retranslate()
        self.strip.retranslate()
        for key in self.shelf.kept:
            self.list.set_tile(self._tile(key))
        self._show_facts()

    def _restyle(self) -> None:
        self.header.restyle()
        self.iterations.restyle()
        self.panel.restyle()

    # ------------------------------------------------------------------ the project

    def project_opened(self, project: Project) -> None:
        self.panel.set_read_only(project.read_only_reason)
        self.shelf.open(project)
        self._thread.submit(worker.purge, project)

    def project_closed(self) -> None:
        self.iterations.close()
        self._thread.clear()
        self.rendering.clear()
        self.shelf.close()
        self._stacks.clear()
        self._refined = None
        self._current = 0
        self.list.show_pieces([])
        self._show_pieces()

    def entered(self) -> None:
        self.reload()

    def main_view(self) -> QWidget:
        return self.view

    def shutdown(self) -> None:
        """Stop the threads."""
        self.rendering.stop()
        self._thread.stop()

    def reload(self, choose: int = 0) -> None:
        """Read the pieces again; with `choose`, go to that piece."""
        self._wanted = choose or self._wanted
        self.shelf.reload()
        if self.shelf.project is None:
            self._show_pieces()

    def _loaded(self) -> None:
        self.studio.tell_of_damage()
        kept = self.shelf.kept
        self._stacks = {key: Stack.lenient(each.piece.stack) for key, each in kept.items()}
        self.list.show_pieces([self._tile(key) for key in kept])
        wanted, self._wanted = self._wanted, 0
        if wanted in kept or self._current not in kept:
            chosen = wanted if wanted in kept else next(iter(kept), 0)
            self.list.choose([chosen] if chosen else [])
        elif self._stacks[self._current] != self.panel.editor.stack:  # as where it was not written
            self._chosen([self._current])
        self._show_pieces()

    def _tile(self, key: int) -> PieceTile:
        kept, review = self.shelf.kept[key], self.decisions.reviews[key]
        return PieceTile(
            key, kept.piece.name, self.decisions.ratings[key], kept.picture,
            said(kept.problem) or review_words(review), faded=review is Review.REJECTED,
        )  # fmt: skip

    def _show_pieces(self) -> None:
        self._pages.setCurrentIndex(0 if self.shelf.kept else 1)
        if not self.shelf.kept:
            self.panel.set_stack(None)

    # ------------------------------------------------------------------ one piece

    def open_piece(self, piece_id: int) -> None:
        """Go to a piece, which may just have been kept."""
        self.reload(piece_id)

    def _chosen(self, ids: list[int]) -> None:
        self._current = ids[0] if ids else 0
        self._refined = None
        kept = self.shelf.kept.get(self._current)
        self.panel.set_stack(self._stacks[self._current] if kept else None)
        self.panel.histogram.show_histogram(None)
        if kept is not None:
            self.view.set_image(kept.picture, kept.size)
            self.view.set_before(None)  # that of the piece before
            self._render()
        self._show_facts()

    def _edited(self, stack: Stack, text: str, key: str) -> None:
        before = self._stacks.get(self._current)
        if before is None or before == stack:
            return
        try:
            Stack.checked(stack.model_dump())
        except StudioError as error:  # parts that fit each other badly, as two crops that meet
            self.studio.notices.warn(error.said, error.detail)
            self.panel.set_stack(before)
        else:
            do, back = (partial(self._apply_stack, self._current, each) for each in (stack, before))
            step = (self._current, key) if key else None
            self.studio.undo.push(UndoStep(text, do, back, key=step))

    def _apply_stack(self, piece_id: int, stack: Stack) -> None:
        if piece_id not in self.shelf.kept or self.shelf.project is None:
            return
        self._stacks[piece_id] = stack
        write = partial(worker.save_stack, self.shelf.project, piece_id, stack)
        self.decisions.write(write, key=("stack", piece_id))
        if piece_id != self._current:
            self.list.choose([piece_id])
            return
        self.panel.set_stack(stack)
        self._render()

    def _decided(self, piece_id: int) -> None:
        if piece_id in self.shelf.kept:
            self.list.set_tile(self._tile(piece_id))
            self._show_facts()

    def _render(self) -> None:
        kept = self.shelf.kept.get(self._current)
        if kept is not None:
            ratio = self.view.devicePixelRatioF()
            side = round(max(self.view.width(), self.view.height(), 512) * ratio)
            stack = self._stacks[self._current]
            self.rendering.ask(Asked(kept.piece, stack, side, self.panel.opened))

    def _rendered(self, refined: Refined) -> None:
        if refined.piece_id != self._current:
            return
        self._refined = refined
        self.view.set_image(to_qimage(refined.after), QSize(*refined.size))
        self.panel.histogram.show_histogram(refined.histogram)
        tool = self.view.tool
        if isinstance(tool, MaskTool) and refined.mask is not None:
            tool.show_weights(refined.mask)
        self._show_before(self.header.compare.isChecked())
        self._show_facts()

    def _take_tool(self) -> None:
        self.view.set_tool(self.panel.tool)
        self._render()

    def _take_colours(self, place: Place, name: str, path: str) -> None:
        piece = self._current

        def taken(colours: str) -> None:
            if piece == self._current:
                self.panel.editor.take(place, name, colours)

        self._thread.submit(worker.colours_of, path, done=taken)

    def _take_mask(self, place: Place, path: str) -> None:
        project, piece = self.shelf.project, self._current

        def taken(picture: str) -> None:
            if project is self.shelf.project and piece == self._current:
                self.panel.editor.take_mask(place, picture)

        if project is not None:
            self._thread.submit(worker.mask_of, project, path, done=taken)

    def _show_before(self, on: bool) -> None:
        refined = self._refined if on else None
        self.view.set_before(to_qimage(refined.before) if refined is not None else None)

    def _show_facts(self) -> None:
        kept, refined = self.shelf.kept.get(self._current), self._refined
        self.header.title.setText(kept.piece.name if kept else "")
        wide, high = (kept.size.width(), kept.size.height()) if kept else (0, 0)
        if refined:
            wide, high = refined.size
        size = f"{wide} × {high}" if wide > 0 else ""
        said = review_words(self.decisions.reviews.get(self._current))
        self.header.facts.setText(" · ".join(part for part in (size, said) if part))
