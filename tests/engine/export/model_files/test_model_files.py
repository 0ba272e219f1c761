"""Models that leave: other programs draw the same pictures, and learn nothing of this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from models import base
from models.base import Family
from models.image_spec import ImageSpec
from studio.engine.errors import StudioError
from studio.engine.export.model_files import onnx_graph
from studio.engine.export.model_files.base import export_model
from studio.engine.export.model_files.portable import Portable
from studio.engine.extras import Extra
from studio.engine.training.record import checkpoint, checkpoint_model
from studio.engine.training.record.checkpoint import MODEL, State

TRACES = (b"/work", b"/tmp", str(Path.cwd()).encode(), b"stylegan2_networks", b"models.parts")


def model_of(folder: Path, name: str, spec: ImageSpec, **config: object) -> Path:
    """A checkpoint of a model whose noise and biases do something."""
    torch.manual_seed(0)
    kind = base.family(name)
    small = {"latent_dim": 8, "top_width": 8, "width": 16}
    known = {key: value for key, value in small.items() if key in kind.Config.params()}
    family = kind(kind.Config.from_mapping({**known, **config}), spec)
    with torch.no_grad():
        for key, weight in family.named_parameters():
            if "noise_strength" in key or key.endswith("bias") or "tint" in key:
                weight.normal_(std=0.3)
    state = State(
        family=name, config=family.config.as_dict(), image_spec=asdict(spec), labels=[],
        images_seen=8,
    )  # fmt: skip
    return checkpoint.write(folder / name, {MODEL: family.state_dict()}, state).folder


def levels_apart(one: torch.Tensor, two: torch.Tensor) -> float:
    return 127.5 * float((one.clamp(-1, 1) - two.clamp(-1, 1)).abs().max())


def drawn_by(script: Path) -> None:
    """Two seeds are two pictures, and each is the same again; the script has at most 40 lines."""
    stem, shown = script.name.removesuffix(".play.py"), []
    assert len(script.read_text().splitlines()) <= 40
    for _ in range(2):
        subprocess.run([sys.executable, "-I", str(script), "0", "7"], check=True)
        files = [script.with_name(f"{stem}-{seed}.png") for seed in (0, 7)]
        shown.append([np.asarray(Image.open(file)).copy() for file in files])
    (one, two), again = shown
    assert one.shape == (16, 16, 3)
    assert one.std() > 1
    assert not np.array_equal(one, two)
    assert np.array_equal([one, two], again)


@pytest.fixture(scope="module")
def stylegan2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    return model_of(folder, "stylegan2", ImageSpec(3, 16, 16), own_noise=True, clamp=3.0)


@pytest.mark.parametrize("side", [16, 32])
@torch.no_grad()
def test_a_script_plays_the_weights_without_this_program(tmp_path: Path, side: int) -> None:
    dark = side == 32
    saved = model_of(
        tmp_path, "stylegan2", ImageSpec(3, side, side), dark_edge=dark, clamp=2.0 * dark
    )
    out = tmp_path / "out" / "Roses & Co"
    weights, script, card = export_model(saved, "safetensors", out)
    assert [path.name for path in (weights, script, card)] == [
        "Roses & Co.safetensors", "Roses & Co.play.py", "Roses & Co.md",
    ]  # fmt: skip
    assert len(script.read_text().splitlines()) <= 40
    assert "latent_studio" not in script.read_text().replace('["latent_studio"]', "")
    subprocess.run([sys.executable, "-I", str(script), "0", "7"], check=True, cwd=tmp_path)
    model = checkpoint_model.load_model(saved, "cpu", whole=False)
    for seed in (0, 7):
        made = np.asarray(Image.open(out.parent / f"{out.name}-{seed}.png")).astype(int)
        wanted = model.synthesize(model.sample(1, seed))[0].numpy().astype(int)
        assert wanted.std() > 10
        assert np.abs(made - wanted).max() <= 1


def test_the_card_has_every_tensor_and_the_file_only_those_that_draw(
    stylegan2: Path, tmp_path: Path
) -> None:
    weights, _, card = export_model(stylegan2, "safetensors", tmp_path / "a.safetensors")
    text = card.read_text()
    with safe_open(weights, "pt") as file:
        names = list(file.keys())
        facts = json.loads(file.metadata()["latent_studio"])
    assert all(f"`{name}`" in text for name in names)
    assert not any(name.startswith(("critic", "generator.", "ada")) for name in names)
    assert facts["inputs"]["z"] == ["n", 8]
    assert facts["config"]["clamp"] == 3
    with pytest.raises(StudioError, match="there already"):
        export_model(stylegan2, "safetensors", tmp_path / "a.safetensors")
    with pytest.raises(StudioError, match="no format 'tar'"):
        export_model(stylegan2, "tar", tmp_path / "b")
    again, *_ = export_model(stylegan2, "safetensors", tmp_path / "a.safetensors", overwrite=True)
    assert again.read_bytes() == weights.read_bytes()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", sorted(base.families()))
@torch.no_grad()
def test_every_family_becomes_a_program(tmp_path: Path, name: str) -> None:
    saved = model_of(tmp_path, name, ImageSpec(3, 16, 16))
    program, script, card = export_model(saved, "torch-export", tmp_path / "out")
    loaded = torch.export.load(program).module()
    model = Portable.of(saved)
    network = model.network()
    for count in (1, 7):
        given = model.examples(count)
        assert levels_apart(loaded(*given), network(*given)) <= 1
    assert "torch.export.load" in card.read_text()
    assert "out.play.py" in card.read_text()
    if name == "gan":
        drawn_by(script)
    with zipfile.ZipFile(program) as parts:
        texts = [parts.read(part) for part in parts.namelist() if part.endswith(".json")]
    assert not [mark for text in texts for mark in (*TRACES, b'.py"') if mark in text]


@pytest.mark.parametrize("name", ["safetensors", "torch-export"])
def test_captions_that_a_model_has_read_do_not_leave(tmp_path: Path, name: str) -> None:
    kind = base.family("text2image")
    family = kind(kind.Config.from_mapping({"top_width": 8, "width": 16}), ImageSpec(3, 16, 16))
    family.read(["my grandmother Alma"])
    state = State(
        family="text2image", config=family.config.as_dict(), image_spec=asdict(family.image_spec),
        labels=[], images_seen=8,
    )  # fmt: skip
    saved = checkpoint.write(tmp_path / "run", {MODEL: family.state_dict()}, state).folder
    assert b"grandmother Alma" in b"".join(path.read_bytes() for path in saved.iterdir())
    made, *_ = export_model(saved, name, tmp_path / "out")
    if zipfile.is_zipfile(made):
        with zipfile.ZipFile(made) as parts:
            inside = b"".join(map(parts.read, parts.namelist()))
    else:
        inside = made.read_bytes()
    assert len(inside) > 10_000
    assert b"grandmother" not in inside


@torch.no_grad()
def test_a_program_truncates_and_has_the_noise_that_it_is_given(stylegan2: Path) -> None:
    model = Portable.of(stylegan2)
    z, psi, noise = model.examples(2)
    family: Family = model.family
    w = family.map(z)
    mean = family.w_mean()
    wanted = family.draw_with(mean + 0.7 * (w - mean), noise)
    assert torch.equal(model.network()(z, psi, noise), wanted)
    assert not torch.equal(model.network()(z, psi, [2 * each for each in noise]), wanted)


@torch.no_grad()
def test_onnx_draws_the_same_and_says_nothing_of_this_machine(
    stylegan2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxscript")
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "1")
    onnx, ort = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    graph, script, card = export_model(stylegan2, "onnx", tmp_path / 'ro"ses')
    data = graph.read_bytes()
    assert not [mark for mark in (*TRACES, b".py") if mark in data]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ['ro"ses.md', 'ro"ses.onnx', 'ro"ses.play.py']
    drawn_by(script)
    made = onnx.load(graph, load_external_data=False)
    onnx.checker.check_model(made)
    assert next(each.version for each in made.opset_import if not each.domain) >= 18
    session, model = ort.InferenceSession(data), Portable.of(stylegan2)
    network = model.network()
    for count in (1, 5):
        given = model.examples(count)
        flat = [each.numpy() for each in (*given[:-1], *given[-1])]
        (picture,) = session.run(None, dict(zip(model.inputs, flat, strict=True)))
        assert levels_apart(torch.from_numpy(picture), network(*given)) <= 1
    assert '"z": normal(4, 8)' in card.read_text()

    monkeypatch.setattr(onnx_graph, "graph", lambda model: data)
    monkeypatch.setattr(onnx_graph, "_LEVEL", -1.0)
    with pytest.raises(StudioError, match="draws other pictures"):
        export_model(stylegan2, "onnx", tmp_path / "other")
    monkeypatch.setattr(Extra, "is_installed", False)
    with pytest.raises(StudioError, match="extras install onnx"):
        export_model(stylegan2, "onnx", tmp_path / "none")
    names = sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".png")
    assert names == ['ro"ses.md', 'ro"ses.onnx', 'ro"ses.play.py']
