"""The facts of one picture as rows of words."""

from __future__ import annotations

import datetime

from studio.desktop.dataset import words
from studio.desktop.i18n import tr
from studio.engine.dataset.index.store import Item


def facts_of(item: Item, source: str, rights: dict[str, str]) -> list[tuple[str, str]]:
    """(name, value) of what is known about a picture from `source`, with the rights that hold."""
    facts = [(tr("File"), item.name)]
    if item.width:
        facts.append((tr("Size"), f"{item.width} × {item.height} · {words.bytes_text(item.bytes)}"))
    else:
        facts.append((tr("Size"), words.bytes_text(item.bytes)))
    if item.format:
        facts.append((tr("Format"), " · ".join(part for part in (item.format, item.mode) if part)))
    facts.append((tr("Changed"), _moment(item.mtime_ns)))
    if "sharpness" in item.facts:
        facts.append((tr("Sharpness"), f"{item.facts['sharpness']:.0f}"))
    facts.append((tr("Source"), source))
    if item.label:
        facts.append((tr("Label"), item.label))
    if item.caption:
        facts.append((tr("Caption"), item.caption))
    titles = {
        "licence": tr("Licence"), "author": tr("Author"), "url": tr("From"),
        "consent": tr("Consent"),
    }  # fmt: skip
    facts += [(title, rights[name]) for name, title in titles.items() if rights.get(name)]
    if item.rating:
        facts.append((tr("Rating"), "★" * item.rating + "☆" * (5 - item.rating)))
    if item.sha256:
        facts.append((tr("SHA-256"), f"{item.sha256[:12]}…"))
    return facts


def _moment(mtime_ns: int) -> str:
    try:
        return f"{datetime.datetime.fromtimestamp(mtime_ns / 1e9):%Y-%m-%d %H:%M}"
    except (OverflowError, OSError, ValueError):
        return "—"  # a file can claim any year
