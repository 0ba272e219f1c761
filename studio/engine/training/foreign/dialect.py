"""What another program's models are to this one: a dialect, one file a program in `dialects/`.

Adding one is adding one file: a class with `name`, `title`, `terms`, `wanted`, `speaks` and
`translated`, decorated with :func:`register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from models.registry import Registry
from studio.engine.errors import UsageError
from studio.engine.said import Said
from studio.engine.training.foreign.contents import Contents
from studio.engine.training.foreign.refusal import ForeignError

if TYPE_CHECKING:
    from torch import Tensor

    from models.image_spec import ImageSpec
    from models.parameters import Value


@dataclass(frozen=True)
class Translated:
    """A model in this program's words: a family, its parameters, and tensors by its names.

    What there is no tensor for begins as the family does; `notes` say what that means.
    """

    family: str
    structure: Mapping[str, Value]
    """Parameters that have to be as they are; all others are those of the preset."""
    spec: ImageSpec
    tensors: dict[str, Tensor]
    notes: Sequence[Said] = ()
    images_seen: int = 0


class Dialect(ABC):
    """The models of one program."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The program's name."""
    terms: ClassVar[Said]
    """What its licence asks of whoever uses such a model."""
    wanted: ClassVar[tuple[str, ...]]
    """How the names of the tensors begin that are read."""

    @abstractmethod
    def speaks(self, contents: Contents) -> bool:
        """Whether this is a file of that program."""

    @abstractmethod
    def translated(self, contents: Contents, file_name: str) -> Translated:
        """The model in it. Raises :class:`ForeignError` for one that cannot be held."""


@dataclass
class Weights:
    """The tensors of one network, each of which has to be asked for."""

    tensors: Mapping[str, Tensor]
    _asked: set[str] = field(default_factory=set)

    def __contains__(self, name: str) -> bool:
        return name in self.tensors

    def take(self, name: str, *shape: int) -> Tensor:
        """A tensor in full precision, of `shape` where that is given."""
        found = self.tensors.get(name)
        if found is None:
            raise ForeignError(Said("it has no {name}, which this kind of model has", name=name))
        self._asked.add(name)
        if shape and found.numel() != _count(shape):
            raise ForeignError(
                Said(
                    "its {name} has the shape {shape} instead of {wanted}", name=name,
                    shape=_by(found.shape), wanted=_by(shape),
                )
            )  # fmt: skip
        found = found.float()
        return found.reshape(shape) if shape else found

    def count(self, pattern: str) -> int:
        """How many numbers from 0 on `pattern` with `{}` is there for."""
        number = 0
        while pattern.format(number) in self.tensors:
            number += 1
        return number

    def pass_over(self, *endings: str) -> None:
        """Nothing is lost without the tensors that end so."""
        self._asked |= {name for name in self.tensors if name.endswith(endings)}

    def check_all_taken(self) -> None:
        """Raise :class:`ForeignError` where something would be lost."""
        left = sorted(self.tensors.keys() - self._asked)
        if left:
            raise ForeignError(
                Said("its networks have parts that this program's do not ({name})", name=left[0])
            )


def _count(shape: Sequence[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count


def _by(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "1"


def sizes(rising: Sequence[int]) -> dict[str, Value]:
    """`top_width` and `width` of channels from the base grid up; refused where they do not double.

    Raises :class:`ForeignError`.
    """
    top, widest = rising[-1], max(rising)
    doubled = [min(widest, top << k) for k in range(len(rising))]
    if list(reversed(doubled)) != list(rising):
        raise ForeignError(
            Said("its levels are {sizes} channels wide, and only doubling ones can be held",
                 sizes=", ".join(map(str, rising)))
        )  # fmt: skip
    return {"top_width": top, "width": widest}


def is_soft(kernel: Tensor) -> bool:
    """Whether a filter is [1, 3, 3, 1] both ways, of any strength."""
    import torch

    row = torch.tensor([1.0, 3.0, 3.0, 1.0])
    if kernel.numel() not in (4, 16):
        return False
    wanted = torch.outer(row, row) if kernel.numel() == 16 else row
    kernel = kernel.float().reshape(wanted.shape)
    return torch.allclose(kernel / kernel.sum(), wanted / wanted.sum(), atol=1e-4)


def check_filters(tensors: Mapping[str, Tensor], ending: str) -> None:
    """Raise :class:`ForeignError` where one that ends so is another than [1, 3, 3, 1]."""
    for name, kernel in tensors.items():
        if name.endswith(ending) and not is_soft(kernel):
            raise ForeignError(Said("it resamples with another filter than 1, 3, 3, 1"))


def without_critic(why: Said) -> Said:
    """What it means that only the generator could be taken over."""
    return Said(
        "Its discriminator is not taken over ({reason}): a run that learns on from this model "
        "begins with a new one.", reason=why,
    )  # fmt: skip


_REGISTRY = Registry[type[Dialect]](
    "studio.engine.training.foreign.dialects",
    lambda name, known: UsageError(
        "There is no kind of model {name}. Known: {known}.", name=name, known=known
    ),
)
register, dialects = _REGISTRY.register, _REGISTRY.all
