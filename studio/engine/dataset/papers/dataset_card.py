"""The dataset card: what a model was trained on, in Markdown for people and JSON for programs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import studio
from studio.engine import files
from studio.engine.dataset.curation import no_training_marks, rights
from studio.engine.dataset.doctor import thresholds
from studio.engine.dataset.index import store
from studio.engine.dataset.index.safe_names import display_name
from studio.engine.dataset.index.store import Dataset, Item, Source
from studio.engine.dataset.preparation import split
from studio.engine.errors import StudioError
from studio.engine.project import Project, now

JSON_NAME, MARKDOWN_NAME = "dataset.json", "dataset.md"
NOT_STATED = "not stated"
_SHOWN = 30
_TITLES = {"licence": "Licence", "author": "Author", "url": "From", "consent": "Consent"}


class CardSource(TypedDict):
    """Where some of the pictures came from."""

    name: str
    kind: str
    pictures: int
    rights: dict[str, str]


class Card(TypedDict):
    """What the card says, as JSON values."""

    name: str
    created: str
    written: str
    program: str
    pictures: dict[str, int]
    content_sha256: str
    sizes: dict[str, list[int]]
    formats: dict[str, int]
    labels: dict[str, int]
    captions: int
    rights: dict[str, dict[str, int]]
    marked_against_training: dict[str, int]
    sources: list[CardSource]
    findings: dict[str, int]
    thresholds: dict[str, float]


def card(project: Project, dataset: Dataset) -> Card:
    """Everything the card says, about the pictures that train now, as JSON values.

    Sources appear by their last name only, so that a card can be given away.
    """
    everything = store.items(project, dataset.id)
    items = [item for item in everything if item.usable and item.included]
    sources = {source.id: source for source in store.sources(project, dataset.id)}
    stated = [rights.effective(item, sources[item.source_id]) for item in items]
    counts = store.counts(project, dataset.id)
    division = split.read(project, dataset.id)
    return {
        "name": dataset.name,
        "created": dataset.created,
        "written": now(),
        "program": f"Latent Studio {studio.__version__}",
        "pictures": {
            "found": counts["found"],
            "train": division.train,
            "held_out": division.held_out,
            "left_out": counts["usable"] - counts["included"],
            "unusable": counts["found"] - counts["usable"],
        },
        "content_sha256": content_hash(items),
        "sizes": _sizes(items),
        "formats": dict(Counter(item.format for item in items).most_common()),
        "labels": dict(sorted(Counter(item.label for item in items if item.label).items())),
        "captions": sum(bool(item.caption) for item in items),
        "rights": {
            name: dict(Counter(each.get(name, NOT_STATED) for each in stated).most_common())
            for name in rights.FIELDS
        },
        "marked_against_training": {
            "left_out": sum(
                _is_marked(item) for item in everything if item.usable and not item.included
            ),
            "included_by_hand": sum(_is_marked(item) for item in items),
        },
        "sources": [_source(source, items) for source in sources.values()],
        "findings": counts["findings"],
        "thresholds": thresholds.read(project, dataset.id),
    }


def content_hash(items: list[Item]) -> str:
    """SHA-256 over the sorted hashes of the pictures: the same set has the same one."""
    return hashlib.sha256("\n".join(sorted(item.sha256 for item in items)).encode()).hexdigest()


def _is_marked(item: Item) -> bool:
    return bool(item.facts.get("no_training") or item.rights.get("no_training"))


def _sizes(items: list[Item]) -> dict[str, list[int]]:
    if not items:
        return {}
    by_area = sorted(items, key=lambda item: (item.width * item.height, item.width))
    named = {"smallest": by_area[0], "middle": by_area[len(by_area) // 2], "largest": by_area[-1]}
    return {name: [item.width, item.height] for name, item in named.items()}


def _source(source: Source, items: list[Item]) -> CardSource:
    return {
        "name": display_name(source.path.name or str(source.path)),
        "kind": source.kind,
        "pictures": sum(item.source_id == source.id for item in items),
        "rights": source.rights,
    }


def write(
    project: Project,
    dataset: Dataset,
    folder: Path,
    cancelled: Callable[[], bool] = lambda: False,
) -> Card:
    """Write both forms into `folder`, durably; returns the card.

    Raises :class:`StudioError` when they cannot be written or the work is `cancelled`.
    """
    found = card(project, dataset)
    if cancelled():
        raise StudioError("The dataset card was stopped; nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    files.write_text(folder / MARKDOWN_NAME, markdown(found))
    files.write_json(folder / JSON_NAME, found)
    return found


# ------------------------------------------------------------------ for people


def markdown(found: Card) -> str:
    """The card as GitHub-flavoured Markdown; whatever names contain stays plain text."""
    pictures = found["pictures"]
    parts = [
        f"# {_plain(found['name'])}",
        f"{pictures['train'] + pictures['held_out']} pictures: {pictures['train']} to train on, "
        f"{pictures['held_out']} held out to measure with. {pictures['left_out']} were left out "
        f"and {pictures['unusable']} could not be used.",
        f"Written {found['written']} by {found['program']}. "
        f"Content SHA-256: `{found['content_sha256']}`",
        "## Rights",
        _rights(found),
        "## Sources",
        _table(
            ("Source", "Kind", "Pictures", "Stated"),
            [
                (each["name"], each["kind"], each["pictures"], _stated(each["rights"]))
                for each in found["sources"]
            ],
        ),
        "## Pictures",
        _table(("Size", "Pixels"), [(k, f"{w} x {h}") for k, (w, h) in found["sizes"].items()]),
        _table(("Format", "Pictures"), list(found["formats"].items())),
    ]
    if found["labels"]:
        parts.append(_table(("Label", "Pictures"), list(found["labels"].items())))
    parts += [f"{found['captions']} pictures have a caption.", "## Findings"]
    parts.append(
        _table(("Kind", "Pictures"), list(found["findings"].items()))
        if found["findings"]
        else "None."
    )
    limits = ", ".join(f"{kind} {value:g}" for kind, value in found["thresholds"].items())
    parts.append(f"Thresholds: {limits}.")
    return "\n\n".join(parts) + "\n"


def _rights(found: Card) -> str:
    parts = [
        _table((_TITLES[name], "Pictures"), list(found["rights"][name].items()))
        for name in rights.FIELDS
    ]
    marked = found["marked_against_training"]
    parts.append(
        f"Marked as not to be used for training: {marked['left_out']} were left out, "
        f"{marked['included_by_hand']} were included by hand."
    )
    return "\n\n".join(parts)


def _stated(values: dict[str, str]) -> str:
    said = [f"{title}: {values[name]}" for name, title in _TITLES.items() if name in values]
    if no_training_marks.KIND in values:
        said.append("Not to be used for training")
    return "; ".join(said) or NOT_STATED


def _table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(_plain(str(cell)) for cell in row)} |" for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        rest = f"and {len(rows) - _SHOWN} more, all in {JSON_NAME}"
        lines.append(f"| {rest} |{' |' * (len(head) - 1)}")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text that Markdown and HTML take as nothing but text."""
    safe = display_name(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{each}" if each in "\\`*_[]|#" else each for each in safe)
