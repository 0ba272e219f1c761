"""What a model does to pictures: what its enlarger has to mend, and nothing else.

A network that learnt to mend damage of another kind invents railings where the model is soft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.facts import Ability
from studio.engine.artwork import Image, Pixels, to_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.engine.generation.player import Player

SAMPLES = 24
_BATCH = 32
_MARGIN = 8
"""Pixels of mirror around a picture, so that its edges do not ring."""


def premultiplied(pixels: Pixels) -> Pixels:
    """uint8 [n, h, w, c] as RGB [n, h, w, 3], colour premultiplied by alpha: as it is enlarged."""
    if pixels.shape[3] == 4:
        alpha = pixels[..., 3:].astype(np.uint16)
        return ((pixels[..., :3] * alpha + 127) // 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=3) if pixels.shape[3] == 1 else pixels


def detail(pixels: Pixels) -> float:
    """Mean gradient energy of uint8 [n, h, w, c]."""
    values = pixels.astype(np.float32) / np.float32(255.0)
    down, right = np.diff(values, axis=1), np.diff(values, axis=2)
    return float((down**2).mean(dtype=np.float64) + (right**2).mean(dtype=np.float64))


def reconstructed(
    player: Player, pixels: Pixels, cancelled: Callable[[], bool] = lambda: False
) -> Pixels:
    """uint8 [n, h, w, c] as the model gives them back; fewer where `cancelled`."""
    import torch

    made: list[Pixels] = []
    with torch.inference_mode(), player.model as family:
        for start in range(0, len(pixels), _BATCH):
            if cancelled():
                break
            part = np.ascontiguousarray(pixels[start : start + _BATCH])
            w = family.encode(torch.from_numpy(part).to(player.device))
            made.append(family.synthesize(w, 0).cpu().numpy())
    return np.concatenate(made) if made else pixels[:0]


def has_encoder(player: Player) -> bool:
    return Ability.ENCODE in player.latent.abilities


@dataclass(frozen=True)
class Spectrum:
    """How samples differ from originals, by frequency: a blur, and noise above it.

    `passed` and `added` are amplitudes over `frequency`, cycles a pixel.
    """

    frequency: np.ndarray
    passed: np.ndarray
    added: np.ndarray

    @classmethod
    def between(cls, samples: Pixels, originals: Pixels, bins: int = 24) -> Spectrum:
        """From two sets uint8 [n, h, w, 3] of one size."""
        frequency = (np.arange(bins) + 0.5) / bins * 0.5
        theirs, ours = _power(samples, bins), _power(originals, bins)
        passed = np.sqrt(np.clip(theirs / np.maximum(ours, 1e-12), 0.0, 1.0))
        added = np.sqrt(np.maximum(theirs - ours, 0.0))
        return cls(frequency, passed, added)

    def applied(self, pixels: Pixels, draw: np.random.Generator) -> Pixels:
        """One picture uint8 [h, w, 3] with the blur and the noise of a sample."""
        image = np.pad(
            to_image(pixels), [(_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)], mode="symmetric"
        )
        length = _lengths(image.shape[0], image.shape[1])
        passed = np.interp(length, self.frequency, self.passed)
        passed[0, 0] = 1.0
        added = np.interp(length, self.frequency, self.added)
        added[0, 0] = 0.0
        noise = np.fft.fft2(draw.standard_normal(image.shape[:2]))
        made = np.empty(image.shape, np.float32)
        for channel in range(3):
            spectrum = np.fft.fft2(image[..., channel]) * passed + noise * added
            made[..., channel] = np.fft.ifft2(spectrum).real
        inner = made[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
        changed: Pixels = np.rint(np.clip(inner, 0.0, 1.0) * 255).astype(np.uint8)
        return changed


def _lengths(height: int, width: int) -> np.ndarray:
    """Cycles a pixel of every place of a transform."""
    made: np.ndarray = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :])
    return made


def _power(pixels: Pixels, bins: int) -> np.ndarray:
    """Mean power a pixel at each ring of frequencies, of brightness under a Hann window."""
    height, width = pixels.shape[1:3]
    window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1])
    window /= np.sqrt((window**2).mean())
    ring = np.minimum((_lengths(height, width) * 2 * bins).astype(int), bins - 1).ravel()
    count = np.maximum(np.bincount(ring, minlength=bins), 1)
    total = np.zeros(bins)
    for each in pixels:
        grey: Image = each.mean(axis=2, dtype=np.float64) / 255.0
        power = np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2 / grey.size
        total += np.bincount(ring, power.ravel(), minlength=bins) / count
    return total / len(pixels)
