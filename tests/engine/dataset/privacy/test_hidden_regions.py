"""Hidden regions: unrecognisable wherever something learns, and the file untouched."""

from __future__ import annotations

import hashlib
import json
import sys
import types

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding import decode
from studio.engine.dataset.index import regions, store
from studio.engine.dataset.index.regions import Region, box
from studio.engine.dataset.papers import report
from studio.engine.dataset.preparation.prepare import prepare
from studio.engine.dataset.privacy import face_detector as detect
from studio.engine.dataset.privacy import hidden_regions
from studio.engine.errors import StudioError, UsageError


def noise(mode: str = "RGB", size: tuple[int, int] = (80, 60)) -> Image.Image:
    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    values = np.random.default_rng(3).integers(0, 256, (size[1], size[0], channels), np.uint8)
    return Image.fromarray(values.squeeze())


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("way", regions.WAYS)
def test_nothing_is_left_inside_and_nothing_is_changed_outside(mode, way) -> None:
    picture = noise(mode)
    before = np.asarray(picture).copy()
    after = np.asarray(regions.covered(picture, (box(0.25, 0.25, 0.75, 0.75, way),)))
    assert np.array_equal(np.asarray(picture), before)
    inside = np.zeros(before.shape[:2], bool)
    inside[15:46, 20:61] = True
    assert np.array_equal(after[~inside], before[~inside])
    kernel = after[16:44, 21:59].astype(float)
    steps = np.abs(np.diff(kernel, axis=0)).max(), np.abs(np.diff(kernel, axis=1)).max()
    assert max(steps) <= (0 if way == "fill" else 20)  # noise has steps of 255


def test_a_lasso_hides_its_inside_only() -> None:
    picture = Image.new("RGB", (100, 100), (10, 20, 30))
    picture.paste((250, 250, 250), (40, 40, 60, 60))
    triangle = Region(((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)), "fill")
    seen = np.asarray(regions.covered(picture, (triangle,)))
    assert np.array_equal(seen[90, 90], (10, 20, 30))
    assert not np.array_equal(seen[5, 5], (10, 20, 30))


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (3, 500), (500, 2)])
@pytest.mark.parametrize("way", regions.WAYS)
def test_regions_of_any_picture_and_at_its_edges(size, way) -> None:
    picture = Image.new("RGB", size, (200, 10, 10))
    for region in (box(0, 0, 1, 1, way), box(0.999, 0.999, 1, 1, way), box(0, 0, 0.01, 0.01, way)):
        assert regions.covered(picture, (region,)).size == size


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (box(0.2, 0.2, 0.2, 0.8), "covers nothing"),
        (Region(((0.0, 0.0), (1.0, 1.0))), "3 to 400 corners"),
        (Region(((0.0, 0.0), (float("nan"), 1.0), (1.0, 0.0))), "numbers from 0 to 1"),
        (box(0, 0, 1, 1, "smear"), "blur or fill"),
    ],
)
def test_what_is_no_region_is_one_sentence(region, words) -> None:
    with pytest.raises(UsageError, match=words):
        regions.checked(region)


def test_what_is_drawn_beyond_the_edge_ends_there() -> None:
    assert regions.checked(box(-0.5, -0.5, 0.5, 3)).points[2] == (0.5, 1.0)


def test_training_sees_it_hidden_and_the_file_stays(project, draw, take_in, tmp_path) -> None:
    path = draw(tmp_path / "set" / "a.png", 1, (64, 64))
    draw(tmp_path / "set" / "b.png", 2, (64, 64))
    before_file = hashlib.sha256(path.read_bytes()).hexdigest()
    dataset = take_in(tmp_path / "set").dataset
    plain = prepare(project, dataset.id, (32, 32))
    first, second = store.items(project, dataset.id)
    undo = hidden_regions.set_regions(
        project, {first.id: (box(0, 0, 1, 1, "fill"),), second.id: ()}
    )
    assert undo == {first.id: ()}
    hidden = prepare(project, dataset.id, (32, 32))
    assert hidden.folder != plain.folder
    assert np.ptp(hidden.images[0].reshape(-1, 3), axis=0).max() == 0
    assert np.array_equal(hidden.images[1], plain.images[1])
    assert store.items(project, dataset.id)[0].hidden == (box(0, 0, 1, 1, "fill"),)
    take_in(tmp_path / "set")
    assert store.items(project, dataset.id)[0].hidden  # a second import decides nothing
    hidden_regions.set_regions(project, undo)
    assert prepare(project, dataset.id, (32, 32)).folder == plain.folder
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before_file


@pytest.fixture
def black_square(project, take_in, tmp_path):
    """Three white pictures with a black square each, imported and prepared at 32 x 32."""
    folder = tmp_path / "squares"
    folder.mkdir()
    for number in range(3):
        picture = Image.new("RGB", (64, 64), (255, 255, 250 + number))
        picture.paste((0, 0, 0), (16, 16, 48, 48))
        picture.save(folder / f"{number}.png")
    return take_in(folder, name="squares").dataset


def caches(project):
    return {path for path in project.cache.rglob("*") if path.is_file()}


def shown(path):
    if path.suffix == ".npy":
        return int(np.load(path, mmap_mode="r")[..., :3].min())
    return int(np.asarray(Image.open(path).convert("L")).min()) if path.suffix == ".jpg" else 255


def test_what_was_cached_before_a_region_was_hidden_is_deleted(project, black_square) -> None:
    first, *rest = store.items(project, black_square.id)
    for size in (32, 64, 128):
        decode.read_thumbnail(project, first, size)
    kept = decode.read_thumbnail(project, rest[0], 64)
    old = prepare(project, black_square.id, (32, 32)).folder
    other = prepare(project, black_square.id, (16, 16)).folder
    assert any(shown(path) < 40 for path in caches(project))
    hidden_regions.set_regions(project, {first.id: (box(0.2, 0.2, 0.8, 0.8, "fill"),)})
    assert not old.exists()
    assert not other.exists()
    assert caches(project) == {kept}
    (first, *rest) = store.items(project, black_square.id)
    assert shown(decode.read_thumbnail(project, first, 64)) > 40
    covered = prepare(project, black_square.id, (32, 32))
    assert covered.images[0].min() > 40
    # Another picture, another dataset or nothing at all: a set that shows nothing hidden stays.
    hidden_regions.set_regions(project, {first.id: first.hidden})
    assert covered.folder.exists()
    # Hidden once more elsewhere: what shows that is deleted, also its thumbnails.
    hidden_regions.set_regions(project, {first.id: (box(0, 0, 0.4, 1),)})
    assert not covered.folder.exists()
    assert caches(project) == {kept}
    half = prepare(project, black_square.id, (32, 32)).folder
    hidden_regions.set_regions(project, {first.id: ()})
    assert half.exists()  # it shows less than is shown now
    assert prepare(project, black_square.id, (32, 32)).images[0].min() == 0


def test_a_cache_that_was_left_by_another_version_goes_with_the_next_preparation(
    project, black_square
) -> None:
    first = store.items(project, black_square.id)[0]
    old = prepare(project, black_square.id, (32, 32)).folder
    project.write("UPDATE item SET hidden = ? WHERE id = ?", (
        regions.stored((box(0, 0, 1, 1),)), first.id
    ))  # fmt: skip
    meta = json.loads((old / "meta.json").read_text("utf-8"))
    (old / "meta.json").write_text(json.dumps({n: v for n, v in meta.items() if n != "hidden"}))
    damaged = project.cache / "prepared" / "0123"
    damaged.mkdir()
    (damaged / "images.npy").write_bytes(b"pixels")
    under_way = project.cache / "prepared" / ".abc.part"
    under_way.mkdir()
    hidden_regions.set_regions(project, {})
    assert not old.exists()
    assert not damaged.exists()
    assert under_way.exists()
    old.mkdir()
    prepare(project, black_square.id, (32, 32))
    assert not old.exists()


def test_the_report_shows_hidden_parts_hidden(project, black_square, tmp_path, monkeypatch) -> None:
    first = store.items(project, black_square.id)[0]
    hidden_regions.set_regions(project, {first.id: (box(0.2, 0.2, 0.8, 0.8, "fill"),)})
    first = store.items(project, black_square.id)[0]
    assert np.asarray(decode.make_thumbnail(first, 112)).min() > 40
    assert np.asarray(decode.shrunk(first, 112)).min() == 0
    drawn = []
    monkeypatch.setattr(report, "make_thumbnail", lambda item, side: drawn.append(
        decode.make_thumbnail(item, side)) or drawn[-1])  # fmt: skip
    report.write(project, black_square, tmp_path / "report.html")
    assert drawn
    assert sum(np.asarray(each).min() > 40 for each in drawn) == 1


def test_without_a_detector_one_sentence_says_what_to_add(
    project, draw, take_in, tmp_path, monkeypatch
):
    draw(tmp_path / "set" / "a.png", 1, (64, 64))
    item = store.items(project, take_in(tmp_path / "set").dataset.id)[0]
    monkeypatch.setattr(detect.importlib.util, "find_spec", lambda name: None)
    assert "extras install faces" in detect.missing()
    with pytest.raises(StudioError, match="by hand"):
        detect.faces(item)
    monkeypatch.setattr(detect.importlib.util, "find_spec", lambda name: object())
    assert detect.missing().startswith("Detecting faces needs a YuNet model")


def test_what_a_detector_finds_becomes_regions(project, draw, take_in, tmp_path, monkeypatch):
    draw(tmp_path / "set" / "a.png", 1, (200, 100))
    item = store.items(project, take_in(tmp_path / "set").dataset.id)[0]
    detect.place().mkdir(parents=True)
    (detect.place() / "face_detection_yunet.onnx").write_bytes(b"model")

    class Detector:
        @staticmethod
        def create(path, config, size, score):
            assert size == (200, 100)
            return Detector()

        def detect(self, pixels):
            assert pixels.shape == (100, 200, 3)
            return 1, np.array([[50, 20, 20, 40, *[0] * 10, 0.9]], np.float32)

    fake = types.SimpleNamespace(FaceDetectorYN=Detector, error=RuntimeError)
    monkeypatch.setitem(sys.modules, "cv2", fake)
    monkeypatch.setattr(detect.importlib.util, "find_spec", lambda name: object())
    (region,) = detect.faces(item, "fill")
    assert region == box(0.23, 0.12, 0.37, 0.68, "fill")


def test_regions_survive_their_column() -> None:
    assert regions.loaded("") == ()
    assert regions.loaded(regions.stored((box(0, 0, 1, 0.5),))) == (box(0, 0, 1, 0.5),)
