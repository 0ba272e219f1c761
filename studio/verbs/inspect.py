"""`inspect`: what a project, run, checkpoint or picture is."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Mapping
from pathlib import Path

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder
from studio.verbs.outline import outline

_PARTS = {
    "proven": "Proven by a signature:",
    "carried": "In the pixels (a label, not a proof):",
    "said": "Only said, by words that anyone can edit:",
    "changed": "Since then:",
    "not_read": "Could not be read:",
}


def add(verbs: Verbs) -> None:
    parser = verbs.add("inspect", "Say what a project, run, checkpoint or picture is.", run)
    parser.add_argument("thing", type=folder, metavar="THING", help="a folder or a picture")
    parser.add_argument(
        "--project", type=folder, default=None, metavar="PROJECT",
        help="say which of its pieces a picture comes from",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    """Look at what is there, not at what it is called."""
    from studio.engine.project import INDEX

    thing: Path = options.thing
    if (thing / INDEX).is_file():
        facts = _project(thing)
    elif (thing / "state.json").is_file():
        facts = _checkpoint(thing)
    elif (thing / "recipe.toml").is_file() or (thing / "checkpoints").is_dir():
        facts = _run(thing)
    elif thing.is_file():
        facts = _picture(thing, options.project)
    else:
        raise StudioError(
            "{thing} is no project, run, checkpoint or picture, or it does not exist.", thing=thing
        )
    return Result(facts, _lines(facts))


def _lines(facts: Mapping[str, object]) -> list[str]:
    """Words that anyone may edit do not stand beside what was proven."""
    found = facts.get("origin")
    if not isinstance(found, Mapping):
        return outline(facts)
    rest = {key: value for key, value in facts.items() if key not in ("origin", "provenance")}
    lines = [*outline(rest), "", str(found["verdict"])]
    for key, title in _PARTS.items():
        lines += [title, *(f"  {each}" for each in found[key])] if found[key] else []
    if found["piece"]:
        lines.append(f"Of this project it is the piece {found['piece']}.")
    return lines


def _project(thing: Path) -> dict[str, object]:
    from studio.engine.dataset.index import store
    from studio.engine.generation.offspring import of_whom
    from studio.engine.pieces import pieces
    from studio.engine.project import Project
    from studio.engine.training.planning import runs

    with Project.open(thing) as project:
        datasets = [
            {"name": each.name, **store.counts(project, each.id)}
            for each in store.datasets(project)
        ]
        found_runs = [
            {"name": r.name, "family": r.family, "status": r.status, "images_seen": r.images_seen}
            for r in runs.runs(project)
        ]
        kept = [
            {"name": p.name, "run": p.run_name, "rating": p.rating, "review": p.review}
            | ({} if p.recipe.descent is None else {"bred": of_whom(p.recipe.descent)})
            for p in pieces.pieces(project)
        ]
    return {
        "kind": "project", "path": thing, "datasets": datasets, "runs": found_runs, "pieces": kept,
    }  # fmt: skip


def _run(thing: Path) -> dict[str, object]:
    from studio.engine.training.foreign import origin
    from studio.engine.training.record import checkpoint

    newest = checkpoint.load_latest(thing)
    facts: dict[str, object] = {"kind": "run", "path": thing, "checkpoints": []}
    facts["checkpoints"] = [folder.name for folder in checkpoint.folders(thing)]
    if newest is not None:
        facts["newest"] = _state(newest.folder, newest.state)
    if (made := origin.load(thing)) is not None:
        facts["brought_from"] = made.model_dump()
    if (thing / "recipe.toml").is_file():
        from studio.engine.training.record.recipe import Recipe

        recipe = Recipe.load(thing)
        facts["labels"] = recipe.labels
        facts["recipe"] = recipe.model_dump()
    return facts


def _checkpoint(thing: Path) -> dict[str, object]:
    from studio.engine.training.record import checkpoint

    saved = checkpoint.verify(thing)
    return {"kind": "checkpoint", "verified": True, **_state(thing, saved.state)}


def _state(thing: Path, state: Mapping[str, object]) -> dict[str, object]:
    keys = ("family", "images_seen", "seconds", "image_spec", "labels", "config", "score", "files")
    return {"path": thing, **{key: state[key] for key in keys if key in state}}


def _picture(thing: Path, project_folder: Path | None) -> dict[str, object]:
    from studio.engine.dataset.papers.about import told
    from studio.engine.export.file_origin import seen
    from studio.engine.export.origin_check import check
    from studio.engine.files import sha256_file
    from studio.engine.project import Project

    picture = seen(thing)
    with contextlib.ExitStack() as stack:
        project = stack.enter_context(Project.open(project_folder)) if project_folder else None
        found = check(thing, project)
    return {
        "kind": "picture",
        "path": thing,
        "width": picture.width,
        "height": picture.height,
        "mode": picture.mode,
        "sha256": sha256_file(thing),
        "about": told(thing),
        "provenance": found.words,
        "origin": found.facts(),
    }
