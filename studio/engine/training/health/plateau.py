"""Training longer has stopped helping."""

from __future__ import annotations

from studio.engine.events import HealthKind
from studio.engine.said import Said
from studio.engine.training.health.reading import Finding, Memory, Reading

READINGS = 10
PART = 0.3
"""Of all images so far that must have passed without a better model."""


def look(reading: Reading, memory: Memory) -> Finding | None:
    """No better score for ten readings and a third of the run. Told once for every best."""
    score = reading.score
    if score is None:
        return None
    if "score" not in memory or score < memory["score"]:
        memory.clear()
        memory.update(score=score, images_seen=reading.images_seen, since=0)
        return None
    memory["since"] += 1
    passed = reading.images_seen - memory["images_seen"]
    if memory.get("told") or memory["since"] < READINGS or passed < PART * reading.images_seen:
        return None
    memory["told"] = True
    return Finding(
        HealthKind.PLATEAU,
        Said(
            "Training longer has stopped helping: the best model is that of {images} images.",
            images=memory["images_seen"],
        ),
        advice=Said("Its checkpoint is kept; stop whenever you like."),
    )
