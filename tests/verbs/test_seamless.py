"""Seamless runs on the command line: asked for with --set, scored by `generate`."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.engine.evaluation.seam import seam
from tests.verbs.support import call, done

FAMILIES = ("autoencoder", "fewshot_gan", "gan", "stylegan2", "vae")


def test_every_convolutional_family_offers_it():
    listed = {each["name"]: each for each in done("families")["families"]}
    for name in FAMILIES:
        (found,) = [each for each in listed[name]["parameters"] if each["name"] == "seamless"]
        assert found["default"] is False


@pytest.fixture
def textures(tmp_path):
    """Waves that tile, at every phase."""
    (tmp_path / "set").mkdir()
    generator = np.random.default_rng(2)
    y, x = np.mgrid[0:16, 0:16] * 2 * np.pi / 16
    for number in range(24):
        a, b = generator.uniform(0, 2 * np.pi, 2)
        wave = 128 + 70 * np.sin(x + a) + 50 * np.cos(y + b)
        Image.fromarray(wave.clip(0, 255).astype(np.uint8)).save(tmp_path / "set" / f"{number}.png")
    done("import", tmp_path / "project", tmp_path / "set")
    return tmp_path / "project"


def test_what_is_made_has_no_seam_and_that_is_said(textures, tmp_path):
    options = ["--family", "vae", "--size", "16", "--device", "cpu", "--images", "320"]
    small = ("latent_dim=32", "top_width=8", "width=16", "batch_size=4")
    learnt = ("lr=0.005", "ema_half_life=0.1", "augment_zoom=0")
    options += [part for each in (*small, *learnt) for part in ("--set", each)]
    made = {}
    for seamless in ("yes", "no"):
        run = done("train", textures, *options, "--set", f"seamless={seamless}")["run"]
        made[seamless] = done(
            "generate", textures, "--run", run, "--count", 12, "--out", tmp_path / seamless
        )
    assert "seam" not in made["no"]
    said = made["yes"]["seam"]
    assert 0.4 < said["across"] < 1.5
    assert 0.4 < said["down"] < 1.5
    plain = seam(np.stack([pixels(file) for file in made["no"]["files"]]))
    assert said["across"] + said["down"] < plain.across + plain.down


def pixels(file):
    with Image.open(file) as image:
        return np.atleast_3d(np.asarray(image))


def test_it_cannot_be_changed_when_a_run_goes_on(project, run):
    said = call("train", project, "--resume", run, "--set", "seamless=yes")
    said.refused(2, "--set cannot be changed")
