"""Whether the folders of a dataset are watched: a setting of the dataset.

Watching itself belongs to the window. On the command line the same is done by importing the
folder again: only what changed is decoded.
"""

from __future__ import annotations

from studio.engine.dataset.index import store
from studio.engine.project import Project

_KEY = "watch"


def read(project: Project, dataset_id: int) -> bool:
    """Whether what appears in the folders of a dataset is imported by itself."""
    return store.settings(project, dataset_id).get(_KEY) is True


def change(project: Project, dataset_id: int, watch: bool) -> bool:
    """Set it; returns what it was."""
    before = read(project, dataset_id)
    settings = store.settings(project, dataset_id)
    if watch:
        settings[_KEY] = True
    else:
        settings.pop(_KEY, None)
    store.set_settings(project, dataset_id, settings)
    return before
