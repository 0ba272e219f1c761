"""Several processes that take one training step together, each with a part of every batch.

All of them hold the whole model and go through the same step on the whole batch, with the same
chance. What a step costs is in its networks: of those each process puts its own rows through, and
what comes out is joined again. So a loss, a statistic of a batch, a book of codes or a penalty
means what it means in one process, whatever a family does in its step, and the gradients of all
weights are those of the whole batch as soon as they are there.

The operators come in pairs, each the gradient of the other, so that gradients can be
differentiated again: rows of what all have and the whole of what each has; weights that all have,
whose gradients are added up (f and g of Shoeybi 2019, 'Megatron-LM', arXiv:1909.08053, Sec. 3,
here for the pictures of a batch).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from models.base import Family


class PartnerLost(RuntimeError):  # noqa: N818  # named as what happened
    """Another process of the run has ended, or cannot be reached."""


class Rows(NamedTuple):
    """Those of one process, from `first` on and before `last`, of `whole`."""

    first: int
    last: int
    whole: int

    @property
    def own(self) -> int:
        """How many they are."""
        return self.last - self.first


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Whatever is sent to the others inside; :class:`PartnerLost` where one is gone."""
    try:
        yield
    except RuntimeError as error:
        raise PartnerLost(str(error)) from error


def rows_of(whole: int, rank: int, count: int, together: int = 1) -> Rows:
    """As even as can be, in whole groups of `together`."""
    groups = whole // together
    first, last = groups * rank // count, groups * (rank + 1) // count
    return Rows(first * together, last * together, whole)


class Division:
    """How process `rank` of `count` shares the work of networks with the others.

    A family names its networks in `divided`. Their arguments are tensors whose first side is the
    pictures, lists of such, functions of the number of pictures (and more) that draw at random
    for so many, and whatever is the same for all pictures. A network that compares pictures
    says by `together(n)` how many neighbours have to stay together. Fewer pictures than processes
    are put through by each of them.
    """

    def __init__(self, rank: int, count: int) -> None:
        self.rank, self.count = rank, count
        self._rows: Rows | None = None
        """Of this process in the network that is being carried out."""

    @contextlib.contextmanager
    def of(self, family: Family) -> Iterator[None]:
        """The networks of a family are divided inside, and are as they were afterwards."""
        changed: list[nn.Module] = []
        try:
            for net in _networks(family):
                for norm in net.modules():
                    if isinstance(norm, nn.BatchNorm2d):
                        self._replace(norm, self._normalised)
                        changed.append(norm)
                self._replace(net, self._called)
                changed.append(net)
            yield
        finally:
            for module in changed:
                module.__dict__.pop("forward", None)

    @staticmethod
    def _replace(module: nn.Module, by: Callable[..., Any]) -> None:
        own = module.forward

        def forward(*arguments: Any, **options: Any) -> Any:
            return by(module, own, *arguments, **options)

        module.__dict__["forward"] = forward

    def _called(
        self, net: nn.Module, own: Callable[..., Any], first: Tensor, *more: Any, **options: Any
    ) -> Any:
        rows = self._share(net, len(first))
        if self._rows is not None or rows is None:
            return own(first, *more, **options)
        buffers = [(each, each._version) for each in net.buffers() if each.is_floating_point()]
        self._rows = rows
        try:
            taken = _taken((first, *more), rows)
            made = self._carried_out(net, own, taken, _taken(options, rows))
        finally:
            self._rows = None
        for buffer, version in buffers:
            if buffer._version != version:  # a mean over the pictures of this process
                buffer.copy_(_summed(buffer * (rows.own / rows.whole)))
        return _joined(made, rows)

    def _share(self, net: nn.Module, whole: int) -> Rows | None:
        """The rows of this process; None where they cannot be divided."""
        together: Callable[[int], int] = getattr(net, "together", lambda n: 1)
        size = together(whole)
        for rank in range(self.count):
            each = rows_of(whole, rank, self.count, size)
            if not each.own or together(each.own) != size:
                return None
        return rows_of(whole, self.rank, self.count, size)

    @staticmethod
    def _carried_out(
        net: nn.Module, own: Callable[..., Any], arguments: Any, options: dict[str, Any]
    ) -> Any:
        learnt = {name: each for name, each in net.named_parameters() if each.requires_grad}
        if not learnt or not torch.is_grad_enabled():
            return own(*arguments, **options)
        weights = dict(zip(learnt, _shared(*learnt.values()), strict=True))
        return torch.func.functional_call(net, weights, arguments, options)

    def _normalised(self, norm: nn.BatchNorm2d, own: Callable[[Tensor], Tensor], x: Tensor) -> Any:
        """Batch normalisation by the statistics of all rows: Ioffe 2015, arXiv:1502.03167."""
        if self._rows is None or not norm.training:
            return own(x)
        exact = x.float()
        count = self._rows.whole * x.shape[2] * x.shape[3]
        mean = (_total(exact.sum((0, 2, 3), dtype=torch.float64)) / count).float()
        apart = exact - mean[:, None, None]
        variance = _total(apart.square().sum((0, 2, 3), dtype=torch.float64)) / count
        if norm.running_mean is not None and norm.running_var is not None:
            assert norm.momentum is not None
            norm.running_mean.lerp_(mean.detach(), norm.momentum)
            norm.running_var.lerp_(variance.detach().float() * count / (count - 1), norm.momentum)
            if norm.num_batches_tracked is not None:
                norm.num_batches_tracked.add_(1)
        scale = (variance + norm.eps).rsqrt().float() * norm.weight
        made = apart * scale[:, None, None] + norm.bias[:, None, None]
        return made.to(x.dtype)


def _networks(family: Family) -> list[nn.Module]:
    """Those that a family divides, without the ones that its configuration leaves out."""
    found = (attrgetter(name)(family) for name in family.divided)
    return [net for net in found if net is not None]


def _taken(value: Any, rows: Rows) -> Any:
    """What of the arguments of a network belongs to these rows."""
    if isinstance(value, Tensor):
        if value.ndim == 0 or len(value) != rows.whole:
            return value
        return _part(value, rows)
    if isinstance(value, dict):
        return {key: _taken(each, rows) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_taken(each, rows) for each in value)
    if callable(value):

        def drawn(n: int, *shape: int) -> Tensor:
            whole: Tensor = value(rows.whole, *shape)  # all processes use up the same chance
            return whole[rows.first : rows.last]

        return drawn
    return value


def _joined(value: Any, rows: Rows) -> Any:
    """What came out of a network, of all processes."""
    if isinstance(value, Tensor):
        return _all(value, rows)
    if isinstance(value, list | tuple):
        return type(value)(_joined(each, rows) for each in value)
    return value


def _summed(tensor: Tensor) -> Tensor:
    """The sum over all processes, the same to the last bit in each."""
    flat = tensor.detach().clone(memory_format=torch.contiguous_format)
    with reached():
        dist.all_reduce(flat)
    return flat


def _put_together(own: Tensor, rows: Rows) -> Tensor:
    whole = own.new_zeros((rows.whole, *own.shape[1:]))
    whole[rows.first : rows.last] = own
    with reached():
        dist.all_reduce(whole)
    if own.ndim == 4 and own.is_contiguous(memory_format=torch.channels_last):
        return whole.contiguous(memory_format=torch.channels_last)
    return whole


def _part(whole: Tensor, rows: Rows) -> Tensor:
    return _Rows.apply(whole, rows)  # type: ignore[no-untyped-call]


def _all(own: Tensor, rows: Rows) -> Tensor:
    return _Whole.apply(own, rows)  # type: ignore[no-untyped-call]


def _shared(*weights: Tensor) -> tuple[Tensor, ...]:
    return _Weights.apply(*weights)  # type: ignore[no-untyped-call]


def _total(own: Tensor) -> Tensor:
    return _Total.apply(own)  # type: ignore[no-untyped-call]


class _Rows(torch.autograd.Function):
    """The rows of this process of a tensor that all have."""

    @staticmethod
    def forward(ctx: Any, whole: Tensor, rows: Rows) -> Tensor:
        ctx.rows = rows
        return whole[rows.first : rows.last].clone(memory_format=torch.preserve_format)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return _all(gradient, ctx.rows), None


class _Whole(torch.autograd.Function):
    """The tensor that all have, of the rows of each."""

    @staticmethod
    def forward(ctx: Any, own: Tensor, rows: Rows) -> Tensor:
        ctx.rows = rows
        return _put_together(own, rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return _part(gradient, ctx.rows), None


class _Weights(torch.autograd.Function):
    """Weights that all have and each uses for its own rows: their gradients are added up."""

    @staticmethod
    def forward(ctx: Any, *weights: Tensor) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)  # a weight that is not used has none
        return tuple(each.view_as(each) for each in weights)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        there = [each for each in gradients if each is not None]
        if not there:
            return gradients
        total = _summed(torch.cat([each.reshape(-1) for each in there]))
        parts = iter(total.split([each.numel() for each in there]))
        return tuple(None if each is None else next(parts).view(each.shape) for each in gradients)


class _Total(torch.autograd.Function):
    """A sum over all processes that each goes on with for its own rows."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:
        return _summed(own)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return _total(gradient)
