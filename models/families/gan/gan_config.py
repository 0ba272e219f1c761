"""The parameters of the adversarial pair, and what each one means to an artist."""

from __future__ import annotations

from dataclasses import dataclass

from models.adversarial import PenalisedConfig
from models.parameters import param


@dataclass(frozen=True)
class GanConfig(PenalisedConfig):
    """Parameters of the adversarial pair."""

    top_width: int = param(32, high=768)
    gamma: float = param(
        1.0, term="R1 and R2 gamma",
        help="Keeps the discriminator calm: it cannot jump to conclusions. Raise it when "
        "pictures repeat; falls to a tenth by the end of the run.",
    )  # fmt: skip
    reg_interval: int = 8
    augment_cutout: float = 0.4
    blocks: int = param(
        1, label="Depth", low=1, high=4, term="blocks", advanced=True,
        help="Residual blocks at every resolution.",
    )  # fmt: skip
    fine_blocks: int = param(
        0, label="Fine blocks", low=0, high=4, term="blocks at full resolution",
        advanced=True, help="Residual blocks at full resolution, where they cost the most.",
    )  # fmt: skip
    group_size: int = param(
        16, label="Group size", low=1, high=1024, term="group size", advanced=True,
        help="Channels that are filtered together; fewer are lighter.",
    )  # fmt: skip
