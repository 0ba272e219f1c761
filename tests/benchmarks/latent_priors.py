"""Ways to draw latents of an autoencoder or a VAE, fitted in the same time, beside each other.

    python tests/benchmarks/latent_priors.py PROJECT [--seconds 60] [--count 400] [--out FILE]

Every run of the project that has such a model is measured by its newest checkpoint: what is fitted
to the codes of its training pictures (and their mirror images) draws `count` pictures, which are
measured as `evaluate` measures them; another 400 are looked at for copies. In turn:

- gaussian, mixture: the mean and covariance of the codes, and the mixture that is the default;
- flow: rectified flow (models/parts/flow.py) by 24 steps of Heun's method, or 8 or 1 of Euler's;
- reflow: one step, learnt from the ends of that flow (Liu 2023, arXiv:2209.03003, Sec. 2.2);
- drifting: one step, learnt from a field that draws towards codes and away from what is drawn
  (Deng 2026, arXiv:2602.04770, Sec. 3), with temperatures 0.02, 0.05 and 0.2 of the mean distance.

Seconds are of one thread's processor time, so that what runs beside it does not count.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.base import seeded_normal
from models.parts import flow as flows
from models.parts import mixture
from models.parts.mixture import rows_times
from models.parts.schedules import cosine
from studio.engine.evaluation.assessment import of_model
from studio.engine.evaluation.copies import CopyCheck
from studio.engine.evaluation.pairs import model_at
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe

BATCH, HIDDEN, RATE = 256, 256, 1e-3
TEMPERATURES = (0.02, 0.05, 0.2)
PAIRS = 4096
COPIES = range(1_000, 1_400)
"""Seeds that are looked at for copies."""

Way = Callable[[Tensor], Tensor]
"""Codes [n, d] of normal numbers [n, d + 1]."""


class OneStep(nn.Module):
    """Normal numbers to whitened codes, [n, d] to [n, d]; at first what it is given."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(dim, HIDDEN), nn.Linear(HIDDEN, dim)
        self.middle = nn.ModuleList(nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, z: Tensor) -> Tensor:
        x = self.first(z)
        for layer in self.middle:
            x = x + layer(F.silu(x))
        made: Tensor = z + self.last(F.silu(x))
        return made


def trained(dim: int, seconds: float, loss_of: Callable[[OneStep, torch.Generator], Tensor]) -> Way:
    torch.manual_seed(0)
    network, generator = OneStep(dim), torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, betas=(0.9, 0.99))
    began = time.thread_time()
    while (done := (time.thread_time() - began) / seconds) < 1:
        optimizer.param_groups[0]["lr"] = cosine(RATE, 0.0, done)
        optimizer.zero_grad(set_to_none=True)
        loss_of(network, generator).backward()
        optimizer.step()
    return network.eval()


def drift(drawn: Tensor, real: Tensor, temperature: float) -> Tensor:
    """Where the `drawn` [n, d] are drawn to: to `real` ones, away from each other."""
    to_real, to_drawn = torch.cdist(drawn, real), torch.cdist(drawn, drawn)
    scale = torch.cat([to_real, to_drawn], 1).mean()
    to_drawn = to_drawn + 1e6 * torch.eye(len(drawn))  # nothing pushes itself
    logits = -torch.cat([to_real, to_drawn], 1) / scale / temperature
    near = (logits.softmax(1) * logits.softmax(0)).sqrt()
    pulls, pushes = near[:, : len(real)], near[:, len(real) :]
    pulled = (pulls * pushes.sum(1, keepdim=True)) @ real
    return pulled - (pushes * pulls.sum(1, keepdim=True)) @ drawn


def by_drifting(codes: Tensor, seconds: float) -> Way:
    def loss(network: OneStep, generator: torch.Generator) -> Tensor:
        drawn = network(torch.randn(BATCH, codes.shape[1], generator=generator))
        real = codes[torch.randint(len(codes), (BATCH,), generator=generator)]
        with torch.no_grad():
            fields = [drift(drawn, real, each) for each in TEMPERATURES]
            goal = drawn + sum(each / each.square().mean().sqrt() for each in fields)
        return F.mse_loss(drawn, goal)

    return trained(codes.shape[1], seconds, loss)


def by_reflow(flow: flows.Flow, seconds: float) -> Way:
    begins = torch.randn(PAIRS, flow.dim, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        ends = flows._carried(flow._tensors(), begins, 0.0, 1.0)[0]

    def loss(network: OneStep, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(PAIRS, (BATCH,), generator=generator)
        return F.mse_loss(network(begins[chosen]), ends[chosen])

    return trained(flow.dim, seconds, loss)


def fitted_flow(codes: Tensor, seconds: float) -> flows.Flow:
    trial, began = flows.Flow(codes.shape[1]), time.thread_time()
    trial.fit(codes, steps=50)
    flow = flows.Flow(codes.shape[1])
    flow.fit(codes, steps=int(50 * seconds / (time.thread_time() - began)))
    return flow


def by_euler(flow: flows.Flow, z: Tensor, steps: int) -> Tensor:
    for step in range(steps):
        when = torch.full((len(z), 1), step / steps)
        speed = flows._gaussian_speed(when) * z + flows._network(flow._tensors(), z, when)
        z = z + speed / steps
    return flow.shift + rows_times(flow.scale, z)


def ways_of(codes: Tensor, seconds: float) -> dict[str, Way]:
    flow = fitted_flow(codes, seconds)
    mixed = mixture.fit(codes, mixture.component_count(len(codes), 10))
    white = torch.linalg.solve_triangular(flow.scale, (codes - flow.shift).T, upper=False).T
    reflow, drifting = by_reflow(flow, seconds), by_drifting(white, seconds)

    def back(white: Tensor) -> Tensor:
        return flow.shift + rows_times(flow.scale, white)

    return {
        "gaussian": lambda z: back(z[:, 1:]),
        "mixture": mixed.transform,
        "flow, 24 Heun steps": lambda z: flow.transform(z[:, 1:]),
        "flow, 8 Euler steps": lambda z: by_euler(flow, z[:, 1:], 8),
        "flow, 1 Euler step": lambda z: by_euler(flow, z[:, 1:], 1),
        "reflow, 1 step": lambda z: back(reflow(z[:, 1:])),
        "drifting, 1 step": lambda z: back(drifting(z[:, 1:])),
    }


@torch.no_grad()
def measured(project: Project, run: runs.Run, seconds: float, count: int) -> dict[str, object]:
    prepared = runs.pictures_of(project.folder, Recipe.load(run.folder))
    saved, model = model_at(project, run.name, 0)
    family, check = model.family, CopyCheck.of(prepared)
    pictures = torch.from_numpy(np.array(prepared.images[prepared.train]))
    both = torch.cat([pictures, pictures.flip(2)])
    codes = torch.cat([family.encode(each)[:, 0] for each in both.split(64)]).float()
    with torch.enable_grad():
        ways = ways_of(codes, seconds)
    table: dict[str, dict[str, float]] = {}
    for name, way in ways.items():

        def drawn(n: int, seed: int, way: Way = way, **_: object) -> Tensor:
            return way(seeded_normal(n, seed, (codes.shape[1] + 1,))).float().unsqueeze(1)

        family.sample = lambda n, seed, *_, drawn=drawn, **__: drawn(n, seed)  # type: ignore[method-assign]
        found = of_model(model, prepared, count, 0, (run.name, saved.number, saved.images_seen))
        assert found is not None
        figures = {
            each.measure: round(each.value, 4) for each in found.figures if each.value is not None
        }
        parts = [drawn(50, seed) for seed in COPIES[::50]]
        made = np.concatenate([family.synthesize(part).numpy() for part in parts])
        figures["copies"] = sum(each.too_close for each in check.check_all(made))
        table[name] = figures
        print(run.family, name, figures, flush=True)
    return {
        "family": run.family, "pictures": len(prepared.train), "images_seen": saved.images_seen,
        "size": list(prepared.images.shape[1:]), "ways": table,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with Project.open(options.project) as project:
        found = [
            measured(project, run, options.seconds, options.count)
            for run in runs.runs(project)
            if run.family in ("autoencoder", "vae")
        ]
    text = json.dumps({"seconds": options.seconds, "count": options.count, "runs": found}, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
