"""An encoder of our own for a model that has none: learnt once a checkpoint, kept in the cache.

With it a picture that is brought in has a point at once, from which the search goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from models.facts import Ability
from studio.engine.artwork import Pixels
from studio.engine.door import inside, ordinary
from studio.engine.errors import StudioError, UsageError
from studio.engine.files import atomic_path
from studio.engine.generation.player import Player
from studio.engine.generation.slerp import Latent
from studio.engine.project import INDEX
from studio.engine.said import Said

if TYPE_CHECKING:
    from torch import Tensor

    from models.latent_encoder import LatentEncoder

STEPS = 1_500
"""Of 16 pictures each: some minutes of one core at 64 pixels."""
EDITION = 1
"""Part of the name in the cache: raise it when what is learnt changes."""
NEEDLESS = Said("This model has an encoder of its own already.")


class OwnEncoder:
    """Says a point of any picture of the model's size."""

    def __init__(self, network: LatentEncoder, player: Player) -> None:
        self._network, self._player = network.eval().requires_grad_(False), player

    def encode(self, image: Pixels) -> Latent:
        """w [slots, dim] of a uint8 [h, w, c] picture; as :meth:`Player.encode`."""
        import numpy as np
        import torch

        batch = torch.from_numpy(np.ascontiguousarray(image))[None].to(self._player.device)
        with torch.inference_mode(), self._player.model as family:
            w: Latent = self._network(family.to_network(batch))[0].float().cpu().numpy().copy()
            return w


def is_wanted(player: Player) -> bool:
    """Whether the model has no encoder, and latents that one can be learnt for."""
    able = player.latent.abilities
    return Ability.ENCODE not in able and Ability.INVERT in able


def find(player: Player) -> OwnEncoder | None:
    """The one that was learnt for this checkpoint, where it is in the cache and fits."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from models.latent_encoder import LatentEncoder

    path = _path(player)
    if path is None or not is_wanted(player) or not path.is_file():
        return None
    try:
        tensors = load_file(ordinary(path))
        for alike in (True, False):
            with torch.random.fork_rng([]):
                network = LatentEncoder(player.image_spec, player.latent, alike)
            if _fits(network, tensors):
                network.load_state_dict(tensors)
                return OwnEncoder(network.to(player.device), player)
    except (OSError, SafetensorError, StudioError):
        pass  # damaged: it is learnt again
    return None


def encoder_of(player: Player) -> str:
    """Whose encoder a search begins with: the `model`'s, one that was `learnt`, or `none`."""
    if Ability.ENCODE in player.latent.abilities:
        return "model"
    return "none" if find(player) is None else "learnt"


def learn(
    player: Player, advance: Callable[[int, int], None], cancelled: Callable[[], bool],
    steps: int = STEPS,
) -> OwnEncoder | None:  # fmt: skip
    """Learn one and keep it; None where it was cancelled, and nothing is kept then.

    Raises :class:`UsageError` where the model has an encoder or its latents cannot be moved.
    """
    import torch

    from models import latent_encoder

    if Ability.ENCODE in player.latent.abilities:
        raise UsageError(NEEDLESS)
    player.need(Ability.INVERT)
    with torch.inference_mode(False):
        network = latent_encoder.begin(player.model, player.device)
        for done, _ in enumerate(latent_encoder.learn(network, player.model, steps), 1):
            advance(done, steps)
            if cancelled():
                return None
    _keep(network, _path(player))
    return OwnEncoder(network, player)


def _keep(network: LatentEncoder, path: Path | None) -> None:
    from safetensors.torch import save_file

    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            save_file({k: v.cpu().contiguous() for k, v in network.state_dict().items()}, temporary)
    except (OSError, StudioError):
        pass  # a cache on a read-only place is a cache we do without


def _fits(network: LatentEncoder, tensors: Mapping[str, Tensor]) -> bool:
    own = network.state_dict()
    return own.keys() == tensors.keys() and all(
        tensors[name].shape == value.shape and bool(tensors[name].isfinite().all())
        for name, value in own.items()
    )


def _path(player: Player) -> Path | None:
    """In the cache of the project whose run the checkpoint belongs to, if it belongs to one."""
    parents = player.folder.absolute().parents
    if len(parents) < 4 or not (parents[3] / INDEX).is_file():
        return None
    name = f"{player.sha256[:32]}-{EDITION}.safetensors"
    return inside(parents[3], "cache", "encoders", name)
