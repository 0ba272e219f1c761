"""Errors that carry one sentence for the user: what happened, which file, what to do."""

from __future__ import annotations

from studio.engine.said import Said, SaidError

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
"""What is raised where values are taken for what they should be, and somebody else wrote them: a
list for a name, `1e999` for a number, ten thousand brackets."""


class StudioError(SaidError):
    """The work failed. `said` is shown; `detail` is for "copy details"."""

    exit_code = 1

    def __init__(self, said: str | Said, detail: str = "", /, **values: object) -> None:
        super().__init__(said, **values)
        self.detail = detail


class UsageError(StudioError):
    """The request itself was wrong (a bad option, an unknown family)."""

    exit_code = 2


class TakenError(StudioError):
    """A new file was to be written, and there is one of that name already."""


class ReadOnlyError(StudioError):
    """The project is held by another process or lies on a read-only place."""
