"""What the artist decides about pieces, in whatever place: undoable, written in one order, and
read by no place before it was written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from studio.desktop.base.threads import WorkerThread
from studio.desktop.base.undo_step import UndoStack, UndoStep
from studio.desktop.base.write_queue import WriteQueue
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices

if TYPE_CHECKING:
    from studio.engine.pieces.pieces import Piece
    from studio.engine.pieces.review import Review
    from studio.engine.project import Project

Result = TypeVar("Result")


class PieceDecisions(QObject):
    """Ratings and review states by piece, as they were decided or read last."""

    changed = Signal(int)
    """Of this piece something was decided."""
    failed = Signal()
    """Something that was decided could not be written: what is shown has to be read again."""

    def __init__(
        self, undo: UndoStack, notices: Notices, who: Callable[[], str], parent: QObject
    ) -> None:
        """`who` decides, as the record of reviews says."""
        super().__init__(parent)
        self._undo, self._notices, self._who = undo, notices, who
        self._begin()
        self._count = 0
        """Of what was decided: what was read before the last of it is out of date."""
        self._project: Project | None = None
        self.ratings: dict[int, int] = {}
        self.reviews: dict[int, Review] = {}

    def _begin(self) -> None:
        self._thread = WorkerThread(parent=self)
        self._thread.failed.connect(self._say_failed)
        self._writes = WriteQueue(self._thread, self._say_failed)

    def open(self, project: Project) -> None:
        self._project = project

    def close(self) -> None:
        """What was decided last is written: it belongs to the project that closes. A thread that
        was begun ends with it."""
        self._thread.retire()
        self._writes.finish()
        self._thread.deleteLater()
        self._begin()
        self._project = None
        self.ratings, self.reviews = {}, {}

    # ------------------------------------------------------------------ reading and writing

    def ask(
        self,
        look: Callable[[], Result],
        done: Callable[[Result], object],
        thread: WorkerThread | None = None,
        key: str = "pieces",
    ) -> None:
        """What `look` reads of the pieces, on a `thread` of a place where it has one, after all
        that was decided. Where something is decided meanwhile it is read again."""
        project = self._project

        def read() -> tuple[int, Result]:
            return self._count, self._writes.after_all(look)

        def take(found: tuple[int, Result]) -> None:
            count, result = found
            if project is not self._project:
                return
            if count == self._count:
                done(result)
            else:
                self.ask(look, done, thread, key)

        (thread or self._thread).latest(key, read, done=take)

    def write(
        self,
        write: Callable[[], Result],
        done: Callable[[Result], object] | None = None,
        key: Hashable = None,
    ) -> None:
        """Have something about pieces written in its turn: see :meth:`WriteQueue.put`."""
        self._count += 1
        self._writes.put(write, done, key)

    def write_all(self) -> None:
        """Write what waits, for who reads pieces on a thread of its own."""
        self._writes.write_all()

    def take(self, pieces: Iterable[Piece]) -> None:
        """These are all that there are."""
        some = list(pieces)
        self.ratings = {each.id: each.rating for each in some}
        self.reviews = {each.id: each.review for each in some}

    def add(self, piece: Piece) -> None:
        """One is new: who reads may have missed it."""
        self._count += 1
        self.ratings[piece.id], self.reviews[piece.id] = piece.rating, piece.review

    # ------------------------------------------------------------------ deciding

    def rate(self, piece_id: int, stars: int) -> None:
        """0 to 5 stars."""
        before = self.ratings.get(piece_id)
        if before is not None and before != stars and self._may_write():
            do, back = (partial(self._apply_rating, piece_id, each) for each in (stars, before))
            self._undo.push(UndoStep(tr("Rate {n} stars", n=stars), do, back))

    def review(self, piece_id: int, wanted: Review) -> None:
        """Approved (picked) or rejected; the same again takes the decision back."""
        from studio.engine.pieces.review import Review

        after = Review.NEW if self.reviews.get(piece_id) is wanted else wanted
        words = {Review.APPROVED: tr("Pick the piece"), Review.REJECTED: tr("Reject the piece")}
        text = words.get(after, tr("Neither picked nor rejected"))
        self.review_all([piece_id], after, text)

    def review_all(self, ids: Iterable[int], review: Review, text: str, reason: str = "") -> None:
        """One decision about several, which `text` names as a step."""
        before = {key: self.reviews[key] for key in ids if key in self.reviews}
        after = dict.fromkeys(before, review)
        if before != after and self._may_write():
            do = partial(self._apply_reviews, after, reason)
            back = partial(self._apply_reviews, before, "")
            self._undo.push(UndoStep(text, do, back))

    def _may_write(self) -> bool:
        if self._project is None:
            return False
        if self._project.read_only_reason:
            self._notices.warn(self._project.read_only_reason)
        return not self._project.read_only_reason

    # A piece that was deleted may come back by an undo that is still being written, so what is
    # decided is written whether or not it is known now.

    def _apply_rating(self, piece_id: int, stars: int) -> None:
        if self._project is not None:
            from studio.engine.pieces import pieces

            self.ratings[piece_id] = stars
            write = partial(pieces.set_rating, self._project, piece_id, stars)
            self.write(write, key=("rating", piece_id))
            self.changed.emit(piece_id)

    def _apply_reviews(self, reviews: Mapping[int, Review], reason: str) -> None:
        if self._project is not None:
            from studio.engine.pieces import verdicts

            self.reviews.update(reviews)
            self.write(partial(verdicts.decide_all, self._project, reviews, reason, self._who()))
            for piece_id in reviews:
                self.changed.emit(piece_id)

    def _say_failed(self, sentence: str, detail: str) -> None:
        self._notices.error(sentence, detail)
        self.failed.emit()
