"""Iterating on pictures of trained models: what is gained, how far they go, and what stays.

    python tests/benchmarks/iteration.py PROJECT [--families vae gan] [--pictures 4]

The newest run of each family in PROJECT; seeds from 0 on. Towards the score by four strengths,
towards palette and composition of held-out pictures, other fine layers, and the middle of the
picture again. Bounds: more strength reaches a higher mean score, no picture goes farther than it
says, nothing changes outside of the mask, palettes come to half their distance or nearer, and
every picture is drawn byte for byte by its recipe. JSON on stdout; seconds are the processor's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from PIL import Image

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.iteration.iteration import Iteration
from studio.engine.generation.iteration.subject import Given, Subject
from studio.engine.generation.iteration.way import way
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.planning.runs import Run
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe

STRENGTHS = (0.1, 0.2, 0.4, 0.8)


def gone(subjects: Sequence[Subject], name: str, **values: object) -> dict[str, object]:
    """Means over the pictures."""
    rows, copies, replayed, won = [], 0, True, 0
    began = time.thread_time()
    for subject in subjects:
        iteration = Iteration(subject, way(name).from_mapping(values))
        for _ in iteration:
            pass
        order = iteration.best_first()
        best = order[0]
        won += best is not iteration.beginning
        others = [each for each in order if each is not iteration.beginning]
        changed = iteration.changed(others[0] if name == "region" else best)
        again = LatentRecipe.model_validate_json(best.recipe.model_dump_json())
        replayed &= bool(np.array_equal(subject.player.picture(again), best.pixels))
        copies += bool(changed.nearest and changed.nearest.too_close)
        rows.append([
            iteration.beginning.figure, best.figure, changed.apart or 0.0, changed.whole,
            changed.inside or 0.0, changed.outside or 0.0,
        ])  # fmt: skip
    seconds = (time.thread_time() - began) / len(subjects)
    means = np.mean(rows, 0).tolist()
    names = ("before", "after", "apart_mean", "levels_changed", "levels_inside", "levels_outside")
    return {
        **{key: round(value, 4) for key, value in zip(names, means, strict=True)},
        "apart_most": round(float(np.max(rows, 0)[2]), 4), "better_than_it": won,
        "may_be_copies": copies, "replayed": replayed, "processor_seconds": round(seconds, 2),
    }  # fmt: skip


def measured(project: Project, run: Run, pictures: int, folder: Path) -> dict[str, object]:
    saved = checkpoint.load_latest(run.folder, whole=False)
    if saved is None:
        sys.exit(f"{run.name} has no checkpoint")
    player = Player.open(saved, "cpu")
    prepared = runs.pictures_of(project.folder, Recipe.load(run.folder))
    reference = folder / "reference.png"
    Image.fromarray(np.array(prepared.images[prepared.held_out[0]])).save(reference)
    width, height = player.size
    weights = np.zeros((height, width), np.float32)
    weights[height * 5 // 16 : height * 11 // 16, width // 4 : width * 3 // 4] = 1

    def subjects(given: Given) -> list[Subject]:
        seeds = (LatentRecipe(beginning=Seeded(seed=seed)) for seed in range(pictures))
        return [Subject(player, recipe, project, run.name, given) for recipe in seeds]

    facts: dict[str, object] = {"run": run.name, "images_seen": run.images_seen}
    facts["measured_by"] = str(subjects(Given())[0].judge.title)
    tried = [
        *((f"score {strength}", "score", {"strength": strength}) for strength in STRENGTHS),
        ("palette", "palette", {}), ("composition", "composition", {}),
        ("fine of 16", "fine", {"count": 16}), ("region of 6", "region", {}),
    ]  # fmt: skip
    for title, name, values in tried:
        try:
            facts[title] = gone(subjects(Given(reference, weights)), name, **values)
        except UsageError as error:
            facts[title] = {"refused": str(error)}
        print(run.family, title, facts[title], file=sys.stderr, flush=True)
    return facts | {"failed": failed(facts, Ability.INVERT in player.latent.abilities)}


def failed(facts: dict[str, object], moves: bool) -> list[str]:
    """What is out of bounds."""
    found = {key: each for key, each in facts.items() if isinstance(each, dict)}
    wrong = [key for key, each in found.items() if each.get("replayed") is False]
    wrong += [key for key, each in found.items() if each.get("levels_outside") and "region" in key]
    if moves:
        scores = [found[f"score {strength}"]["after"] for strength in STRENGTHS]
        wrong += ["score by strength"] if sorted(scores) != scores else []
        wrong += [
            f"reach {strength}" for strength in STRENGTHS
            if found[f"score {strength}"]["apart_most"] > strength + 1e-3
        ]  # fmt: skip
        palette = found["palette"]
        wrong += ["palette"] if palette["after"] > palette["before"] / 2 else []
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--families", nargs="+", default=["vae", "gan", "stylegan2", "tokens"])
    parser.add_argument("--pictures", type=int, default=4)
    given = parser.parse_args()
    torch.set_num_threads(1)
    found = {}
    with Project.open(given.project) as project, tempfile.TemporaryDirectory() as folder:
        for run in runs.runs(project):
            if run.family in given.families:
                found[run.family] = measured(project, run, given.pictures, Path(folder))
    print(json.dumps(found, indent=1))
    sys.exit(any(each["failed"] for each in found.values()))


if __name__ == "__main__":
    main()
