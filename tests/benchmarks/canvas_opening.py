"""A 256-pixel StyleGAN2 on the canvas, this tree against an earlier one: bound 0.6 each.

    python tests/benchmarks/canvas_opening.py BASELINE_CHECKOUT [--rounds 3] [--sliders 100]

Both trees work in fresh processes, in turn, on copies of one project that the earlier one made.
Opening: seconds, and memory added at its highest and at rest, from entering the place until the
sliders work and one piece is kept. Slider: from the mouse to the painted picture, beyond the
bare forward pass (see slider_to_picture.py), of a model small enough for that to be seen.
Medians of all rounds; JSON on stdout.
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
PICTURES = 16
OPENED = "stylegan2", 256, {"latent_dim": 512, "top_width": 64, "width": 512, "batch_size": 2}
"""Family, side and sizes that a graphics card is recommended: as heavy as it gets at this side."""
SLID = "gan", 256, {"latent_dim": 32, "top_width": 8, "width": 8, "group_size": 8, "batch_size": 2}


def memory(field: str) -> int:
    """Bytes of this process by a field of the kernel's table: VmRSS now, VmHWM at its highest."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) << 10


def make(folder: Path, family: str, side: int, sizes: dict[str, int]) -> None:
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
    pictures = folder.parent / f"{folder.name} pictures"
    pictures.mkdir()
    for number in range(PICTURES):
        pixels = chance.integers(0, 256, (side, side, 3), np.uint8)
        Image.fromarray(pixels).save(pictures / f"{number}.png")
    with Project.open(folder, create=True) as project:
        for _ in import_sources(project, [pictures], "set"):
            pass
        recipe = runs.create_run(
            project, "set", family, side, side, images=2, overrides=sizes, device="cpu"
        )
        for _ in train(project.runs / recipe.run, project.folder, lambda: None, resume=False):
            pass


def opening(folder: Path) -> dict[str, float]:
    """Open the model and keep one piece: seconds and bytes."""
    import slider_to_picture as slider

    with slider.canvas(folder) as (room, _):
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        before, began = memory("VmRSS"), time.perf_counter()
        kept: list[object] = []
        room.session.kept.connect(kept.append)
        room.project_opened(room.studio.project)
        slider.wait_for(lambda: room.controls.rows and room.controls.rows[0].slider.isEnabled())
        opened = time.perf_counter() - began
        room.controls.keep_button.click()
        slider.wait_for(lambda: kept)
        return {
            "opened_s": opened, "opened_and_kept_s": time.perf_counter() - began,
            "highest_bytes": memory("VmHWM") - before, "rest_bytes": memory("VmRSS") - before,
        }  # fmt: skip


def sliding(folder: Path, moves: int) -> dict[str, float]:
    """Move a slider: milliseconds."""
    import numpy as np
    import slider_to_picture as slider

    with slider.canvas(folder) as (room, watch):
        room.project_opened(room.studio.project)
        ours, _, bare, _ = slider.rounds(room, watch, moves)
    # The lower quartile: what else the machine does can only add.
    return {"beyond_ms": float(np.percentile(ours - bare, 25))}


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


def compare(baseline: Path, place: Path, rounds: int, moves: int) -> dict[str, object]:
    """Medians of both sides and their ratios."""
    tasks = {"opening": (OPENED, ()), "sliding": (SLID, (str(moves),))}
    for name, (model, _) in tasks.items():
        run(baseline, place / "home", "make", str(place / name), json.dumps(model))
    sides: dict[str, list[dict[str, float]]] = {"before": [], "now": []}
    for number in range(rounds):
        for side, checkout in (("before", baseline), ("now", ROOT)):
            found = {}
            for name, (_, more) in tasks.items():
                copy = shutil.copytree(place / name, place / f"{name}-{side}-{number}")
                found |= json.loads(run(checkout, place / "home", name, str(copy), *more))
                shutil.rmtree(copy)
            sides[side].append(found)
    before, now = (
        {key: statistics.median(each[key] for each in found) for key in found[0]}
        for found in sides.values()
    )
    ratios = {key: round(now[key] / before[key], 3) for key in before}
    return {"before": before, "now": now, "ratios": ratios, "rounds": sides}


def one_task(name: str, folder: Path, *more: str) -> None:
    """What one of the processes does."""
    if name == "make":
        make(folder, *json.loads(more[0]))
    else:
        print(json.dumps(opening(folder) if name == "opening" else sliding(folder, int(more[0]))))


def main() -> int:
    """Compare, print, and exit 1 when the bound is broken."""
    if sys.argv[1] in ("make", "opening", "sliding"):
        one_task(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
        return 0
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("baseline", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--sliders", type=int, default=100)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = compare(given.baseline.resolve(), Path(name), given.rounds, given.sliders)
    ok = max(found["ratios"].values()) <= BOUND  # type: ignore[attr-defined]
    facts = {"opened": OPENED, "slid": SLID}
    print(json.dumps({"benchmark": "canvas opening", **facts, **found, "bound": BOUND, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
