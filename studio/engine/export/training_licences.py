"""Under which licences a model learned: one line out of the card that lies in its run's folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

from studio.engine.dataset.papers.dataset_card import JSON_NAME
from studio.engine.door import inside, read_text
from studio.engine.errors import MALFORMED, StudioError
from studio.engine.project import Project
from studio.engine.training.foreign import origin

_MOST = 12


def licences_of(project: Project, run_name: str) -> str:
    """For example `CC-BY-4.0: 300, not stated: 12 (500 pictures)`; empty without a card.

    Of a model that was made elsewhere what is known: the program, and that it does not tell.
    """
    with contextlib.suppress(StudioError):
        made = origin.load(inside(project.runs, run_name))
        if made is not None:
            return f"not stated (a model made elsewhere, with {made.program})"
    try:
        card = json.loads(read_text(inside(project.runs, run_name) / JSON_NAME))
        counts = card["rights"]["licence"]
        listed = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        total = sum(counts.values())
    except (StudioError, OSError, *MALFORMED):
        return ""
    if not isinstance(counts, Mapping) or not total:
        return ""
    named = [f"{name}: {n}" for name, n in listed[:_MOST]]
    more = ["…"] if len(listed) > _MOST else []
    return f"{', '.join(named + more)} ({total} pictures)"
