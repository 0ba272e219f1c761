"""Extras: libraries that the program does without, each for something more that it can do then.

What belongs to one stands in `pyproject.toml` under the same name, and with the hashes of its
files in `resources/packages/`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

from studio.engine.errors import UsageError
from studio.engine.said import Said


@dataclass(frozen=True)
class Extra:
    """One of them. `megabytes` are those on the disk, under Linux on x86-64."""

    name: str
    title: Said
    summary: Said
    modules: tuple[str, ...]
    megabytes: int
    licences: str

    @property
    def is_installed(self) -> bool:
        """Whether all that it brings can be found; nothing is imported."""
        return all(importlib.util.find_spec(module) is not None for module in self.modules)


EXTRAS = (
    Extra(
        "formats", Said("Camera RAW, HEIC, OpenEXR"),
        Said("Reads photographs as cameras and telephones keep them; writes OpenEXR."),
        ("pi_heif", "rawpy", "OpenEXR"), 19,
        "MIT, BSD-3-Clause; LibRaw: LGPL-2.1, libheif: LGPL-3.0",
    ),
    Extra(
        "layered", Said("Photoshop files without a merged picture"),
        Said("Reads PSD files by putting their layers together."),
        ("psd_tools",), 4, "MIT",
    ),
    Extra(
        "video", Said("Film and sound"),
        Said("Takes pictures out of videos, writes MP4, MOV and WebM, and listens to sound."),
        ("av",), 106, "BSD-3-Clause; FFmpeg: LGPL-3.0, x264 and x265: GPL-2.0",
    ),
    Extra(
        "sound", Said("Sound while a film plays"),
        Said("Lets the sound of a film be heard while the timeline plays it."),
        ("miniaudio",), 3, "MIT, MIT-0, BSD-3-Clause",
    ),
    Extra(
        "live", Said("MIDI"),
        Said("Plays the model with the knobs and keys of a MIDI instrument."),
        ("rtmidi",), 1, "MIT",
    ),
    Extra(
        "provenance", Said("Content Credentials"),
        Said("Signs what is exported, and checks the signatures of others (C2PA)."),
        ("c2pa", "cryptography"), 73, "MIT, Apache-2.0, BSD-3-Clause, MPL-2.0",
    ),
    Extra(
        "onnx", Said("Models as ONNX"),
        Said("Hands a model to TouchDesigner, browsers and game engines."),
        ("onnx", "onnxruntime", "onnxscript"), 106, "MIT, Apache-2.0, BSD-3-Clause",
    ),
    Extra(
        "faces", Said("Face detector"),
        Said("Finds faces that are to be hidden (OpenCV); a YuNet model is wanted beside it."),
        ("cv2",), 169, "Apache-2.0; FFmpeg: LGPL-2.1",
    ),
    Extra(
        "tensorboard", Said("TensorBoard files"),
        Said("Writes the curves of a training run for TensorBoard, too."),
        ("tensorboardX",), 2, "MIT, BSD-3-Clause",
    ),
)  # fmt: skip


def extra(name: str) -> Extra:
    """The one of that name; :class:`UsageError` naming those there are."""
    for each in EXTRAS:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in EXTRAS)
    raise UsageError("There is no extra “{name}”; there are {known}.", name=name, known=known)


def needed(what: str, name: str) -> Said:
    """That `what` needs an extra, and how it is had; :func:`named_in` finds the name again."""
    return Said(
        "{what} needs the extra “{extra}”, which is not installed: choose “Extras and self-test…” "
        "in the menu of the window, or run `latent-studio extras install {extra}`.",
        what=what, extra=name,
    )  # fmt: skip


def named_in(sentence: str) -> str:
    """The name of the extra that a sentence asks for, or any sentence in it; empty for none."""
    if not isinstance(sentence, Said):
        return ""
    values: Mapping[str, str | int | float] = sentence.values
    if "extra" in values:
        return str(values["extra"])
    found = (named_in(each) for each in values.values() if isinstance(each, Said))
    return next(filter(None, found), "")
