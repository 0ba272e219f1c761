"""Names that are safe to show, print and put into JSON, whatever a file system allows."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

# Marks that turn the reading direction: they can make `exe.gpj` look like `jpg.exe`.
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


def display_name(name: str) -> str:
    """`name` with line ends, control and turning marks and undecodable bytes written as escapes.

    Emoji (with their joiners) and letters of every script stay as they are.
    """
    if name.isascii() and name.isprintable():  # nearly every name of a large set
        return name
    return "".join(character if _is_safe(character) else _escaped(character) for character in name)


def display_path(path: Path, member: str = "") -> str:
    """The whole path, safe to show; a member of an archive is appended with a slash."""
    shown = display_name(os.fspath(path))
    return f"{shown}/{display_name(member)}" if member else shown


def _is_safe(character: str) -> bool:
    if character.isalnum():
        return True
    return unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") and (
        character not in _TURNING
    )


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, kept by surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
