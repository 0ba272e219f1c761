"""Eight steps at 12 megapixels: the preview (bound 50 ms) and the whole picture, against OpenCV,
or NumPy and Pillow where that is not installed, doing the same in float32 (bound 2.0).

    python tests/benchmarks/refine_stack.py [--megapixels 12] [--rounds 5]

The two sides take turns. What counts is the time of all processors together, since other programs
may run beside; that on the clock, which is less where steps run on several, stands beside it. The
preview is what a change of the
first step costs, which nothing kept can help, at the size that the bench has on a screen of
1440 x 900, with its histogram; every other step stands beside it, and how many levels of 255 the
preview lies from the whole picture made as small. JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.artwork import to_pixels  # noqa: E402
from studio.engine.refinement.curves import points_of, through  # noqa: E402
from studio.engine.refinement.histogram import Histogram  # noqa: E402
from studio.engine.refinement.planes import reduced  # noqa: E402
from studio.engine.refinement.proxy import Proxy  # noqa: E402
from studio.engine.refinement.stack import Stack, Step, apply, refined  # noqa: E402

BOUND_MS, BOUND_RATIO = 50.0, 2.0
SIDE = 824
CURVE = "0,0 0.25,0.18 0.75,0.84 1,1"
STACK = Stack(
    [
        Step(op="crop", params={"left": 0.02, "right": 0.02, "top": 0.02, "bottom": 0.02}),
        Step(op="exposure", params={"exposure": 0.4}),
        Step(op="white_balance", params={"temperature": 25.0}),
        Step(op="levels", params={"black": 0.03, "white": 0.97}),
        Step(op="curves", params={"points": CURVE}),
        Step(op="hsl", params={"saturation": 0.2}),
        Step(op="sharpen", params={"amount": 0.6, "radius": 1.0}),
        Step(op="vignette", params={"amount": 0.3}),
    ]
)
CHANGED = {
    "crop": {"left": 0.03}, "exposure": {"exposure": 0.5}, "white_balance": {"temperature": 30.0},
    "levels": {"black": 0.04}, "curves": {"points": "0,0 0.25,0.2 0.75,0.84 1,1"},
    "hsl": {"saturation": 0.3}, "sharpen": {"amount": 0.7}, "vignette": {"amount": 0.4},
}  # fmt: skip


def picture(megapixels: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Soft shapes with a little grain, 4:3: uint8 [h, w, 3]."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    chance = np.random.default_rng(0)
    coarse = Image.fromarray(chance.integers(0, 256, (12, 16, 3), np.uint8))
    soft = np.asarray(coarse.resize((height * 4 // 3, height), Image.Resampling.BICUBIC))
    return np.clip(soft + chance.normal(0, 2, soft.shape).astype(np.float32), 0, 255).astype("u1")


class Peer:
    """The same eight steps, as plainly as they are written with the other library.

    With OpenCV: its pow, transform, LUT-free curve by NumPy's interp, GaussianBlur and colour
    conversion; without it NumPy for all, and no blur but Pillow's of bytes.
    """

    def __init__(self) -> None:
        try:
            import cv2
        except ImportError:
            self.name, self._cv = "numpy and pillow", None
        else:
            self.name, self._cv = f"opencv {cv2.__version__}", cv2
            cv2.setNumThreads(os.cpu_count() or 1)
        self._table = through(points_of(CURVE) or [], np.linspace(0, 1, 4097).astype(np.float32))

    def run(self, pixels: Any) -> Any:
        height, width = pixels.shape[:2]
        x0, y0 = round(width * 0.02), round(height * 0.02)
        image = pixels[y0 : height - y0, x0 : width - x0].astype(np.float32) / np.float32(255)
        image = self._to_srgb(np.clip(self._to_linear(image) * np.float32(2**0.4), 0, 1))
        warm = np.array([[1.12, 0, 0], [0, 0.99, 0], [0, 0, 0.8]], np.float32)
        image = self._to_srgb(np.clip(self._transform(self._to_linear(image), warm), 0, 1))
        image = np.clip((image - np.float32(0.03)) / np.float32(0.94), 0, 1)
        place = np.linspace(0, 1, 4097).astype(np.float32)
        image = np.interp(image, place, self._table).astype(np.float32)
        image = self._saturated(image)
        image = np.clip(image + np.float32(0.6) * (image - self._blurred(image)), 0, 1)
        high, wide = image.shape[:2]
        y, x = np.ogrid[-0.5 : 0.5 : high * 1j, -0.5 : 0.5 : wide * 1j]
        away = np.clip((np.hypot(x, y).astype(np.float32) / np.float32(0.707) - 0.5) / 0.8, 0, 1)
        shade = 1 - np.float32(0.3) * away * away * (3 - 2 * away)
        return np.rint(image * shade[..., None].astype(np.float32) * 255).astype(np.uint8)

    def _pow(self, image: Any, by: float) -> Any:
        return self._cv.pow(image, by) if self._cv else np.power(image, np.float32(by))

    def _to_linear(self, image: Any) -> Any:
        high = self._pow((image + np.float32(0.055)) / np.float32(1.055), 2.4)
        return np.where(image <= np.float32(0.04045), image / np.float32(12.92), high)

    def _to_srgb(self, light: Any) -> Any:
        high = np.float32(1.055) * self._pow(light, 1 / 2.4) - np.float32(0.055)
        return np.where(light <= np.float32(0.0031308), light * np.float32(12.92), high)

    def _transform(self, image: Any, matrix: Any) -> Any:
        return self._cv.transform(image, matrix) if self._cv else image @ matrix.T

    def _saturated(self, image: Any) -> Any:
        """OpenCV's float Lab, with a and b stretched; without it, by luma in linear light."""
        if self._cv:
            lab = self._cv.cvtColor(image, self._cv.COLOR_RGB2Lab)
            lab[..., 1:] *= np.float32(1.2)
            return np.clip(self._cv.cvtColor(lab, self._cv.COLOR_Lab2RGB), 0, 1)
        light = self._to_linear(image)
        grey = (light @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]
        return self._to_srgb(np.clip(grey + (light - grey) * np.float32(1.2), 0, 1))

    def _blurred(self, image: Any) -> Any:
        if self._cv:
            return self._cv.GaussianBlur(image, (7, 7), 1.0, borderType=self._cv.BORDER_REFLECT)
        from PIL import ImageFilter

        soft = Image.fromarray(to_pixels(image)).filter(ImageFilter.GaussianBlur(1.0))
        return np.asarray(soft).astype(np.float32) / np.float32(255)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long `work` takes: on the clock, and of all processors together."""
    began, used = time.perf_counter(), time.process_time()
    work()
    spent = time.process_time() - used
    return time.perf_counter() - began, spent


def _shown(proxy: Proxy, stack: Stack) -> object:
    return Histogram.of(to_pixels(proxy.render(stack).image))


def off(pixels: Any) -> dict[str, float]:
    """Levels between what is shown and what will be."""
    shown = to_pixels(Proxy(pixels, SIDE).render(STACK).image).astype(int)
    whole = to_pixels(reduced(refined(STACK, pixels).image(), max(shown.shape[:2])))
    apart = np.abs(shown - whole)
    places = {f"p{share}": float(np.percentile(apart, share)) for share in (95, 99)}
    return {"mean": round(float(apart.mean()), 3), **places}


def previews(pixels: Any, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Times of a preview after a change of every step, by its operation."""
    proxy = Proxy(pixels, SIDE)
    found: dict[str, list[tuple[float, float]]] = {step.op: [] for step in STACK.steps}
    for _ in range(rounds):
        for place, step in enumerate(STACK.steps):
            proxy.render(STACK)
            steps = list(STACK.steps)
            steps[place] = step.model_copy(update={"params": {**step.params, **CHANGED[step.op]}})
            found[step.op].append(seconds(partial(_shown, proxy, Stack(steps))))
    return found


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megapixels", type=float, default=12.0)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    pixels, peer = picture(given.megapixels), Peer()
    by_step = previews(pixels, given.rounds)
    milliseconds = {
        op: [round(statistics.median(each) * 1e3, 1) for each in zip(*times, strict=True)]
        for op, times in by_step.items()
    }
    ours, theirs = [], []
    for _ in range(given.rounds):
        ours.append(seconds(lambda: apply(STACK, pixels)))
        theirs.append(seconds(lambda: peer.run(pixels)))
    wall, cpu = (
        [round(statistics.median(each[which] for each in side), 3) for side in (ours, theirs)]
        for which in (0, 1)
    )
    worst = max(each[1] for each in milliseconds.values())
    ratio = round(cpu[0] / cpu[1], 3)
    ok = worst <= BOUND_MS and ratio <= BOUND_RATIO
    print(
        json.dumps(
            {
                "benchmark": "refine stack", "megapixels": given.megapixels, "peer": peer.name,
                "processors": os.cpu_count(), "preview_ms_clock_and_cpu": milliseconds,
                "preview_ms": worst, "preview_bound_ms": BOUND_MS,
                "preview_levels_off": off(pixels),
                "render_s": {"clock": wall, "cpu": cpu, "sides": ["ours", "peer"]},
                "ratio": ratio, "bound": BOUND_RATIO, "ok": ok,
            }
        )
    )  # fmt: skip
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
