"""Mode collapse: an adversarial pair that draws ever fewer pictures."""

from __future__ import annotations

from studio.engine.training.health.reading import Change, Finding, Memory, Reading, in_a_row

HEALTHY, COLLAPSED = 0.6, 0.5
"""Variety against the set's: from here it has been good, below that it is bad."""
KNOWN_COVERAGE, KEPT_COVERAGE = 0.3, 0.7
"""A coverage worth speaking of, and the part of the best one that must remain."""
READINGS = 3


def look(reading: Reading, memory: Memory) -> Finding | None:
    """Variety that was there and has halved, or coverage that fell by a third, three times."""
    found = reading.likeness
    if reading.critic is None or found is None:
        return None
    best = memory["coverage"] = max(memory.get("coverage", 0.0), found.coverage)
    memory["healthy"] = memory.get("healthy", False) or found.variety >= HEALTHY
    alike = memory["healthy"] and found.variety < COLLAPSED
    fewer = best >= KNOWN_COVERAGE and found.coverage < KEPT_COVERAGE * best
    if not in_a_row(memory, alike or fewer, READINGS):
        return None
    return Finding(
        "collapse",
        "The pictures have become too alike: their variety is "
        f"{100 * found.variety:.0f} % of the set's.",
        (
            Change("gamma", times=2.0),
            Change("lr", times=0.5),
            Change("augment_p", plus=0.1, high=0.8),
        ),
        roll_back=True,
        advice="Go back to an earlier checkpoint and raise the critic's calm.",
    )
