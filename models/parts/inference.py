"""Networks that only draw, made ready for it: weights turned and packed once, not at every call.

For single pictures in full precision on a processor. What is kept follows the weights: it is made
at the first picture, and again after they have changed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import chain
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from models.parts import winograd
from models.parts.packed import PackedConv
from models.parts.seamless import wrapped
from models.parts.winograd import Winograd

Net = TypeVar("Net", bound=nn.Module)
Drawing = Callable[..., Tensor]
"""What a network does when it is called."""


class Inference:
    """The networks of one model, ready to draw; each is kept as long as its weights stay."""

    def __init__(self) -> None:
        self._ready: dict[nn.Module, tuple[_Weights, Drawing]] = {}

    def of(self, net: Net, w: Tensor, prepare: Callable[[Net], Drawing] | None = None) -> Drawing:
        """What draws as `net` does from latents w [n, ...]: itself, or where it is faster another.

        `prepare` makes that other one, by default :func:`prepared`.
        """
        if (
            torch.compiler.is_exporting()
            or len(w) != 1
            or w.device.type != "cpu"
            or w.dtype != torch.float32
            or _is_learning(w)
        ):
            return net
        weights, ready = self._ready.get(net, (None, net))
        if weights is None or weights.have_changed():
            weights = _Weights(net)
            if not weights.are_still():
                return net
            with torch.inference_mode(False), torch.no_grad():
                ready = (prepare or prepared)(net)
            self._ready[net] = weights, ready
        return ready

    def drop(self) -> None:
        """Give the memory back: the weights are about to change."""
        self._ready.clear()


def _is_learning(w: Tensor) -> bool:
    """Whether gradients are wanted, or another precision than full."""
    return torch.is_autocast_enabled("cpu") or (torch.is_grad_enabled() and w.requires_grad)


class _Weights:
    """The tensors of a network, and how they were."""

    def __init__(self, net: nn.Module) -> None:
        # A walk through the modules would take as long as a small picture.
        self._owners = [owner for m in net.modules() for owner in (m._parameters, m._buffers)]
        self._then = self._now()
        if self.are_still():
            self._counts = [(tensor._version, tensor.data_ptr()) for tensor in self._then]

    def are_still(self) -> bool:
        """Whether all are as averages are; tensors of inference mode do not count changes."""
        return all(
            tensor.device.type == "cpu" and tensor.dtype in (torch.float32, torch.int64)
            and not tensor.requires_grad and not tensor.is_inference()
            for tensor in self._then
        )  # fmt: skip

    def have_changed(self) -> bool:
        """Whether another stands in the place of one, or one counts more changes."""
        now = self._now()
        return len(now) != len(self._then) or any(
            tensor is not before or (tensor._version, tensor.data_ptr()) != count
            for tensor, before, count in zip(now, self._then, self._counts, strict=True)
        )

    def _now(self) -> list[Tensor]:
        return [tensor for owner in self._owners for tensor in owner.values() if tensor is not None]


def prepared(net: nn.Module) -> nn.Module:
    """A copy of `net` that shares its tensors, with wide and plain convolutions ready."""
    shared: dict[int, object] = {id(t): t for t in chain(net.parameters(), net.buffers())}
    made = copy.deepcopy(net, shared)
    for parent in list(made.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.Conv2d) and _is_plain(child):
                setattr(parent, name, ReadyConv(child))
    return made


def _is_plain(conv: nn.Conv2d) -> bool:
    padding, stride = conv.padding, conv.stride
    return (
        # Packed, single pixels and groups take longer than as they lie (oneDNN 3.12).
        conv.groups == 1 and conv.kernel_size != (1, 1)
        and not isinstance(padding, str) and padding[0] == padding[1] and stride[0] == stride[1]
        and conv.dilation == (1, 1) and conv.padding_mode in ("zeros", "circular")
    )  # fmt: skip


class ReadyConv(nn.Module):
    """A convolution of one picture, packed or by Winograd, whichever suits the picture's size."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        self.seamless = conv.padding_mode == "circular" and conv.padding != (0, 0)
        self._packed: PackedConv | None = None
        self._winograd: Winograd | None = None

    def forward(self, x: Tensor) -> Tensor:
        """[1, in, h, w] to [1, out, h', w']."""
        conv = self.conv
        if self._suits_winograd(x):
            if self._winograd is None:
                with torch.inference_mode(False):
                    self._winograd = Winograd(conv.weight, self.seamless)
            return self._winograd(x, conv.bias)
        padding = cast("int", conv.padding[0])
        if self._packed is None:
            with torch.inference_mode(False):
                margin = 0 if self.seamless else padding
                self._packed = PackedConv(conv.weight, conv.stride[0], margin)
        return self._packed(wrapped(x, padding) if self.seamless else x, conv.bias)

    def _suits_winograd(self, x: Tensor) -> bool:
        conv = self.conv
        same = conv.stride == conv.padding == (1, 1)
        return same and winograd.pays(conv.weight, *x.shape[2:])
