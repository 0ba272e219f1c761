"""Every fault that a detector is for, brought about in a real run: told, mended, written down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from models.families.codec.vae import Vae
from models.families.gan.gan import Gan
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.events import CheckpointNow, Done, Event, Health
from studio.engine.project import Project
from studio.engine.training.health import collapse, leak, posterior
from studio.engine.training.planning import runs
from studio.engine.training.record import statistics
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import examine
from studio.engine.training.session.loop import train
from tests.engine.training.conftest import one_thread
from tests.engine.training.support import TINY, script

__all__ = ["one_thread"]
PICTURES = 80


def draw(number: int) -> np.ndarray:
    """A soft patch of colour somewhere on a ground: pictures that differ, and have a look."""
    chance = np.random.default_rng(number)
    rows, columns = np.mgrid[:16, :16] / 15
    place, ground = chance.random(2), chance.integers(60, 120, 3)
    spot = np.exp(-8 * ((rows - place[0]) ** 2 + (columns - place[1]) ** 2))[..., None]
    grain = chance.normal(0, 4, (16, 16, 3))
    found = ground + spot * chance.integers(60, 130, 3) + grain
    return np.clip(found, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with eighty such pictures, some of them held out."""
    folder = tmp_path_factory.mktemp("induced")
    (folder / "pictures").mkdir()
    for number in range(PICTURES):
        Image.fromarray(draw(number)).save(folder / "pictures" / f"{number:03}.png")
    with Project.open(folder / "project", create=True) as project:
        for _ in import_sources(project, [folder / "pictures"], "set", workers=1):
            pass
    return folder / "project"


Begin = Callable[..., Path]


@pytest.fixture
def begin(place: Path) -> Begin:
    """A new run of a tiny family with these parameters."""

    def make(family: str, **overrides: Any) -> Path:
        with Project.open(place) as project:
            recipe = runs.create_run(
                project, "set", family, 16, 16, images=64, device="cpu",
                overrides={**TINY[family], **overrides},
            )  # fmt: skip
        return place / "runs" / recipe.run

    return make


def watched(run: Path, looks: int) -> list[Event]:
    """Train with a checkpoint after each of the first steps."""
    orders = {step: [CheckpointNow()] for step in range(1, looks + 1)}
    events = list(train(run, run.parent.parent, script(orders), resume=False))
    assert isinstance(events[-1], Done), events[-1]
    return events


def told(events: list[Event], kind: str) -> list[Health]:
    """What was said about one kind of trouble."""
    return [event for event in events if isinstance(event, Health) and event.kind == kind]


def lines(run: Path, kind: str) -> list[str]:
    """What the run's diary keeps of it."""
    return [str(each.sentence) for each in told(list(statistics.read(run)), kind)]


@pytest.fixture
def known(place: Path, begin: Begin) -> Tensor:
    """The training pictures, uint8 [n, 16, 16, 3]."""
    prepared = runs.pictures_of(place, Recipe.load(begin("vae")))
    assert len(prepared.held_out) >= 8
    return torch.from_numpy(np.array(prepared.images[prepared.train]))


def drawn_by(monkeypatch: pytest.MonkeyPatch, draws: Callable[[Gan, Tensor], Tensor]) -> None:
    """The generator draws what `draws` says, from (family, latents [n, ...])."""
    monkeypatch.setattr(Gan, "synthesize", lambda self, w, *_, **__: draws(self, w))


def test_a_generator_that_repeats_one_picture(
    begin: Begin, known: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    def draws(family: Gan, w: Tensor) -> Tensor:
        index = (w.flatten(1)[:, 0].abs() * 1e4).long() % len(known)
        return known[index if looks <= 3 else torch.zeros_like(index)]

    real = examine.Examiner.look

    def look(self: examine.Examiner, *arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        return real(self, *arguments)

    monkeypatch.setattr(collapse, "EARLIEST", 0)
    monkeypatch.setattr(examine.Examiner, "look", look)
    drawn_by(monkeypatch, draws)
    run = begin("gan")
    before = Recipe.load(run).config
    (said, *_) = told(watched(run, 7), "collapse")
    assert "too alike" in said.sentence
    assert said.action.startswith("It went back to its best checkpoint")
    assert f"(gamma) is now {2 * float(before['gamma']):.4g}" in said.action
    assert f"(lr) is now {float(before['lr']) / 2:.4g}" in said.action
    assert said.sentence in lines(run, "collapse")


def test_a_critic_that_knows_its_pictures_by_heart(
    begin: Begin, known: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_heart = {each.numpy().tobytes() for each in known}

    def score(self: Gan, images: Tensor) -> Tensor:
        return torch.tensor([2.0 * (each.numpy().tobytes() in by_heart) - 1 for each in images])

    monkeypatch.setattr(Gan, "score", score)
    run = begin("gan", augment_cutout=0.1)
    (said, *_) = told(watched(run, 4), "overfit")
    assert "knows its pictures by heart: unseen ones look 100 %" in said.sentence
    assert "(gamma)" in said.action
    assert "(augment_cutout) is now 0.3" in said.action
    assert said.sentence in lines(run, "overfit")


def test_colour_changes_that_leak_into_the_pictures(
    begin: Begin, known: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draws(family: Gan, w: Tensor) -> Tensor:
        plain = known[(w.flatten(1)[:, 0].abs() * 1e4).long() % len(known)].float()
        cast = 120 * w.flatten(1)[:, :3].clamp(-1, 1)[:, None, None]
        return (plain + cast).clamp(0, 255).to(torch.uint8)

    monkeypatch.setattr(leak, "EARLIEST", 0)
    drawn_by(monkeypatch, draws)
    run = begin("gan", augment_colour=0.8)
    (said, *_) = told(watched(run, 4), "leak")
    assert "vary in colour" in said.sentence
    assert "(augment_colour) is now 0.4" in said.action
    assert said.sentence in lines(run, "leak")


def test_a_vae_whose_numbers_fall_asleep(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evenness a hundred times too strong: every code becomes the prior."""
    monkeypatch.setattr(posterior, "EARLIEST", 0)
    real = Vae.training_step

    def step(self: Vae, batch: Tensor, state: Any) -> dict[str, Tensor]:
        # What a thousand such steps would lead to, at once.
        with torch.no_grad():
            self.encoder_ema.load_state_dict(
                {k: torch.zeros_like(v) for k, v in self.encoder_ema.state_dict().items()}
            )
        return real(self, batch, state)

    monkeypatch.setattr(Vae, "training_step", step)
    monkeypatch.setattr("models.learning.ema.update", lambda *_: None)
    run = begin("vae", kl_weight=100.0, kl_ramp=0.0, free_bits=0.0)
    said = told(watched(run, 6), "posterior")
    assert said[0].sentence == "Only 0 % of the latent's numbers still do anything."
    assert "(kl_weight) is now 10" in said[0].action
    assert "(free_bits) is now 0.25" in said[0].action
    climbs = "The KL weight climbs back to where it was."
    assert [each.sentence for each in said[1:4]] == [climbs] * 3
    assert said[0].sentence in lines(run, "posterior")


def test_a_run_that_learns_no_more(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(self: Vae, batch: Tensor, state: Any) -> dict[str, Tensor]:
        return {"loss": torch.tensor(1.0)}

    monkeypatch.setattr(Vae, "training_step", step)
    run = begin("vae")
    events = watched(run, 14)
    (said,) = told(events, "plateau")
    assert said.sentence.startswith("Training longer has stopped helping")
    assert said.action == "Its checkpoint is kept; stop whenever you like."
    assert lines(run, "plateau") == [said.sentence]
