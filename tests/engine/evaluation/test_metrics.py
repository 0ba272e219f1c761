"""PSNR and SSIM are the ones of the papers, taken over what a model never saw."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.evaluation import metrics
from studio.engine.evaluation.metrics import Reconstruction, reconstruction
from studio.engine.evaluation.pairs import pictures_and_model, side_by_side
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.loaded_models import LoadedModel
from studio.engine.training.record.recipe import Recipe

MakePrepared = Callable[..., Prepared]
WINDOW, SIGMA = 11, 1.5


def run_of(project: Project, family: str) -> str:
    return next(run.name for run in runs.runs(project) if run.family == family)


def psnr_by_hand(first: np.ndarray, second: np.ndarray) -> float:
    """dB of one picture uint8 [h, w, c], peak 255."""
    return 10 * math.log10(255**2 / ((first.astype(float) - second) ** 2).mean())


def ssim_by_hand(first: np.ndarray, second: np.ndarray) -> float:
    """Wang et al. 2004, equation 13, the mean over all pixels of all channels.

    The paper leaves the border open; here the picture is mirrored beyond it.
    """
    away = np.arange(WINDOW) - WINDOW // 2
    line = np.exp(-(away**2) / (2 * SIGMA**2))
    weights = np.outer(line, line) / line.sum() ** 2
    c1, c2 = 0.01**2, 0.03**2
    values = []
    for channel in range(first.shape[2]):
        half = WINDOW // 2
        a, b = (np.pad(each[..., channel] / 255, half, "reflect") for each in (first, second))
        for top in range(a.shape[0] - WINDOW + 1):
            for left in range(a.shape[1] - WINDOW + 1):
                place = np.s_[top : top + WINDOW, left : left + WINDOW]
                x, y = a[place], b[place]
                mx, my = (weights * x).sum(), (weights * y).sum()
                vx, vy = (weights * (x - mx) ** 2).sum(), (weights * (y - my) ** 2).sum()
                both = (weights * (x - mx) * (y - my)).sum()
                likeness = (2 * mx * my + c1) * (2 * both + c2)
                values.append(likeness / ((mx**2 + my**2 + c1) * (vx + vy + c2)))
    return float(np.mean(values))


def measured(
    originals: np.ndarray,
    redraw: Callable[[np.ndarray], np.ndarray],
    prepared_of: MakePrepared,
    monkeypatch: pytest.MonkeyPatch,
    held_out: int | None = None,
) -> Reconstruction | None:
    """By a model that redraws pictures just as `redraw` says."""
    family = SimpleNamespace(
        latent=SimpleNamespace(has_encoder=True),
        encode=lambda images: images,
        synthesize=lambda w: torch.from_numpy(np.ascontiguousarray(redraw(w.numpy()))),
    )
    prepared = prepared_of(originals, len(originals) if held_out is None else held_out)
    model = LoadedModel(family, "cpu")
    monkeypatch.setattr(metrics, "pictures_and_model", lambda *_: (prepared, model))
    return reconstruction(None, "run", 4)  # type: ignore[arg-type]


def pictures(count: int, channels: int = 3, side: int = 16) -> np.ndarray:
    chance = np.random.default_rng(channels)
    return chance.integers(0, 256, (count, side, side + 2, channels), np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [1, 3, metrics._BATCH + 1])
def test_means_of_each_pictures_own_values(
    count: int, channels: int, prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = pictures(count, channels)
    strengths = np.linspace(0.1, 0.9, count)[:, None, None, None]

    def redraw(images: np.ndarray) -> np.ndarray:
        here = [int(np.flatnonzero((originals == each).all((1, 2, 3)))[0]) for each in images]
        return (images * (1 - strengths[here]) + 128 * strengths[here]).astype(np.uint8)

    found = measured(originals, redraw, prepared_of, monkeypatch)
    assert found is not None
    rebuilt = redraw(originals)
    few = slice(0, 3) if count > 3 else slice(None)
    each = [psnr_by_hand(a, b) for a, b in zip(originals, rebuilt, strict=True)]
    assert found.psnr == pytest.approx(np.mean(each), abs=1e-3)
    if count <= 3:
        each = [ssim_by_hand(a, b) for a, b in zip(originals[few], rebuilt[few], strict=True)]
        assert found.ssim == pytest.approx(np.mean(each), abs=1e-4)
    assert found.count == count
    assert np.array_equal(found.originals, originals[:4])
    assert np.array_equal(found.rebuilt, rebuilt[:4])


def test_known_values(prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch) -> None:
    grey = np.full((2, 16, 16, 3), 100, np.uint8)
    found = measured(grey, lambda images: images + 10, prepared_of, monkeypatch)
    assert found is not None
    assert found.psnr == pytest.approx(20 * math.log10(255 / 10), abs=1e-3)
    a, b, c1 = 100 / 255, 110 / 255, 0.01**2
    # Single precision leaves variances of flat pictures a little off zero.
    assert found.ssim == pytest.approx((2 * a * b + c1) / (a * a + b * b + c1), abs=1e-3)


def test_a_picture_without_error_does_not_make_the_mean_infinite(
    prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = measured(pictures(3), lambda images: images, prepared_of, monkeypatch)
    assert found is not None
    assert found.psnr == 100.0
    assert found.ssim == pytest.approx(1.0, abs=1e-5)


def test_the_opposite_is_worse_than_nothing(
    prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = measured(pictures(3), lambda images: 255 - images, prepared_of, monkeypatch)
    assert found is not None
    assert found.ssim < -0.5
    assert found.psnr < 10


def test_colour_that_transparency_hides_does_not_count(
    prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = pictures(2, 4)
    originals[..., 3] = 0

    def other_colour(images: np.ndarray) -> np.ndarray:
        return np.concatenate([255 - images[..., :3], images[..., 3:]], 3)

    found = measured(originals, other_colour, prepared_of, monkeypatch)
    assert found is not None
    assert found.psnr == 100.0
    originals[..., 3] = 255
    found = measured(originals, other_colour, prepared_of, monkeypatch)
    assert found is not None
    assert found.psnr < 15


def test_nothing_held_out_is_nothing_measured(
    prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert measured(pictures(3), lambda images: images, prepared_of, monkeypatch, 0) is None


# ---------------------------------------------------------------------- trained models


@pytest.mark.parametrize("family", ["autoencoder", "vae"])
def test_a_trained_model_is_measured_on_its_held_out_pictures(
    family: str, trained: Project
) -> None:
    run = run_of(trained, family)
    found = reconstruction(trained, run, 100)
    assert found is not None
    prepared, model = pictures_and_model(trained, run)
    wanted = np.asarray(prepared.images[prepared.held_out])
    assert np.array_equal(found.originals, wanted)
    assert found.count == len(wanted) == len(found.rebuilt)
    with torch.inference_mode(), model as family:
        rebuilt = family.synthesize(family.encode(torch.from_numpy(wanted.copy()))).numpy()
    each = [psnr_by_hand(a, b) for a, b in zip(wanted, rebuilt, strict=True)]
    assert found.psnr == pytest.approx(np.mean(each), abs=1e-2)
    each = [ssim_by_hand(a, b) for a, b in zip(wanted, rebuilt, strict=True)]
    assert found.ssim == pytest.approx(np.mean(each), abs=1e-3)
    again = reconstruction(trained, run, 0)
    assert again is not None
    assert (again.psnr, again.ssim, len(again.rebuilt)) == (found.psnr, found.ssim, 0)


def test_a_model_without_an_encoder_redraws_nothing(trained: Project) -> None:
    assert reconstruction(trained, run_of(trained, "gan"), 4) is None


def test_pairs_depend_on_their_seed_alone(trained: Project) -> None:
    run = run_of(trained, "gan")
    first, again = (side_by_side(trained, run, 5, 3) for _ in range(2))
    other = side_by_side(trained, run, 5, 4)
    for one, two, three in zip(first, again, other, strict=True):
        assert one.shape == (5, 16, 16, 3)
        assert one.tobytes() == two.tobytes() != three.tobytes()
    more = side_by_side(trained, run, 40, 3)
    assert (len(more[0]), len(more[1])) == (14, 40)
    assert more[1][:5].tobytes() == first[1].tobytes()


# ---------------------------------------------------------------------- what cannot be measured


def lose(project: Project, run: str, what: str) -> None:
    folder = project.runs / run
    if what == "checkpoints":
        shutil.rmtree(folder / "checkpoints")
    elif what == "their bytes":
        for model in folder.glob("checkpoints/*/model.safetensors"):
            model.write_bytes(model.read_bytes()[:-1])
    else:
        Recipe.load(folder).model_copy(update={"fingerprint": "0" * 64}).save(folder)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("checkpoints", "has no checkpoint yet: train it a little longer"),
        ("their bytes", "No checkpoint of .* can be read: restore the folder from a backup"),
        ("pictures", "have changed since the run .* began: start a new run"),
    ],
)
@pytest.mark.parametrize("measure", [reconstruction, side_by_side])
def test_what_is_gone_gets_one_sentence(
    measure: Callable[..., Any], what: str, sentence: str, trained: Project
) -> None:
    run = run_of(trained, "vae")
    lose(trained, run, what)
    with pytest.raises(StudioError, match=sentence) as caught:
        measure(trained, run, 4, 0) if measure is side_by_side else measure(trained, run, 4)
    assert "\n" not in str(caught.value)


def test_an_unknown_run_gets_one_sentence(trained: Project) -> None:
    with pytest.raises(StudioError, match="vase"):
        reconstruction(trained, "vase", 4)
