"""lightweight-gan and lucidrains' stylegan2-pytorch as baselines of the side by side.

Both come from the registry and need CUDA and torchvision. Each trains by its own trainer with its
own defaults, but for the batch, which is put through the networks at once instead of in parts; what
they draw in between is left out.
"""

from __future__ import annotations

import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

BATCH, LOADERS = 32, 4
NEVER = 10**9


class Peer:
    """One of them, on a folder of its own."""

    def __init__(self, name: str, side: int, seed: int) -> None:
        torch.manual_seed(seed)
        self._place = tempfile.TemporaryDirectory()
        self.folder = Path(self._place.name)
        options: dict[str, Any] = {
            "name": "peer", "base_dir": self._place.name, "image_size": side, "batch_size": BATCH,
            "gradient_accumulate_every": 1, "num_workers": LOADERS, "save_every": NEVER,
            "evaluate_every": NEVER, "aug_prob": None,
        }  # fmt: skip
        if name == "lightweight_gan":
            from lightweight_gan.lightweight_gan import Trainer

            self.trainer: Any = Trainer(**options, use_aim=False)
            self._draw = self._lightweight
        else:
            sys.modules.setdefault("aim", types.ModuleType("aim"))  # its log, which is off
            from stylegan2_pytorch.stylegan2_pytorch import Trainer as StyleTrainer

            self.trainer = StyleTrainer(**options)
            self._draw = self._stylegan2
        self.trainer.evaluate = lambda *_, **__: None

    def learn(self, pictures: np.ndarray, minutes: float) -> int:
        """Train on uint8 [N, H, W, 3] for so long; returns how many it has seen."""
        shown = self.folder / "pictures"
        shown.mkdir()
        for number, picture in enumerate(pictures):
            Image.fromarray(picture).save(shown / f"{number:06}.png")
        self.trainer.set_data_src(str(shown))
        began = time.monotonic()
        while time.monotonic() - began < 60 * minutes:
            self.trainer.train()
        return int(self.trainer.steps) * BATCH

    def drawn(self, count: int, seed: int) -> dict[str, np.ndarray]:
        """Pictures uint8 [count, H, W, 3] of its weights and of their average."""
        self.trainer.GAN.eval()
        found = {}
        for name, averaged in (("weights", False), ("average", True)):
            torch.manual_seed(seed)
            parts = [self._draw(min(BATCH, count - n), averaged) for n in range(0, count, BATCH)]
            made = torch.cat(parts).mul(255).add(0.5).clamp(0, 255).to(torch.uint8)
            found[name] = made.permute(0, 2, 3, 1).cpu().numpy()
        return found

    @torch.no_grad()
    def _lightweight(self, count: int, averaged: bool) -> Tensor:
        gan = self.trainer.GAN
        z = torch.randn(count, gan.latent_dim, device="cuda")
        made: Tensor = self.trainer.generate_(gan.GE if averaged else gan.G, z)
        return made

    @torch.no_grad()
    def _stylegan2(self, count: int, averaged: bool) -> Tensor:
        gan = self.trainer.GAN
        styler, painter = (gan.SE, gan.GE) if averaged else (gan.S, gan.G)
        z = torch.randn(count, gan.G.latent_dim, device="cuda")
        noise = torch.rand(count, gan.G.image_size, gan.G.image_size, 1, device="cuda")
        made: Tensor = self.trainer.generate_truncated(
            styler, painter, [(z, gan.G.num_layers)], noise, trunc_psi=1.0
        )
        return made
