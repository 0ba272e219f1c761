"""Short messages to the artist: kept in a history, shown without ever taking the focus."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from studio.desktop.i18n import said
from studio.engine.extras import named_in

Action = tuple[str, Callable[[], object]]
KEPT = 200
RECENT, REPEATED_SECONDS = 8, 2.0


class NoticeKind(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """One message; `action` is an optional (text, callback), `other` a second one.

    Texts are kept as they were given; whoever shows them passes them through `i18n.said`.
    """

    kind: NoticeKind
    sentence: str
    detail: str = ""
    action: Action | None = None
    other: Action | None = None
    moment: datetime.datetime = field(default_factory=datetime.datetime.now)

    def as_text(self) -> str:
        """What "copy details" puts on the clipboard: as it is read, and as it was said."""
        shown = said(self.sentence)
        head = f"{self.moment:%Y-%m-%d %H:%M:%S} {self.kind}: {shown}"
        if shown != self.sentence:
            head += f"\n{self.sentence}"
        return f"{head}\n\n{self.detail}" if self.detail else head


class Notices(QObject):
    """Posts notices and remembers the last two hundred, newest last."""

    posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: list[Notice] = []
        self.way_to_extra: Callable[[str], Action | None] = lambda _name: None
        """What leads to an extra that a sentence asks for, where no other action is given."""

    def info(self, sentence: str, detail: str = "", action: Action | None = None) -> Notice:
        return self._post(Notice(NoticeKind.INFO, sentence, detail, action))

    def warn(
        self, sentence: str, detail: str = "", action: Action | None = None,
        other: Action | None = None,
    ) -> Notice:  # fmt: skip
        return self._post(Notice(NoticeKind.WARN, sentence, detail, action, other))

    def error(self, sentence: str, detail: str = "", action: Action | None = None) -> Notice:
        """Something failed: what happened, which file, what to do."""
        return self._post(Notice(NoticeKind.ERROR, sentence, detail, action))

    def _post(self, notice: Notice) -> Notice:
        if notice.kind is not NoticeKind.INFO and (known := self._just_said(notice)) is not None:
            return known
        if notice.action is None and (name := named_in(notice.sentence)):
            notice = replace(notice, action=self.way_to_extra(name))
        self.history.append(notice)
        del self.history[:-KEPT]
        self.posted.emit(notice)
        return notice

    def _just_said(self, notice: Notice) -> Notice | None:
        """The same, a moment ago: eight parts that meet the same trouble say it once."""
        for known in reversed(self.history[-RECENT:]):
            if (known.kind, known.sentence) == (notice.kind, notice.sentence):
                age = (notice.moment - known.moment).total_seconds()
                return known if age < REPEATED_SECONDS else None
        return None
