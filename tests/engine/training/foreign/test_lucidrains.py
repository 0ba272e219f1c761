"""A StyleGAN2 out of lucidrains' program, played here."""

from __future__ import annotations

from pathlib import Path

import torch

from tests.engine.training.foreign import reference_lucidrains as theirs
from tests.engine.training.foreign.arrivals import model_in

WIDTHS = [16, 16, 8, 4]


@torch.no_grad()
def test_pictures_are_the_same(tmp_path: Path) -> None:
    torch.manual_seed(4)
    styles, net = theirs.StyleVectorizer(16, 3), theirs.Generator(WIDTHS, 16)
    model = model_in(theirs.saved(tmp_path / "model_10.pt", styles, net))
    z, u = torch.randn(4, 2, 16), torch.rand(1, 32, 32, 1)
    wanted = theirs.to_bytes(net([styles(each) for each in z], u.expand(2, -1, -1, -1)))
    # Theirs is uniform, one for all levels and turned over; here it has variance 1, one a layer.
    normal = (u[..., 0].transpose(1, 2)[:, None] - 0.5) * 12**0.5
    noise = [normal[:, :, :h, :w] for h, w in model.generator.noise_sides()]
    w = torch.stack([model.map(each)[:, 0] for each in z], 1)
    made = model.to_picture(model.generator_ema(w, noise))
    assert wanted.float().std() > 10
    assert (wanted.int() - made.int()).abs().max() <= 1
    mean = styles(torch.randn(20_000, 16)).mean(0)
    assert torch.allclose(model.w_mean()[0], mean, atol=0.03)
