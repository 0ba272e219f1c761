"""Steps of small networks of every family, in one process or shared by several.

As a program it is one of the processes: rank, how many, the place where they meet, and where its
results go.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from models.base import Family, family
from models.image_spec import ImageSpec
from models.learning.division import Division
from models.train_state import TrainState
from tests.models.configs import config_of

SMALL = {"latent_dim": 8, "top_width": 8, "width": 8, "group_size": 8, "prior_depth": 1}
CAPTIONS = ("a red house", "two blue birds", "", "a tree", "snow", "red birds", "a hill", "rain")


@dataclass(frozen=True)
class Case:
    """A family with what of it has to be tried, on batches of so many pictures."""

    family: str
    changes: dict[str, Any]
    batch: int = 8
    classes: int = 0
    steps: int = 20


CASES = {
    "autoencoder": Case("autoencoder", {"augment_cutout": 0.3}),
    "autoencoder, penalty of slopes": Case("autoencoder", {"regulariser": "rae_gp"}, steps=3),
    "vae": Case("vae", {"free_bits": 0.1, "kl_ramp": 0.0}, classes=3),
    "vae, sharp": Case("vae", {"sharp": True}, classes=3, steps=3),
    "gan": Case("gan", {"reg_interval": 4}, batch=7, classes=3),
    "stylegan2": Case(
        "stylegan2", {"reg_interval": 4, "path_interval": 3, "path_weight": 2.0}, classes=3
    ),
    "stylegan2, groups of five": Case("stylegan2", {"path_weight": 0.0}, batch=10, steps=2),
    "fewshot_gan": Case("fewshot_gan", {}, classes=3),
    "tokens": Case("tokens", {"downscale": "4", "factorised": True}, classes=3),
    "tokens, row by row": Case("tokens", {"downscale": "4", "order": "in_turn"}, steps=2),
    # Of two entries that are as near, rounding chooses: there it is another run after a while.
    "tokens, a learnt book": Case("tokens", {"downscale": "4", "quantiser": "vq"}, steps=3),
    "tokens, a drawn book and a critic": Case(
        "tokens",
        {
            "downscale": "4", "quantiser": "gumbel", "book": "240", "adversarial": 0.5,
            "settled": 0.05,
        },
        steps=8,
    ),
    "text2image": Case("text2image", {"downscale": "4"}),
}  # fmt: skip


def learnt(case: Case, division: Division | None) -> tuple[Family, list[str], torch.Tensor]:
    """The model after its steps, what all tensors were after each, and the chance that is left."""
    torch.manual_seed(0)
    spec = ImageSpec(3, 16, 16, case.classes, bool(case.classes))
    config = config_of(case.family, SMALL, batch_size=case.batch, **case.changes)
    model = family(case.family)(config, spec).train().to(memory_format=torch.channels_last)
    chance = torch.Generator().manual_seed(1)
    state = TrainState(
        torch.device("cpu"), torch.Generator().manual_seed(5), total_images=1000, set_size=64
    )
    captions = [CAPTIONS[k % len(CAPTIONS)] for k in range(case.batch)]
    model.read(captions)
    seen = []
    for _ in range(case.steps):
        shape = (case.batch, 16, 16, 3)
        batch = torch.randint(0, 256, shape, generator=chance, dtype=torch.uint8)
        if case.classes:
            state.labels = torch.randint(case.classes, (case.batch,), generator=chance)
        state.captions = captions if model.facts.captions else None
        with contextlib.nullcontext() if division is None else division.of(model):
            model.training_step(batch, state)
        state.step, state.images_seen = state.step + 1, state.images_seen + case.batch
        seen.append(digest(model))
    return model, seen, state.generator.get_state()


def digest(model: Family) -> str:
    """Of every bit of the model."""
    found = hashlib.sha256()
    for tensor in model.state_dict().values():
        found.update(tensor.contiguous().numpy().tobytes())
    return found.hexdigest()


def main(rank: int, count: int, meeting: Path, results: Path) -> None:
    import torch.distributed as dist
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=meeting.as_uri(), rank=rank, world_size=count
    )  # fmt: skip
    for number, case in enumerate(CASES.values()):
        model, seen, chance = learnt(case, Division(rank, count))
        (results / f"{number}-{rank}.json").write_text(json.dumps(seen), "utf-8")
        tensors = {"chance": chance, **model.state_dict()}
        tensors = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
        save_file(tensors, results / f"{number}-{rank}.safetensors")
    dist.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
