"""Why something on the disk was passed over, in one sentence."""

from __future__ import annotations

import stat


def special(mode: int) -> str:
    """Why something that is no regular file was not opened."""
    if stat.S_ISFIFO(mode):
        return "It is a named pipe, not a file; it was not opened."
    if stat.S_ISSOCK(mode):
        return "It is a socket, not a file; it was not opened."
    return "It is a device, not a file; it was not opened."


def unreadable(error: OSError) -> str:
    """Why a file or folder could not be read."""
    if isinstance(error, PermissionError):
        return "It may not be read by you: change its permissions and import again."
    if isinstance(error, FileNotFoundError):
        return "It is gone, or a link that leads nowhere."
    return f"It cannot be read ({error.strerror or error})."
