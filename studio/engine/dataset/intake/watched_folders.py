"""Whether the folders of a dataset are watched: a setting of the dataset.

Watching itself belongs to the window. On the command line the same is done by importing the
folder again: only what changed is decoded.
"""

from __future__ import annotations

from studio.engine.dataset.index.settings import WATCH
from studio.engine.project import Project


def read(project: Project, dataset_id: int) -> bool:
    """Whether what appears in the folders of a dataset is imported by itself."""
    return WATCH.read(project, dataset_id) is True


def change(project: Project, dataset_id: int, watch: bool) -> bool:
    """Set it; returns what it was."""
    before = read(project, dataset_id)
    WATCH.put(project, dataset_id, watch or None)
    return before
