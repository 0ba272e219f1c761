"""What the artist wants her files to say, beside creator and rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from models.parameters import Declared, param

MINING = {
    "unsaid": "",
    "no_training": "DMI-PROHIBITED-AIMLTRAINING",
    "no_generative": "DMI-PROHIBITED-GENAIMLTRAINING",
    "forbidden": "DMI-PROHIBITED",
    "allowed": "DMI-ALLOWED",
}
"""Choices of `data_mining` with their terms of the PLUS vocabulary Data Mining (LDF 2.0.1)."""


@dataclass(frozen=True)
class Choices(Declared):
    """What is added to files; a picture that no model made gets neither mark nor label."""

    credentials: bool = param(
        True, label="Content Credentials", term="C2PA",
        help="Sign every file: who opens it sees how the picture was made, and any change since. "
        "The key is your own and made on first use.",
    )  # fmt: skip
    mark: bool = param(
        True, label="Invisible mark", term="watermark",
        help="Lay 36 bits into the pixels that say a model made them; they outlive lost words. "
        "It is a label and no proof. Flat grounds are left alone.",
    )  # fmt: skip
    recipe: bool = param(
        True, label="Recipe in the file", term="latent, seed, stack",
        help="Off leaves out the recipe, the name of the run and of the picture it came from. "
        "Your project still knows the file again.",
    )  # fmt: skip
    data_mining: str = param(
        "unsaid", label="Training on it", choices=tuple(MINING), term="plus:DataMining",
        names={
            "unsaid": "says nothing", "no_training": "no AI training",
            "no_generative": "no generative AI training", "forbidden": "no data mining at all",
            "allowed": "allowed",
        },
        help="Tell others whether they may train models on the file.",
    )  # fmt: skip
    aigc: bool = param(
        False, label="China's label", term="TC260:AIGC, GB 45438-2025",
        help="The implicit label that services in China have to write and to read.",
    )  # fmt: skip
    earlier: bool = param(
        False, label="Pieces of version 0.1.0 too", term="as first exported", advanced=True,
        help="Otherwise their files stay byte for byte what they were: unsigned and unmarked.",
    )  # fmt: skip

    @classmethod
    def usual(cls, language: str, stored: dict[str, str]) -> Self:
        """What was chosen before (values that are not possible any more are passed over); where
        nothing was, the label of China goes with its language."""
        kept: dict[str, object] = {"aigc": language == "zh_CN"}
        known = cls.params()
        for name, value in stored.items():
            if name in known:
                try:
                    kept[name] = known[name].check(value)
                except ValueError:
                    continue
        return cls.from_mapping(kept)
