"""Pixels in the cache that are hidden by now: whatever shows them is deleted.

A prepared set says which regions were hidden when it was made. One that shows a region which is
hidden since is not deleted while another process has it open on Windows; then the next
preparation does it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from studio.engine.dataset.decoding import decode
from studio.engine.dataset.index import store
from studio.engine.dataset.index.regions import stored
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.privacy import identical_files
from studio.engine.door import inside, read_text
from studio.engine.errors import MALFORMED
from studio.engine.project import Project

PREPARED, META = "prepared", "meta.json"


def hidden_in(items: Iterable[Item]) -> dict[str, str]:
    """What is hidden of each picture that has something to hide, as `meta.json` keeps it."""
    return {str(item.id): stored(item.hidden) for item in items if item.hidden}


def delete_prepared(project: Project) -> list[Path]:
    """Delete prepared sets that show a region which is hidden by now; returns those deleted."""
    wanted = {} if project.read_only_reason else _hidden_now(project)
    gone = []
    for folder in sorted(inside(project.cache, PREPARED).glob("[!.]*")) if wanted else ():
        if _shows(folder / META, wanted):  # those with a dot are being made
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder)
    return gone


def shows_hidden(project: Project, folder: Path) -> bool:
    """Whether a prepared set shows a region which is hidden by now, here or in a copy."""
    wanted = _hidden_now(project)
    return bool(wanted) and _shows(folder / META, wanted)


def _hidden_now(project: Project) -> dict[int, str]:
    """What has to be hidden of pictures, also where only a copy says so yet."""
    rows = project.query("SELECT id, dataset_id, hidden FROM item WHERE hidden != ''")
    wanted = {int(row["id"]): str(row["hidden"]) for row in rows}
    for dataset_id in {int(row["dataset_id"]) for row in rows}:
        covers = identical_files.uncovered(project, dataset_id)
        wanted |= {number: stored(regions) for number, regions in covers.items()}
    return wanted


def delete_prepared_of(project: Project, item_ids: Iterable[int]) -> None:
    """Delete all prepared sets that have any of these pictures."""
    wanted = set(item_ids)
    for folder in inside(project.cache, PREPARED).glob("[!.]*"):
        try:
            said: Any = json.loads(read_text(folder / META))
            there = not wanted.isdisjoint(said["item_ids"])
        except (OSError, *MALFORMED):
            there = False  # not to be read: not to be used either, and made again under its name
        if there:
            shutil.rmtree(folder, ignore_errors=True)


def _shows(meta: Path, wanted: dict[int, str]) -> bool:
    """Whether a prepared set has a picture of `wanted` with anything else hidden."""
    try:
        said: Any = json.loads(read_text(meta))
        then = said.get("hidden", {})
        return any(then.get(str(n), "") != wanted[n] for n in wanted.keys() & set(said["item_ids"]))
    except (OSError, *MALFORMED):
        return True  # nobody knows what a damaged one shows, and it is only a cache


def delete_thumbnails(project: Project, item_ids: Iterable[int]) -> None:
    """Delete all thumbnails of pictures, of whatever size and version of the file."""
    for item in store.items_by_id(project, list(item_ids)):
        decode.forget_thumbnails(project, item)
