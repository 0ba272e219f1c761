"""The contract of a family of generative models, and the registry of families.

Images at the border are uint8 NHWC sRGB; inside a family they are float NCHW in
[-1, 1]. A fourth channel is alpha: straight at the border, and colour is
premultiplied inside so that what hides under transparent pixels never leaks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from models import border
from models.bending import Bends, Layer
from models.border import shrink
from models.draws import Draws
from models.facts import Facts, LatentSpec
from models.image_spec import ImageSpec
from models.parameters import Declared, ParameterError
from models.registry import Registry
from models.train_state import TrainState


class Family(nn.Module, ABC):
    """One family of models: a folder in `models/families/`, its class decorated with `register`.

    Everything it owns for generating (EMA copies, latent statistics, a fitted
    prior) is a submodule or a persistent buffer: `state_dict` is the whole model.

    Where `image_spec.classes` is above 0 every latent belongs to a class, and `class_shares`
    [classes] is how much of the training set each one is (even until `refresh` has counted).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    """The artist's word, in English (translated by the window)."""
    summary: ClassVar[str]
    """One sentence: what it is good for."""
    Config: ClassVar[type[Declared]]
    Sampling: ClassVar[type[Declared]] = Declared
    """What can be set of how chance is used where a seed is drawn; nothing in most families."""
    facts: ClassVar[Facts] = Facts()
    kept_back: ClassVar[frozenset[str]] = frozenset()
    """Tensors that drawing does not ask for and that hold what is the artist's own: they do not
    leave with the weights."""
    divided: ClassVar[tuple[str, ...]] = ()
    """The networks of which each of several processes may carry out its own part of a batch: see
    :class:`models.learning.division.Division`. A family without any trains in one process."""
    class_shares: Tensor

    def __init__(self, config: Declared, image_spec: ImageSpec) -> None:
        super().__init__()
        self.config = config
        self.image_spec = image_spec
        if count := image_spec.classes:
            self.register_buffer("class_shares", torch.full((count,), 1 / count))

    @classmethod
    @abstractmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> Declared:
        """The recommended Config for this size: a CPU size, or a GPU size with `accelerator`."""

    @property
    @abstractmethod
    def latent(self) -> LatentSpec:
        """Shape and nature of the latent."""

    @property
    def sampling(self) -> type[Declared]:
        """What of `Sampling` this model has a use for."""
        return self.Sampling

    @abstractmethod
    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """The optimisers by a stable name, made on first call; the loop saves and loads them."""

    @abstractmethod
    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        """One step on `batch` (uint8 NHWC on the device): losses, backward, optimisers, EMA.

        Returns scalars on the device, detached. No host synchronisation inside.
        """

    @classmethod
    def augmented(
        cls, config: Declared, x: Tensor, generator: torch.Generator, p: float | None = None
    ) -> Tensor:
        """What training shows its networks of pictures x (float NCHW in [-1, 1]).

        By the very code of `training_step`; `p` in [0, 1] takes the place of the probability in
        `config`, where the family has one. The default changes nothing.
        """
        return x

    def read(self, captions: Sequence[str]) -> None:
        """Take in the captions of all training pictures, before the first step of a run."""

    def known_captions(self) -> tuple[str, ...]:
        """Captions that it has learnt from, where it can be asked in words."""
        return ()

    def set_live(self, config: Declared) -> None:
        """Take over changed `live` parameters between two steps."""
        self.config = config

    @torch.no_grad()
    def refresh(
        self, batches: Callable[[], Iterable[Tensor]], labels: Tensor | None = None
    ) -> None:
        """Make ready to generate (fit a prior, gather statistics). Called before samples.

        `batches()` runs once over training pictures (uint8 NHWC on the device,
        no augmentation); `labels` int64 [N] are the classes of all of them in that order, given
        only where the model has classes. Must not touch the training generator and must be
        deterministic. The default counts the classes.
        """
        if self.image_spec.classes and labels is not None and len(labels):
            counts = torch.bincount(labels.cpu(), minlength=self.image_spec.classes)
            self.class_shares.copy_(counts / len(labels))

    @abstractmethod
    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        """Latents w float32 [n, slots, dim]; picture i depends only on `seed + i`, psi and label.

        `truncation_psi` in [0, 1.5] pulls towards the mean: w_mean + psi * (w - w_mean). In a
        model with classes all pictures are of the class `label`, or with None of one that
        `seed + i` draws by `class_shares`, and the mean is that of the class. A model
        without classes takes no notice of `label`.
        """

    def sample_by(self, sampling: Declared, n: int, seed: int, label: int | None = None) -> Tensor:
        """As `sample` without truncation, as one of the class `self.sampling` says."""
        return self.sample(n, seed, label=label)

    def population(self, n: int, seed: int) -> Tensor:
        """The latents of `sample` for statistics: all at once, so that last bits may differ."""
        return self.sample(n, seed)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        """Prior sample z [n, ...] to w [n, slots, dim]; the identity for a flat latent.

        In a model with classes w is of the class `label`; None is the middle of them all.
        """
        return z.reshape(z.shape[0], self.latent.slots, self.latent.dim)

    def redraw(
        self, w: Tensor, chosen: Tensor, sampling: Declared, seed: int, label: int | None = None
    ) -> Tensor:
        """w [n, slots, dim] with the slots that are `chosen`, bool [slots], drawn anew by the seeds
        from `seed` on, so that they fit the others; only where `latent.has_repair`."""
        raise ParameterError(
            "The {name} family cannot draw a part of a picture anew.", name=self.name
        )

    @abstractmethod
    def w_mean(self) -> Tensor:
        """The mean latent [slots, dim]: where truncation 0 leads."""

    @abstractmethod
    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        """Network pictures [n, channels, H, W] of w [n, slots, dim], by the EMA weights.

        With `resolution` the activations [n, c, h, w] nearest to so many pixels. `bends` change
        what the layers of :meth:`layers` say; a family without any is given none.
        """

    def layers(self) -> tuple[Layer, ...]:
        """Where `draw` can be bent, from coarse to fine; only where `latent.has_layers`."""
        return ()

    @property
    def chance(self) -> int:
        """How many numbers N(0, 1) `map` makes a latent of; 0 where latents come otherwise."""
        return 0

    def noise_sides(self) -> list[tuple[int, int]]:
        """(height, width) of the noise that `draw_with` takes, in its order."""
        return [(layer.height, layer.width) for layer in self.layers() if layer.noisy]

    def draw_with(self, w: Tensor, noise: Sequence[Tensor]) -> Tensor:
        """As `draw` with given noise [n or 1, 1, h, w], of any number n of pictures.

        Programs that play a model without this one are made of it: no number of it may depend
        on how many pictures there are. Families with noise in their layers override it.
        """
        return self.draw(w)

    @torch.no_grad()
    def synthesize(
        self, w: Tensor, noise_seed: int = 0, max_resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        """uint8 NHWC pictures of w [n, slots, dim]; halved until they are as small as wanted."""
        plain = bends is None
        drawn = self.draw(w, noise_seed) if plain else self.draw(w, noise_seed, bends=bends)
        return self.to_picture(shrink(drawn, max_resolution))

    def draft(self, w: Tensor, noise_seed: int = 0, bends: Bends | None = None) -> Tensor | None:
        """As `synthesize` at about half the sides, where that is on the way to the whole picture;
        None where it would be sooner than it by nothing."""
        return None

    def features(self, w: Tensor, resolution: int) -> Tensor:
        """Activations [n, c, h, w] of the EMA generator nearest to `resolution` pixels."""
        return self.draw(w, 0, resolution)

    def styles(self, w: Tensor) -> Tensor:
        """What the first weights behind the latent make of w [n, slots, dim]: [n, outputs].

        Affine in w, and all that the EMA generator sees of it; only where `latent.has_styles`.
        """
        raise ParameterError(
            "The {name} family has no weights that its latent goes through first.", name=self.name
        )

    def encode(self, images: Tensor) -> Tensor:
        """w [n, slots, dim] of uint8 NHWC pictures; only where `latent.has_encoder`."""
        raise ParameterError(
            "The {name} family has no encoder: it cannot encode a picture.", name=self.name
        )

    def kl_by_number(self, images: Tensor, labels: Tensor | None = None) -> Tensor | None:
        """Nats [dim] that each number of the posterior tells of uint8 NHWC pictures, on average.

        That is KL(posterior || prior), in a model with classes that of the classes `labels` [n];
        None where there is no posterior.
        """
        return None

    @torch.no_grad()
    def score(self, images: Tensor) -> Tensor:
        """The critic's opinion [n] of uint8 NHWC pictures; only where `latent.has_critic`."""
        return self.opinion(self.to_network(images))

    def opinion(self, x: Tensor) -> Tensor:
        """The same [n] of network pictures [n, channels, H, W], through which gradients flow."""
        raise ParameterError(
            "The {name} family has no discriminator: it cannot score a picture.", name=self.name
        )

    to_network = staticmethod(border.to_network)
    to_picture = staticmethod(border.to_picture)


def seeded_normal(n: int, seed: int, shape: Sequence[int]) -> Tensor:
    """N(0, 1) float32 [n, *shape] on the CPU; row i depends only on `seed + i`."""
    rows = [Draws(seed + i).normal(*shape) for i in range(n)]
    return torch.stack(rows) if rows else torch.empty(0, *shape)


_REGISTRY = Registry[type[Family]](
    "models.families",
    lambda name, known: ParameterError(
        "There is no family {name}. Known: {known}.", name=name, known=known
    ),
)
register, families, family = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one
