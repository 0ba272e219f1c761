"""How an enlarger learns: first to err least, then to have as much detail as originals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.artwork import Image
from studio.engine.devices import Device, autocast_dtype
from studio.engine.refinement.enlarger.originals import Pairs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.enlarger.network import Enlarger

BATCH, CROP = 16, 24
"""Pictures a step, and pixels of the small one that are seen of each."""
FAITHFUL_SHARE = 0.8
"""Of the time; the rest belongs to the critic."""
DRAWN_SHARE = 0.7
"""Of what is seen: as the model draws it. The rest is as prepared, so that nothing is unlearnt."""
_RATE, _LEAST_RATE, _SHARP_RATE = 1e-3, 1e-5, 1e-4
_HALF_LIFE = 500 * BATCH
_ADVERSARIAL, _SMALL_AGAIN = 0.01, 1.0
_CLIP = 1.0


class Descent:
    """One training, step by step. `faithful` and `sharp` are averages of weights."""

    def __init__(
        self, network: Enlarger, pairs: Pairs, device: Device, seed: int,
        drawn_share: float = DRAWN_SHARE,
    ) -> None:  # fmt: skip
        import torch

        from models.learning.ema import averaged_copy

        self.pairs, self.drawn_share = pairs, drawn_share
        self.device, self._dtype = torch.device(device.name), autocast_dtype(device, "auto")
        if self._dtype is torch.float16:
            self._dtype = None  # small gradients would need a scale
        self._draw = np.random.default_rng(seed)
        self.network = network.to(self.device)
        self.faithful = averaged_copy(self.network)
        self.sharp: Enlarger | None = None
        self.steps = self._since = 0
        self._optimizer = torch.optim.AdamW(self.network.parameters(), _RATE)
        self._critic: torch.nn.Module | None = None

    def step(self, done: float) -> None:
        """One step, `done` of the way (0 to 1)."""
        if done < FAITHFUL_SHARE:
            share = done / FAITHFUL_SHARE
            rate = _LEAST_RATE + (_RATE - _LEAST_RATE) * (1 + math.cos(math.pi * share)) / 2
            self._go(rate, self.faithful, self._faithful_loss)
        else:
            if self.sharp is None:
                self._begin_sharp()
            assert self.sharp is not None
            self._go(_SHARP_RATE, self.sharp, self._sharp_loss)
        self.steps += 1

    def _begin_sharp(self) -> None:
        """From the best that is known, which stays as it is."""
        import torch

        from models.enlarger.critic import Critic
        from models.learning.ema import averaged_copy

        self.network.load_state_dict(self.faithful.state_dict())
        self.sharp = averaged_copy(self.network)
        self._critic = Critic().to(self.device)
        self._optimizer = torch.optim.AdamW(self.network.parameters(), _SHARP_RATE)
        self._of_critic = torch.optim.AdamW(self._critic.parameters(), _SHARP_RATE)
        self._since = self.steps

    def _go(
        self, rate: float, average: Enlarger, loss_of: Callable[[Tensor, Tensor], Tensor]
    ) -> None:
        import torch

        from models.learning import ema

        for group in self._optimizer.param_groups:
            group["lr"] = rate
        given, wanted = self._batch()
        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype is not None):
            made = self.network(given)
        self._optimizer.zero_grad(set_to_none=True)
        loss_of(made, wanted).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP, foreach=True)
        self._optimizer.step()
        seen = BATCH * (self.steps - self._since)
        ema.update(average, self.network, ema.decay(BATCH, _HALF_LIFE, seen, 0.1))

    def _faithful_loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        from models.enlarger.losses import charbonnier

        return charbonnier(made, wanted)

    def _sharp_loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        import torch

        from models.enlarger.losses import charbonnier, judged, small_again

        critic = self._critic
        assert critic is not None
        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype is not None):
            of_real, of_made = critic(wanted), critic(made.detach())
        self._of_critic.zero_grad(set_to_none=True)
        judged(of_real.float(), of_made.float()).backward()
        self._of_critic.step()
        critic.requires_grad_(False)
        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype is not None):
            of_real, of_made = critic(wanted).detach(), critic(made)
        critic.requires_grad_(True)
        kept = charbonnier(made, wanted) + _SMALL_AGAIN * small_again(
            made, wanted, self.network.factor
        )
        return kept + _ADVERSARIAL * judged(of_made.float(), of_real.float())

    def _batch(self) -> tuple[Tensor, Tensor]:
        """[N, 3, c, c] and [N, 3, c * factor, c * factor] in [0, 1], turned over and with their
        colours exchanged at random: some hundred originals are learnt by heart otherwise."""
        import torch

        given, wanted = zip(*(self._crop() for _ in range(BATCH)), strict=True)
        return tuple(
            torch.from_numpy(np.stack(part))
            .to(self.device).permute(0, 3, 1, 2).float().div_(255)
            .contiguous(memory_format=torch.channels_last)
            for part in (given, wanted)
        )  # type: ignore[return-value]  # two  # fmt: skip

    def _crop(self) -> tuple[np.ndarray, np.ndarray]:
        pairs, draw, factor = self.pairs, self._draw, self.network.factor
        place = int(draw.integers(len(pairs)))
        is_drawn = len(pairs.drawn) > 0 and draw.random() < self.drawn_share
        small = (pairs.drawn if is_drawn else pairs.small)[place]
        height, width = min(CROP, small.shape[0]), min(CROP, small.shape[1])
        top = int(draw.integers(small.shape[0] - height + 1))
        left = int(draw.integers(small.shape[1] - width + 1))
        given = small[top : top + height, left : left + width]
        wanted = pairs.large_part(
            place, top * factor, left * factor, height * factor, width * factor
        )
        turns = [slice(None, None, -1 if draw.random() < 0.5 else 1) for _ in range(2)]
        colours = draw.permutation(3)
        given, wanted = (each[turns[0], turns[1]][..., colours] for each in (given, wanted))
        if height == width and draw.random() < 0.5:
            given, wanted = given.swapaxes(0, 1), wanted.swapaxes(0, 1)
        return np.ascontiguousarray(given), np.ascontiguousarray(wanted)


def measured(network: Enlarger, pairs: Pairs, most: int) -> tuple[float, float]:
    """PSNR in dB of clean small pictures, enlarged by the network and by Lanczos: the means over
    up to `most` pictures."""
    from studio.engine.refinement.enlarger.enlarged import by_tiles
    from studio.engine.refinement.planes import resized

    ours, theirs = [], []
    for place in range(min(most, len(pairs))):
        small = pairs.small[place].astype(np.float32) / np.float32(255)
        height, width = small.shape[0] * network.factor, small.shape[1] * network.factor
        wanted = pairs.large_part(place, 0, 0, height, width).astype(np.float32) / np.float32(255)
        ours.append(psnr(by_tiles(network, small), wanted))
        theirs.append(psnr(resized(small, (width, height)), wanted))
    return float(np.mean(ours)), float(np.mean(theirs))


def psnr(made: Image, wanted: Image) -> float:
    """In dB, of pictures in [0, 1]."""
    return float(-10 * np.log10(max(float(((made - wanted) ** 2).mean(dtype=np.float64)), 1e-10)))
