"""Where pictures go, and in which way they go there without a dialog: one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Destination:
    """A program or a use; `way` is a format or a collection, `names` a template of names."""

    name: str
    title: str
    summary: str
    way: str
    options: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    names: str = ""
    centimetres: float = 0.0
    """The longer side in print that smaller pictures are enlarged to, by the run's enlarger."""


DESTINATIONS: tuple[Destination, ...] = (
    Destination("photoshop", "Photoshop", "PSD with layers, 16 bit", "psd", {"depth": "16"}),
    Destination("krita", "Krita · GIMP", "OpenRaster with layers", "openraster"),
    Destination("affinity", "Affinity · Figma", "PNG, 16 bit, Display P3", "png",
                {"depth": "16", "profile": "display-p3"}),
    Destination("print", "Print", "TIFF, 16 bit, Adobe RGB", "tiff",
                {"depth": "16", "profile": "adobe-rgb", "dpi": 300}),
    Destination("print-size", "Print, enlarged", "TIFF, to 20 cm with own pictures", "tiff",
                {"depth": "16", "profile": "adobe-rgb"}, centimetres=20.0),
    Destination("web", "Web", "WebP, small, sRGB", "webp", {"quality": 88}),
    Destination("blender", "Blender", "Texture set, OpenGL normals", "texture-set",
                {"normal": "opengl", "packed": "none", "names": "long"}),
    Destination("unity", "Unity", "Texture set with mask map", "texture-set",
                {"normal": "opengl", "packed": "mask", "names": "long"}),
    Destination("unreal", "Unreal", "Texture set, DirectX, ORM", "texture-set",
                {"normal": "directx", "packed": "orm", "names": "short"}, "T_{piece}"),
    Destination("godot", "Godot", "Texture set with ORM", "texture-set",
                {"normal": "opengl", "packed": "orm", "names": "long"}),
    Destination("film", "After Effects · Resolve", "Frames, PNG 16 bit", "image-sequence",
                {"frames": "png16"}),
)  # fmt: skip
