"""Pictures of words: the prior of a grid of tokens is given the caption of each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from models.base import register
from models.facts import LatentSpec
from models.families.tokens.kept_captions import ROOM, packed, unpacked, words_in
from models.families.tokens.prior import GridPrior
from models.families.tokens.text_prior import EMPTY, LENGTH, MERGES, TextPrior
from models.families.tokens.tokens import Tokens
from models.families.tokens.tokens_config import GridSampling, MaskedSampling, TokensConfig
from models.image_spec import ImageSpec
from models.learning import ema
from models.parameters import Declared, ParameterError, param
from models.parts import byte_pairs
from models.parts.words import words_of
from models.train_state import TrainState


@dataclass(frozen=True)
class Text2ImageConfig(TokensConfig):
    """Parameters of pictures of words."""

    caption_drop: float = param(
        0.1, label="Without a caption", low=0.0, high=0.5, step=0.05, term="caption dropout",
        live=True, advanced=True,
        help="This part of the pictures is shown without its caption, so that the model also "
        "learns what is likely without words, which guidance is measured against.",
    )  # fmt: skip


@dataclass(frozen=True)
class Asked(Declared):
    """What is asked for, and how strictly."""

    prompt: str = param(
        "", label="Prompt", term="text prompt", content="prompt",
        help="What the picture is to be of, in words of the captions that the model has learnt.",
    )  # fmt: skip
    guidance: float = param(
        2.0, label="Faithfulness", low=1.0, high=8.0, step=0.1, term="classifier-free guidance",
        help="How strictly the words are followed. Higher is nearer to them and less varied.",
    )  # fmt: skip


@dataclass(frozen=True)
class AskedInTurn(GridSampling, Asked):
    """Of a prior that lays row by row."""


@dataclass(frozen=True)
class AskedMasked(MaskedSampling, Asked):
    """Of one that lays several cells at a time. What is asked for comes out clearest where the
    surest ones are laid first: 4.5 is the choice temperature of MaskGIT."""

    choice: float = param(4.5)


@register
class Text2Image(Tokens):
    """As its base, with captions: Chang 2023, 'Muse', arXiv:2301.00704, with a byte-pair encoding
    and embeddings of its own. Guidance: Ho & Salimans 2022, arXiv:2207.12598, Eq. 6, of logits.

    Tensors: as its base, and prior.texts, prior.orders; merges int64 [767, 2] of the encoding,
    -1 where there is none, and captions uint8 [131072], those that it has learnt from.
    """

    name = "text2image"
    title = "Pictures of words"
    summary = "Draws what a prompt asks for, in the words of the captions it has learnt from."
    Config = Text2ImageConfig
    Sampling = AskedMasked
    facts = replace(Tokens.facts, captions=True, first_picture=100_000)
    kept_back = frozenset({"captions"})
    config: Text2ImageConfig
    prior: TextPrior
    prior_ema: TextPrior
    merges: Tensor
    captions: Tensor

    def __init__(self, config: Text2ImageConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec)
        self.prior = TextPrior(
            self.quantiser.size, self.grid, config.prior_width, config.prior_depth,
            config.order == "in_turn", image_spec.classes, self._shares(),
        )  # fmt: skip
        self.prior_ema = ema.averaged_copy(self.prior)
        self.register_buffer("merges", torch.full((MERGES, 2), -1))
        self.register_buffer("captions", torch.zeros(ROOM, dtype=torch.uint8))

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> TokensConfig:
        """As its base, but not mirrored: captions tell left from right, and flags and letters."""
        found = super().preset(image_spec, accelerator=accelerator, pictures=pictures)
        return replace(found, augment_mirror=False)

    @property
    def latent(self) -> LatentSpec:
        return replace(super().latent, has_prompt=True)

    @property
    def sampling(self) -> type[GridSampling]:
        return AskedInTurn if self.prior.causal else AskedMasked

    # ------------------------------------------------------------------ words

    def read(self, captions: Sequence[str]) -> None:
        found = byte_pairs.learnt(captions, MERGES)
        self.merges.fill_(-1)
        if found:
            self.merges[: len(found)] = torch.tensor(found)
        self.captions.copy_(packed(captions))

    def known_captions(self) -> tuple[str, ...]:
        return unpacked(self.captions)

    def _texts(self, texts: Sequence[str]) -> Tensor:
        """int64 [n, LENGTH]."""
        merges = [(one, two) for one, two in self.merges.tolist() if one >= 0]
        own = {each: byte_pairs.encoded(each, merges, LENGTH) for each in set(texts)}
        rows = [own[each] for each in texts]
        filled = [row + [EMPTY] * (LENGTH - len(row)) for row in rows]
        return torch.tensor(filled, device=self.merges.device).view(len(texts), LENGTH)

    def _checked(self, prompt: str) -> str:
        known = words_in(self.captions)
        unknown = [word for word in dict.fromkeys(words_of(prompt)) if word not in known]
        if unknown:
            raise ParameterError(
                "The model has never read {words}: use words of its captions, like {known}.",
                words=", ".join(unknown), known=", ".join(list(known)[:8]),
            )  # fmt: skip
        return prompt

    # ------------------------------------------------------------------ the prior

    def _given(self, n: int, labels: Tensor | None, state: TrainState) -> Tensor:
        if state.captions is None:
            raise ParameterError("The model learns from captions, and the pictures came without.")
        texts = self._texts(state.captions[:n])
        drop = torch.rand(n, 1, generator=state.generator, device=texts.device)
        texts = texts.masked_fill(drop < self.config.caption_drop, EMPTY)
        return self.prior.told(texts, labels)

    def _conditions(
        self, prior: GridPrior, labels: Tensor | None, n: int, sampling: GridSampling
    ) -> Tensor:
        """With the prompt, and behind it without, where guidance needs both."""
        assert isinstance(prior, TextPrior)
        assert isinstance(sampling, Asked)
        asked = self._texts([self._checked(sampling.prompt)] * n)
        told = prior.told(asked, labels)
        if not words_of(sampling.prompt) or sampling.guidance == 1:
            return told
        return torch.cat([told, prior.told(torch.full_like(asked, EMPTY), labels)])

    def _weighed(self, logits: Tensor, n: int, sampling: GridSampling) -> Tensor:
        assert isinstance(sampling, Asked)
        if len(logits) == n:
            return logits
        asked, plain = logits.split(n)
        return plain + sampling.guidance * (asked - plain)
