"""Parameters of the StyleGAN2 family."""

from __future__ import annotations

from dataclasses import dataclass

from models.adversarial import PenalisedConfig
from models.parameters import param

LAYOUTS = ("skips", "residual", "plain", "lucid")
"""See `layouts.py`."""


@dataclass(frozen=True)
class StyleGan2Config(PenalisedConfig):
    """Parameters of the style mixer."""

    latent_dim: int = param(64, help="How many numbers one style is made of.")
    top_width: int = param(16, low=1, step=1)
    width: int = param(128, low=1, step=1)
    batch_size: int = 16
    lr: float = param(2.5e-3, help="How far one step goes. Lower it when pictures break down.")
    gamma: float = 0.05
    augment_p: float = param(
        0.0, high=0.85, help="How often pictures are changed; with ada, where it starts."
    )
    augment_zoom: float = param(
        0.15, help="Largest enlargement or reduction; with ada the typical one."
    )
    augment_colour: float = param(
        1.0, help="How much brightness, contrast and saturation vary; with ada also hue."
    )
    augment_rotate: float = param(
        0.0, help="With diffaugment: turn pictures by up to this angle, either way. With ada, "
        "ADA rotation decides.",
    )  # fmt: skip
    mapping_layers: int = param(
        2, label="Mapping layers", low=1, high=8, term="mapping layers", advanced=True,
        help="Layers that turn chance into styles. More untangle better, and need longer.",
    )  # fmt: skip
    path_weight: float = param(
        2.0, label="Path length weight", low=0.0, high=100.0, step=0.5, term="path length weight",
        live=True, help="Makes equal moves of a slider change the picture by equal amounts. "
        "0 trains faster.",
    )  # fmt: skip
    path_interval: int = param(
        4, label="Path length interval", low=1, high=64, unit="steps", term="path length interval",
        live=True, advanced=True,
        help="Work out path lengths only every so many steps, that much stronger: saves time.",
    )  # fmt: skip
    mixing: float = param(
        0.9, label="Style mixing", low=0.0, high=1.0, step=0.1, term="style mixing probability",
        live=True, advanced=True,
        help="How often a picture in training takes its coarse and fine styles from two "
        "sources, so that they can be exchanged later.",
    )  # fmt: skip
    augment: str = param(
        "ada", label="Augmentation", choices=("ada", "diffaugment", "none"),
        term="augmentation", live=True,
        help="Changes to pictures before the discriminator sees them: ada finds out how often, "
        "diffaugment keeps to what you set.",
    )  # fmt: skip
    ada_target: float = param(
        0.6, label="ADA target", low=0.0, high=1.0, step=0.05, term="ADA target",
        live=True, advanced=True,
        help="How sure of real pictures the discriminator may be before augmentation grows.",
    )  # fmt: skip
    ada_pictures: float = param(
        500.0, label="ADA length", low=0.5, high=10_000.0, unit="thousand pictures",
        term="ADA kimg", live=True, advanced=True,
        help="So many pictures would take augmentation from none to always (ADA kimg). Shorter "
        "follows faster.",
    )  # fmt: skip
    augment_turn: float = param(
        1.0, label="ADA rotation", low=0.0, high=1.0, step=0.1, term="rotation", live=True,
        help="How often ada turns pictures, relative to its other changes. Lower it when results "
        "come out tilted.",
    )  # fmt: skip
    layout: str = param(
        "skips", label="Layout", choices=LAYOUTS, term="generator architecture", advanced=True,
        help="How levels become a picture. Models made elsewhere bring their own; for a new one "
        "skips do best.",
    )  # fmt: skip
    dark_edge: bool = param(
        False, label="Dark outside", term="zero padding", advanced=True,
        help="Let what is outside the picture be nought where levels are enlarged, as in other "
        "programs, instead of what is at its edge.",
    )  # fmt: skip
    clamp: float = param(
        0.0, label="Largest activation", low=0.0, high=65_504.0, term="conv_clamp", advanced=True,
        help="Cut activations off at this size, as models do that learnt in half precision; "
        "0 lets them be.",
    )  # fmt: skip
    own_noise: bool = param(
        False, label="Noise of its own", term="noise_const", advanced=True,
        help="Keep fixed noise in the model, which is that of noise seed 0.",
    )  # fmt: skip
