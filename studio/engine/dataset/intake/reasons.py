"""Why something on the disk was passed over, in one sentence."""

from __future__ import annotations

import stat

from studio.engine.said import Said, reason


def special(mode: int) -> Said:
    """Why something that is no regular file was not opened."""
    if stat.S_ISFIFO(mode):
        return Said("It is a named pipe, not a file; it was not opened.")
    if stat.S_ISSOCK(mode):
        return Said("It is a socket, not a file; it was not opened.")
    return Said("It is a device, not a file; it was not opened.")


def unreadable(error: OSError) -> Said:
    """Why a file or folder could not be read."""
    if isinstance(error, PermissionError):
        return Said("It may not be read by you: change its permissions and import again.")
    if isinstance(error, FileNotFoundError):
        return Said("It is gone, or a link that leads nowhere.")
    return Said("It cannot be read ({reason}).", reason=reason(error))
