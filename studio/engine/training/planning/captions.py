"""Whether a set has the captions that a family learns from, and whether they are enough."""

from __future__ import annotations

from models.parts.words import ENOUGH_CAPTIONS
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import UsageError
from studio.engine.said import Said


def settle(prepared: Prepared, dataset: str) -> list[Said]:
    """What is to be known about them; :class:`UsageError` where there are none."""
    known = [caption for row in prepared.train if (caption := prepared.captions[row].strip())]
    if not known:
        raise UsageError(
            "The pictures of {dataset!r} have no captions to learn from: import them with a .txt "
            "beside each picture or a table of captions, or choose another family.",
            dataset=dataset,
        )
    notes = []
    if len(known) < len(prepared.train):
        without = len(prepared.train) - len(known)
        notes.append(Said("Pictures without a caption are learnt without words: {n}.", n=without))
    if len(known) < ENOUGH_CAPTIONS:
        notes.append(
            Said(
                "There are fewer than {enough} captions ({n}): what is asked for will look much "
                "like the pictures of the nearest ones.", enough=ENOUGH_CAPTIONS, n=len(known),
            )
        )  # fmt: skip
    return notes
