"""Signing a finished file: into it where its container can hold that, else for a file beside it.

The library writes over what it is given and leaves it empty where it refuses: so a new file is
signed, read back, and only then takes the place.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from studio.engine.door import opened
from studio.engine.errors import StudioError
from studio.engine.export.choices import Choices
from studio.engine.export.credentials.identity import Identity
from studio.engine.export.credentials.library import ANY, context, kind_of, library
from studio.engine.export.credentials.manifest import PARENT, manifest
from studio.engine.files import beside, discard
from studio.engine.pieces.origin import Origin

SUFFIX = ".c2pa"
"""Of a file beside another with its credentials (C2PA 2.4, 11.4)."""


def sign(
    path: Path, origin: Origin, choices: Choices, who: Identity, *, is_marked: bool = False
) -> bytes:
    """Sign the file at `path`, which nobody else reads yet; all its words have to be in it.

    Returns what has to lie beside it, empty where it is inside. Credentials that the file or
    the picture's parent has are kept as those of an ingredient. Raises :class:`StudioError`,
    and the file is as it was.
    """
    kind = kind_of(path)
    try:
        with contextlib.ExitStack() as stack:
            builder = stack.enter_context(_builder(path, origin, choices, is_marked))
            signer = stack.enter_context(_signer(who))
            return _inside(builder, signer, kind, path) if kind else _apart(builder, signer, path)
    except library().C2paError as error:
        raise StudioError(
            "{path} could not be signed: export without Content Credentials, or look at the "
            "details.", str(error), path=path,
        ) from error  # fmt: skip


def _builder(path: Path, origin: Origin, choices: Choices, is_marked: bool) -> Any:
    parent = path if _has_credentials(path) else origin.parent
    has_parent = parent is not None and parent.is_file() and bool(kind_of(parent))
    said = manifest(origin, choices, has_parent=has_parent, is_marked=is_marked)
    builder = library().Builder(said, context=context())
    if has_parent and parent is not None:
        title = parent.name if choices.recipe and parent is not path else "original"
        ingredient = {"title": title, "relationship": "parentOf", "instance_id": PARENT}
        with opened(parent, links=True) as stream:
            builder.add_ingredient(ingredient, kind_of(parent), stream)
    return builder


def _has_credentials(path: Path) -> bool:
    kind = kind_of(path)
    if not kind:
        return False
    try:
        with opened(path, links=True) as stream:
            return library().Reader.try_create(kind, stream, context=context()) is not None
    except library().C2paError:
        return True  # damaged ones, which are not ours to lose


def _signer(who: Identity) -> Any:
    c2pa = library()
    info = c2pa.C2paSignerInfo(who.algorithm.encode(), who.certificates, who.key, None)
    return c2pa.Signer.from_info(info)


def _inside(builder: Any, signer: Any, kind: str, path: Path) -> bytes:
    made = beside(path)
    try:
        with opened(path, links=True) as source, made.open("w+b") as target:
            builder.sign(signer, kind, source, target)
        with opened(made, links=True) as stream:
            _refuse_unsound(library().Reader(kind, stream, context=context()), path)
        made.replace(path)
    finally:
        discard(made)
    return b""


def _apart(builder: Any, signer: Any, path: Path) -> bytes:
    builder.set_no_embed()
    dropped = beside(path)
    try:
        with opened(path, links=True) as source, dropped.open("w+b") as target:
            found: bytes = builder.sign(signer, ANY, source, target)
    finally:
        discard(dropped)
    with opened(path, links=True) as stream:
        _refuse_unsound(library().Reader(ANY, stream, found, context=context()), path)
    return found


def _refuse_unsound(reader: Any, path: Path) -> None:
    """What was signed has to be valid, whoever trusts it."""
    with reader:
        if reader.get_validation_state() == "Invalid":
            codes = json.loads(reader.json()).get("validation_status", [])
            raise StudioError(
                "{path} was signed, but the signature does not hold: export without Content "
                "Credentials, or look at the details.", json.dumps(codes), path=path,
            )  # fmt: skip
