"""From one latent to another."""

from __future__ import annotations

from typing import Any

import numpy as np

Latent = np.ndarray[Any, np.dtype[np.float32]]


def slerp(first: Latent, second: Latent, mix: float, centre: Latent) -> Latent:
    """Spherical interpolation about `centre`, slot by slot (Shoemake 1985; White 2016).

    `first`, `second` and `centre` are [slots, dim]; `mix` 0 gives the first, 1 the second.
    The distance from the centre goes linearly, so that points between two typical
    latents are typical too, where a straight line would pass through the dull middle.
    """
    a, b = first - centre, second - centre
    length_a = np.linalg.norm(a, axis=1, keepdims=True)
    length_b = np.linalg.norm(b, axis=1, keepdims=True)
    cosine = (a * b).sum(axis=1, keepdims=True) / np.maximum(length_a * length_b, 1e-12)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    sine = np.sin(angle)
    # Parallel, opposite or missing directions have no arc: a straight line serves.
    curved = (sine > 1e-4) & (np.minimum(length_a, length_b) > 1e-12)
    safe = np.where(curved, sine, 1.0)
    first_part = np.where(curved, np.sin((1 - mix) * angle) / safe, 1 - mix)
    second_part = np.where(curved, np.sin(mix * angle) / safe, mix)
    unit_a = a / np.maximum(length_a, 1e-12)
    unit_b = b / np.maximum(length_b, 1e-12)
    length = (1 - mix) * length_a + mix * length_b
    arc = (first_part * unit_a + second_part * unit_b) * length
    line = (1 - mix) * a + mix * b
    made: Latent = (centre + np.where(curved, arc, line)).astype(np.float32)
    return made
