"""Files that belong together say the same as the picture they were made of."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.collections.sprite_sheet import shelves
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.handover import export_pictures, export_pieces
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.pieces.origin import TRAINED, Origin
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def sprite(seed: int, side: int = 12, colours: int = 200) -> Pixels:
    """Noise with a transparent edge of another width on every side."""
    made = np.random.default_rng(seed).integers(0, colours, (side + seed, side, 4), np.uint8)
    made[..., 3] = 0
    made[2:-1, 3:-2, 3] = 255
    return made


def export(folder: Path, pictures: dict[str, Pixels], way: str, **options: object) -> list[Path]:
    told = [
        (name, Artwork.of(each), Origin(name, "Ada", "© Ada", {"piece": name}))
        for name, each in pictures.items()
    ]
    return [each.path for each in export_pictures(told, way, options, folder)]


WALK = {f"walk-{n}": sprite(n) for n in (1, 2, 3)} | {"vase": sprite(5)}

# ---------------------------------------------------------------------- sprite sheet


@pytest.mark.parametrize("data", ["hash", "array"])
def test_every_sprite_is_found_where_the_list_says(data: str, tmp_path: Path) -> None:
    picture, listed = export(tmp_path, WALK, "sprite-sheet", data=data, frame_rate=10)
    said = json.loads(listed.read_text("utf-8"))
    frames = said["frames"]
    if data == "array":
        frames = {each["filename"]: each for each in frames}
    assert list(frames) == list(WALK)
    with Image.open(picture) as opened:
        sheet = np.asarray(opened)
    assert said["meta"]["size"] == {"w": sheet.shape[1], "h": sheet.shape[0]}
    assert (said["meta"]["image"], said["meta"]["scale"]) == ("walk-1.png", "1")
    assert said["meta"]["frameTags"] == [
        {"name": "walk", "from": 0, "to": 2, "direction": "forward"}
    ]
    for name, source in WALK.items():
        frame = frames[name]
        (x, y, w, h), put = frame["frame"].values(), frame["spriteSourceSize"]
        again = np.zeros_like(source)
        again[put["y"] : put["y"] + h, put["x"] : put["x"] + w] = sheet[y : y + h, x : x + w]
        seen = source * (source[..., 3:] > 0)
        assert np.array_equal(again * (again[..., 3:] > 0), seen)
        assert frame["trimmed"] is True
        assert frame["duration"] == 100
        assert frame["sourceSize"] == {"w": source.shape[1], "h": source.shape[0]}
        # Its edge goes on for two pixels, so that no neighbour bleeds in.
        assert np.array_equal(sheet[y - 2, x : x + w], sheet[y, x : x + w])
        assert np.array_equal(sheet[y : y + h, x + w + 1], sheet[y : y + h, x + w - 1])
    found = read_provenance(picture)
    assert (found["creator"], found["digital_source_type"]) == ("Ada", TRAINED)
    assert [each["piece"] for each in found["recipe"]["pieces"]] == list(WALK)


def test_sides_of_a_power_of_two(tmp_path: Path) -> None:
    picture, _ = export(tmp_path, WALK, "sprite-sheet", power_of_two=True, trim=False)
    with Image.open(picture) as opened:
        assert all(side & (side - 1) == 0 for side in opened.size)


def test_shelves_never_overlap() -> None:
    chance = np.random.default_rng(0)
    sizes = [(int(w), int(h)) for w, h in chance.integers(1, 60, (80, 2))]
    places, width, height = shelves(sizes)
    drawn = np.zeros((height, width), int)
    for (x, y), (w, h) in zip(places, sizes, strict=True):
        drawn[y : y + h, x : x + w] += 1
    assert drawn.max() == 1
    assert drawn.sum() == sum(w * h for w, h in sizes)


def test_two_pieces_of_one_name_are_refused(tmp_path: Path) -> None:
    told = [(name, Artwork.of(sprite(1)), Origin(name)) for name in ("caf\u00e9", "cafe\u0301")]
    with pytest.raises(UsageError, match="Two pieces are called café"):
        export_pictures(told, "sprite-sheet", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_indexed_sheet_keeps_every_colour_or_is_refused(tmp_path: Path) -> None:
    few = {f"s{n}": sprite(n, colours=3) // 1 for n in (1, 2)}
    picture, listed = export(tmp_path / "a", few, "sprite-sheet", indexed=True)
    plain, _ = export(tmp_path / "b", few, "sprite-sheet")
    with Image.open(picture) as opened, Image.open(plain) as wanted:
        assert opened.mode == "P"
        assert np.array_equal(np.asarray(opened.convert("RGBA")), np.asarray(wanted))
    assert json.loads(listed.read_text())["meta"]["format"] == "I8"
    assert read_provenance(picture)["verified"] is True
    with pytest.raises(StudioError, match=r"has \d+ colours, and a palette holds 256"):
        export(tmp_path / "c", WALK, "sprite-sheet", indexed=True)
    assert not (tmp_path / "c").exists()


# ---------------------------------------------------------------------- texture set


def bump(side: int = 48) -> Pixels:
    """A round hill in the middle."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    hill = np.exp(-(x**2 + y**2) / (2 * (side / 8) ** 2))
    return (hill[..., None].repeat(3, 2) * 255).astype(np.uint8)


@pytest.mark.parametrize("normal", ["opengl", "directx"])
def test_normals_lean_away_from_the_hill(normal: str, tmp_path: Path) -> None:
    files = export(tmp_path, {"oak": bump()}, "texture-set", normal=normal, packed="orm")
    named = {each.name: each for each in files}
    assert list(named) == [
        "oak_BaseColor.png", "oak_Height.png", "oak_Normal.png", "oak_Roughness.png", "oak_AO.png",
        "oak_ORM.png", "oak_Maps.json",
    ]  # fmt: skip
    with Image.open(named["oak_Normal.png"]) as opened:
        made = np.asarray(opened, int)
    left, right, above, below = made[24, 16], made[24, 31], made[16, 24], made[31, 24]
    assert left[0] < 120 < 136 < right[0], "red is to the right"
    up, down = (above, below) if normal == "opengl" else (below, above)
    assert down[1] < 120 < 136 < up[1], "green is up in OpenGL and down in DirectX"
    assert np.abs(np.linalg.norm(made / 127.5 - 1, axis=2) - 1).max() < 0.02
    said = json.loads(named["oak_Maps.json"].read_text("utf-8"))
    assert said["maps"]["oak_Normal.png"]["convention"] == normal
    assert "guess" in said["maps"]["oak_Height.png"]["made"]


def test_maps_of_data_say_nothing_of_colours(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    files = export(tmp_path, {"oak": noise}, "texture-set", packed="mask")
    for file in files[:-1]:
        data = file.read_bytes()
        is_colour = file.name == "oak_BaseColor.png"
        assert (b"sRGB\0" in data) == is_colour
        assert not any(word in data for word in (b"iCCP", b"gAMA", b"cHRM"))
        assert read_provenance(file)["verified"] is True
    with Image.open(files[1]) as height, Image.open(files[5]) as mask:
        assert height.mode == "I;16"
        assert len(np.unique(np.asarray(height))) > 256
        assert mask.mode == "RGBA"


def test_names_are_those_that_engines_recognise(tmp_path: Path) -> None:
    files = export(tmp_path, {"T_oak": bump()}, "texture-set", names="short", packed="orm")
    assert [each.name for each in files[:3]] == ["T_oak_BC.png", "T_oak_H.png", "T_oak_N.png"]
    # As Node Wrangler splits them: words of a name, also at capitals.
    wanted = [{"base", "color"}, {"height"}, {"normal"}, {"roughness"}, {"ao"}]
    long = export(tmp_path / "b", {"oak": bump()}, "texture-set")
    for file, tags in zip(long, wanted, strict=False):
        words = re.sub(r"([a-z])([A-Z])", r"\1 \2", file.stem).replace("_", " ").lower().split()
        assert tags <= set(words)


def test_every_piece_is_a_set_of_its_own(tmp_path: Path) -> None:
    files = export(tmp_path, {"oak": bump(), "ash": bump(32)}, "texture-set")
    assert len(files) == 12
    with pytest.raises(StudioError, match=r"oak_BaseColor\.png already exists"):
        export(tmp_path, {"oak": bump()}, "texture-set")


# ---------------------------------------------------------------------- sequence, palette


def test_frames_are_numbered_without_a_gap(tmp_path: Path) -> None:
    frames = {f"p{n}": sprite(0) for n in range(3)}
    files = export(tmp_path, frames, "image-sequence", first=0, frames="png16")
    assert [each.name for each in files] == ["p0.0000.png", "p0.0001.png", "p0.0002.png"]
    with pytest.raises(StudioError, match=r"one size: a has 12 × 13 pixels and b has 12 × 14\."):
        export(tmp_path / "b", {"a": sprite(1), "b": sprite(2)}, "image-sequence")
    assert not (tmp_path / "b").exists()


def ase(path: Path) -> list[tuple[str, tuple[int, ...]]]:
    """Names and colours of an Adobe Swatch Exchange file."""
    data, found = path.read_bytes(), []
    assert data[:8] == b"ASEF\0\1\0\0"
    place = 12
    for _ in range(struct.unpack_from(">I", data, 8)[0]):
        kind, size = struct.unpack_from(">HI", data, place)
        content = data[place + 6 : place + 6 + size]
        if kind == 1:
            (length,) = struct.unpack_from(">H", content)
            name = content[2 : 2 + 2 * length].decode("utf-16-be").rstrip("\0")
            assert content[2 + 2 * length : 6 + 2 * length] == b"RGB "
            levels = struct.unpack_from(">3f", content, 6 + 2 * length)
            found.append((name, tuple(round(each * 255) for each in levels)))
        place += 6 + size
    assert place == len(data)
    return found


def test_a_palette_has_the_colours_by_how_often_they_are_seen(tmp_path: Path) -> None:
    picture = np.zeros((10, 10, 4), np.uint8)
    picture[:] = (250, 10, 90, 255)
    picture[:3] = (0, 128, 255, 255)
    picture[9] = (1, 2, 3, 0)
    gpl, swatches = export(tmp_path, {"vase": picture}, "palette")
    assert ase(swatches) == [("#fa0a5a", (250, 10, 90)), ("#0080ff", (0, 128, 255))]
    lines = gpl.read_text("utf-8").splitlines()
    assert lines[:3] == ["GIMP Palette", "Name: vase", "Columns: 8"]
    assert lines[-2:] == ["250  10  90\t#fa0a5a", "  0 128 255\t#0080ff"]
    assert f"# {TRAINED}" in lines
    many, _ = export(tmp_path / "b", {"noise": sprite(1, 40)}, "palette", colours=8)
    assert len([each for each in many.read_text().splitlines() if "\t" in each]) == 8


# ---------------------------------------------------------------------- pages


def test_a_contact_sheet_has_all_pieces(tmp_path: Path) -> None:
    (file,) = export(tmp_path, WALK, "contact-sheet", columns=2, scale=2)
    assert [each["piece"] for each in read_provenance(file)["recipe"]["pieces"]] == list(WALK)


def test_a_portfolio_has_a_page_for_every_piece(tmp_path: Path) -> None:
    pictures = {"vase": bump(), "花瓶": sprite(3), "grey": bump()[..., :1]}
    (file,) = export(tmp_path, pictures, "portfolio")
    data = file.read_bytes()
    (place,) = re.findall(rb"startxref\n(\d+)\n%%EOF", data)
    table = data[int(place) :].splitlines()
    assert table[0] == b"xref"
    for number, line in enumerate(table[3:], 1):
        if not line.endswith(b" n "):
            break
        assert data[int(line[:10]) :].startswith(f"{number} 0 obj".encode())
    assert data.count(b"/Type /Page ") == 3
    streams = [
        zlib.decompress(found)
        for found in re.findall(
            rb"/FlateDecode /Length \d+ >>\nstream\n(.*?)\nendstream", data, re.S
        )
    ]
    held = [bump().tobytes(), sprite(3)[..., :3].tobytes(), sprite(3)[..., 3].tobytes()]
    assert all(each in streams for each in held), "pixels are lossless, alpha beside them"
    words = b"".join(each for each in streams if b"Tj" in each)
    assert b"vase".hex().encode() in words
    assert "花瓶".encode("utf-16-be").hex().encode() in words
    assert TRAINED.encode() in data


def test_a_model_pack_has_weights_and_a_card(trained: Project, tmp_path: Path) -> None:
    run = next(each.name for each in runs.runs(trained) if each.family == "vae")
    newest = checkpoint.load_latest(trained.runs / run)
    assert newest is not None
    player = Player.open(newest.folder, "cpu")
    kept = [pieces.keep(trained, run, player, LatentRecipe(seed=seed)) for seed in (1, 2)]
    for each in kept:
        pieces.set_review(trained, each.id, "approved")
    wanted = pieces.pieces(trained)
    (made,) = export_pieces(
        trained, wanted, "model-pack", {"also": "safetensors"}, tmp_path / "out"
    )
    with zipfile.ZipFile(made.path) as file:
        assert file.testzip() is None
        held = {name: file.read(name) for name in file.namelist()}
    assert held[f"{run}/model.safetensors"] == (newest.folder / "model.safetensors").read_bytes()
    assert {f"{run}/state.json", f"{run}/README.md"} <= set(held)
    assert {f"{run}/{run}.safetensors", f"{run}/{run}.md"} <= set(held)
    assert len([name for name in held if name.startswith(f"{run}/samples/")]) == 2
    assert b"piece-001, piece-002" in held[f"{run}/README.md"]
    assert [each.name for each in (tmp_path / "out").iterdir()] == [made.path.name]
    with pytest.raises(StudioError, match=r"model that drew x is no longer kept"):
        export(tmp_path / "b", {"x": bump()}, "model-pack")
