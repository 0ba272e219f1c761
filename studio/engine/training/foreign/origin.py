"""Where a model is from that was not trained here: `origin.json` for programs, `origin.md` for
people, in the folder of its run."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.files import write_json, write_text

JSON_NAME, MARKDOWN_NAME = "origin.json", "origin.md"
NO_PICTURES = "cache/prepared/none"
"""Where the prepared pictures of such a run would lie."""
_LONGEST = 64 << 10


class Origin(BaseModel):
    """Facts of the file, and what the licence of its program asks for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    """Its name; where it lay is nobody's business."""
    sha256: str
    program: str
    terms: str
    family: str
    width: int
    height: int
    classes: int = 0
    images_seen: int = 0
    """0 where the file does not tell."""
    brought_in: str = ""


def save(made: Origin, folder: Path) -> None:
    """Both forms, durably."""
    write_json(folder / JSON_NAME, made.model_dump())
    write_text(folder / MARKDOWN_NAME, markdown(made))


def load(folder: Path) -> Origin | None:
    """Of a run's folder; None for a model that was trained here, or where it is damaged."""
    try:
        return Origin.model_validate_json(read_text(folder / JSON_NAME, most=_LONGEST))
    except (OSError, ValidationError, ValueError, StudioError):
        return None


def markdown(made: Origin) -> str:
    """The card for people."""
    facts = {
        "File": made.file, "SHA-256": made.sha256, "Made with": made.program,
        "Family here": made.family, "Pictures": f"{made.width} x {made.height} pixels",
        "Classes": made.classes or "none",
        "Seen in training": f"{made.images_seen} pictures" if made.images_seen else "not stated",
        "Brought in": made.brought_in,
        "Learnt from": "not stated in the file; ask whoever made it",
    }  # fmt: skip
    rows = [f"| {key} | {_plain(str(value))} |" for key, value in facts.items()]
    table = ["| | |", "| --- | --- |", *rows]
    return "\n".join(["# A model made elsewhere", "", *table, "", "## Terms", "", made.terms, ""])


def _plain(text: str) -> str:
    """Text that Markdown and HTML take as nothing but text."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{each}" if each in "\\`*_[]|#" else each for each in safe)
