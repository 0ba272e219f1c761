"""Mode collapse: an adversarial pair that draws ever fewer pictures."""

from __future__ import annotations

from studio.engine.events import HealthKind
from studio.engine.said import Said
from studio.engine.training.health.reading import Change, Finding, Memory, Reading, in_a_row

HEALTHY, COLLAPSED = 0.6, 0.5
"""Variety against the set's: from here it has been good, below that it is bad."""
KNOWN_COVERAGE, KEPT_COVERAGE = 0.3, 0.7
"""A coverage worth speaking of, and the part of the best one that must remain."""
WORSE = 1.1
"""Times the best score: a pair that is still getting nearer to the set has not collapsed, even
where the way from noise to pictures leads through few of them."""
EARLIEST = 20_000
"""Images; before, what an average of the weights draws says little about the pair."""
READINGS = 3


def look(reading: Reading, memory: Memory) -> Finding | None:
    """Variety that was there and has halved, or coverage that fell by a third, three times.

    Only where the pictures are farther from the set than they have been.
    """
    found = reading.likeness
    if reading.critic is None or found is None:
        return None
    best = memory["coverage"] = max(memory.get("coverage", 0.0), found.coverage)
    nearest = memory["score"] = min(memory.get("score", found.score), found.score)
    worse = found.score > WORSE * nearest and reading.images_seen >= EARLIEST
    # Noise varies too: only what covers some of the set has been good.
    good = found.variety >= HEALTHY and found.coverage >= KNOWN_COVERAGE
    memory["healthy"] = memory.get("healthy", False) or good
    alike = memory["healthy"] and found.variety < COLLAPSED
    fewer = best >= KNOWN_COVERAGE and found.coverage < KEPT_COVERAGE * best
    if not in_a_row(memory, worse and (alike or fewer), READINGS):
        return None
    return Finding(
        HealthKind.COLLAPSE,
        Said(
            "The pictures have become too alike: their variety is {n:.0f} % of the set's.",
            n=100 * found.variety,
        ),
        (
            Change("gamma", times=2.0),
            Change("lr", times=0.5),
            Change("augment_p", plus=0.1, high=0.8),
        ),
        roll_back=True,
        advice=Said("Go back to an earlier checkpoint and raise R1 gamma."),
    )
