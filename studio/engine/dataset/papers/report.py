"""The folder doctor's report as one file: HTML with small pictures for people, or JSON."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import NotRequired, TypedDict

import studio
from studio.engine import files
from studio.engine.dataset.decoding.decode import make_thumbnail
from studio.engine.dataset.doctor import thresholds
from studio.engine.dataset.doctor.checks.base import checks, grouped
from studio.engine.dataset.index import left_out, store
from studio.engine.dataset.index.facts import Data
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.dataset.index.settings import Passed
from studio.engine.dataset.index.store import Dataset, Finding, Item
from studio.engine.dataset.preparation import split
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project, now

SUFFIXES = (".html", ".htm", ".json")
MOST_THUMBNAILS = 400
_THUMBNAIL_SIDE = 112


class Entry(TypedDict):
    """One finding with its picture."""

    item: int
    file: str
    width: int
    height: int
    usable: bool
    included: bool
    sentence: str
    data: Data
    best: NotRequired[str]
    """The file to keep of a group."""


class Report(TypedDict):
    """What a report says, as JSON values."""

    dataset: str
    written: str
    program: str
    found: int
    usable: int
    included: int
    held_out: int
    """Of `included`."""
    counts: dict[str, int]
    limits: dict[str, float]
    findings: dict[str, list[Entry]]
    left_out: list[Passed]
    """By kind, what the imports did not take."""


def write(
    project: Project,
    dataset: Dataset,
    target: Path,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Write the report to `target`, whose ending says whether it is HTML or JSON.

    `progress` is called with (pictures drawn, of how many). Returns what the report says.
    Raises :class:`UsageError` for another ending and :class:`StudioError` when the file
    cannot be written or the work is `cancelled`.
    """
    if target.suffix.lower() not in SUFFIXES:
        raise UsageError("A report ends in .html or .json, not as {path} does.", path=target.name)
    said = report(project, dataset)
    if cancelled():
        raise StudioError("The report was stopped; nothing was written.")
    if target.suffix.lower() == ".json":
        files.write_json(target, said)
        return said
    items = {item.id: item for item in store.items_by_id(project, _shown(said))}
    thumbnails: dict[int, str] = {}
    for number, item in items.items():
        if cancelled():
            raise StudioError("The report was stopped; nothing was written.")
        progress(len(thumbnails), len(items))
        thumbnails[number] = _thumbnail(item)
    files.write_text(target, _page(said, thumbnails))
    return said


def report(project: Project, dataset: Dataset) -> Report:
    """What there is to say, as JSON values: counts, limits, and findings with their pictures.

    Groups of alike pictures stand together, the one to keep in `of` and `best`.
    """
    by_item = store.findings(project, dataset.id)
    bests = {
        finding.of
        for group in by_item.values()
        for finding in group
        if finding.kind in grouped() and "of" in finding.data
    }
    items = {item.id: item for item in store.items_by_id(project, [*by_item, *bests])}
    counts = store.counts(project, dataset.id)
    kinds: dict[str, list[Entry]] = {}
    for item_id, group in by_item.items():
        for finding in group:
            kinds.setdefault(finding.kind, []).append(_entry(finding, items, item_id))
    for entries in kinds.values():
        entries.sort(key=lambda entry: (_of(entry), entry["item"]))
    return {
        "dataset": dataset.name,
        "written": now(),
        "program": f"Latent Studio {studio.__version__}",
        "found": counts["found"],
        "usable": counts["usable"],
        "included": counts["included"],
        "held_out": split.read(project, dataset.id).held_out,
        "counts": counts["findings"],
        "limits": thresholds.read(project, dataset.id),
        "findings": {kind: kinds[kind] for kind in checks() if kind in kinds},
        "left_out": [
            Passed(kind=one.kind, reason=one.reason, count=one.count, files=one.files)
            for one in left_out.of(project, dataset.id)
        ],
    }


def _entry(finding: Finding, items: dict[int, Item], item_id: int) -> Entry:
    item = items[item_id]
    entry: Entry = {
        "item": item.id, "file": display_path(item.path, item.member), "width": item.width,
        "height": item.height, "usable": item.usable, "included": item.included,
        "sentence": finding.sentence, "data": finding.data,
    }  # fmt: skip
    best = items.get(finding.of) if "of" in finding.data else None
    if best is not None:
        entry["best"] = display_path(best.path, best.member)
    return entry


def _of(entry: Entry) -> int:
    """The best of its group, 0 where there is none."""
    found = entry["data"].get("of")
    return found if isinstance(found, int) else 0


def _shown(said: Report) -> list[int]:
    """Pictures that are drawn: a few of every kind, with the best of their group."""
    share = max(8, MOST_THUMBNAILS // max(1, len(said["findings"])))
    chosen: dict[int, None] = {}
    for entries in said["findings"].values():
        for entry in entries[:share]:
            for number in (_of(entry), entry["item"]):
                if number:
                    chosen[number] = None
    return list(chosen)


def _thumbnail(item: Item) -> str:
    """An `img` element, or nothing for a picture that cannot be shown."""
    if not item.usable:
        return ""
    try:
        picture = make_thumbnail(item, _THUMBNAIL_SIDE)
    except StudioError:
        return ""
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=80)
    encoded = base64.b64encode(data.getbuffer()).decode("ascii")
    return f'<img alt="" src="data:image/webp;base64,{encoded}">'


# ---------------------------------------------------------------------- the page

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid #8886; }
td.picture { width: 116px; }
img { max-width: 112px; max-height: 112px; display: block; }
small { color: #888; overflow-wrap: anywhere; }
.out { opacity: .55; }
"""


def _page(said: Report, thumbnails: dict[int, str]) -> str:
    name = html.escape(said["dataset"])
    held = f", {said['held_out']} held out" if said["held_out"] else ""
    limits = ", ".join(f"{kind} {value:g}" for kind, value in said["limits"].items())
    contents = "".join(
        f'<tr><td><a href="#{kind}">{checks()[kind].title}</a></td><td>{len(entries)}</td></tr>'
        for kind, entries in said["findings"].items()
    )
    sections = "".join(
        _section(kind, entries, thumbnails) for kind, entries in said["findings"].items()
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{name}: what was found</title><style>{_STYLE}</style></head><body>"
        f"<h1>{name}</h1><p>{said['found']} pictures, {said['usable']} of them usable, "
        f"{said['included'] - said['held_out']} will train{held}.</p>"
        + (f"<table>{contents}</table>" if contents else "<p>Nothing was found.</p>")
        + f"{sections}{_left_out(said['left_out'])}"
        f"<p><small>Thresholds: {html.escape(limits)}. Written {said['written']} by "
        f"{html.escape(said['program'])}. No file was changed.</small></p></body></html>\n"
    )


def _left_out(kinds: list[Passed]) -> str:
    """What did not come in: a table of kinds with how many there are, why, and the first files."""
    rows = "".join(
        f"<tr><td>{html.escape(one['kind'])}</td><td>{one['count']}</td>"
        f"<td>{html.escape(one['reason'])}<br>"
        f"<small>{html.escape(', '.join(one['files']))}</small></td></tr>"
        for one in kinds
    )
    return f'<h2 id="left-out">Left out of the import</h2><table>{rows}</table>' if rows else ""


def _section(kind: str, entries: list[Entry], thumbnails: dict[int, str]) -> str:
    rows, group = [], 0
    for entry in entries:
        best = _of(entry)
        if "best" in entry and best != group:
            group = best
            picture = thumbnails.get(best, "")
            rows.append(_row(picture, "Best of its group.", entry["best"], "keep", False))
        decision = "left out"
        if entry["included"]:
            decision = "will train" if entry["usable"] else "cannot be used"
        rows.append(
            _row(
                thumbnails.get(entry["item"], ""), entry["sentence"],
                f"{entry['file']} · {entry['width']} x {entry['height']}", decision,
                decision != "will train",
            )
        )  # fmt: skip
    head = f"{checks()[kind].title} ({len(entries)})"
    return f'<h2 id="{kind}">{head}</h2><table>{"".join(rows)}</table>'


def _row(picture: str, sentence: str, file: str, decision: str, out: bool) -> str:
    return (
        f'<tr{" class=out" if out else ""}><td class="picture">{picture}</td>'
        f"<td>{html.escape(sentence)}<br><small>{html.escape(file)}</small></td>"
        f"<td>{decision}</td></tr>"
    )
