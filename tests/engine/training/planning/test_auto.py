"""What is recommended, and that it is always possible and says why."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import base
from models.image_spec import ImageSpec
from studio.engine.devices import Device
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.planning.auto import recommend
from studio.engine.training.record.recipe import Recipe
from tests.engine.training.conftest import made_once, one_thread, project

__all__ = ["made_once", "one_thread", "project"]
CPU = Device("cpu", "CPU", 8 << 30, False)
GPU = Device("cuda:0", "Big GPU", 140 << 30, True)


@pytest.mark.parametrize(
    ("pictures", "side", "device", "minutes", "family"),
    [
        (1, 64, CPU, 30, "autoencoder"),
        (49, 256, GPU, 600, "autoencoder"),
        (300, 64, CPU, 600, "fewshot_gan"),
        (300, 256, GPU, 120, "fewshot_gan"),
        (5_000, 64, CPU, 600, "gan"),
        (5_000, 256, GPU, 600, "stylegan2"),
        (50_000, 256, GPU, 3000, "gan"),
        (600, 64, CPU, 30, "fewshot_gan"),
        # Too little time for the pair that the pictures would deserve.
        (5_000, 64, CPU, 15, "fewshot_gan"),
        (5_000, 64, CPU, 5, "vae"),
        (5_000, 256, CPU, 30, "autoencoder"),
        (300, 64, CPU, 0.1, "autoencoder"),
    ],
)
def test_the_family_follows_pictures_size_machine_and_time(
    pictures: int, side: int, device: Device, minutes: float, family: str
) -> None:
    if family not in base.families():
        pytest.skip(f"there is no {family} yet")
    found = recommend(pictures, (side, side), device, minutes=minutes)
    assert found.family == family, found
    assert found.reason.startswith(base.family(family).title)


def test_a_run_counted_in_images_needs_no_clock() -> None:
    assert recommend(5_000, (64, 64), CPU, images=10_000_000).family == "gan"
    assert recommend(5_000, (64, 64), CPU, images=1_000).family == "autoencoder"


def test_the_reason_says_what_would_have_needed_longer() -> None:
    found = recommend(5_000, (64, 64), CPU, minutes=10)
    assert "GAN would need longer" in found.reason
    assert "5000 pictures" in found.reason


LENGTHS = [
    *({"minutes": each} for each in (0.1, 1, 5, 15, 30, 60, 120, 240, 600, 3000)),
    *({"images": each} for each in (100, 1000, 19_999, 50_000, 160_000, 300_000, 10**7)),
]
WORDS_AND_CHANGES = "11f2743e"
"""Of the SHA-256 of every reason and override, in the order of the table."""


def test_what_is_recommended_stays_what_it_was() -> None:
    """By pictures, size and machine, a letter a length: as recorded before facts had owners."""
    recorded = json.loads(Path(__file__).with_name("recommended.json").read_text("utf-8"))
    told = []
    for setting, letters in recorded.items():
        pictures, size, machine = setting.split()
        width, height = map(int, size.split("x"))
        device = CPU if machine == "cpu" else GPU
        found = [recommend(int(pictures), (width, height), device, **each) for each in LENGTHS]
        assert "".join(each.family[0] for each in found) == letters, setting
        told += [[each.overrides, str(each.reason)] for each in found]
    assert hashlib.sha256(json.dumps(told).encode()).hexdigest().startswith(WORDS_AND_CHANGES)


@settings(max_examples=60, deadline=None)
@given(
    pictures=st.integers(1, 10**6),
    size=st.sampled_from([(16, 16), (48, 64), (64, 64), (128, 96), (256, 256), (1024, 1024)]),
    device=st.sampled_from([CPU, GPU]),
    minutes=st.floats(0.01, 1e5),
)
def test_every_recommendation_is_a_valid_recipe_in_one_sentence(
    pictures: int, size: tuple[int, int], device: Device, minutes: float
) -> None:
    found = recommend(pictures, size, device, minutes=minutes)
    kind = base.family(found.family)
    spec = ImageSpec(3, size[1], size[0])
    preset = kind.preset(spec, accelerator=device.is_accelerator, pictures=pictures)
    kind.Config.from_mapping({**preset.as_dict(), **found.overrides})
    assert found.reason.count(".") == 1
    assert found.reason.endswith(".")


def test_a_short_run_averages_over_less(project: Project) -> None:
    found = recommend(5_000, (64, 64), CPU, images=1_000)
    assert found.overrides["ema_half_life"] == 0.1
    recipe = runs.create_run(
        project, "set", "auto", 16, 16, images=1_000, overrides={"width": 8, "ema_half_life": 3}
    )
    assert recipe.family == "autoencoder"
    assert (recipe.config["width"], recipe.config["ema_half_life"]) == (8, 3)
    saved = Recipe.load(project.runs / recipe.run)
    assert saved.reason.startswith("Autoencoder: 12 pictures of 16 × 16")
