"""Parameters of the StyleGAN2 family."""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import Declared, param
from models.parts.augment import crop_param, noise_param
from models.parts.seamless import seamless_param


@dataclass(frozen=True)
class StyleGan2Config(Declared):
    """Parameters of the style mixer."""

    latent_dim: int = param(
        64, label="Sliders inside", low=4, high=1024, step=4, term="latent_dim",
        help="How many numbers one style is made of.",
    )  # fmt: skip
    mapping_layers: int = param(
        2, label="Depth of the mapping", low=1, high=8, term="mapping layers", advanced=True,
        help="Layers that turn chance into styles. More untangle better, and need longer.",
    )  # fmt: skip
    top_width: int = param(
        16, label="Detail", low=8, high=512, step=8, term="top_width",
        help="Channels at full resolution; doubles at every halving of the picture.",
    )  # fmt: skip
    width: int = param(
        128, label="Size of the networks", low=8, high=1024, step=8, term="width",
        help="Most channels at any resolution. Twice as many: four times the work.",
    )  # fmt: skip
    seamless: bool = seamless_param()
    batch_size: int = param(
        16, label="Pictures at once", low=2, high=1024, term="batch_size",
        live=True, help="How many pictures one step looks at.",
    )  # fmt: skip
    lr: float = param(
        2.5e-3, label="Learning speed", low=1e-6, high=0.1, step=1e-4, term="learning rate",
        live=True, help="How far one step goes.",
    )  # fmt: skip
    gamma: float = param(
        0.05, label="Critic's calm", low=0.0, high=10_000.0, term="R1 gamma", live=True,
        help="Stops the critic from jumping to conclusions. Raise it when pictures repeat or "
        "never settle; lower it when they stay soft.",
    )  # fmt: skip
    reg_interval: int = param(
        16, label="Calm every", low=1, high=64, unit="steps", term="lazy regularisation interval",
        live=True, advanced=True,
        help="Work out the critic's calm only every so many steps, that much stronger: saves time.",
    )  # fmt: skip
    path_weight: float = param(
        2.0, label="Even steps", low=0.0, high=100.0, step=0.5, term="path length weight",
        live=True, help="Makes equal moves of a slider change the picture by equal amounts. "
        "0 trains faster.",
    )  # fmt: skip
    path_interval: int = param(
        4, label="Even steps every", low=1, high=64, unit="steps", term="path length interval",
        live=True, advanced=True,
        help="Work out even steps only every so many steps, that much stronger: saves time.",
    )  # fmt: skip
    mixing: float = param(
        0.9, label="Style mixing", low=0.0, high=1.0, step=0.1, term="style mixing probability",
        live=True, advanced=True,
        help="How often a picture in training takes its coarse and fine styles from two "
        "sources, so that they can be exchanged later.",
    )  # fmt: skip
    ema_half_life: float = param(
        2.0, label="Steadiness", low=0.05, high=1000.0, unit="thousand pictures",
        term="EMA half-life", live=True,
        help="What you see is an average of the past weights: after so many pictures an old "
        "state counts one half.",
    )  # fmt: skip
    augment: str = param(
        "ada", label="Kind of disguise", choices=("ada", "diffaugment", "none"),
        term="augmentation", live=True,
        help="Changes to pictures before the critic sees them: ada finds out how often, "
        "diffaugment keeps to what you set.",
    )  # fmt: skip
    augment_p: float = param(
        0.0, label="Disguise", low=0.0, high=0.85, step=0.05, term="augmentation probability",
        live=True, help="How often pictures are disguised; with ada, where it starts.",
    )  # fmt: skip
    ada_target: float = param(
        0.6, label="Certainty allowed", low=0.0, high=1.0, step=0.05, term="ADA target",
        live=True, advanced=True,
        help="How sure of real pictures the critic may be before disguise grows.",
    )  # fmt: skip
    ada_pictures: float = param(
        500.0, label="Slowness of disguise", low=0.5, high=10_000.0, unit="thousand pictures",
        term="ADA kimg", live=True, advanced=True,
        help="So many pictures would take disguise from none to always.",
    )  # fmt: skip
    augment_mirror: bool = param(
        True, label="Mirror", term="x-flip", live=True,
        help="Also show every picture mirrored. Turn off for lettering.",
    )  # fmt: skip
    augment_turn: float = param(
        1.0, label="Turning", low=0.0, high=1.0, step=0.1, term="rotation", live=True,
        help="How often ada turns pictures, relative to its other disguises. Lower it when "
        "results come out tilted.",
    )  # fmt: skip
    augment_shift: float = param(
        0.125, label="Shift", low=0.0, high=0.5, step=0.025, term="translation", live=True,
        help="Largest shift, as a part of the picture's side.",
    )  # fmt: skip
    augment_zoom: float = param(
        0.15, label="Zoom", low=0.0, high=0.5, step=0.05, term="scale", live=True,
        help="Largest enlargement or reduction; with ada the typical one.",
    )  # fmt: skip
    augment_colour: float = param(
        1.0, label="Colour changes", low=0.0, high=1.0, step=0.1, term="colour jitter", live=True,
        help="How much brightness, contrast and saturation vary; with ada also hue.",
    )  # fmt: skip
    augment_rotate: float = param(
        0.0, label="Turn", low=0.0, high=180.0, step=5.0, unit="degrees", term="rotation",
        live=True, help="With diffaugment: turn pictures by up to this angle, either way. With "
        "ada, Turning decides.",
    )  # fmt: skip
    augment_crop: float = crop_param()
    augment_noise: float = noise_param(
        "Grain over real and generated pictures before the critic sees them."
    )
    augment_cutout: float = param(
        0.0, label="Cover", low=0.0, high=0.9, step=0.1, term="cutout", live=True,
        help="Side of the square that hides a part of the picture from the critic.",
    )  # fmt: skip
