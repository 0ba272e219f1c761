"""Who made a picture and under which terms: stated per source and per picture.

What is stated about a picture goes before what is stated about its source, and that before
what the file itself says; each field for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from studio.engine.dataset.index import store
from studio.engine.dataset.index.records import in_file
from studio.engine.dataset.index.store import Item, Source
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project

FIELDS = ("licence", "author", "url", "consent")
"""Licence (SPDX or free text), author, where it comes from, and a note on consent."""
SUGGESTED = (
    "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0",
    "CC-BY-NC-ND-4.0", "CC-PDDC", "FAL-1.3", "MIT", "Apache-2.0", "GPL-3.0-only",
)  # fmt: skip
"""Identifiers of the SPDX licence list that pictures usually have."""
LONGEST = 2000
_IN_FILES = ("licence", "author")

Rights = dict[str, str]


def effective(item: Item, source: Source) -> Rights:
    """What holds for one picture; fields nobody stated are absent."""
    found = in_file(item)
    # The mark of a source is given to its pictures one by one; one may be an exception.
    return found | {n: source.rights[n] for n in FIELDS if n in source.rights} | item.rights


def site(url: str) -> str:
    """The host that an address is of, without `www.`; a text that is no address stays as it is."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.") or url


def set_source(project: Project, source_id: int, values: Mapping[str, str]) -> Rights:
    """State rights of all pictures of a source; an empty text takes a field back.

    Returns what was stated before, which `set_source` puts back together with empty texts
    for fields that were not there. Raises :class:`UsageError` for an unknown field.
    """
    before = of_source(project, source_id)
    after = _changed(before, values)
    project.write("UPDATE source SET rights = ? WHERE id = ?", (json.dumps(after), source_id))
    return before


def set_items(
    project: Project, item_ids: Iterable[int], values: Mapping[str, str]
) -> dict[int, Rights]:
    """State rights of single pictures, before those of their source; as :func:`set_source`."""
    items = store.items_by_id(project, list(item_ids))
    after = [(json.dumps(_changed(item.rights, values)), item.id) for item in items]
    project.write_many("UPDATE item SET rights = ? WHERE id = ?", after)
    return {item.id: dict(item.rights) for item in items}


def of_source(project: Project, source_id: int) -> Rights:
    """What is stated about a source; raises :class:`StudioError` when it is gone."""
    rows = project.query("SELECT rights FROM source WHERE id = ?", (source_id,))
    if not rows:
        raise StudioError("This source is no longer in the project: open the dataset again.")
    found: Rights = json.loads(rows[0][0])
    return found


def changed_by(
    project: Project, item_ids: Iterable[int], values: Mapping[str, str]
) -> dict[int, Rights]:
    """What is stated about those pictures that :func:`set_items` would change; writes nothing."""
    rows = project.query(
        "SELECT id, rights FROM item WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps([int(number) for number in item_ids]),),
    )
    before = {row[0]: json.loads(row[1]) for row in rows}
    return {number: said for number, said in before.items() if _changed(said, values) != said}


def put_back(project: Project, before: Mapping[int, Rights]) -> None:
    """State of pictures exactly what `before` says, as :func:`set_items` returned it."""
    rows = [(json.dumps(dict(values)), number) for number, values in before.items()]
    project.write_many("UPDATE item SET rights = ? WHERE id = ?", rows)


def put_source_back(project: Project, source_id: int, before: Mapping[str, str]) -> None:
    """State of a source exactly what `before` says, as :func:`set_source` returned it."""
    values = json.dumps(dict(before))
    project.write("UPDATE source SET rights = ? WHERE id = ?", (values, source_id))


def _changed(before: Mapping[str, str], values: Mapping[str, str]) -> Rights:
    after = dict(before)
    for name, text in values.items():
        if name not in FIELDS:
            raise UsageError(
                "There is no right {name!r}: state {choices}.", name=name, choices=", ".join(FIELDS)
            )
        clean = " ".join(text.split())
        if len(clean) > LONGEST:
            raise UsageError(
                "The text for {name} is longer than {n} characters.", name=name, n=LONGEST
            )
        after[name] = clean
    return {name: text for name, text in after.items() if text}
