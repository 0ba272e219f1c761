"""Sampler, pictures, state as tensors, sheets, averages, slim checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from models import base
from models.image_spec import ImageSpec
from studio.engine import devices
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.events import Done
from studio.engine.training.record import checkpoint, checkpoint_model, sample_sheet, tensors
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.record.statistics import Averages, all_finite
from studio.engine.training.session import random_state
from studio.engine.training.session.pictures import Pictures, Sampler
from tests.engine.training.support import TINY, Driven

# ---------------------------------------------------------------------- order


@given(st.integers(1, 30), st.lists(st.integers(1, 40), max_size=12), st.integers(0, 2**63 - 1))
def test_every_epoch_has_every_picture_once(count: int, sizes: list[int], seed: int) -> None:
    sampler = Sampler(count, seed)
    drawn = np.concatenate([np.empty(0, np.int64), *(sampler.take(size) for size in sizes)])
    assert len(drawn) == sampler.position == sum(sizes)
    for start in range(0, len(drawn) - count + 1, count):
        assert sorted(drawn[start : start + count]) == list(range(count))


@given(st.integers(1, 30), st.lists(st.integers(1, 40), min_size=1), st.data())
def test_the_position_is_all_there_is_to_save(count: int, sizes: list[int], data: Any) -> None:
    whole = np.concatenate([Sampler(count, 5).take(sum(sizes))])
    cut = data.draw(st.integers(0, sum(sizes) - 1))
    assert np.array_equal(Sampler(count, 5, cut).take(sum(sizes) - cut), whole[cut:])


def test_epochs_and_seeds_differ() -> None:
    sampler = Sampler(50, 1)
    assert not np.array_equal(sampler.take(50), sampler.take(50))
    assert not np.array_equal(Sampler(50, 1).take(50), Sampler(50, 2).take(50))


# ---------------------------------------------------------------------- pictures


def pictures_of(vae: Driven) -> Prepared:
    """The prepared pictures of the small project."""
    return Prepared.load(vae.project_folder / Recipe.load(vae.folder).prepared)


@pytest.mark.parametrize("resident", [True, False])
def test_batches_are_the_training_rows(vae: Driven, resident: bool) -> None:
    prepared = pictures_of(vae)
    pictures = Pictures(prepared, devices.choose("cpu"), resident=resident)
    indices = np.array([3, 0, 3])
    batch = pictures.batch(indices)
    assert batch.dtype == torch.uint8
    assert np.array_equal(batch.numpy(), prepared.images[prepared.train[indices]])
    assert pictures.count == len(prepared.train) == 11


def test_a_set_too_large_for_the_device_stays_in_its_map(vae: Driven) -> None:
    prepared = pictures_of(vae)
    small = devices.Device("cpu", "a small machine", memory=1000, bf16=False)
    assert Pictures(prepared, small)._resident is None
    assert Pictures(prepared, devices.choose("cpu"))._resident is not None


def test_refresh_sees_the_set_once_in_order(vae: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = Pictures(pictures_of(vae), devices.choose("cpu"))
    assert torch.equal(
        torch.cat(list(pictures.for_refresh(4))), pictures.batch(np.arange(pictures.count))
    )
    monkeypatch.setattr("studio.engine.training.session.pictures.REFRESHED_BY", 5)
    assert sum(len(each) for each in pictures.for_refresh(2)) == 5


# ---------------------------------------------------------------------- state


@pytest.mark.parametrize("fused", [False, True])
def test_optimisers_survive_with_the_layout_of_their_weights(tmp_path: Path, fused: bool) -> None:
    """Fused kernels walk weights and moments in step, so channels_last has to come back."""
    torch.manual_seed(0)
    net = nn.Conv2d(4, 8, 3).to(memory_format=torch.channels_last)
    x = torch.randn(2, 4, 8, 8).to(memory_format=torch.channels_last)

    def optimizer() -> torch.optim.Optimizer:
        return torch.optim.AdamW(net.parameters(), lr=0.01, fused=fused)

    def step(each: torch.optim.Optimizer) -> None:
        each.zero_grad()
        net(x).square().sum().backward()
        each.step()

    first = optimizer()
    step(first)
    flat: dict[str, torch.Tensor] = {}
    plain = tensors.save_optimizers({"net": first}, flat)
    flat = {name: value.clone() for name, value in tensors.portable(flat).items()}
    weights = {name: value.clone() for name, value in net.state_dict().items()}
    step(first)
    expected = {name: value.clone() for name, value in net.state_dict().items()}

    net.load_state_dict(weights)
    second = optimizer()
    tensors.load_optimizers({"net": second}, plain, flat)
    step(second)
    assert all(torch.equal(expected[name], value) for name, value in net.state_dict().items())


def test_optimisers_of_another_model_are_refused() -> None:
    one = torch.optim.SGD([nn.Parameter(torch.zeros(2))], lr=0.1)
    saved = tensors.save_optimizers({"one": one}, {})
    with pytest.raises(ValueError, match="other"):
        tensors.load_optimizers({"other": one}, saved, {})


def test_what_is_neither_number_nor_tensor_cannot_be_saved() -> None:
    with pytest.raises(TypeError, match="here"):
        tensors.flatten({"a": object()}, "here", {})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_nested_state_comes_back_as_it_was(value: Any) -> None:
    import json

    plain = json.loads(json.dumps(tensors.flatten(value, "x", {})))
    assert tensors.unflatten(plain, {}) == value


def test_chance_comes_back_whatever_was_drawn() -> None:
    import random

    cpu = torch.device("cpu")

    def draw() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    random_state.seed_all(3)
    first = draw()
    random_state.seed_all(3)
    with random_state.undisturbed(cpu):
        draw()
    assert draw() == first


def test_every_bit_of_a_seed_counts() -> None:
    def drawn(seed: int) -> tuple[float, float]:
        random_state.seed_all(seed)
        return float(np.random.rand()), float(torch.rand(()))

    seeds = [3, *(3 + (1 << bit) for bit in range(32, 63, 5)), (1 << 63) - 1]
    for numbers in zip(*(drawn(seed) for seed in seeds), strict=True):
        assert len(set(numbers)) == len(seeds)
    assert drawn(3) == (
        np.random.RandomState(3).rand(),
        float(torch.rand((), generator=torch.Generator().manual_seed(3))),
    )


# ---------------------------------------------------------------------- numbers and sheets


def test_averages_are_means_since_the_last_reading() -> None:
    averages = Averages()
    reused = torch.tensor(1.0)
    averages.add({"loss": reused, "now and then": torch.tensor(4.0)})
    reused.fill_(3.0)
    averages.add({"loss": reused})
    assert averages.read() == {"loss": 2.0, "now and then": 4.0}
    assert averages.read() == {}


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_one_bad_number_shows_in_the_mean(bad: float) -> None:
    averages = Averages()
    for value in (1.0, bad, 1.0):
        averages.add({"loss": torch.tensor(value)})
    assert not all_finite(averages.read())


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_sheet_holds_its_pictures_edge_to_edge(tmp_path: Path, channels: int) -> None:
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, (5, 6, 8, channels), dtype=np.uint8)
    sample_sheet.write_sheet(pictures, 3, tmp_path / "new" / "sheet.png")
    with Image.open(tmp_path / "new" / "sheet.png") as image:
        page = np.asarray(image).reshape(12, 24, channels)
    for number, picture in enumerate(pictures):
        top, left = 6 * (number // 3), 8 * (number % 3)
        assert np.array_equal(page[top : top + 6, left : left + 8], picture)
    assert not page[6:, 16:].any()


@pytest.mark.parametrize(("side", "columns"), [(16, 6), (64, 6), (128, 4), (256, 2), (1024, 2)])
def test_a_sheet_is_about_as_wide_whatever_the_size(side: int, columns: int) -> None:
    assert sample_sheet.layout(side, side // 2) == (columns, columns**2)


# ---------------------------------------------------------------------- slim


@pytest.mark.parametrize("family", TINY)
def test_a_slim_checkpoint_draws_the_same_pictures(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str
) -> None:
    end = run_of(family).train()[-1]
    assert isinstance(end, Done)
    whole = checkpoint_model.load_model(Path(end.checkpoint), "cpu")
    saved = checkpoint_model.export_slim(Path(end.checkpoint), tmp_path / "slim" / "000001")
    slim = checkpoint_model.load_model(saved.folder, "cpu")
    assert not slim.training
    assert not any(weight.requires_grad for weight in slim.parameters())
    ours = slim.synthesize(slim.sample(4, 0)).int()
    theirs = whole.synthesize(whole.sample(4, 0)).int()
    assert int((ours - theirs).abs().max()) <= 2
    size = (saved.folder / checkpoint.MODEL).stat().st_size
    assert size < 0.5 * (Path(end.checkpoint) / checkpoint.MODEL).stat().st_size
    assert not (saved.folder / checkpoint.TRAINING).exists()


def test_a_slim_processor_model_fits_into_eight_megabytes(tmp_path: Path) -> None:
    spec = ImageSpec(3, 64, 64)
    for name, kind in base.families().items():
        config = kind.preset(spec, accelerator=False, pictures=64)
        family = kind(config, spec)
        state = {
            "family": name, "config": config.as_dict(), "images_seen": 0,
            "image_spec": {"channels": 3, "height": 64, "width": 64, "classes": 0},
        }  # fmt: skip
        saved = checkpoint.save(tmp_path / name, family.state_dict(), {}, state)
        slim = checkpoint_model.export_slim(saved.folder, tmp_path / name / "slim")
        assert (slim.folder / checkpoint.MODEL).stat().st_size <= 8_000_000, name


def test_a_slim_checkpoint_cannot_be_resumed(vae: Driven) -> None:
    vae.train()
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    checkpoint_model.export_slim(newest.folder, vae.folder / "checkpoints" / "000099")
    end = vae.train(resume=True)[-1]
    assert "does not fit" in end.message


@pytest.mark.parametrize(
    "changes",
    [
        {"family": "nonsense"}, {"config": {"nonsense": 1}}, {"config": {"latent_dim": 16}},
        {"image_spec": {"channels": 2, "height": 16, "width": 16}}, {"image_spec": None},
    ],
)  # fmt: skip
def test_a_model_of_another_version_is_one_sentence(
    vae: Driven, tmp_path: Path, changes: dict[str, Any]
) -> None:
    end = vae.stop_after(1)[-1]
    assert isinstance(end, Done)
    saved = checkpoint.verify(Path(end.checkpoint))
    model = checkpoint.read_tensors(saved.folder / checkpoint.MODEL)
    odd = checkpoint.write(tmp_path / "odd", {checkpoint.MODEL: model}, saved.state | changes)
    with pytest.raises(StudioError, match="odd"):
        checkpoint_model.load_model(odd.folder, "cpu")
