"""A 256-pixel StyleGAN2 on the canvas, this tree against an earlier one: bound 0.6 each.

    python tests/benchmarks/canvas_opening.py BASELINE_CHECKOUT [--rounds 3] [--sliders 100]

Both trees work in fresh processes, in turn, on copies of one project that the earlier one made.
Opening: seconds, and memory added at its highest and at rest, from entering the place until the
sliders work and one piece is kept. Slider: from the mouse to the painted picture, beyond the bare
forward pass (see slider_to_picture.py). Medians of all rounds; JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOUND = 0.6
FAMILY, SIDE, PICTURES = "stylegan2", 256, 16
SIZES = {"latent_dim": 512, "top_width": 64, "width": 512, "batch_size": 2}
"""What a graphics card is recommended, so that opening is as heavy as it gets at this side."""


def memory(field: str) -> int:
    """Bytes of this process by a field of the kernel's table: VmRSS now, VmHWM at its highest."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) << 10


def make(folder: Path) -> None:
    """A project whose one run has made a single step: nothing here depends on the weights."""
    import numpy as np
    from PIL import Image

    from studio.engine.project import Project

    try:
        from studio.engine.dataset.intake.importer import import_sources
        from studio.engine.training.planning import runs
        from studio.engine.training.session.loop import train
    except ModuleNotFoundError:  # as they were called before the chambers
        from studio.engine.dataset.importing import import_sources
        from studio.engine.training import runs
        from studio.engine.training.loop import train
    chance = np.random.default_rng(0)
    pictures = folder.parent / "pictures"
    pictures.mkdir()
    for number in range(PICTURES):
        pixels = chance.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        Image.fromarray(pixels).save(pictures / f"{number}.png")
    with Project.open(folder, create=True) as project:
        for _ in import_sources(project, [pictures], "set"):
            pass
        recipe = runs.create_run(
            project, "set", FAMILY, SIDE, SIDE, images=2, overrides=SIZES, device="cpu"
        )
        for _ in train(project.runs / recipe.run, project.folder, lambda: None, resume=False):
            pass


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Open, keep one piece, then move a slider `rounds` times: seconds, bytes, milliseconds."""
    import numpy as np
    import slider_to_picture as slider

    with slider.canvas(folder) as (room, watch):
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        before, began = memory("VmRSS"), time.perf_counter()
        kept: list[object] = []
        room.session.kept.connect(kept.append)
        room.project_opened(room.studio.project)
        slider.wait_for(lambda: room.controls.rows and room.controls.rows[0].slider.isEnabled())
        opened = time.perf_counter() - began
        room.controls.keep_button.click()
        slider.wait_for(lambda: kept)
        found = {
            "opened_s": opened, "opened_and_kept_s": time.perf_counter() - began,
            "highest_bytes": memory("VmHWM") - before, "rest_bytes": memory("VmRSS") - before,
        }  # fmt: skip
        ours, passes, _ = slider.rounds(room, watch, rounds)
    return {**found, "beyond_ms": float(np.median(ours - passes))}


def run(checkout: Path, home: Path, *arguments: str) -> str:
    """This script in a fresh process that imports the program from `checkout`."""
    environment = os.environ | {
        "PYTHONPATH": str(checkout), "LATENT_STUDIO_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env=environment, cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{checkout}: {done.stderr}")
    return done.stdout


def compare(baseline: Path, place: Path, rounds: int, sliders: int) -> dict[str, object]:
    """Medians of both sides and their ratios."""
    run(baseline, place / "home", "--make", str(place / "project"))
    sides: dict[str, list[dict[str, float]]] = {"before": [], "now": []}
    for number in range(rounds):
        for name, checkout in (("before", baseline), ("now", ROOT)):
            copy = shutil.copytree(place / "project", place / f"{name}-{number}")
            said = run(checkout, place / "home", "--measure", str(copy), "--sliders", str(sliders))
            sides[name].append(json.loads(said))
            shutil.rmtree(copy)
    before, now = (
        {key: statistics.median(each[key] for each in found) for key in found[0]}
        for found in sides.values()
    )
    ratios = {key: round(now[key] / before[key], 3) for key in before}
    return {"before": before, "now": now, "ratios": ratios, "rounds": sides}


def main() -> int:
    """Compare, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("baseline", nargs="?", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--sliders", type=int, default=100)
    options.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.make or given.measure:  # one of the processes
        if given.make:
            make(given.make)
        else:
            print(json.dumps(measure(given.measure, given.sliders)))
        return 0
    if given.baseline is None:
        options.error("give an earlier checkout to compare with")
    with tempfile.TemporaryDirectory() as name:
        found = compare(given.baseline.resolve(), Path(name), given.rounds, given.sliders)
    ok = max(found["ratios"].values()) <= BOUND  # type: ignore[attr-defined]
    facts = {"family": FAMILY, "side": SIDE, **SIZES}
    print(json.dumps({"benchmark": "canvas opening", **facts, **found, "bound": BOUND, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
