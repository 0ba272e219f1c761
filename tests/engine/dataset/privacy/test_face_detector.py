"""The detector of faces with the real library, where it is installed.

Its network is one that finds blue squares: a model of faces is not part of the project, and what
matters here is that pixels go in and places come out as the library means them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.index import store
from studio.engine.dataset.privacy import face_detector, hidden_regions
from studio.engine.errors import StudioError

pytest.importorskip("cv2", reason="the library for detecting faces is not installed")
onnx = pytest.importorskip("onnx", reason="onnx, which writes the network, is not installed")

CELL = 32
"""The side of the squares that the network finds, and of the grid on which it looks for them."""


def write_network(path: Path) -> None:
    """A network with the inputs and outputs of YuNet (2023): sure of a cell that is all blue."""
    make, kinds, arrays = onnx.helper, onnx.TensorProto, []

    def constant(name: str, values: object, kind: type = np.float32) -> str:
        arrays.append(onnx.numpy_helper.from_array(np.array(values, kind), name))
        return name

    first = constant("first", [[[[1]], [[0]], [[0]]]])  # of blue, green and red
    nodes = [make.make_node("Conv", ["input", first], ["blue"])]
    outputs = []
    for stride in (8, 16, CELL):
        mean, sure = f"mean{stride}", f"sure{stride}"
        middle = constant(f"middle{stride}", [225 if stride == CELL else 1e6])
        nodes += [
            make.make_node(
                "AveragePool", ["blue"], [mean],
                kernel_shape=[stride, stride], strides=[stride, stride],
            ),
            make.make_node("Sub", [mean, middle], [f"over{stride}"]),
            make.make_node("Sigmoid", [f"over{stride}"], [sure]),
        ]  # fmt: skip
        # A place is the middle of its cell, and as large as the cell.
        for name, bias in (
            ("cls", [0]), ("obj", [0]), ("bbox", [0.5, 0.5, 0, 0]), ("kps", [0.5] * 10),
        ):  # fmt: skip
            key, size = f"{name}_{stride}", len(bias)
            weight = [[[[float(name in ("cls", "obj"))]]]] * size
            given = [sure, constant(f"w_{key}", weight), constant(f"b_{key}", bias)]
            shape = constant(f"s_{key}", [1, -1, size], np.int64)
            nodes += [
                make.make_node("Conv", given, [f"c_{key}"]),
                make.make_node("Transpose", [f"c_{key}"], [f"t_{key}"], perm=[0, 2, 3, 1]),
                make.make_node("Reshape", [f"t_{key}", shape], [key]),
            ]
            outputs.append(make.make_tensor_value_info(key, kinds.FLOAT, [1, None, size]))
    given = make.make_tensor_value_info("input", kinds.FLOAT, [1, 3, "height", "width"])
    graph = make.make_graph(nodes, "squares", [given], outputs, arrays)
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 13)], ir_version=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)


@pytest.fixture
def network() -> Path:
    path = face_detector.place() / "face_detection_yunet_squares.onnx"
    write_network(path)
    return path


@pytest.fixture
def found(project, take_in, tmp_path):
    """Draw one picture with squares at cells (column, row), and return its item."""

    def draw(size, cells, mode="RGB", cell=CELL):
        (tmp_path / "set").mkdir()
        picture = Image.new("RGB", size, (255, 120, 0))
        for column, row in cells:
            left, top = column * cell, row * cell
            picture.paste((0, 0, 255), (left, top, left + cell, top + cell))
        picture.convert(mode).save(tmp_path / "set" / "a.png")
        (item,) = store.items(project, take_in(tmp_path / "set").dataset.id)
        return item

    return draw


def boxes(item):
    """Left, top, right and bottom of what was found, in pixels of the picture."""
    return sorted(
        tuple(
            round(part * side)
            for part, side in zip(
                (*region.points[0], *region.points[2]), (item.width, item.height) * 2, strict=True
            )
        )
        for region in face_detector.faces(item)
    )


def test_what_it_finds_lies_where_it_is(found, network) -> None:
    assert face_detector.missing() is None
    item = found((320, 200), [(2, 3), (7, 1)])
    assert boxes(item) == [(58, 90, 102, 134), (218, 26, 262, 70)]  # with a margin of a fifth


def test_a_large_picture_is_looked_at_smaller(found, network) -> None:
    item = found((2560, 1600), [(0, 0), (20, 10)], cell=2 * CELL)
    assert boxes(item) == [(0, 0, 77, 77), (1267, 627, 1357, 717)]


@pytest.mark.parametrize("size", [(33, 40), (9, 7), (700, 33)])
def test_pictures_that_fill_no_grid(found, network, size) -> None:
    item = found(size, [(0, 0)])
    assert len(boxes(item)) == (min(size) >= CELL)


def test_colours_are_given_as_the_network_expects_them(found, network) -> None:
    assert boxes(found((128, 128), [(1, 1)], "RGBA"))


def test_grey_pictures_are_looked_at_as_well(found, network) -> None:
    assert boxes(found((128, 128), [(1, 1)], "L")) == []


def test_what_it_finds_is_hidden(project, found, network) -> None:
    item = found((128, 128), [(1, 1)])
    hidden_regions.set_regions(project, {item.id: tuple(face_detector.faces(item, "fill"))})
    (item,) = store.items_by_id(project, [item.id])
    assert face_detector.faces(item) != []  # the file stays as it is
    (region,) = item.hidden
    assert region.way == "fill"


@pytest.mark.parametrize("data", [b"", b"no network" * 50])
def test_a_damaged_network_is_one_sentence(found, network, data, capfd) -> None:
    item = found((64, 64), [(0, 0)])
    network.write_bytes(data)
    with pytest.raises(StudioError) as told:
        face_detector.faces(item)
    assert str(told.value).endswith("cannot be used: put another YuNet model there.")
    assert "\n" not in str(told.value)
    assert told.value.detail
    assert capfd.readouterr() == ("", "")
