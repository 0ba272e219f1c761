"""What every family lets an artist set: the size of its networks, how they learn, what is varied.

A family inherits these and says only what is different about its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import Declared, param


@dataclass(frozen=True)
class LatentSize(Declared):
    """Of a latent whose numbers can be as many as is wanted."""

    latent_dim: int = param(
        64, label="Latent size", low=4, high=1024, step=4, term="latent_dim",
        help="How many numbers one picture is drawn from.",
    )  # fmt: skip


@dataclass(frozen=True)
class NetworkParameters(Declared):
    """Of networks that learn from pictures which are varied on their way (`augment_*`)."""

    top_width: int = param(
        32, label="Base channels", low=8, high=512, step=8, term="top_width",
        help="Channels at full resolution; doubles at every halving of the picture.",
    )  # fmt: skip
    width: int = param(
        128, label="Network width", low=8, high=1024, step=8, term="width",
        help="Most channels at any resolution. Twice as many: four times the work.",
    )  # fmt: skip
    seamless: bool = param(
        False, label="Seamless", term="circular padding",
        help="Make pictures that can be laid side by side without a seam, for patterns and "
        "textures. Best learnt from pictures that tile; zoom is left out where it would cut them.",
    )  # fmt: skip
    batch_size: int = param(
        32, label="Batch size", low=2, high=1024, term="batch_size", live=True,
        help="How many pictures one step looks at. More make steadier steps and need more "
        "memory; halve it where memory is short.",
    )  # fmt: skip
    lr: float = param(
        5e-4, label="Learning rate", low=1e-6, high=0.1, step=1e-4, term="learning rate",
        live=True, help="How far one step goes. Lower it when pictures break down. Falls to a "
        "quarter by the end of the run.",
    )  # fmt: skip
    ema_half_life: float = param(
        2.0, label="EMA half-life", low=0.05, high=1000.0, unit="thousand pictures",
        term="EMA half-life", live=True,
        help="What you see is an average of the past weights: after so many pictures an old "
        "state counts one half. Longer is steadier, and lags behind in short runs.",
    )  # fmt: skip
    augment_mirror: bool = param(
        True, label="Mirror", term="x-flip", live=True,
        help="Also show every picture mirrored. Turn off for lettering.",
    )  # fmt: skip
    augment_shift: float = param(
        0.125, label="Shift", low=0.0, high=0.5, step=0.025, term="translation", live=True,
        help="Largest shift, as a part of the picture's side.",
    )  # fmt: skip
    augment_zoom: float = param(
        0.1, label="Zoom", low=0.0, high=0.5, step=0.05, term="scale", live=True,
        help="Largest enlargement or reduction.",
    )  # fmt: skip
    augment_colour: float = param(
        0.5, label="Colour jitter", low=0.0, high=1.0, step=0.1, term="colour jitter", live=True,
        help="How much brightness, contrast and saturation vary.",
    )  # fmt: skip
    augment_rotate: float = param(
        0.0, label="Rotation", low=0.0, high=180.0, step=5.0, unit="degrees", term="rotation",
        live=True, help="Turn pictures by up to this angle, either way. For pictures without "
        "an up and a down.",
    )  # fmt: skip
    augment_crop: float = param(
        0.0, label="Random crop", low=0.0, high=0.8, step=0.05, term="random crop", live=True,
        help="Show a part of the picture, enlarged: at most this much of its side is cut away.",
    )  # fmt: skip
    augment_noise: float = param(
        0.0, label="Grain", low=0.0, high=0.5, step=0.05, term="Gaussian noise", live=True,
        help="Grain over real and generated pictures before the discriminator sees them.",
    )  # fmt: skip
    augment_cutout: float = param(
        0.0, label="Cutout", low=0.0, high=0.9, step=0.1, term="cutout", live=True,
        help="Side of the square that hides a part of the picture from the discriminator.",
    )  # fmt: skip


@dataclass(frozen=True)
class Hyperparameters(NetworkParameters, LatentSize):
    """And of the latent that they draw from."""
