"""Why a file that another program wrote is not read."""

from __future__ import annotations

from studio.engine.errors import StudioError
from studio.engine.said import Said

NOTHING_RAN = Said("Nothing in it was run, and nothing was changed.")


class ForeignError(StudioError):
    """The file is damaged, dangerous, or of a model that is not understood; `said` lacks its name
    until :func:`about` puts it there."""


def about(name: str, why: Said) -> Said:
    """The whole sentence of what is wrong with the file called `name`."""
    return Said("{file} cannot be brought in: {reason}. {nothing}", file=name, reason=why,
                nothing=NOTHING_RAN)  # fmt: skip
