"""Convolutions that only draw: as those of training, whatever way they are carried out."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts import packed
from models.parts.inference import Inference, prepared
from models.parts.packed import PackedConv, PackedTransposed, can_pack
from models.parts.seamless import close, wrapped
from models.parts.winograd import Winograd, pays

CLOSE = 2e-5
"""Of numbers about 1."""


@pytest.fixture(params=["packed", "contiguous"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the operators of oneDNN, and as where there are none."""
    if request.param == "contiguous":
        monkeypatch.setattr(packed, "can_pack", lambda: False)
    elif not can_pack():
        pytest.skip("this build of PyTorch has no such operators")
    return str(request.param)


def random(*shape: int) -> Tensor:
    made = torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))
    return made.contiguous(memory_format=torch.channels_last) if len(shape) == 4 else made


def kernel(out: int, inputs: int, side: int = 3) -> Tensor:
    return random(out, inputs, side, side) / (inputs * side**2) ** 0.5


def apart(one: Tensor, two: Tensor) -> float:
    assert one.shape == two.shape
    return float((one - two).abs().max())


@pytest.mark.parametrize(("stride", "padding", "groups"), [(1, 1, 1), (2, 1, 1), (1, 0, 4)])
def test_a_packed_convolution_is_the_same(way: str, stride: int, padding: int, groups: int) -> None:
    x, weight, bias = random(1, 8, 7, 10), kernel(12, 8 // groups), random(12)
    conv = PackedConv(weight, stride, padding, groups)
    assert conv.packed == (way == "packed")
    for given in (bias, None):
        wanted = F.conv2d(x, weight, given, stride, padding, groups=groups)
        assert apart(conv(x, given), wanted) < CLOSE


def test_a_packed_transposed_convolution_is_the_same(way: str) -> None:
    x, weight = random(1, 8, 5, 6), kernel(12, 8)
    wanted = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
    made = PackedTransposed(weight)(x)
    assert wanted.shape[2:] == (11, 13)
    assert apart(made, wanted) < CLOSE


@pytest.mark.parametrize("shape", [(4, 4), (16, 16), (20, 12), (52, 40), (8, 88)])
@pytest.mark.parametrize("seamless", [False, True])
def test_tiles_make_the_same_picture(shape: tuple[int, int], seamless: bool) -> None:
    x, weight, bias, style = random(1, 6, *shape), kernel(5, 6), random(5), random(6)
    x[0, :, 0] += 3  # the edges count
    conv = Winograd(weight, seamless)

    def wanted(x: Tensor) -> Tensor:
        return F.conv2d(wrapped(x, 1), weight) if seamless else F.conv2d(x, weight, padding=1)

    assert apart(conv(x), wanted(x)) < CLOSE
    assert apart(conv(x, bias, style), wanted(x * style[:, None, None]) + bias[:, None, None]) < (
        3 * CLOSE
    )


def test_only_wide_layers_of_whole_tiles_are_cut_into_them() -> None:
    wide, narrow, point = kernel(128, 128), kernel(128, 64), kernel(128, 128, 1)
    assert pays(wide, 16, 24)
    for weight, height, width in (
        (narrow, 16, 16), (point, 16, 16), (wide, 8, 16), (wide, 18, 16), (wide, 16, 22),
    ):  # fmt: skip
        assert not pays(weight, height, width)


# ---------------------------------------------------------------------- whole networks


class Net(nn.Module):
    """Layers of every kind that there is in a decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(128, 128, 3, padding=1)
        self.narrow = nn.Conv2d(128, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.grouped = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.out = nn.Conv2d(8, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(F.silu(self.grouped(self.norm(self.narrow(F.silu(self.wide(x)))))))


def averaged(seamless: bool = False) -> Net:
    torch.manual_seed(0)
    net = Net()
    if seamless:
        close(net)
    return net.requires_grad_(False).eval()


@pytest.mark.parametrize("seamless", [False, True])
def test_a_network_draws_the_same(way: str, seamless: bool) -> None:
    net = averaged(seamless)
    ready = prepared(net)
    for shape in ((16, 16), (8, 8), (20, 12)):
        x = random(1, 128, *shape)
        assert apart(ready(x), net(x)) < CLOSE
    held = {t.data_ptr() for t in net.parameters()}
    assert {t.data_ptr() for t in ready.parameters()} == held  # no second copy of what is shared


def test_it_follows_the_weights_however_they_change() -> None:
    net, x, inference = averaged(), random(1, 128, 16, 16), Inference()

    def drawn() -> Tensor:
        return inference.of(net, x)(x)

    with torch.inference_mode():
        assert apart(drawn(), net(x)) < CLOSE
        assert inference.of(net, x) is inference.of(net, x) is not net
    other = {name: 1.5 * tensor for name, tensor in averaged().state_dict().items()}

    def averaged_on() -> None:
        torch._foreach_lerp_(list(net.parameters()), [t + 1 for t in net.parameters()], 0.1)

    changes = {
        "stepped": averaged_on,
        "set": lambda: net.wide.weight.fill_(0.01),
        "loaded": lambda: net.load_state_dict(other),
        "assigned": lambda: net.load_state_dict({k: t + 1 for k, t in other.items()}, assign=True),
        "ordered": lambda: net.to(memory_format=torch.channels_last),  # type: ignore[call-overload]
        "statistics": lambda: net.norm.running_mean.fill_(0.3),  # type: ignore[union-attr]
    }
    for name, change in changes.items():
        before = drawn()
        change()
        assert apart(drawn(), net(x)) < 20 * CLOSE * max(1.0, float(net(x).abs().max())), name
        assert name == "ordered" or not torch.equal(drawn(), before), name


def test_whatever_else_is_drawn_by_the_network_itself() -> None:
    net, x, inference = averaged(), random(1, 128, 8, 8), Inference()
    assert inference.of(net, random(2, 128, 8, 8)) is net
    assert inference.of(net, x.double()) is net
    assert inference.of(net, x.to("meta")) is net
    assert inference.of(net, x.clone().requires_grad_()) is net
    with torch.autocast("cpu", torch.bfloat16):
        assert inference.of(net, x) is net
    with torch.no_grad():
        assert inference.of(net, x.clone().requires_grad_()) is not net
    assert inference.of(averaged().double(), x).training is False  # type: ignore[attr-defined]
    learning = Net()
    assert inference.of(learning, x) is learning
    with torch.inference_mode():
        uncounted = averaged()
        assert inference.of(uncounted, x) is uncounted
    assert inference.of(net, x)(x).shape == (1, 3, 8, 8)
