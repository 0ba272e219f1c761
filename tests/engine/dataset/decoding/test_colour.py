"""Colours as files state them, in every place where a file may: by values, never by names."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from studio.engine.dataset.decoding import boxes, icc_profile, transfer
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.decoding.probe import probe
from studio.engine.dataset.doctor.checks.base import check, sentence

D50 = (0.9642, 1.0, 0.8249)
CURVE = np.linspace(0, 1, 4096)
LINEAR = icc_profile.matrix_profile(transfer.D65, transfer.SRGB_PRIMARIES, CURVE)
P3 = transfer.PRIMARIES[12][2]
DISPLAY_P3 = icc_profile.matrix_profile(transfer.D65, P3, transfer.linear(CURVE))
# RGB of light in sRGB to that in Adobe RGB and Display P3 (Lindbloom, from the primaries).
TO_ADOBE = np.array([[0.71512, 0.28488, 0], [0, 1, 0], [0, 0.04117, 0.95883]])
TO_P3 = np.array([[0.82246, 0.17754, 0], [0.03319, 0.96681, 0], [0.01708, 0.07240, 0.91052]])


def scene():
    """uint8 [48, 48, 3]: ramps of red and green over a mean blue, and plain patches."""
    y, x = np.mgrid[0:48, 0:48]
    values = np.stack([x * 255 // 47, y * 255 // 47, np.full_like(x, 128)], 2).astype(np.uint8)
    values[32:, :16], values[32:, 16:32], values[32:, 32:] = (
        (200, 60, 40),
        (40, 160, 60),
        (60, 80, 190),
    )
    return values


def light():
    return transfer.linear(scene() / 255)


def levels(values, top=255):
    return (np.clip(values, 0, 1) * top + 0.5).astype(np.uint8 if top == 255 else np.uint16)


def off(path, right):
    """Mean difference of what is read from `right`, in levels."""
    seen = np.asarray(read_picture(path).convert("RGB"), np.float64)
    return float(np.abs(seen - (right if right.ndim == 3 else right[..., None])).mean())


def png(path, values, *chunks, bits=8):
    """A PNG of uint8 or uint16 values with chunks that Pillow would not write."""
    height, width = values.shape[:2]
    kind = 0 if values.ndim == 2 else {2: 4, 3: 2, 4: 6}[values.shape[2]]
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    rows = b"".join(
        b"\0" + row.astype(">u2" if bits == 16 else np.uint8).tobytes() for row in values
    )
    parts = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ))  # fmt: skip
    return path


def saved(values, path, **options):
    Image.fromarray(values).save(path, **options)
    return path


def iccp(profile):
    return b"iCCP", b"x\0\0" + zlib.compress(profile)


def gama(value):
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def chrm(white, primaries):
    numbers = [round(n * 100_000) for point in (white, *primaries) for n in point]
    return b"cHRM", struct.pack(">8I", *numbers)


def grey_profile(curve, pcs=b"XYZ "):
    """A profile of grey whose only curve is `curve`, the bytes of a tag."""
    at = 128 + 4 + 12
    head = struct.pack(">I4xB3x", at + len(curve), 2) + b"mntrGRAY" + pcs + b"\0" * 12 + b"acsp"
    head += b"\0" * 28 + struct.pack(">3i", *(round(v * 65536) for v in D50)) + b"\0" * 48
    return head + struct.pack(">I4sII", 1, b"kTRC", at, len(curve)) + curve


def exif(space=None, index="", **tags):
    found, inner = Image.Exif(), {}
    found[0x010F] = "Camera"  # Pillow leaves out what has nothing but directories
    if space:
        inner[0xA001] = space
    if index:
        inner[0xA005] = {1: index, 2: b"0100"}
    if "gamma" in tags:
        inner[0xA500] = tags["gamma"]
    if "points" in tags:
        white, *primaries = tags["points"]
        found[0x013E], found[0x013F] = white, tuple(n for point in primaries for n in point)
    found.get_ifd(0x8769).update(inner)
    found[0x8769] = 0  # without its place, TIFF leaves it out
    return found


def findings(path):
    """The sentences of one file that name its colours."""
    answer = probe(str(path), "")
    assert answer["kind"] == "picture", answer
    return {kind: str(sentence(kind, data)) for kind, data in check(answer)
            if kind in ("colour_space", "high_range", "odd_mode")}  # fmt: skip


# ---------------------------------------------------------------------- profiles


def renamed(profile, name):
    """The profile with a description."""
    text = name.encode("ascii") + b"\0"
    tag = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78
    (count,) = struct.unpack_from(">I", profile, 128)
    shift = b"".join(
        profile[132 + 12 * i : 136 + 12 * i]
        + struct.pack(">I", struct.unpack_from(">I", profile, 136 + 12 * i)[0] + 12)
        + profile[140 + 12 * i : 144 + 12 * i]
        for i in range(count)
    )
    body = profile[132 + 12 * count :]
    body += b"\0" * (-len(body) % 4)
    at = 132 + 12 * (count + 1) + len(body)
    table = struct.pack(">I", count + 1) + shift + struct.pack(">4sII", b"desc", at, len(tag))
    return struct.pack(">I", at + len(tag)) + profile[4:128] + table + body + tag


def test_a_linear_profile_is_linear_whatever_it_is_called(tmp_path) -> None:
    path = saved(levels(light()), tmp_path / "a.png", icc_profile=renamed(LINEAR, "sRGB-g10.icc"))
    assert off(path, scene()) < 1
    assert findings(path) == {
        "colour_space": "Its colours are stated as sRGB-g10.icc and were converted to sRGB."
    }


def test_a_profile_that_equals_srgb_is_srgb_whatever_it_is_called(tmp_path) -> None:
    same = icc_profile.matrix_profile(transfer.D65, transfer.SRGB_PRIMARIES, transfer.linear(CURVE))
    path = saved(scene(), tmp_path / "a.png", icc_profile=renamed(same, "Artist's screen"))
    assert np.array_equal(np.asarray(read_picture(path)), scene())
    assert not findings(path)


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_display_p3_is_converted_in_every_format(tmp_path, suffix) -> None:
    wide = levels(transfer.encoded(light() @ TO_P3.T))
    options = {"lossless": True} if suffix == "webp" else {}
    path = saved(wide, tmp_path / f"a.{suffix}", icc_profile=DISPLAY_P3, **options)
    assert off(path, scene()) < 1


CURVES = {
    "power of 1": b"curv\0\0\0\0" + struct.pack(">IH2x", 1, 256),
    "straight": b"curv\0\0\0\0" + struct.pack(">I", 0),
    "table": b"curv\0\0\0\0" + struct.pack(">I3H2x", 3, 0, 32768, 65535),
    "parametric": b"para\0\0\0\0" + struct.pack(">H2xi", 0, 65536),
    "parametric with a line": b"para\0\0\0\0"
    + struct.pack(">H2x5i", 3, *(round(n * 65536) for n in (1, 1, 0, 1, 0.04))),
}  # fmt: skip


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
@pytest.mark.parametrize("kind", ["8 bits", "16 bits", "16 bits of TIFF", "float", "with alpha"])
def test_grey_of_any_depth_goes_through_its_profile(tmp_path, curve, kind) -> None:
    ramp = np.tile(np.arange(0, 256, 5), (8, 1)).astype(np.uint8)
    seen = transfer.linear(ramp / 255)
    profile = grey_profile(curve)
    match kind:
        case "8 bits":
            path = saved(levels(seen), tmp_path / "a.png", icc_profile=profile)
        case "16 bits":
            path = png(tmp_path / "a.png", levels(seen, 65535), iccp(profile), bits=16)
        case "16 bits of TIFF":
            path = saved(levels(seen, 65535), tmp_path / "a.tif", icc_profile=profile)
        case "float":
            path = saved(seen.astype(np.float32), tmp_path / "a.tif", icc_profile=profile)
        case _:
            alpha = np.full_like(ramp, 99)
            path = png(tmp_path / "a.png", np.stack([levels(seen), alpha], 2), iccp(profile))
    assert off(path, ramp) < (1.5 if kind in ("8 bits", "with alpha") else 0.3)
    assert "colour_space" in findings(path)
    if kind == "with alpha":
        assert read_picture(path).getpixel((0, 0))[3] == 99


def test_a_curve_that_leads_to_lightness(tmp_path) -> None:
    ramp = np.tile(np.arange(0, 256, 5), (8, 1)).astype(np.uint8)
    y = transfer.linear(ramp / 255)
    lightness = np.where(y > 0.008856, 1.16 * np.cbrt(y) - 0.16, 9.033 * y)
    path = saved(levels(lightness), tmp_path / "a.png",
                 icc_profile=grey_profile(CURVES["straight"], b"Lab "))  # fmt: skip
    assert off(path, ramp) < 1


def test_grey_under_a_profile_of_rgb_has_its_curve(tmp_path) -> None:
    ramp = np.tile(np.arange(0, 256, 5), (8, 1)).astype(np.uint8)
    path = saved(levels(transfer.linear(ramp / 255)), tmp_path / "a.png", icc_profile=LINEAR)
    assert read_picture(path).mode == "L"
    assert off(path, ramp) < 1.5


def test_a_palette_goes_through_the_profile(tmp_path) -> None:
    few = Image.fromarray(levels(light())).quantize(16)
    few.save(tmp_path / "a.png", icc_profile=LINEAR)
    right = levels(transfer.encoded(np.asarray(few.convert("RGB")) / 255))
    assert off(tmp_path / "a.png", right) < 1


def test_cmyk_and_lab_under_profiles_of_other_spaces_are_pictures(tmp_path) -> None:
    for mode in ("CMYK", "LAB"):
        path = tmp_path / f"{mode}.tif"
        if mode == "LAB":
            way = ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
            )
            image = ImageCms.applyTransform(Image.fromarray(scene()), way)
        else:
            image = Image.fromarray(scene()).convert("CMYK")
        image.save(path, icc_profile=LINEAR)
        assert off(path, scene()) < 4
        assert set(findings(path)) == {"odd_mode"}


def test_inks_that_claim_to_be_srgb_are_still_inks(tmp_path) -> None:
    path = tmp_path / "inks.tif"
    Image.fromarray(scene()).convert("CMYK").save(path, exif=exif(1))
    assert off(path, scene()) < 4


# ---------------------------------------------------------------------- EXIF


@pytest.mark.parametrize("mark", [exif(65535, "R03", gamma=2.2), exif(2)], ids=["DCF", "2"])
@pytest.mark.parametrize("suffix", ["jpg", "tif", "webp"])
def test_adobe_rgb_by_the_mark_of_the_camera(tmp_path, mark, suffix) -> None:
    adobe = levels((light() @ TO_ADOBE.T) ** (256 / 563))
    options = {"jpg": {"quality": 98, "subsampling": 0}, "webp": {"lossless": True}}
    path = saved(adobe, tmp_path / f"a.{suffix}", exif=mark, **options.get(suffix, {}))
    assert off(path, scene()) < 2
    assert "Adobe RGB" in findings(path)["colour_space"]


@pytest.mark.parametrize("mark", [exif(1, "R98"), exif(1), exif(65535, "R98"), exif(65535)])
def test_other_marks_of_cameras_are_srgb(tmp_path, mark) -> None:
    path = saved(scene(), tmp_path / "a.png", exif=mark)
    assert np.array_equal(np.asarray(read_picture(path)), scene())
    assert not findings(path)


def test_primaries_and_gamma_of_exif(tmp_path) -> None:
    mark = exif(65535, points=(transfer.D65, *transfer.ADOBE_RGB), gamma=2.2)
    adobe = levels((light() @ TO_ADOBE.T) ** (1 / 2.2))
    assert off(saved(adobe, tmp_path / "a.png", exif=mark), scene()) < 1
    straight = saved(levels(light()), tmp_path / "b.png", exif=exif(65535, gamma=1.0))
    assert off(straight, scene()) < 1


def test_a_profile_counts_before_exif(tmp_path) -> None:
    wide = levels(transfer.encoded(light() @ TO_P3.T))
    path = saved(wide, tmp_path / "a.png", exif=exif(65535, "R03"), icc_profile=DISPLAY_P3)
    assert off(path, scene()) < 1


# ---------------------------------------------------------------------- PNG


@pytest.mark.parametrize("gamma", [1.0, 1 / 1.8, 1 / 2.6])
def test_the_gamma_of_png(tmp_path, gamma) -> None:
    path = png(tmp_path / "a.png", levels(light() ** gamma), gama(gamma))
    assert off(path, scene()) < 1
    deep = png(tmp_path / "b.png", levels(light()[..., 1] ** gamma, 65535), gama(gamma), bits=16)
    assert off(deep, scene()[..., 1]) < 0.3


def test_the_usual_gamma_of_png_is_srgb(tmp_path) -> None:
    usual = png(tmp_path / "a.png", scene(), gama(1 / 2.2))
    also = png(tmp_path / "b.png", scene(), gama(1 / 2.2),
               chrm(transfer.D65, transfer.SRGB_PRIMARIES))  # fmt: skip
    for path in (usual, also):
        assert np.array_equal(np.asarray(read_picture(path)), scene())
        assert not findings(path)


def test_the_primaries_of_png(tmp_path) -> None:
    adobe = levels((light() @ TO_ADOBE.T) ** (1 / 2.2))
    points = chrm(transfer.D65, transfer.ADOBE_RGB)
    assert off(png(tmp_path / "a.png", adobe, points, gama(1 / 2.2)), scene()) < 1
    wide = levels(transfer.encoded(light() @ TO_P3.T))
    assert off(png(tmp_path / "b.png", wide, chrm(transfer.D65, P3)), scene()) < 1


CICP_P3 = b"cICP", bytes([12, 13, 0, 1])
SRGB_CHUNK = b"sRGB", b"\0"


@pytest.mark.parametrize(
    "chunks",
    [
        [CICP_P3, iccp(LINEAR)],
        [iccp(LINEAR), CICP_P3],
        [iccp(DISPLAY_P3), SRGB_CHUNK, gama(1.0)],
        [SRGB_CHUNK, iccp(DISPLAY_P3)],
        [CICP_P3, gama(1.0)],
        [iccp(b"damaged"), chrm(transfer.D65, P3)],
        [(b"cICP", bytes([12, 255, 0, 1])), iccp(DISPLAY_P3)],
        [(b"cICP", bytes([1, 13, 1, 1])), iccp(DISPLAY_P3)],
    ],
    ids=["cICP, iCCP", "iCCP, cICP", "iCCP, sRGB, gAMA", "sRGB, iCCP", "cICP, gAMA",
         "damaged iCCP", "unknown cICP", "cICP that is not RGB"],
)  # fmt: skip
def test_what_counts_first_in_png(tmp_path, chunks) -> None:
    wide = levels(transfer.encoded(light() @ TO_P3.T))
    assert off(png(tmp_path / "a.png", wide, *chunks), scene()) < 1


def test_the_srgb_chunk_counts_before_gamma_and_primaries(tmp_path) -> None:
    path = png(tmp_path / "a.png", scene(), SRGB_CHUNK, gama(1.0), chrm(transfer.D65, P3))
    assert np.array_equal(np.asarray(read_picture(path)), scene())


def test_narrow_range_is_widened(tmp_path) -> None:
    narrow = np.round(scene() / 255 * 219 + 16).astype(np.uint8)
    path = png(tmp_path / "a.png", narrow, (b"cICP", bytes([1, 13, 0, 0])))
    assert off(path, scene()) < 1


@pytest.mark.parametrize("curve", [transfer.PQ, transfer.HLG])
def test_high_dynamic_range_is_compressed_and_said(tmp_path, curve) -> None:
    # Greys at 1, 26 and 203 cd/m² (BT.2408: the white of a usual screen), and the peak.
    nits = np.array([1.0, 26.0, 203.0, 1000.0])
    if curve == transfer.PQ:
        code = transfer.nits_to_pq(nits)
    else:
        table = np.linspace(0, 1, 100_000)
        code = np.interp(nits, transfer.hlg_to_nits(table), table)
    values = np.repeat(levels(np.tile(code, (8, 4)))[..., None], 3, 2)
    path = png(tmp_path / "a.png", values, (b"cICP", bytes([9, curve, 0, 1])))
    dark, mean, white, peak = np.asarray(read_picture(path))[0, :4, 1].astype(int)
    right = transfer.encoded(nits[:2] / 203) * 255
    assert np.abs([dark - right[0], mean - right[1]]).max() < 3
    assert 200 < white < 245 < peak
    assert findings(path)["high_range"] == (
        f"It is of high dynamic range (BT.2020 {'PQ' if curve == transfer.PQ else 'HLG'}); "
        "its lights were compressed for sRGB."
    )


def test_bt2100_by_its_own_numbers() -> None:
    """BT.2100 and BT.2408: PQ of 100 and 203 cd/m² is 0.508 and 0.581; HLG of 203 is 0.75."""
    assert transfer.nits_to_pq(np.array([100.0, 203.0, 10_000.0])) == pytest.approx(
        [0.508, 0.581, 1.0], abs=1e-3
    )
    assert transfer.pq_to_nits(transfer.nits_to_pq(np.array([5.0]))) == pytest.approx([5.0])
    assert transfer.hlg_to_nits(np.array([0.5, 0.75, 1.0])) == pytest.approx(
        [50.6, 203, 1000], rel=0.01
    )


@pytest.mark.parametrize(
    "chunk",
    [
        gama(0), gama(40_000), chrm((0, 0), P3), chrm(transfer.D65, [(0.3, 0.3)] * 3),
        chrm(transfer.D65, [(0.1, 0), (0.2, 0), (0.3, 0)]), (b"cICP", b""), (b"cICP", b"\xff" * 4),
        (b"gAMA", b"\0"), (b"cHRM", b"\0"), iccp(b"\0" * 200), iccp(LINEAR[:150]),
        iccp(LINEAR[:128] + b"\xff" * 400),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_costs_nothing(tmp_path, chunk) -> None:
    path = png(tmp_path / "a.png", scene(), chunk)
    answer = probe(str(path), "")
    if answer["kind"] == "picture":  # Pillow itself refuses chunks that are too short
        assert np.array_equal(np.asarray(read_picture(path)), scene())
    else:
        assert chunk[1] == b"\0"


# ---------------------------------------------------------------------- boxes


def box(kind, *parts):
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def heif(properties, uses, primary=1, version=0):
    """The beginning of a file with items that use properties by their places from 1 on."""
    width = ">I" if version else ">H"
    table = b"".join(
        struct.pack(width, item) + bytes([len(places), *places]) for item, places in uses.items()
    )
    return box(b"ftyp", b"avif\0\0\0\0") + box(
        b"meta", b"\0" * 4,
        box(b"pitm", bytes([version, 0, 0, 0]), struct.pack(width, primary)),
        box(b"iprp", box(b"ipco", *properties),
            box(b"ipma", bytes([version, 0, 0, 0]), struct.pack(">I", len(uses)), table)),
    )  # fmt: skip


@pytest.mark.parametrize("version", [0, 1])
def test_colours_of_the_primary_item_count(version) -> None:
    one, two = box(b"colr", b"nclx1111"), box(b"colr", b"nclx2222")
    other = box(b"ispe", b"\0" * 12)
    kept = [one, other, two]
    assert boxes.colours(io.BytesIO(heif(kept, {1: [0x81, 2], 2: [3]}, 2, version))) == [
        b"nclx2222"
    ]
    assert boxes.colours(io.BytesIO(heif(kept, {1: [2], 2: [2]}, 1, version))) == [
        b"nclx1111", b"nclx2222",
    ]  # fmt: skip


def test_boxes_cut_anywhere_are_no_boxes() -> None:
    whole = heif([box(b"colr", b"nclx1111")], {1: [1]})
    for length in range(len(whole)):
        (found,) = boxes.colours(io.BytesIO(whole[:length])) or [b""]
        assert b"nclx1111".startswith(found)
    assert boxes.colours(io.BytesIO(b"\0\0\0\1meta" + b"\xff" * 8)) == []
    assert boxes.colours(io.BytesIO(b"\0" * 64)) == []


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow was built without AVIF")
@pytest.mark.parametrize(("codes", "kind"), [((12, 13), "colour_space"), ((9, 16), "high_range")])
def test_avif_states_its_colours_by_numbers(tmp_path, codes, kind) -> None:
    wide = levels(transfer.encoded(light() @ TO_P3.T))
    data = io.BytesIO()
    Image.fromarray(wide).save(data, "AVIF", quality=100, subsampling="4:4:4")
    whole = data.getvalue()
    at = whole.index(b"colrnclx") + 8
    (tmp_path / "a.avif").write_bytes(whole[:at] + struct.pack(">HH", *codes) + whole[at + 4 :])
    if kind == "colour_space":
        assert off(tmp_path / "a.avif", scene()) < 3
    assert list(findings(tmp_path / "a.avif")) == [kind]


@pytest.mark.skipif(not features.check("jpg_2000"), reason="built without JPEG 2000")
def test_the_profile_of_jpeg_2000(tmp_path) -> None:
    data = io.BytesIO()
    Image.fromarray(levels(light())).save(data, "JPEG2000", irreversible=False)
    whole = data.getvalue()
    old = whole.index(b"colr") - 4
    size = int.from_bytes(whole[old : old + 4], "big")
    new = box(b"colr", b"\2\0\0", LINEAR)
    head = whole.index(b"jp2h") - 4
    grown = int.from_bytes(whole[head : head + 4], "big") - size + len(new)
    (tmp_path / "a.jp2").write_bytes(
        whole[:head] + struct.pack(">I", grown) + whole[head + 4 : old] + new + whole[old + size :]
    )
    assert off(tmp_path / "a.jp2", scene()) < 2
