"""Where a picture file comes from, as far as it can be known: the free detector.

What a signature proves, what words merely say (anyone can write them), what the pixels carry, and
what was changed since. Nothing is fetched, and nothing leaves the machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.export.credentials.reader import Credentials
from studio.engine.export.credentials.reader import read as read_credentials
from studio.engine.export.file_origin import read_provenance, seen
from studio.engine.export.finish import mark_of_identifier
from studio.engine.export.mark import label
from studio.engine.generation.offspring import cross
from studio.engine.generation.recipe_file import recipe_of
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.said import Said

_WORDS = {
    "digital_source_type": Said("made as"),
    "tool": Said("program"),
    "ai_system": Said("AI system"),
    "ai_version": Said("its version"),
    "ai_prompt": Said("asked of it"),
    "creator": Said("creator"),
    "rights": Said("rights"),
    "credit": Said("credit"),
    "title": Said("title"),
    "training_data": Said("learned from"),
    "data_mining": Said("data mining"),
    "aigc": Said("label of China"),
}


@dataclass(frozen=True)
class Origins:
    """What was found about one file. Sentences are templates; `facts` has it for programs."""

    path: Path
    credentials: Credentials | None = None
    words: dict[str, Any] = field(default_factory=dict)
    mark: label.Found | None = None
    piece: str = ""
    """The piece of the open project that identifier or mark lead to."""
    complaints: tuple[Said, ...] = ()
    """What could not be read."""

    @property
    def proven(self) -> list[Said]:
        """What nobody can have changed since."""
        found = self.credentials
        if found is None:
            return []
        where = Said("beside it") if found.is_beside else Said("in it")
        lines = [Said("Content Credentials {where}: {verdict}", where=where, verdict=found.verdict)]
        if not found.is_valid:
            return lines
        lines += [Said("signed by {name}", name=found.signer)] if found.signer else []
        lines += [Said("signed on {date}", date=found.signed)] if found.signed else []
        lines += [Said("made with {program}", program=found.program)] if found.program else []
        lines += [Said("made as: {kind}", kind=_short(kind)) for kind in found.kinds[:1]]
        steps = ", ".join(each.removeprefix("c2pa.") for each in found.actions)
        lines += [Said("what was done: {steps}", steps=steps)] if steps else []
        lines += [Said("worked out of {name}", name=name) for name in found.parents]
        if found.mining:
            uses = ", ".join(each.replace("_", " ") for each in found.mining)
            lines.append(Said("not allowed: {uses}", uses=uses))
        return lines

    @property
    def said(self) -> list[Said]:
        """What its words say, which anyone can write and change."""
        return [
            Said("{what}: {text}", what=what, text=_short(_plain(self.words[key])))
            for key, what in _WORDS.items()
            if self.words.get(key)
        ] + self._bred()

    def _bred(self) -> list[Said]:
        """Of whom the picture is, where its recipe says so."""
        try:
            born = recipe_of(self.words.get("recipe"), Path()).descent
        except StudioError:
            return []
        if born is None:
            return []
        mutation = f"{born.mutation:.2f}"
        return [Said("bred: {parents}, mutation {n}", parents=cross(born), n=mutation)]

    @property
    def carried(self) -> list[Said]:
        """The mark in the pixels."""
        if self.mark is None:
            return [Said("no invisible mark was found; that proves nothing")]
        number = f"{self.mark.identifier:08x}"
        lines = [Said("the invisible mark of Latent Studio, number {number}", number=number)]
        if self.mark.cropped:
            lines.append(Said("only a part of the marked picture is left"))
        return lines

    @property
    def changed(self) -> list[Said]:
        """What has been changed since it was signed or exported."""
        lines = list(self.credentials.problems) if self.credentials is not None else []
        verified = self.words.get("verified")
        if verified is False:
            lines.append(Said("The pixels are not those that were exported."))
        elif verified:
            lines.append(Said("The pixels are as they were exported, by its own words."))
        return lines

    @property
    def verdict(self) -> Said:
        """In one sentence."""
        found = self.credentials
        if found is not None and found.is_valid and _is_made(*found.kinds):
            return Said("Made by a trained model: its signature says so.")
        if found is not None and not found.is_valid:
            return Said("Its Content Credentials do not hold: it was changed or put together.")
        if self.mark is not None:
            return Said("Made by a model of this program, by the mark in its pixels.")
        if found is not None:
            return Said("It is signed; nothing in it says that a model made it.")
        if _is_made(str(self.words.get("digital_source_type", ""))) or self.words.get("aigc"):
            return Said("Its words say that a trained model made it; nothing proves it.")
        return Said("Nothing in it says how it was made.")

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing at all of its making."""
        words = (self.words.get(key) for key in ("digital_source_type", "ai_system", "aigc"))
        return self.credentials is None and self.mark is None and not any(words)

    def facts(self) -> dict[str, Any]:
        """For programs; keys are stable."""
        found = self.credentials
        return {
            "verdict": self.verdict,
            "proven": self.proven,
            "said": self.said,
            "carried": self.carried,
            "changed": self.changed,
            "not_read": list(self.complaints),
            "piece": self.piece,
            "credentials": None if found is None else {
                "valid": found.is_valid, "trusted": found.is_trusted, "verdict": found.verdict,
                "signer": found.signer, "signed": found.signed, "program": found.program,
                "actions": list(found.actions), "kinds": list(found.kinds),
                "parents": list(found.parents), "not_allowed": list(found.mining),
                "problems": list(found.problems), "beside": found.is_beside,
            },
            "mark": None if self.mark is None else {
                "number": f"{self.mark.identifier:08x}", "score": self.mark.score,
                "cropped": self.mark.cropped,
            },
        }  # fmt: skip


def check(path: Path, project: Project | None = None) -> Origins:
    """Look at everything; raises :class:`StudioError` where the file is no picture.

    Everything is read in a process with limits. With a `project` its pieces are asked for.
    """
    complaints: list[Said] = []
    mark = mark_in(path)
    read = read_credentials(path)
    credentials = read if isinstance(read, Credentials) else None
    if isinstance(read, Said) and read:
        complaints.append(read)
    try:
        words = read_provenance(path)
    except StudioError as error:
        words = {}
        complaints.append(error.said)
    piece = traced(project, str(words.get("identifier", "")), mark) if project else None
    return Origins(path, credentials, words, mark, piece.name if piece else "", tuple(complaints))


def mark_in(path: Path) -> label.Found | None:
    """The mark in a picture file; raises :class:`StudioError` where it is no picture."""
    return label.found(_pixels(seen(path)))


def traced(project: Project, identifier: str, mark: label.Found | None) -> Piece | None:
    """The piece that a file comes from, by its identifier, else by the mark in its pixels."""
    kept = [each for each in pieces.pieces(project) if each.identifier]
    for each in kept:
        if each.identifier == identifier:
            return each
    if mark is None:
        return None
    return next((each for each in kept if mark_of_identifier(each.identifier) == mark.identifier),
                None)  # fmt: skip


def _pixels(picture: Any) -> Pixels:
    mode = picture.mode if picture.mode in ("L", "RGB", "RGBA") else "RGBA"
    found: Pixels = np.asarray(picture.convert(mode))
    return found if found.ndim == 3 else found[..., None]


def _is_made(*kinds: str) -> bool:
    return any("trainedalgorithmicmedia" in kind.lower() for kind in kinds)


def _short(text: str) -> str:
    """Without the address of a vocabulary."""
    return text.rpartition("/")[2] if text.startswith("http") and " " not in text else text


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
