"""A model that was brought in is a run like any other: named, played, bent, learnt on from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.bending import Bends
from studio.engine import events
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.export.training_licences import licences_of
from studio.engine.project import Project
from studio.engine.training.foreign import origin
from studio.engine.training.foreign.arrival import bring_in
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint, checkpoint_model
from studio.engine.training.session.loop import train
from tests.engine.training.foreign import reference_nvidia as theirs

WIDTHS = {4: 8, 8: 8, 16: 8}


def test_it_is_named_and_keeps_where_it_is_from(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "network-snapshot-000320.pkl"
    made = bring_in(project, theirs.pickled(path, theirs.Generator(WIDTHS)), "My  roses")
    run = runs.run(project, made.run)
    assert (run.title, run.images_seen, run.family) == ("My roses", 320_000, "stylegan2")
    assert origin.load(run.folder) == made.origin
    card = (run.folder / origin.MARKDOWN_NAME).read_text()
    assert "not commercial use" in card
    assert str(tmp_path) not in card + (run.folder / origin.JSON_NAME).read_text()
    assert "NVIDIA" in licences_of(project, made.run)
    assert [str(note) for note in made.notes] == [
        "Its discriminator is not taken over (it has no b16.fromrgb.weight, which this kind of "
        "model has): a run that learns on from this model begins with a new one."
    ]
    again = bring_in(project, path)
    assert again.run != made.run


@torch.no_grad()
def test_it_can_be_bent(project: Project, tmp_path: Path) -> None:
    for kind in ("skip", "resnet", "orig"):
        path = theirs.pickled(tmp_path / f"{kind}.pkl", theirs.Generator(WIDTHS, kind=kind))
        saved = checkpoint.load_latest(runs.run(project, bring_in(project, path).run).folder)
        assert saved is not None
        model = checkpoint_model.load_model(saved, "cpu", whole=False)
        w = model.sample(1, 0)
        plain = model.synthesize(w)
        for place in range(len(model.layers())):
            bent = model.synthesize(w, bends=Bends({place: lambda x: x * 0}, {}))
            assert not torch.equal(bent, plain)


def test_it_learns_ones_own_pictures(project: Project, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(12):
        pixels = chance.integers(0, 255, (16, 16, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    for _ in import_sources(project, [folder], "Own", workers=1):
        pass
    net, critic = theirs.Generator(WIDTHS), theirs.Discriminator(WIDTHS)
    made = bring_in(project, theirs.pickled(tmp_path / "a.pkl", net, critic))
    assert not made.notes
    recipe = runs.create_run(
        project, "Own", "stylegan2", 16, 16, images=8, start_from=made.run,
        overrides={"batch_size": 4}, device="cpu",
    )  # fmt: skip
    assert recipe.config["dark_edge"]
    told = list(train(project.runs / recipe.run, project.folder, lambda: None, resume=False))
    assert isinstance(told[-1], events.Done)
    assert any("begins with 100 %" in str(getattr(each, "sentence", "")) for each in told)
    before = made.run
    told = list(train(project.runs / before, project.folder, lambda: None, resume=True))
    assert isinstance(told[-1], events.Failed)
    assert "without its pictures" in told[-1].message
