"""The pages of the guide, their order and what is found in them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from studio.desktop.i18n import language
from studio.engine.files import resources

PLACES = ("dataset", "training", "evaluation", "generation", "refinement", "export")
"""A page a place, under the place's own name: F1 opens it there."""
TASKS = ("poster", "texture", "film", "live", "lawful")
SHORTCUTS = "shortcuts"
"""The last page: made from the actions of the window, not from a file."""
FIRST = "start"
PAGES = (FIRST, *PLACES, *TASKS, "house")


def folder(code: str = "") -> Path:
    """Where the pages of a language lie; of the window's own without a `code`."""
    return resources() / "guide" / (code or language())


def text(page: str, code: str = "") -> str:
    """The Markdown of a page."""
    return _read(folder(code) / f"{page}.md")


def title(page: str, code: str = "") -> str:
    """Its first heading."""
    return text(page, code).splitlines()[0].removeprefix("# ")


def matching(words: str) -> list[str]:
    """The pages that have all of `words`, those that have them in a heading first.

    Args:
        words: as typed, in any case; nothing typed matches every page.
    """
    wanted = words.casefold().split()
    found = [page for page in PAGES if all(word in text(page).casefold() for word in wanted)]
    return sorted(found, key=lambda page: not _has_heading(page, wanted))


def _has_heading(page: str, wanted: list[str]) -> bool:
    headings = " ".join(re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)).casefold()
    return not wanted or all(word in headings for word in wanted)


@cache
def _read(path: Path) -> str:
    return path.read_text("utf-8")
