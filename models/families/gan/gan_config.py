"""The parameters of the adversarial pair, and what each one means to an artist."""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import Declared, param
from models.parts.augment import crop_param, noise_param, rotate_param
from models.parts.seamless import seamless_param


@dataclass(frozen=True)
class GanConfig(Declared):
    """Parameters of the adversarial pair."""

    latent_dim: int = param(
        64, label="Sliders inside", low=4, high=1024, step=4, term="latent_dim",
        help="How many numbers one picture is drawn from.",
    )  # fmt: skip
    top_width: int = param(
        32, label="Detail", low=8, high=768, step=8, term="top_width",
        help="Channels at full resolution; doubles at every halving of the picture.",
    )  # fmt: skip
    width: int = param(
        128, label="Size of the networks", low=8, high=1024, step=8, term="width",
        help="Most channels at any resolution. Twice as many: four times the work.",
    )  # fmt: skip
    blocks: int = param(
        1, label="Depth", low=1, high=4, term="blocks", advanced=True,
        help="Residual blocks at every resolution.",
    )  # fmt: skip
    fine_blocks: int = param(
        0, label="Depth of fine detail", low=0, high=4, term="blocks at full resolution",
        advanced=True, help="Residual blocks at full resolution, where they cost the most.",
    )  # fmt: skip
    group_size: int = param(
        16, label="Channels a group", low=1, high=1024, term="group size", advanced=True,
        help="Channels that are filtered together; fewer are lighter.",
    )  # fmt: skip
    seamless: bool = seamless_param()
    batch_size: int = param(
        32, label="Pictures at once", low=2, high=1024, term="batch_size",
        live=True, help="How many pictures one step looks at.",
    )  # fmt: skip
    lr: float = param(
        5e-4, label="Learning speed", low=1e-6, high=0.1, step=1e-4, term="learning rate",
        live=True, help="How far one step goes. Falls to a quarter by the end of the run.",
    )  # fmt: skip
    gamma: float = param(
        1.0, label="Critic's calm", low=0.0, high=10_000.0, term="R1 and R2 gamma", live=True,
        help="Stops the critic from jumping to conclusions. Raise it when pictures repeat; "
        "falls to a tenth by the end of the run.",
    )  # fmt: skip
    reg_interval: int = param(
        8, label="Calm every", low=1, high=64, unit="steps", term="lazy regularisation interval",
        live=True, advanced=True,
        help="Work out the critic's calm only every so many steps, that much stronger: saves time.",
    )  # fmt: skip
    ema_half_life: float = param(
        2.0, label="Steadiness", low=0.05, high=1000.0, unit="thousand pictures",
        term="EMA half-life", live=True,
        help="What you see is an average of the past weights: after so many pictures an old "
        "state counts one half.",
    )  # fmt: skip
    augment_p: float = param(
        0.5, label="Disguise", low=0.0, high=0.9, step=0.05, term="augmentation probability",
        live=True, help="How often real and generated pictures are moved, recoloured or "
        "covered before the critic sees them. Higher for small sets; above 0.8 it shows.",
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
        0.5, label="Colour changes", low=0.0, high=1.0, step=0.1, term="colour jitter", live=True,
        help="How much brightness, contrast and saturation vary.",
    )  # fmt: skip
    augment_rotate: float = rotate_param()
    augment_crop: float = crop_param()
    augment_noise: float = noise_param(
        "Grain over real and generated pictures before the critic sees them."
    )
    augment_cutout: float = param(
        0.4, label="Cover", low=0.0, high=0.9, step=0.1, term="cutout", live=True,
        help="Side of the square that hides a part of the picture from the critic.",
    )  # fmt: skip
