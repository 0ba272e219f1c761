"""A texture set: the maps of a material, drawn from one picture.

Height, roughness and occlusion are guesses from its brightness, and are called so in the list
beside them. Maps of data bring no statement of colour: they are numbers, not colours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image, to_bytes
from studio.engine.export.collections.base import Collection, Plates, Sheet, register
from studio.engine.export.formats import png_stream
from studio.engine.export.formats.base import to_pillow
from studio.engine.export.formats.png import PACKET, Png
from studio.engine.export.formats.samples import deep, seen_by_most
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import pixels_sha256, xmp_packet
from studio.engine.refinement.planes import blurred

_PLAIN = {
    "base": "_BaseColor", "height": "_Height", "normal": "_Normal", "roughness": "_Roughness",
    "occlusion": "_AO", "orm": "_ORM", "mask": "_MaskMap",
}  # fmt: skip
_SHORT = _PLAIN | {"base": "_BC", "height": "_H", "normal": "_N", "roughness": "_R"}
_PACKED = {"none": (), "orm": ("orm",), "mask": ("mask",)}
_GUESS = "a guess from brightness, not measured"
_WIDE = 24
"""Pixels beyond the edge that the maps of the edge are made with."""


@register
@dataclass(frozen=True)
class TextureSet(Collection):
    """Names are those that Blender's Node Wrangler and the engines recognise."""

    name = "texture-set"
    title = "Texture set"
    suffix = ".png"
    summary = "Base colour, height, normal, roughness. For Blender, Unity, Unreal, Godot."
    several = False

    normal: str = param(
        "opengl", label="Normals", choices=("opengl", "directx"),
        names={"opengl": "OpenGL (Y up)", "directx": "DirectX (Y down)"}, term="normal map",
        help="Blender, Unity and Godot want OpenGL, Unreal wants DirectX.",
    )  # fmt: skip
    packed: str = param(
        "none", label="Packed map", choices=tuple(_PACKED),
        names={"none": "none", "orm": "ORM map", "mask": "Unity mask map"},
        help="Occlusion, roughness and metal in the channels of one more map.",
    )  # fmt: skip
    names: str = param(
        "long", label="Names of maps", choices=("long", "short"),
        names={"long": "in full", "short": "in short"},
        help="_BaseColor and _Normal, or _BC and _N as Unreal has them.",
    )  # fmt: skip
    strength: float = param(
        2.0, label="Relief", low=0.1, high=20.0, step=0.1, term="strength",
        help="How deep the normals make it look.",
    )  # fmt: skip
    tiles: bool = param(
        True, label="It tiles", help="Maps go on from one edge to the other.",
    )  # fmt: skip

    def _maps(self) -> tuple[str, ...]:
        return ("base", "height", "normal", "roughness", "occlusion", *_PACKED[self.packed])

    def endings(self, count: int) -> tuple[str, ...]:
        called = _SHORT if self.names == "short" else _PLAIN
        return (*(f"{called[each]}.png" for each in self._maps()), "_Maps.json")

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """The height has 16 bits, the others 8; the base colour keeps its transparency."""
        plate = next(iter(plates))
        made = self._drawn(plate.artwork.straight())
        listed: dict[str, Any] = {}
        for kind, sheet in zip(self._maps(), sheets[:-1], strict=True):
            if kind == "base":
                Png().write(plate.artwork, plate.origin, sheet.path)
                listed[sheet.name] = {"map": "base colour", "colour_space": "sRGB"}
                continue
            write_data(made[kind], plate.origin, sheet, deep_one=kind == "height")
            listed[sheet.name] = {"map": kind, "colour_space": "Non-Color", "made": _GUESS}
            if kind == "normal":
                listed[sheet.name]["convention"] = self.normal
        about = {
            "material": plate.name, "metal": 0, "maps": listed, "recipe": plate.origin.recipe,
        }  # fmt: skip
        sheets[-1].path.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def _drawn(self, straight: Image) -> dict[str, Image]:
        """Maps by their names, float32 [h, w, c] from 0 to 1."""
        height = height_of(straight)
        edges = ((_WIDE, _WIDE), (_WIDE, _WIDE), (0, 0))
        wide = np.pad(height, edges, mode="wrap" if self.tiles else "edge")
        hollow = blurred(wide, 6.0) - wide
        inside = (slice(_WIDE, -_WIDE), slice(_WIDE, -_WIDE))
        occlusion = np.clip(1.0 - 1.5 * np.maximum(hollow, 0), 0, 1)[inside]
        roughness = np.clip(0.85 - 0.35 * height, 0, 1)
        zero = np.zeros_like(height)
        return {
            "height": height, "normal": self._normals(wide)[inside], "roughness": roughness,
            "occlusion": occlusion, "orm": np.concatenate([occlusion, roughness, zero], axis=2),
            "mask": np.concatenate([zero, occlusion, zero, 1 - roughness], axis=2),
        }  # fmt: skip

    def _normals(self, height: Image) -> Image:
        down, right = np.gradient(height[..., 0] * self.strength * 8)
        up = down if self.normal == "opengl" else -down
        vectors = np.stack([-right, up, np.ones_like(up)], axis=2)
        vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
        made: Image = (vectors * 0.5 + 0.5).astype(np.float32)
        return made


def height_of(straight: Image) -> Image:
    """float32 [h, w, 1]: brightness, stretched to the whole range without its outliers."""
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
    colour = straight[..., :3]
    light = colour @ weights if colour.shape[2] == 3 else colour[..., 0]
    low, high = np.percentile(light, (1, 99))
    made: Image = np.clip((light - low) / max(high - low, 1e-6), 0, 1)[..., None].astype(np.float32)
    return made


def write_data(image: Image, origin: Origin, sheet: Sheet, *, deep_one: bool) -> None:
    """Numbers from 0 to 1 as a PNG that says nothing of colours."""
    samples: png_stream.Samples = deep(image) if deep_one else to_bytes(image)
    seen = seen_by_most(deep(image)) if deep_one else to_bytes(image)
    packet = xmp_packet(origin, pixels_sha256(to_pillow(seen)))
    beside = [(b"iTXt", png_stream.international_text(PACKET, packet))]
    png_stream.write_samples(sheet.path, samples, beside, 6)
