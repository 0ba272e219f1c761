"""Live links: files that are written again, in their place, when their pieces have changed.

Other programs watch such a file and show it anew. A file that somebody has painted on since is
never replaced. A project that was made elsewhere may name any path: only links under the seal of
this installation are followed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.engine import seal
from studio.engine.errors import StudioError
from studio.engine.export.delivery import Exported
from studio.engine.export.file_names import Taken
from studio.engine.export.finish import Finishing
from studio.engine.export.handover import Progress, export_pieces
from studio.engine.export.ways import endings, is_shared, way_of
from studio.engine.files import sha256_file
from studio.engine.pieces import pieces as kept
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project, now


class Link(BaseModel):
    """One export that is kept up to date; `files` are paths with the SHA-256 that was written,
    `state` tells whether its pieces are still what they were."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    piece_ids: list[int]
    way: str
    options: dict[str, bool | int | float | str]
    creator: str
    rights: str
    stems: list[str]
    files: dict[str, str]
    state: str
    seal: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it was made here; :class:`StudioError` where that cannot be known."""
        return bool(self.files) and seal.holds(self.seal, self._words)

    @property
    def _words(self) -> str:
        return self.model_dump_json(exclude={"seal"})

    def sealed(self) -> Self:
        return self.model_copy(update={"seal": seal.of(self._words)})

    @property
    def folder(self) -> Path:
        return Path(next(iter(self.files))).parent


@dataclass(frozen=True)
class Change:
    """A link whose pieces are no longer what was sent, and what they are by now."""

    link: Link
    state: str


def keep(
    project: Project,
    wanted: Sequence[Piece],
    format_name: str,
    options: Mapping[str, Any],
    made: Sequence[Exported],
    creator: str = "",
    rights: str = "",
) -> None:
    """Remember that what was exported just now is to follow its pieces."""
    way = way_of(format_name, options)
    last = endings(way, len(wanted) if is_shared(way) else 1)
    stems = [each.path.name.removesuffix(last[0]) for each in made[:: len(last)]]
    link = Link(
        piece_ids=[piece.id for piece in wanted], way=format_name, options=dict(options),
        creator=creator, rights=rights, stems=stems, state=_state(wanted),
        files={str(each.path.absolute()): each.sha256 for each in made},
    )  # fmt: skip
    same = [key for key, each in links(project).items() if set(each.files) & set(link.files)]
    for key in same:
        end(project, key)
    sent = link.sealed().model_dump_json()
    project.write("INSERT INTO link (created, sent) VALUES (?, ?)", (now(), sent))


def links(project: Project) -> dict[int, Link]:
    """All of a project by their numbers; what cannot be read is none."""
    found = {}
    for row in project.query("SELECT id, sent FROM link ORDER BY id"):
        try:
            found[int(row["id"])] = Link.model_validate_json(row["sent"])
        except ValidationError:
            continue
    return found


def end(project: Project, number: int) -> None:
    """Let the files of a link be what they are."""
    project.write("DELETE FROM link WHERE id = ?", (number,))


def changed(project: Project) -> dict[int, Change]:
    """The links of this installation whose pieces are no longer what was sent; none of pieces that
    are gone."""
    known = {key: link for key, link in links(project).items() if link.is_own}
    if not known:
        return {}
    there = {piece.id: piece for piece in kept.pieces(project)}
    found = {}
    for key, link in known.items():
        wanted = [there[each] for each in link.piece_ids if each in there]
        state = _state(wanted)
        if len(wanted) == len(link.piece_ids) and state != link.state:
            found[key] = Change(link, state)
    return found


def strange(project: Project) -> int:
    """How many links were made on another machine, and are not followed."""
    return sum(not link.is_own for link in links(project).values())


def send_again(
    project: Project, number: int, link: Link, progress: Progress = lambda done, total: None
) -> list[Exported]:
    """Write the files of a link again, in their place.

    Raises :class:`StudioError` for a file that was changed since, a folder that is gone, and
    whatever an export raises; nothing was changed then.
    """
    if not link.folder.is_dir():
        raise StudioError(
            "The folder {folder} is gone: its files are not sent again.", folder=link.folder
        )
    for name, sha256 in link.files.items():
        path = Path(name)
        if path.exists() and sha256_file(path) != sha256:
            raise StudioError(
                "{path} was changed by another program since it was sent: it is not replaced.",
                path=path,
            )
    wanted = [kept.piece(project, each) for each in link.piece_ids]
    made = export_pieces(
        project, wanted, link.way, link.options, link.folder, link.creator, link.rights,
        Taken.REPLACE, progress, stems=link.stems, finishing=Finishing.kept(),
    )  # fmt: skip
    now_sent = link.model_copy(update={
        "files": {str(each.path.absolute()): each.sha256 for each in made}, "state": _state(wanted),
    })  # fmt: skip
    sent = now_sent.sealed().model_dump_json()
    project.write("UPDATE link SET sent = ? WHERE id = ?", (sent, number))
    return made


def _state(wanted: Sequence[Piece]) -> str:
    said = [
        [each.name, each.checkpoint_sha256, each.written, each.stack, each.rights]
        for each in wanted
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
