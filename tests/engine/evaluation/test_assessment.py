"""All figures of a run, each with its ceiling, or with the reason why there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.facts import LatentKind
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.evaluation import assessment
from studio.engine.evaluation.assessment import Assessment, assess
from studio.engine.evaluation.latents import latents
from studio.engine.evaluation.measures.base import measures
from studio.engine.project import Project
from studio.engine.training.record.loaded_models import LoadedModel
from tests.engine.evaluation.test_copies import drawn

MakePrepared = Callable[..., Prepared]
SIDE = 32


def small(seed: int) -> np.ndarray:
    return drawn(seed)[8 : 8 + SIDE, 8 : 8 + SIDE]


class Painter:
    """A family that paints what `paint` makes of seeds, and redraws a little darker."""

    def __init__(self, paint: Callable[[int], np.ndarray], encodes: bool) -> None:
        self._paint = paint
        self.latent = SimpleNamespace(
            has_encoder=encodes, kind=LatentKind.CONTINUOUS, slots=1, dim=4
        )
        self.image_spec = SimpleNamespace(height=SIDE, width=SIDE)

    def sample(self, n: int, seed: int) -> torch.Tensor:
        return torch.tensor([seed])

    def synthesize(self, w: torch.Tensor) -> torch.Tensor:
        if w.ndim == 4:
            return (w.float() * 0.9).to(torch.uint8)
        return torch.from_numpy(np.array(self._paint(int(w[0]))))[None]

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return images

    def population(self, n: int, seed: int) -> torch.Tensor:
        rows = torch.randn(n, 2, 4, generator=torch.Generator().manual_seed(seed))
        return rows * torch.tensor([1.0, 2.0, 0.0, 1.0])

    def kl_by_number(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        return None


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.stack([small(seed) for seed in range(90)])


@pytest.fixture
def measured(
    pictures: np.ndarray, prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Assessment]:
    """Measure a painter against `known` training and `unseen` held-out pictures."""

    def run(
        paint: Callable[[int], np.ndarray], known: int = 44, unseen: int = 22, count: int = 44,
        encodes: bool = False,
    ) -> Assessment:  # fmt: skip
        prepared = prepared_of(pictures[: known + unseen], unseen)
        saved = SimpleNamespace(number=3, images_seen=80)
        model = saved, LoadedModel(Painter(paint, encodes), "cpu")  # type: ignore[arg-type]
        monkeypatch.setattr(assessment, "model_at", lambda *_: model)
        monkeypatch.setattr(assessment.runs, "run", lambda *_: SimpleNamespace(folder=Path()))
        monkeypatch.setattr(assessment.Recipe, "load", lambda *_: None)
        monkeypatch.setattr(assessment.runs, "pictures_of", lambda *_: prepared)
        monkeypatch.setattr(assessment.measured_otherwise, "said_of", lambda *_: ())
        found = assess(SimpleNamespace(folder=Path()), "run", count)  # type: ignore[arg-type]
        assert found is not None
        return found

    return run


def test_real_pictures_reach_their_own_ceiling(measured) -> None:
    found = measured(lambda seed: small(1000 + seed))
    assert (found.generated, found.trained, found.unseen) == (44, 44, 22)
    assert [each.measure for each in found.figures] == list(measures())
    for each in found.figures:
        if measures()[each.measure].by_encoder:
            assert "no encoder" in each.refused
            continue
        assert each.low <= each.value <= each.high
        assert each.unseen == 22
    for name, near in (("coverage", 0.25), ("variety", 0.15), ("precision", 0.25)):
        assert found.of(name).matched == pytest.approx(found.of(name).ceiling, abs=near)


def test_noise_stays_far_below_it(measured) -> None:
    found = measured(
        lambda seed: np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    )
    for name, measure in measures().items():
        figure = found.of(name)
        if measure.by_encoder or name in ("variety", "vendi"):
            continue
        apart = figure.matched - figure.ceiling
        assert (apart < 0) == (measure.better == "higher"), name
    assert found.of("precision").value == 0.0
    assert found.of("kid").low > found.of("kid").ceiling


def test_three_held_out_pictures_are_refused_with_the_reason(measured) -> None:
    found = measured(lambda seed: small(1000 + seed), unseen=3, encodes=True)
    coverage = found.of("coverage")
    assert coverage.value is not None
    assert coverage.ceiling is None
    assert str(coverage.no_ceiling) == (
        "3 pictures were held out; what unseen pictures reach needs 20."
    )
    assert str(found.of("psnr").refused) == (
        "3 pictures are too few for it: it needs 4 on each side."
    )
    assert found.of("psnr").value is None


@pytest.mark.parametrize("unseen", [24, 30])
def test_one_group_as_large_as_the_rest_or_nearly(measured, unseen: int) -> None:
    found = measured(lambda seed: small(1000 + seed), known=30, unseen=unseen, count=30)
    coverage = found.of("coverage")
    assert (coverage.count, coverage.unseen) == (30, unseen)
    assert (coverage.matched == coverage.value) or unseen == 24
    assert coverage.ceiling is not None


def test_few_pictures_are_refused_one_by_one(measured) -> None:
    found = measured(lambda seed: small(1000 + seed), count=12)
    assert found.of("spectrum").value is not None
    assert "12 pictures are too few" in found.of("coverage").refused
    assert found.of("coverage").value is None


def test_an_encoder_is_measured_on_what_it_never_saw(measured) -> None:
    found = measured(lambda seed: small(1000 + seed), encodes=True)
    psnr, structure = found.of("psnr"), found.of("ms_ssim")
    assert (psnr.count, psnr.unseen) == (22, 22)
    assert psnr.ceiling == pytest.approx(psnr.value, abs=3)
    assert 0.5 < structure.value < 1.0


def test_the_same_twice(measured) -> None:
    one, two = (measured(lambda seed: small(1000 + seed), 24, 8, 24) for _ in range(2))
    assert one.figures == two.figures


def test_numbers_that_do_nothing_are_counted(pictures, prepared_of: MakePrepared) -> None:
    prepared = prepared_of(pictures[:20], 4)
    found = latents(LoadedModel(Painter(small, False), "cpu"), prepared)  # type: ignore[arg-type]
    assert (found.active, found.total, found.kl) == (3, 4, ())
    assert found.spread[1] > 1.8
    assert found.spread[2] == 0.0


def test_a_run_is_measured_and_stopped_and_has_a_life(
    made_once: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copytree(made_once[0] / "project", tmp_path / "project")
    run = made_once[1]
    with Project.open(tmp_path / "project") as project:
        steps: list[tuple[int, int]] = []
        found = assess(project, run, 8, progress=lambda *each: steps.append(each))
        assert found is not None
        assert steps[-1][0] == steps[-1][1] == 8 + found.trained + found.unseen
        assert found.latents.total == len(found.latents.kl) == 8
        assert min(found.latents.kl) >= 0
        assert assessment.kept(project, run)[-1] == found.checkpoint
        assert assess(project, run, 8, checkpoint=found.checkpoint) == found
        assert assess(project, run, 8, cancelled=lambda: True) is None
        with pytest.raises(StudioError, match=r"no checkpoint 77"):
            assess(project, run, 8, checkpoint=77)
        with pytest.raises(StudioError, match="There is no run"):
            assess(project, "none", 8)
