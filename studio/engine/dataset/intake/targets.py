"""Where an import comes from and into which dataset it goes."""

from __future__ import annotations

import os
from pathlib import Path

from studio.engine.dataset.index import store
from studio.engine.dataset.index.safe_names import display_name, display_path
from studio.engine.dataset.index.store import Dataset
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project


def roots(sources: list[Path]) -> list[Path]:
    """Absolute sources, each once; raises :class:`StudioError` when one does not exist."""
    if not sources:
        raise UsageError("Nothing to import: name a folder, a picture or a zip archive.")
    found: list[Path] = []
    for source in sources:
        root = Path(os.path.normpath(Path(source).expanduser().absolute()))
        if not root.exists():
            raise StudioError(
                "There is nothing at {path}: check the path, or connect the drive.",
                path=display_path(root),
            )
        if root not in found:
            found.append(root)
    return found


def target(project: Project, roots: list[Path], name: str | None) -> tuple[Dataset, bool]:
    """The dataset to import into, and whether it was made just now."""
    known = {dataset.name: dataset for dataset in store.datasets(project)}
    if name is not None:
        name = " ".join(display_name(name).split())
        if not name:
            raise UsageError("A dataset needs a name with at least one letter.")
        if name in known:
            return known[name], False
        return store.add_dataset(project, name), True
    for dataset in known.values():
        if any(source.path == roots[0] for source in store.sources(project, dataset.id)):
            return dataset, False
    stem = display_name(roots[0].stem if roots[0].is_file() else roots[0].name) or "pictures"
    name, number = stem, 2
    while name in known:
        name, number = f"{stem} {number}", number + 1
    return store.add_dataset(project, name), True
