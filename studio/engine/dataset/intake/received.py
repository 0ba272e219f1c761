"""Pictures that came without a file of their own: from a browser, the clipboard, another program.

They are kept in a folder of the project, one for each dataset, named so that a person finds
them; `origins.json` beside them says where each came from. From then on they are files like
any other, and their origin is stated as their source address.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

from studio.engine import files
from studio.engine.dataset.curation import rights
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import videos
from studio.engine.door import inside, read_text
from studio.engine.errors import MALFORMED, ReadOnlyError, StudioError
from studio.engine.project import Project, now
from studio.engine.said import reason

FOLDER = "received"
ORIGINS = "origins.json"
LARGEST = 256 << 20
UNNAMED = "Received"
_LONGEST_URL = 2000
_ENDINGS = (
    (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"BM", ".bmp"),
    (b"II*\0", ".tif"), (b"MM\0*", ".tif"), (b"8BPS", ".psd"),
)  # fmt: skip
_writing = threading.Lock()


def place(project: Project, dataset: str) -> Path:
    """The folder for what is received for a dataset (which need not exist yet).

    The one it has, whatever it is called by now; never one that another dataset has.
    """
    home = inside(project.folder, FOLDER)
    stem = videos.safe_stem(Path(f"{dataset or UNNAMED}.x"))
    rows = project.query(
        "SELECT source.path AS path, dataset.name AS name FROM source "
        "JOIN dataset ON dataset.id = dataset_id ORDER BY source.id"
    )
    there = [(Path(os.fsdecode(row["path"])), row["name"]) for row in rows]
    for path, name in there:
        if name == dataset and path.parent == home:
            return inside(home, path.name)
    folder, number = home / stem, 2
    while any(path == folder for path, _ in there):
        folder, number = home / f"{stem} {number}", number + 1
    return folder


def keep(project: Project, dataset: str, data: bytes, name: str = "", origin: str = "") -> Path:
    """Save a picture, byte for byte, with where it came from; returns the folder to import.

    The same bytes are kept once. Whether they are a picture shows when they are imported.
    Raises :class:`StudioError` when there is nothing, too much, or no room.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    if not data:
        raise StudioError("What was received is empty: save the picture as a file and drop that.")
    if len(data) > LARGEST:
        raise StudioError(
            "What was received is larger than {n} MB: save it as a file and drop that.",
            n=LARGEST >> 20,
        )
    folder = place(project, dataset)
    digest = hashlib.sha256(data).hexdigest()[:8]
    with _writing:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudioError(
                "Could not make the folder {folder} ({reason}): check that the disk has space.",
                folder=folder,
                reason=reason(error),
            ) from error
        if not any(folder.glob(f"*{digest}.*")):
            stem = videos.safe_stem(Path(_named(name, origin)))
            target = folder / f"{stem}-{digest}{_ending(data)}"
            files.write_bytes(target, data)
            _note(folder, target.name, origin)
    return folder


def _named(name: str, origin: str) -> str:
    """A name for people: the one given, or the last part of the address."""
    if not name and origin.startswith(("http:", "https:")):
        with contextlib.suppress(ValueError):
            name = unquote(Path(urlsplit(origin).path).name)
    return name or "picture"


def _ending(data: bytes) -> str:
    for head, ending in _ENDINGS:
        if data.startswith(head):
            return ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:8] == b"ftyp":
        return ".avif" if data[8:11] == b"avi" else ".heic"
    return ".img"


def _note(folder: Path, name: str, origin: str) -> None:
    known = origins(folder)
    known[name] = {"url": origin[:_LONGEST_URL], "received": now()}
    files.write_json(folder / ORIGINS, known)


def origins(folder: Path) -> dict[str, object]:
    """By file name where each picture of a folder came from; empty where nothing is noted."""
    try:
        found = json.loads(read_text(folder / ORIGINS))
    except (OSError, *MALFORMED):
        return {}
    return found if isinstance(found, dict) else {}


def state_origins(project: Project, dataset_id: int) -> None:
    """State the noted addresses as source addresses, where nobody has stated another."""
    home = inside(project.folder, FOLDER)
    for source in store.sources(project, dataset_id):
        if source.path.parent != home:
            continue
        known = origins(source.path)
        rows = project.query(
            "SELECT id FROM item WHERE source_id = ? AND json_extract(rights, '$.url') IS NULL",
            (source.id,),
        )
        for item in store.items_by_id(project, [row[0] for row in rows]):
            noted = known.get(item.path.name)
            address = noted.get("url") if isinstance(noted, dict) else None
            if isinstance(address, str) and address.startswith(("http:", "https:")):
                rights.set_items(project, [item.id], {"url": address})
