"""Films by FFmpeg, through PyAV, which is an extra."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.extras import needed
from studio.engine.generation.film.formats.base import (
    OneFile,
    Outlet,
    Shot,
    clear,
    opaque,
    register,
)
from studio.engine.generation.film.formats.soundtrack import Soundtrack
from studio.engine.said import Said

if TYPE_CHECKING:
    from types import ModuleType

    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_GROWING = {"movflags": "hybrid_fragmented"}
"""Fragments while it grows, a plain file when it is done."""
_EDITED = {"movflags": "hybrid_fragmented+delay_moov", "movie_timescale": "240000"}
"""With an edit list, by which players leave out the 21 ms that AAC begins with: without one all
sound is late by them. Its clock has whole numbers of all frames."""
_BT709 = 1
"""Of ITU-T H.273: primaries, transfer and matrix of BT.709 all have this number."""


def library() -> ModuleType:
    """PyAV; :class:`StudioError` where it is missing."""
    try:
        return importlib.import_module("av")
    except ImportError as error:
        films = Said("A film in MP4, MOV or WebM (not GIF, WebP, APNG or PNG sequence)")
        raise StudioError(needed(films, "video"), repr(error)) from error


class _Video(OneFile):
    """RGB is converted to BT.709 of limited range, and tagged so."""

    codec: ClassVar[str]
    sound: ClassVar[bool] = True
    sound_codec: ClassVar[str] = "aac"
    container: ClassVar[str]
    pixels: ClassVar[str]
    even: ClassVar[bool] = True
    """Whether colour is kept for two by two pixels, and sides must be even."""
    options: ClassVar[dict[str, str]]
    muxing: ClassVar[dict[str, str]] = {}
    muxing_sound: ClassVar[dict[str, str]] = {}
    """What is different where there is sound."""

    def check(self, shot: Shot) -> None:
        """As the base class says; without PyAV at once."""
        library()

    def notes(self, shot: Shot) -> tuple[Said, ...]:
        """As the base class says, and of sides."""
        said = super().notes(shot)
        if self.even and (shot.width % 2 or shot.height % 2):
            said += (Said(
                "{format} wants even sides: the film has {width} × {height} pixels, its last "
                "column or row once more.",
                format=self.title, width=shot.width + shot.width % 2,
                height=shot.height + shot.height % 2,
            ),)  # fmt: skip
        return said

    def encode(self, frames: Iterator[Pixels], shot: Shot, outlet: Outlet) -> None:
        """As the base class says; a container that is cut off plays to its last whole fragment."""
        av = library()
        muxing = self.muxing if shot.sound is None else self.muxing | self.muxing_sound
        container = av.open(outlet, "w", format=self.container, options=muxing)
        try:
            stream = self._stream(container, shot)
            with Soundtrack(container, self.sound_codec, shot.sound) as sound:
                for number, pixels in enumerate(frames):
                    frame = self._frame(av, pixels)
                    frame.pts = number
                    container.mux(stream.encode(frame))
                    sound.play_until((number + 1) / shot.fps)
                container.mux(stream.encode(None))
        except BaseException:
            with contextlib.suppress(Exception):
                container.close()
            raise
        container.close()

    def _stream(self, container: OutputContainer, shot: Shot) -> VideoStream:
        stream: Any = container.add_stream(self.codec, rate=shot.fps, options=dict(self.options))
        even = int(self.even)
        stream.width = shot.width + (shot.width % 2) * even
        stream.height = shot.height + (shot.height % 2) * even
        stream.pix_fmt = self.pixels
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = 1  # limited
        made: VideoStream = stream
        return made

    def _frame(self, av: ModuleType, pixels: Pixels) -> VideoFrame:
        reformatter = importlib.import_module("av.video.reformatter")
        space, extent = reformatter.Colorspace.ITU709, reformatter.ColorRange
        made = clear(pixels) if self.alpha else opaque(pixels)
        if self.even:
            height, width = made.shape[:2]
            made = np.pad(made, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(
            np.ascontiguousarray(made), format="rgba" if self.alpha else "rgb24"
        )
        changed: VideoFrame = frame.reformat(
            format=self.pixels, src_colorspace=space, dst_colorspace=space,
            src_color_range=extent.JPEG, dst_color_range=extent.MPEG,
        )  # fmt: skip
        return changed


@register
class Mp4(_Video):
    """Two renders show the same pixels: x264's macroblock tree would not repeat itself within one
    process, and other numbers of threads give other files."""

    name, title, suffix, container = "mp4", "MP4 (H.264)", ".mp4", "mp4"
    summary = "Plays everywhere: web, phones, editors."
    codec, pixels = "libx264", "yuv420p"
    options = {"crf": "16", "preset": "medium", "g": "60", "x264-params": "mbtree=0:threads=2"}
    muxing, muxing_sound = _GROWING, _EDITED


@register
class ProRes(_Video):
    name, title, suffix, container = "prores", "ProRes 4444", ".mov", "mov"
    summary = "Transparency, hardly any loss. For Blender, Resolve, After Effects, Final Cut."
    codec, pixels, alpha, even = "prores_ks", "yuva444p10le", True, False
    sound_codec = "pcm_s16le"
    options = {"profile": "4444", "vendor": "apl0", "alpha_bits": "16"}
    muxing, muxing_sound = _GROWING, _EDITED


@register
class WebM(_Video):
    name, title, suffix, container = "webm", "WebM (VP9)", ".webm", "webm"
    summary = "Transparency in browsers; Blender shows it solid."
    codec, sound_codec, pixels, alpha = "libvpx-vp9", "libopus", "yuva420p", True
    options = {"crf": "20", "b": "0", "row-mt": "1", "cpu-used": "4", "auto-alt-ref": "0"}
