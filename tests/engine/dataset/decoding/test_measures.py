"""The numbers of the folder doctor on pictures whose numbers are known."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from studio.engine.dataset.decoding import measures, metadata
from studio.engine.dataset.doctor.checks import base as checks

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description {attributes}>{inner}'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def scene(size=(320, 240), seed=0):
    """Large soft shapes with grain, as photographs have."""
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), np.int16)
    grain = generator.integers(-12, 13, (size[1], size[0], 1))
    return Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))


def facts(picture):
    return measures.measurements(picture)[0]


def distance(first, second):
    one, two = (int(measures.measurements(each)[1]["hash"], 16) for each in (first, second))
    return (one ^ two).bit_count()


def kinds(picture, **limits):
    result = {"width": picture.width, "height": picture.height, "mode": picture.mode}
    return {kind for kind, _ in checks.check(result | {"facts": facts(picture)}, limits)}


@pytest.mark.parametrize("size", [(320, 240), (64, 300), (1, 1), (1, 500), (2, 3), (5000, 3)])
def test_every_size_has_all_measurements(size):
    for mode in ("L", "RGB", "RGBA"):
        found, likeness = measures.measurements(scene(size).convert(mode))
        assert {"sharpness", "deviation", "colour", "dark", "bright"} <= found.keys()
        assert len(likeness["hash"]) == 16
        assert len(found["colour"]) == 3


def test_sharpness_is_the_variance_of_the_laplacian():
    grey = np.asarray(scene((200, 190)).convert("L"))
    wide = grey.astype(np.float64)
    laplacian = (
        wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:] - 4 * wide[1:-1, 1:-1]
    )
    assert measures.sharpness(grey) == pytest.approx(laplacian.var(), rel=1e-5)


def test_the_hash_survives_what_editing_does_and_nothing_else():
    picture = scene()
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=40)
    assert distance(picture, Image.open(packed)) <= 3
    assert distance(picture, picture.resize((160, 120), Image.Resampling.LANCZOS)) <= 3
    assert distance(picture, ImageEnhance.Brightness(picture).enhance(1.15)) <= 8
    assert distance(picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) > 12
    assert distance(picture, scene(seed=1)) > 12


def test_exposure_counts_what_is_bright_and_what_is_dark():
    picture = scene()
    assert not kinds(picture) & {"dark", "bright"}
    assert "dark" in kinds(ImageEnhance.Brightness(picture).enhance(0.1))
    light = Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.9)
    assert "bright" in kinds(light)
    object_on_white = Image.new("RGB", (300, 300), "white")
    object_on_white.paste(picture.resize((90, 90)), (100, 100))
    assert "bright" not in kinds(object_on_white)
    assert kinds(Image.new("RGB", (300, 300), "black")) == {"flat"}


def test_the_stripes_of_a_flag_are_no_bars():
    flag = np.zeros((90, 150, 3), np.uint8)
    flag[30:60], flag[60:] = (221, 0, 0), (255, 206, 0)
    assert "bars" not in facts(Image.fromarray(flag))
    flag[60:] = flag[30:60] = (255, 255, 255)
    flag[60:] = flag[:30] = (116, 172, 223)  # the same sky blue on both sides
    assert not {"bars", "corners"} & facts(Image.fromarray(flag)).keys()
    ImageDraw.Draw(drawn := Image.fromarray(flag)).polygon([(0, 0), (60, 45), (0, 89)], "black")
    assert not {"bars", "corners"} & facts(drawn).keys()


@pytest.mark.parametrize("fill", ["black", "#808080"])
def test_the_corners_of_a_picture_that_was_set_upright_are_found(fill):
    """As the facades of CMP have them: what a change of perspective leaves empty."""
    upright = Image.new("RGB", (512, 512), fill)
    shape = Image.new("L", (512, 512))
    ImageDraw.Draw(shape).polygon([(0, 120), (511, 0), (450, 511), (40, 511)], 255)
    grain = np.random.default_rng(0).integers(160, 240, (512, 512, 1), np.uint8)
    upright.paste(Image.fromarray(grain.repeat(3, 2)), (0, 0), shape)
    packed = io.BytesIO()
    upright.save(packed, "JPEG", quality=80)
    opened = Image.open(packed).convert("RGB")
    taken = 1 - np.asarray(shape).mean() / 255
    assert facts(opened)["corners"] == pytest.approx(taken, abs=0.02)
    assert "borders" in kinds(opened)
    assert "corners" not in facts(scene((256, 256)))


def test_bars_are_measured_and_margins_are_not():
    film = Image.new("RGB", (400, 300), "black")
    film.paste(scene((400, 210)), (0, 45))
    left, top, right, bottom = facts(film)["bars"]
    assert (left, right) == (0, 0)
    assert top == pytest.approx(0.15, abs=0.02)
    assert bottom == pytest.approx(0.15, abs=0.02)
    packed = io.BytesIO()
    film.save(packed, "JPEG", quality=60)
    assert "borders" in kinds(Image.open(packed).convert("RGB"))
    tall = Image.new("RGB", (400, 300), (10, 10, 40))
    tall.paste(scene((200, 300)), (100, 0))
    assert facts(tall)["bars"][0] == pytest.approx(0.25, abs=0.02)
    disc = Image.new("RGB", (300, 300), "white")
    disc.paste(scene((300, 300)), (0, 0), Image.radial_gradient("L").resize((300, 300)).point(
        lambda value: 255 * (value < 100)
    ))  # fmt: skip
    assert "bars" not in facts(disc)
    assert "bars" not in facts(scene())


def test_limits_decide_and_are_in_the_sentence():
    picture = scene((400, 100))
    assert "aspect" in kinds(picture)
    assert "aspect" not in kinds(picture, aspect=5.0)
    assert "tiny" in kinds(picture, tiny=128)
    result = {"width": 400, "height": 100, "mode": "RGB", "facts": facts(picture)}
    found = {kind: checks.sentence(kind, data) for kind, data in checks.check(result)}
    assert found["aspect"] == "Its longer side is 4 times its shorter one (limit 3)."


def test_facts_of_an_older_version_are_judged_as_far_as_they_go():
    old = {"sharpness": 3.0, "deviation": 40.0, "colour": [1, 2, 3], "dhash": "0" * 16}
    result = {"width": 300, "height": 300, "mode": "RGB", "facts": old}
    assert [kind for kind, _ in checks.check(result)] == ["blurred"]


def stored(tmp_path, name, xmp, **options):
    scene().save(tmp_path / name, xmp=xmp.encode(), **options)
    image = Image.open(tmp_path / name)
    image.load()
    return image


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.tif"])
@pytest.mark.parametrize(
    ("inner", "attributes", "mark"),
    [
        ("", 'plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"',
         "DMI-PROHIBITED-AIMLTRAINING"),
        ("<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>", "",
         "DMI-PROHIBITED"),
        ("<tdm:reservation>1</tdm:reservation>", "", "tdm:reservation"),
        ("<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-ALLOWED</plus:DataMining>", "",
         None),
        ("", 'tdm:reservation="0"', None),
    ],
)  # fmt: skip
def test_a_mark_against_training_is_read(tmp_path, name, inner, attributes, mark):
    if name == "a.tif":
        packet = XMP.format(attributes=attributes, inner=inner).encode()
        scene().save(tmp_path / name, tiffinfo={700: packet})
        image = Image.open(tmp_path / name)
    else:
        image = stored(tmp_path, name, XMP.format(attributes=attributes, inner=inner))
    with image:
        assert metadata.rights_facts(image).get("no_training") == mark


def test_author_and_licence_come_from_xmp_and_exif(tmp_path):
    inner = (
        "<dc:creator><rdf:Seq><rdf:li>Ada &amp; Co</rdf:li></rdf:Seq></dc:creator>"
        '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>'
    )
    with stored(tmp_path, "a.jpg", XMP.format(attributes="", inner=inner)) as image:
        assert metadata.rights_facts(image) == {
            "author": "Ada & Co",
            "licence": "https://creativecommons.org/licenses/by/4.0/",
        }
    tags = Image.Exif()
    tags[0x013B], tags[0x8298] = "Grace\0", "(c) Grace"
    scene().save(tmp_path / "b.jpg", exif=tags)
    with Image.open(tmp_path / "b.jpg") as image:
        assert metadata.rights_facts(image) == {"author": "Grace", "licence": "(c) Grace"}
