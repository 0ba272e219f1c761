"""Parameters of the StyleGAN2 family."""

from __future__ import annotations

from dataclasses import dataclass

from models.adversarial import PenalisedConfig
from models.parameters import param


@dataclass(frozen=True)
class StyleGan2Config(PenalisedConfig):
    """Parameters of the style mixer."""

    latent_dim: int = param(64, help="How many numbers one style is made of.")
    top_width: int = 16
    batch_size: int = 16
    lr: float = param(2.5e-3, help="How far one step goes.")
    gamma: float = 0.05
    augment_p: float = param(
        0.0, high=0.85, help="How often pictures are disguised; with ada, where it starts."
    )
    augment_zoom: float = param(
        0.15, help="Largest enlargement or reduction; with ada the typical one."
    )
    augment_colour: float = param(
        1.0, help="How much brightness, contrast and saturation vary; with ada also hue."
    )
    augment_rotate: float = param(
        0.0, help="With diffaugment: turn pictures by up to this angle, either way. With ada, "
        "Turning decides.",
    )  # fmt: skip
    mapping_layers: int = param(
        2, label="Depth of the mapping", low=1, high=8, term="mapping layers", advanced=True,
        help="Layers that turn chance into styles. More untangle better, and need longer.",
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
    augment: str = param(
        "ada", label="Kind of disguise", choices=("ada", "diffaugment", "none"),
        term="augmentation", live=True,
        help="Changes to pictures before the critic sees them: ada finds out how often, "
        "diffaugment keeps to what you set.",
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
    augment_turn: float = param(
        1.0, label="Turning", low=0.0, high=1.0, step=0.1, term="rotation", live=True,
        help="How often ada turns pictures, relative to its other disguises. Lower it when "
        "results come out tilted.",
    )  # fmt: skip
