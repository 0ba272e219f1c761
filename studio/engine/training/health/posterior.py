"""Posterior collapse: a VAE whose numbers have fallen asleep."""

from __future__ import annotations

from studio.engine.events import HealthKind
from studio.engine.said import Said
from studio.engine.training.health.reading import Change, Finding, Memory, Reading, in_a_row

FEWEST_ACTIVE = 0.1
"""Part of the numbers with Var[mu] > 0.01 (Burda 2016, arXiv:1509.00519, Sec. 5.2)."""
READINGS = 2
EARLIEST = 5_000
"""Images; before, nothing has been learnt that could be lost."""
RESTART, FREE_BITS = 0.1, 0.25


def look(reading: Reading, memory: Memory) -> Finding | None:
    """Almost no number in use, after the ramp of evenness. Then the ramp starts again.

    It climbs back to where the artist had it: twice as high at every reading.
    """
    if reading.active is None or "kl_weight" not in reading.config:
        return None
    if "target" in memory:
        return _climb(reading, memory)
    rounds = float(reading.config.get("kl_ramp", 0.0))
    early = reading.images_seen < max(EARLIEST, rounds * reading.set_size)
    if not in_a_row(memory, reading.active < FEWEST_ACTIVE and not early, READINGS):
        return None
    memory["target"] = float(reading.config["kl_weight"])
    return Finding(
        HealthKind.POSTERIOR,
        Said("Only {n:.0f} % of the latent's numbers still do anything.", n=100 * reading.active),
        (Change("kl_weight", times=RESTART), Change("free_bits", low=FREE_BITS)),
        advice=Said("Lower the KL weight, or raise the free bits."),
    )


def _climb(reading: Reading, memory: Memory) -> Finding | None:
    now, target = float(reading.config["kl_weight"]), float(memory["target"])
    if now >= target or now <= 0:
        del memory["target"]
        return None
    return Finding(
        HealthKind.POSTERIOR,
        Said("The KL weight climbs back to where it was."),
        (Change("kl_weight", times=2.0, high=target),),
        goes_on=True,
    )
