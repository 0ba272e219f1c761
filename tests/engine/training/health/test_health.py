"""Detectors see what they are for and nothing else, act when allowed, and say what they did."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from models.families.codec.vae import VaeConfig
from models.families.gan.gan import GanConfig
from studio.engine.events import CheckpointNow, Command, Done, Event, Failed, Health
from studio.engine.training.health import collapse, leak, overfit, plateau, posterior
from studio.engine.training.health.reading import Change, CriticView, Finding, Reading
from studio.engine.training.health.small_set import Likeness, SmallSet, coverage, facts, squared_mmd
from studio.engine.training.health.watch import MOST_ACTIONS, Watch
from studio.engine.training.record import checkpoint, statistics
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.remedy import figures
from studio.engine.training.session.trainer import Trainer
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import Driven, assert_same, script, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]
GOOD = Likeness(distance=1.0, coverage=0.8, variety=1.0, colour=1.0, tilt=0.0)
CALM = CriticView(train=1.0, unseen=0.9, made=-1.0, doubt=0.05)
GAN = Reading(50_000, 500, GanConfig().as_dict(), likeness=GOOD, critic=CALM, disguise=0.5)
VAE = Reading(50_000, 500, VaeConfig().as_dict(), error=0.01, likeness=GOOD, active=0.9)


def with_likeness(**values: float) -> Reading:
    """A pair's reading with other figures of its pictures."""
    return dataclasses.replace(GAN, likeness=dataclasses.replace(GOOD, **values))


def ask(look: Any, readings: list[Reading]) -> list[Finding | None]:
    """What one detector says to readings in turn."""
    memory: dict[str, Any] = {}
    return [look(reading, memory) for reading in readings]


# ---------------------------------------------------------------------- detectors


def test_new_pictures_decide_which_is_best_where_a_family_says_so() -> None:
    assert VAE.score == 0.01
    assert dataclasses.replace(VAE, judged_by_samples=True).score == GOOD.score


@pytest.mark.parametrize("reading", [GAN, VAE, Reading()])
def test_healthy_runs_are_left_alone(reading: Reading) -> None:
    watch = Watch()
    for number in range(30):
        better = None if reading.error is None else reading.error / (1 + number)
        likeness = reading.likeness and dataclasses.replace(GOOD, distance=1 / (1 + number))
        later = dataclasses.replace(reading, error=better, likeness=likeness)
        assert list(watch.look(later)) == []


@pytest.mark.parametrize("bad", [{"variety": 0.4, "distance": 1.2}, {"coverage": 0.5}])
def test_collapse_needs_three_looks_in_a_row_and_better_days(bad: dict[str, float]) -> None:
    said = ask(collapse.look, [GAN, *[with_likeness(**bad)] * 2, GAN, *[with_likeness(**bad)] * 3])
    assert said[:-1] == [None] * 6
    assert said[-1] is not None
    assert said[-1].roll_back
    never = with_likeness(variety=0.4, coverage=0.1)
    assert ask(collapse.look, [never] * 6) == [None] * 6


def test_the_way_from_noise_to_pictures_is_no_collapse() -> None:
    """Figures of a healthy run on 500 facades: variety dips while all else improves."""
    noise = with_likeness(distance=15.7, coverage=0.01, variety=0.74)
    dip = [
        with_likeness(distance=1.6 - 0.1 * number, coverage=0.25 + 0.05 * number, variety=0.46)
        for number in range(6)
    ]
    assert ask(collapse.look, [noise, *dip, GAN]) == [None] * 8
    early = [dataclasses.replace(with_likeness(variety=0.3, distance=3.0), images_seen=10_000)] * 5
    assert ask(collapse.look, [GAN, *early]) == [None] * 6


def test_a_family_without_a_critic_does_not_collapse() -> None:
    low = dataclasses.replace(VAE, likeness=dataclasses.replace(GOOD, variety=0.1))
    assert ask(collapse.look, [VAE, *[low] * 5]) == [None] * 6


@pytest.mark.parametrize(
    ("train", "unseen", "made", "wanted"),
    [(1.0, 1.0, -1.0, 0.0), (1.0, 0.0, -1.0, 0.5), (1.0, -1.0, -1.0, 1.0), (0.0, 1.0, 1.0, 0.0)],
)
def test_the_ratio_of_overfitting(train: float, unseen: float, made: float, wanted: float) -> None:
    assert overfit.ratio(train, unseen, made) == wanted


def test_a_critic_that_overfits_is_noticed_unless_it_may_be_chance() -> None:
    sure = dataclasses.replace(GAN, critic=CriticView(1.0, -0.5, -1.0, 0.1))
    unsure = dataclasses.replace(GAN, critic=CriticView(1.0, -0.5, -1.0, math.inf))
    assert ask(overfit.look, [unsure] * 5) == [None] * 5
    *_, found = ask(overfit.look, [sure] * 3)
    assert found is not None
    assert "75 %" in found.sentence
    assert not found.roll_back


def test_sleeping_numbers_restart_the_ramp_and_it_climbs_back() -> None:
    memory: dict[str, Any] = {}
    asleep = dataclasses.replace(VAE, active=0.05)
    assert posterior.look(asleep, memory) is None
    found = posterior.look(asleep, memory)
    assert found is not None
    weight, weights = float(VAE.config["kl_weight"]), []
    weight = found.changes[0].of(weight)
    for _ in range(6):
        now = dataclasses.replace(VAE, config={**VAE.config, "kl_weight": weight})
        more = posterior.look(now, memory)
        weight = weight if more is None else more.changes[0].of(weight)
        weights.append(weight)
    assert weights == pytest.approx([0.2, 0.4, 0.8, 1.0, 1.0, 1.0])
    assert "target" not in memory


def test_sleep_before_the_ramp_is_over_is_no_trouble() -> None:
    early = dataclasses.replace(VAE, active=0.0, images_seen=4_999)
    ramp = dataclasses.replace(VAE, active=0.0, set_size=6_000)
    for reading in (early, ramp):
        assert ask(posterior.look, [reading] * 4) == [None] * 4


@pytest.mark.parametrize(
    ("reading", "key", "value", "wanted"),
    [
        (with_likeness(colour=1.7), "augment_colour", 0.5, 0.25),
        (dataclasses.replace(GAN, disguise=0.84), "augment_p", 0.84, 0.7),
    ],
)
def test_a_leak_lowers_what_leaks(reading: Reading, key: str, value: float, wanted: float) -> None:
    first, second, found = ask(leak.look, [reading] * 3)
    assert first is None
    assert second is None
    assert found is not None
    (change,) = found.changes
    assert (change.key, change.of(value)) == (key, pytest.approx(wanted))


def test_turned_pictures_stop_the_turning() -> None:
    reading = dataclasses.replace(
        with_likeness(tilt=-0.9), config={**GAN.config, "augment_turn": 1.0}
    )
    *_, found = ask(leak.look, [reading] * 3)
    assert found is not None
    assert (found.changes[0].key, found.changes[0].of(1.0)) == ("augment_turn", 0.0)
    assert ask(leak.look, [with_likeness(tilt=-0.9)] * 4) == [None] * 4


def test_a_plateau_is_told_once_for_every_best() -> None:
    memory: dict[str, Any] = {}
    told = []
    for number in range(40):
        error = 0.01 if number < 20 else 0.005
        reading = dataclasses.replace(VAE, images_seen=1_000 * (1 + number), error=error)
        if plateau.look(reading, memory) is not None:
            told.append(number)
    assert told == [10, 30]
    assert memory["images_seen"] == 21_000


@pytest.mark.parametrize(
    ("change", "value", "wanted"),
    [
        (Change("x", times=2.0), 3.0, 6.0),
        (Change("x", plus=0.1, high=0.8), 0.75, 0.8),
        (Change("x", plus=0.1, high=0.8), 0.9, 0.9),
        (Change("x", low=0.3), 0.1, 0.3),
        (Change("x", low=0.3), 0.5, 0.5),
    ],
)
def test_a_change_never_goes_against_its_direction(
    change: Change, value: float, wanted: float
) -> None:
    assert change.of(value) == pytest.approx(wanted)


def test_a_remedy_that_does_not_help_is_not_repeated_for_ever() -> None:
    watch = Watch()
    finding = Finding("overfit", "x", (Change("gamma", times=2.0),))
    assert [watch.may_act(finding) for _ in range(5)] == [True] * MOST_ACTIONS + [False] * 2
    again = Watch(json.loads(json.dumps(watch.state)))
    assert not again.may_act(finding)
    assert not watch.may_act(Finding("plateau", "x"))


# ---------------------------------------------------------------------- in a run


def orders(*steps: int) -> dict[int, list[Command]]:
    """Save after each of these steps."""
    return {step: [CheckpointNow()] for step in steps}


def looks(monkeypatch: pytest.MonkeyPatch, readings: dict[int, dict[str, Any]]) -> None:
    """Replace what looks find, by images seen."""
    real = Trainer.judge

    def judge(trainer: Trainer) -> Reading | None:
        found = real(trainer)
        seen = trainer.state.images_seen
        return dataclasses.replace(found or Reading(), images_seen=seen, **readings.get(seen, {}))

    monkeypatch.setattr(Trainer, "judge", judge)


def health(events: list[Event], kind: str) -> list[Health]:
    """All warnings of a kind."""
    return [each for each in events if isinstance(each, Health) and each.kind == kind]


COLLAPSED = {"likeness": dataclasses.replace(GOOD, variety=0.2, distance=9.0), "critic": CALM}
FINE = {"likeness": GOOD, "critic": CALM}


def test_a_collapse_goes_back_to_the_best_and_is_written_down(
    run_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of("gan")
    monkeypatch.setattr(collapse, "EARLIEST", 0)
    looks(monkeypatch, {0: COLLAPSED, 4: FINE, 8: COLLAPSED, 12: COLLAPSED, 16: COLLAPSED})
    saves = script(orders(1, 2, 3, 4), end=5)
    with pytest.raises(KeyboardInterrupt):
        run.train(commands=saves)
    (found,) = health(list(statistics.read(run.folder)), "collapse")
    assert "back to its best checkpoint" in str(found.action)
    assert "(gamma) is now" in str(found.action)
    assert found.images_seen == 4
    newest = checkpoint.load_latest(run.folder)
    assert newest is not None
    assert newest.images_seen == 4
    recipe = Recipe.load(run.folder)
    assert newest.state["config"]["gamma"] == pytest.approx(2 * float(recipe.config["gamma"]))
    assert newest.state["score"] == GOOD.score
    monkeypatch.undo()
    assert isinstance(run.train(resume=True)[-1], Done)


def test_a_recipe_may_forbid_to_act(run_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of("gan")
    run.change(act_on_health=False)
    monkeypatch.setattr(collapse, "EARLIEST", 0)
    looks(monkeypatch, {4: FINE, 8: COLLAPSED, 12: COLLAPSED, 16: COLLAPSED})
    events = run.train(commands=script(orders(1, 2, 3, 4)))
    (found,) = health(events, "collapse")
    assert found.action.startswith("Go back to an earlier checkpoint")
    assert isinstance(events[-1], Done)
    assert events[-1].images_seen == 24


def test_at_the_end_nothing_is_undone(run_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of("gan")
    monkeypatch.setattr(collapse, "EARLIEST", 0)
    looks(monkeypatch, {4: FINE, 8: COLLAPSED, 12: COLLAPSED, 24: COLLAPSED})
    events = run.train(commands=script(orders(1, 2, 3)))
    assert isinstance(events[-1], Done)
    assert (events[-1].reason, events[-1].images_seen) == ("finished", 24)
    assert health(events, "collapse")


def test_bad_numbers_without_leave_to_act_end_the_run(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.families.codec.vae import Vae

    real = Vae.training_step

    def step(family: Vae, batch: torch.Tensor, state: Any) -> dict[str, torch.Tensor]:
        values = real(family, batch, state)
        return {**values, "loss": values["loss"] / 0} if state.step == 3 else values

    vae.change(act_on_health=False)
    monkeypatch.setattr(Vae, "training_step", step)
    events = vae.train(commands=script(orders(2)))
    end = events[-1]
    assert isinstance(end, Failed)
    assert "forbids" in end.message
    saved = checkpoint.load_latest(vae.folder)
    assert saved is not None
    assert saved.images_seen == 8


def test_what_detectors_remember_is_in_the_checkpoint(vae: Driven, tmp_path: Any) -> None:
    whole = vae.twin(tmp_path / "whole")
    whole.train(commands=script(orders(2, 4)))
    with pytest.raises(KeyboardInterrupt):
        vae.train(commands=script(orders(2), end=3))
    vae.train(resume=True, commands=script(orders(2)))
    assert_same(vae.folder, whole.folder)
    saved = [checkpoint.load_latest(each.folder) for each in (vae, whole)]
    assert saved[0] is not None
    assert saved[1] is not None
    assert saved[0].state["watch"] == saved[1].state["watch"]
    assert saved[0].state["best"] == saved[1].state["best"]


def test_the_best_checkpoint_is_kept_and_found(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks(monkeypatch, {seen: {"error": abs(seen - 8) / 100 + 0.01} for seen in range(0, 25, 4)})
    vae.train(commands=script(orders(1, 2, 3, 4, 5)))
    best = checkpoint.load_best(vae.folder)
    assert best is not None
    assert best.images_seen == 8
    assert state_of(vae.folder)[0]["images_seen"] == 24
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert newest.state["best"] == {"images_seen": 8, "score": pytest.approx(0.01)}
    (best.folder / "state.json").write_text("{}")
    other = checkpoint.load_best(vae.folder)
    assert other is not None
    assert other.folder != best.folder


# ---------------------------------------------------------------------- the small set


def test_mmd_and_coverage_against_naive_loops() -> None:
    generator = np.random.default_rng(1)
    real, made = generator.normal(size=(9, 4)), generator.normal(size=(7, 4)) + 0.5

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((np.dot(a, b) / 4 + 1) ** 3)

    def mean(one: np.ndarray, two: np.ndarray) -> float:
        return float(np.mean([kernel(a, b) for a in one for b in two]))

    wanted = mean(real, real) + mean(made, made) - 2 * mean(real, made)
    assert squared_mmd(real, made) == pytest.approx(wanted)
    hits = 0
    for index, row in enumerate(real):
        others = sorted(math.dist(row, r) for i, r in enumerate(real) if i != index)
        hits += min(math.dist(row, m) for m in made) <= others[2]
    assert coverage(real, made, 3) == pytest.approx(hits / 9)


def test_likeness_knows_good_from_bad() -> None:
    generator = torch.Generator().manual_seed(0)

    def draw(n: int) -> torch.Tensor:
        blocks = torch.randint(0, 256, (n, 4, 4, 3), generator=generator, dtype=torch.uint8)
        return blocks.repeat_interleave(4, 1).repeat_interleave(4, 2)

    small, fresh = SmallSet(draw(40)), draw(40)
    good = small.compare(fresh)
    same = small.compare(fresh[:1].expand(40, -1, -1, -1))
    noise = small.compare(
        torch.randint(0, 256, (40, 16, 16, 3), generator=generator, dtype=torch.uint8)
    )
    assert good.score < same.score
    assert good.score < noise.score
    assert good.coverage > 0.8 > 0.3 > same.coverage
    assert good.variety == pytest.approx(1.0, abs=0.2)
    assert same.variety < 0.01
    assert good.colour == pytest.approx(1.0, abs=0.4)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pictures_that_are_all_alike_give_finite_figures(channels: int) -> None:
    flat = torch.full((20, 16, 16, channels), 128, dtype=torch.uint8)
    found = SmallSet(flat).compare(flat)
    assert all(math.isfinite(value) for value in dataclasses.astuple(found))
    assert found.variety == 1.0


def test_stripes_lean() -> None:
    stripes = torch.zeros(4, 16, 16, 3, dtype=torch.uint8)
    stripes[:, :, ::2] = 255
    assert facts(stripes)[1] > 1
    assert facts(stripes.transpose(1, 2))[1] < -1


def test_figures_for_people() -> None:
    found = figures(VAE)
    assert found["unseen_psnr"] == pytest.approx(20.0)
    assert set(found) == {"unseen_psnr", "likeness", "coverage", "variety"}
    assert figures(None) == {}
    perfect = figures(dataclasses.replace(VAE, error=0.0))
    assert perfect["unseen_psnr"] == pytest.approx(100.0)
