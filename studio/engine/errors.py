"""Errors that carry one sentence for the user: what happened, which file, what to do."""

from __future__ import annotations


class StudioError(Exception):
    """The work failed. The message is shown as it is; `detail` is for "copy details"."""

    exit_code = 1

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class UsageError(StudioError):
    """The request itself was wrong (a bad option, an unknown family)."""

    exit_code = 2


class TakenError(StudioError):
    """A new file was to be written, and there is one of that name already."""


class ReadOnlyError(StudioError):
    """The project is held by another process or lies on a read-only place."""
