"""What can be set of a tokenizer, its prior, and of how new grids are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from models.codec import CodecParameters
from models.errors import Said
from models.parameters import Declared, param


@dataclass(frozen=True)
class TokensConfig(CodecParameters):
    """Parameters of pictures as tokens."""

    downscale: str = param(
        "8", label="Downsampling", choices=("4", "8", "16", "32"), term="downsampling factor",
        help="Side of the square that one token stands for. Half of it keeps more detail, and "
        "takes new pictures four times as many tokens to learn.",
    )  # fmt: skip
    book: str = param(
        "1000", label="Codebook size", choices=("240", "1000", "4375"), term="codebook size",
        help="How many kinds of tokens there are. More redraw finer; fewer are sooner learnt.",
    )  # fmt: skip
    quantiser: str = param(
        "fsq", label="Quantiser", choices=("fsq", "vq", "gumbel"), term="quantiser",
        names={
            "fsq": "a fixed lattice", "vq": "a learnt book", "gumbel": "a book drawn from",
        },
        advanced=True,
        help="A fixed lattice uses all of its tokens from the start (FSQ). A learnt book places "
        "them where the pictures are (VQ with a running average). A book that is drawn from "
        "tries several tokens for a place while it learns (dVAE with Gumbel-softmax); it takes "
        "longest to redraw as finely.",
    )  # fmt: skip
    adversarial: float = param(
        0.0, label="Patch discriminator", low=0.0, high=2.0, step=0.1, term="patch-adversarial",
        advanced=True,
        help="How much a second network, which tells patches of redrawn pictures from real ones, "
        "has a say in the tokens: sharper, a little less faithful, and slower by half while "
        "tokens are learnt. 0 leaves it out.",
    )  # fmt: skip
    order: str = param(
        "masked", label="Kind of prior", choices=("masked", "in_turn"),
        term="MaskGIT or autoregressive",
        names={"masked": "several cells at a time", "in_turn": "row by row"},
        help="Several cells at a time takes a few looks at the whole picture, and can draw a part "
        "of one anew (MaskGIT). Row by row takes one look for each token (autoregressive).",
    )  # fmt: skip
    prior_width: int = param(
        128, label="Prior width", low=32, high=1024, step=32, term="embedding width",
        help="Channels of the network that learns which tokens stand together.",
    )  # fmt: skip
    prior_depth: int = param(
        4, label="Prior layers", low=1, high=24, term="layers", advanced=True,
        help="How many layers it has.",
    )  # fmt: skip
    factorised: bool = param(
        False, label="Tokens share levels", term="token factorization", advanced=True,
        help="What is learnt of a token also counts for those beside it in a fixed lattice: "
        "learns sooner, most of all from few pictures. Other books have nothing to share.",
    )  # fmt: skip
    settled: float = param(
        0.5, label="Tokens are settled at", low=0.05, high=0.9, step=0.05, unit="of the run",
        term="tokenizer share", advanced=True,
        help="Up to here every step teaches the tokens, and the prior with a quarter of its "
        "pictures. From here on tokens stay what they are, and the prior learns with all of them.",
    )  # fmt: skip
    token_noise: float = param(
        0.05, label="Token corruption", low=0.0, high=0.5, step=0.05, term="token corruption",
        live=True, advanced=True,
        help="This part of the tokens that the prior is shown is exchanged by chance, against "
        "learning by heart.",
    )  # fmt: skip
    width: int = param(128, label="Tokenizer width")

    def conflicts(self) -> list[Said]:
        """See the base: a head of attention has a fixed size."""
        if self.prior_width % 32:
            return [Said("prior_width={n} is not possible: use a multiple of 32.",
                         n=self.prior_width)]  # fmt: skip
        return []


def preset_of(kind: type[TokensConfig], side: int, accelerator: bool) -> TokensConfig:
    """What to begin with for pictures whose longer side is so long."""
    square = "4" if side <= 32 else "8" if side <= 128 else "16" if side <= 256 else "32"
    if accelerator:
        return kind(
            downscale=square, lr=3e-4, top_width=64 if side <= 128 else 32, width=512,
            prior_width=384, prior_depth=8, factorised=True,
            batch_size=64 if side <= 256 else 32,
        )  # fmt: skip
    return kind(
        downscale=square, top_width=16 if side <= 128 else 8, width=128, patch=2,
        prior_width=128, prior_depth=4, factorised=True, settled=0.4,
        batch_size=32 if side <= 128 else 16,
    )  # fmt: skip


@dataclass(frozen=True)
class GridSampling(Declared):
    """How a new grid is drawn."""

    temperature: float = param(
        1.0, label="Sampling temperature", low=0.1, high=2.0, step=0.05,
        term="sampling temperature",
        help="Below 1 the likeliest tokens, calmer and more alike; above 1 rarer ones, bolder "
        "and more often wrong.",
    )  # fmt: skip


@dataclass(frozen=True)
class MaskedSampling(GridSampling):
    """And in how many looks."""

    steps: int = param(
        8, label="Decoding steps", low=1, high=32, term="decoding steps",
        help="In how many steps a picture is laid. More fit together better, up to about 12.",
    )  # fmt: skip
    choice: float = param(
        100.0, label="Choice temperature", low=0.0, high=100.0, step=0.5, term="choice temperature",
        help="Which cells are laid first. Low: those that the model is surest of, for calmer and "
        "more similar pictures. High: any, for pictures as varied as those it has learnt from.",
    )  # fmt: skip
