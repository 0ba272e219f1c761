"""`refine`: a stack on any picture; the originals are never touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.refinement import base
from studio.engine.refinement.stack import Stack, apply
from tests.verbs.support import call, done, draw, tree


@pytest.fixture
def stack(tmp_path):
    """Write a stack file."""

    def write(text):
        path = tmp_path / "stack.toml"
        path.write_text(text, "utf-8")
        return path

    return write


SHARPEN = '[[steps]]\nop = "sharpen"\n[steps.params]\namount = 2.0\n'


def test_every_operation_works_as_it_comes(picture, out, stack):
    for name in base.operations():
        path = stack(f'[[steps]]\nop = "{name}"\n')
        (file,) = done("refine", picture, "--stack", path, "--out", out / name)["files"]
        assert done("inspect", file)["provenance"]["recipe"]["refined_from"] == picture.name


def test_originals_stay_and_results_differ(pictures, out, stack):
    before = tree(pictures)
    wanted = sorted(pictures.iterdir())
    files = done("refine", *wanted, "--stack", stack(SHARPEN), "--out", out)["files"]
    assert [Path(file).name for file in files] == [each.name for each in wanted]
    assert tree(pictures) == before
    for file, original in zip(files, wanted, strict=True):
        with Image.open(file) as made, Image.open(original) as source:
            assert made.size == source.size
            assert not np.array_equal(np.asarray(made), np.asarray(source))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "CMYK"])
def test_every_kind_of_picture(mode, tmp_path, out, stack):
    path = tmp_path / f"picture.{'tif' if mode == 'CMYK' else 'png'}"
    Image.effect_noise((24, 20), 60).convert("RGB").convert(mode).save(path)
    (file,) = done("refine", path, "--stack", stack(SHARPEN), "--out", out)["files"]
    with Image.open(file) as made:
        assert made.size == (24, 20)


def test_an_empty_stack_is_a_copy_of_the_pixels(picture, out, stack):
    (file,) = done("refine", picture, "--stack", stack(""), "--out", out)["files"]
    with Image.open(file) as made, Image.open(picture) as source:
        assert np.array_equal(np.asarray(made), np.asarray(source))


GROUP = """
    version = 3
    [[steps]]
    name = "Dusk"
    opacity = 0.8
    steps = [{op = "exposure", params = {exposure = -2.0}}, {op = "vignette"}]
    mask = {kind = "picture", params = {picture = "left.png"}}
"""


def test_a_group_and_a_mask_beside_the_stack_are_as_at_the_bench(picture, out, stack, tmp_path):
    with Image.open(picture) as source:
        before = np.asarray(source.convert("RGB"))
    height, width = before.shape[:2]
    left = Image.new("L", (width, height))
    left.paste(255, (0, 0, width // 2, height))
    left.save(tmp_path / "left.png")
    (file,) = done("refine", picture, "--stack", stack(GROUP), "--out", out)["files"]
    wanted = apply(Stack.from_toml(GROUP).settled(tmp_path), before)
    with Image.open(file) as made:
        assert np.array_equal(np.asarray(made), wanted)
    assert not np.array_equal(wanted[:, : width // 2], before[:, : width // 2])
    assert np.array_equal(wanted[:, width // 2 + 1 :], before[:, width // 2 + 1 :])
    (group,) = done("inspect", file)["provenance"]["recipe"]["stack"]
    assert group["mask"]["params"]["picture"] == "left.png", "not where on this machine it lies"
    left.resize((width * 2, height)).save(tmp_path / "left.png")
    again = ("refine", picture, "--stack", stack(GROUP), "--out", tmp_path / "again")
    call(*again).refused(1, "left.png", "not the shape")
    (tmp_path / "left.png").unlink()
    call(*again).refused(1, "left.png", "is not there")
    assert not list((tmp_path / "again").glob("*"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[steps]\nop =", "not TOML"),
        ('[[steps]]\nop = "sharpem"\n', "'sharpem'. Known: "),
        ('[[steps]]\nop = "sharpen"\n[steps.params]\nnonsense = 1\n', "nonsense"),
        ('[[steps]]\nop = "sharpen"\n[steps.params]\namount = -1\n', "amount=-1"),
        ('[[steps]]\nop = "sharpen"\n[steps.params]\namount = nan\n', "amount=nan"),
        ('[[steps]]\nop = "sharpen"\n[steps.params]\namount = "much"\n', "amount=much"),
        ("[[steps]]\nenabled = true\n", "op"),
        ('[[steps]]\nop = "sharpen"\nextra = 1\n', "extra"),
        ("steps = 5\n", "steps"),
        ('[stack]\nop = "sharpen"\n', "stack"),
        ("a = " + "[" * 5000, "TOML"),
    ],
)
def test_a_stack_that_cannot_be_used(text, words, picture, out, stack):
    call("refine", picture, "--stack", stack(text), "--out", out).refused(2, words)
    assert not out.exists()


def test_a_stack_that_is_no_text_or_not_there(picture, out, tmp_path):
    call("refine", picture, "--stack", picture, "--out", out).refused(2, str(picture))
    missing = tmp_path / "nope.toml"
    call("refine", picture, "--stack", missing, "--out", out).refused(1, str(missing))
    call("refine", picture, "--stack", tmp_path, "--out", out).refused(1, str(tmp_path))
    assert not out.exists()


def test_a_picture_that_is_not_there(picture, out, stack):
    missing = picture.with_name("nope.png")
    options = ("--stack", stack(SHARPEN), "--out", out)
    call("refine", picture, missing, *options).refused(1, str(missing))
    call("refine", picture.parent, *options).refused(1, str(picture.parent))
    assert not out.exists()


@pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n"])
def test_one_broken_picture_means_no_file_at_all(data, picture, out, stack, tmp_path):
    (tmp_path / "broken.png").write_bytes(data)
    out.mkdir()
    (out / "mine.txt").write_text("precious")
    broken = tmp_path / "broken.png"
    call("refine", picture, broken, "--stack", stack(SHARPEN), "--out", out).refused(1, str(broken))
    assert tree(out) == {"mine.txt": b"precious"}


def test_two_pictures_of_one_name(picture, out, stack, tmp_path):
    twin = draw(tmp_path / "two" / picture.name, 6)
    options = ("--stack", stack(SHARPEN), "--out", out)
    call("refine", picture, twin, *options).refused(2, "Two pictures", picture.name)
    assert not out.exists()


def test_nothing_is_overwritten(picture, out, stack):
    before = picture.read_bytes()
    options = ("--stack", stack(SHARPEN), "--out")
    call("refine", picture, *options, picture.parent).refused(1, str(picture), "already exists")
    assert picture.read_bytes() == before
    out.write_text("precious")
    call("refine", picture, *options, out).refused(1, str(out))
    assert out.read_text() == "precious"


def test_an_unknown_format(picture, out, stack):
    options = ("--stack", stack(SHARPEN), "--out", out, "--preset", "gif")
    call("refine", picture, *options).refused(2, "'gif'. Known: ")
    assert not out.exists()


def test_a_photograph_is_not_called_a_model_s_picture(picture, out, stack):
    (file,) = done("refine", picture, "--stack", stack(SHARPEN), "--out", out)["files"]
    said = done("inspect", file)["provenance"]
    assert "digital_source_type" not in said
    assert "creator" not in said
    assert said["recipe"]["stack"][0]["op"] == "sharpen"


def test_what_a_file_says_of_its_origin_goes_on(picture, tmp_path, out, stack):
    from studio.engine.export.formats.png import Png
    from studio.engine.pieces.origin import TRAINED, Origin

    said = {"run": "vase", "stack": [{"op": "crop"}]}
    made = tmp_path / "piece.png"
    with Image.open(picture) as image:
        Png().write_flat(np.asarray(image.convert("RGB")), Origin("a", "Ada", "CC BY", said), made)
    (file,) = done("refine", made, "--stack", stack(SHARPEN), "--out", out)["files"]
    after = done("inspect", file)["provenance"]
    assert after["digital_source_type"] == TRAINED
    assert (after["creator"], after["rights"]) == ("Ada", "CC BY")
    assert after["recipe"]["run"] == "vase"
    assert [step["op"] for step in after["recipe"]["stack"]] == ["crop", "sharpen"]
    assert after["verified"]


def test_a_stack_that_is_wrong_is_named(picture, out, stack):
    path = stack("not toml")
    call("refine", picture, "--stack", path, "--out", out).refused(2, str(path), "TOML")


def test_a_stack_that_was_kept_is_used_by_its_name(picture, out):
    from studio.engine.refinement import presets
    from studio.engine.refinement.stack import Stack

    call("refine", picture, "--stack", "crisp", "--out", out).refused(1, "crisp")
    presets.save("crisp", Stack.from_toml(SHARPEN))
    (file,) = done("refine", picture, "--stack", "crisp", "--out", out)["files"]
    assert done("inspect", file)["provenance"]["recipe"]["stack"][0]["op"] == "sharpen"
    assert done("presets", "--family", "vae", "--size", "32")["stacks"] == ["crisp"]


def test_colour_under_transparent_pixels_stays_and_is_refined(tmp_path, out, stack):
    pixels = np.random.default_rng(3).integers(1, 256, (20, 16, 4), np.uint8)
    pixels[:10, :, 3] = 0
    path = tmp_path / "sprite.png"
    Image.fromarray(pixels).save(path)
    same = '[[steps]]\nop = "exposure"\n[steps.params]\nexposure = 0.0\n'
    crop = '[[steps]]\nop = "crop"\n[steps.params]\nleft = 0.5\n'
    darker = '[[steps]]\nop = "exposure"\n[steps.params]\nexposure = -1.0\n'
    for name, text in (("same", same), ("crop", crop), ("dark", darker)):
        (file,) = done("refine", path, "--stack", stack(text), "--out", out / name)["files"]
        with Image.open(file) as opened:
            made = np.asarray(opened).astype(int)
        wanted = pixels[:, 8:] if name == "crop" else pixels
        assert np.array_equal(made[..., 3], wanted[..., 3])
        empty = made[..., 3] == 0
        if name == "dark":
            assert made[empty][:, :3].mean() < wanted[empty][:, :3].mean() - 20
            assert made[empty][:, :3].any()
        else:
            assert np.array_equal(made[empty][:, :3], wanted[empty][:, :3])


EIGHT = """
version = 2
steps = [
  {op = "perspective", params = {angle = 3.0}},
  {op = "levels", params = {black = 0.05}},
  {op = "white_balance", params = {temperature = 30.0}},
  {op = "curves", params = {points = "0,0 0.3,0.2 1,1"}, opacity = 0.7},
  {op = "hsl", params = {saturation = 0.4}, mask = {kind = "radial", invert = true}},
  {op = "split_tones", params = {shadows = 0.4}, blend = "soft light"},
  {op = "grain", mask = {strokes = [{points = [[0.2, 0.2], [0.7, 0.6]]}]}},
  {op = "colour_transfer", params = {reference = "sea.png"}},
]
"""


def test_eight_steps_with_a_reference_beside_the_stack(picture, out, stack, tmp_path):
    path = stack(EIGHT)
    bands = Image.linear_gradient("L"), Image.new("L", (256, 256), 90), Image.radial_gradient("L")
    Image.merge("RGB", bands).save(tmp_path / "sea.png")
    (file,) = done("refine", picture, "--stack", path, "--out", out)["files"]
    with Image.open(picture) as source, Image.open(file) as made:
        wanted = apply(Stack.from_toml(EIGHT).settled(tmp_path), np.asarray(source.convert("RGB")))
        assert np.array_equal(np.asarray(made), wanted)
    told = done("inspect", file)["provenance"]["recipe"]["stack"]
    assert told[-1]["params"]["reference"].startswith("rgb:"), "no path leaves with the file"


@pytest.mark.parametrize(
    ("name", "sentence"), [("sea.png", "is not there"), ("grey.png", "has no colour to take")]
)
def test_a_reference_that_does_not_serve_writes_nothing(
    name, sentence, picture, out, stack, tmp_path
):
    Image.linear_gradient("L").save(tmp_path / "grey.png")
    path = stack(f'[[steps]]\nop = "colour_transfer"\nparams = {{reference = "{name}"}}\n')
    said = call("refine", picture, "--stack", path, "--out", out)
    assert said.code in (1, 2)
    assert sentence in said.err
    assert not out.exists()


@pytest.mark.parametrize("size", [(1, 1), (20_000, 3), (2, 20_000)])
def test_the_smallest_and_the_longest_picture(size, tmp_path, out, stack):
    path = tmp_path / "odd.png"
    Image.effect_noise(size, 60).convert("RGB").save(path)
    steps = EIGHT.replace('  {op = "colour_transfer", params = {reference = "sea.png"}},\n', "")
    (file,) = done("refine", path, "--stack", stack(steps), "--out", out)["files"]
    with Image.open(file) as made:
        assert min(made.size) >= 1
