"""Augmentation leak: disguises of the training pictures that show in the generated ones."""

from __future__ import annotations

from studio.engine.events import HealthKind
from studio.engine.said import Said
from studio.engine.training.health.reading import Change, Finding, Memory, Reading, in_a_row

MOST_DISGUISE = 0.8
"""Above, augmentations leak: Karras 2020 (arXiv:2006.06676), Sec. 2.2."""
LESS_DISGUISE = 0.7
LARGEST_COLOUR = 1.5
LARGEST_TILT = 0.7
"""A factor of two in the balance of horizontal and vertical contrast."""
EARLIEST = 20_000
READINGS = 3


def look(reading: Reading, memory: Memory) -> Finding | None:
    """Colour casts, turned pictures, or more disguise than can stay hidden, three times."""
    found = reading.likeness
    if found is None or reading.critic is None or reading.images_seen < EARLIEST:
        return None
    config = reading.config
    cast = found.colour > LARGEST_COLOUR and float(config.get("augment_colour", 0.0)) > 0
    turned = abs(found.tilt) > LARGEST_TILT and float(config.get("augment_turn", 0.0)) > 0
    heavy = reading.disguise is not None and reading.disguise > MOST_DISGUISE
    results = [
        in_a_row(memory.setdefault(name, {}), bad, READINGS)
        for name, bad in (("colour", cast), ("turn", turned), ("disguise", heavy))
    ]
    if results[0]:
        sentence = Said(
            "The pictures vary in colour more than the set: colour changes show in them."
        )
        return _leak(sentence, Change("augment_colour", times=0.5))
    if results[1]:
        sentence = Said("The pictures lean: turning shows in them.")
        return _leak(sentence, Change("augment_turn", times=0.0, low=0.0))
    if results[2]:
        sentence = Said("The augmentation is so heavy that it begins to show in the pictures.")
        return _leak(sentence, Change("augment_p", times=0.0, plus=LESS_DISGUISE))
    return None


def _leak(sentence: Said, change: Change) -> Finding:
    return Finding(HealthKind.LEAK, sentence, (change,), advice=Said("Lower that augmentation."))
