"""A critic that knows its pictures by heart, and so has nothing left to teach."""

from __future__ import annotations

from studio.engine.events import HealthKind
from studio.engine.said import Said
from studio.engine.training.health.reading import Change, Finding, Memory, Reading, in_a_row

LARGEST = 0.5
"""r_v above this is overfitting: Karras 2020 (arXiv:2006.06676), Eq. 1, left."""
CERTAIN = 2.0
"""Standard errors that the gap must be wide, because few pictures are held out."""
READINGS = 3


def ratio(train: float, unseen: float, made: float) -> float:
    """r_v: 0 when unseen pictures are as real as known ones, 1 when they are as good as made."""
    return (train - unseen) / (train - made) if train > made else 0.0


def look(reading: Reading, memory: Memory) -> Finding | None:
    """r_v above a half, three times running and beyond chance."""
    critic = reading.critic
    if critic is None:
        return None
    found = ratio(critic.train, critic.unseen, critic.made)
    certain = critic.train - critic.unseen > CERTAIN * critic.doubt
    if not in_a_row(memory, found > LARGEST and certain, READINGS):
        return None
    return Finding(
        HealthKind.OVERFIT,
        Said(
            "The discriminator knows its pictures by heart: unseen ones look {n:.0f} % as false "
            "to it as generated ones.",
            n=100 * min(1.0, found),
        ),
        (
            Change("gamma", times=2.0),
            Change("augment_p", plus=0.1, high=0.8),
            Change("augment_cutout", low=0.3),
        ),
        advice=Said("Raise the augmentation, add pictures, or keep the best checkpoint."),
    )
