"""The peak of memory that a pre-flight promises against what a real run then needs.

For every family: the pre-flight of a run in its child process, then the run itself in another
one, with samples and checkpoints in between, whose peak of resident memory the system reports
at its end. Prints one JSON object; every `ratio` (promised / needed) has to stay within 15 % of 1.
Other work on the machine does not disturb it.

    python tests/benchmarks/memory_estimate.py [--families vae gan] [--sizes 64] [--steps 30]
        [--pictures 600] [--channels 3]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.dataset.intake.importer import import_sources  # noqa: E402
from studio.engine.events import Done, Failed, Preflight, from_line  # noqa: E402
from studio.engine.project import Project  # noqa: E402
from studio.engine.training.planning import runs  # noqa: E402

BOUND = 0.15
IMPATIENT = """
import sys
from studio.engine.training import child
child.NICENESS = 0
sys.exit(child.run())
"""
"""The training process without its politeness: on a busy machine it would never come to its end."""
FAMILIES = ("autoencoder", "vae", "gan", "stylegan2", "fewshot_gan")
MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def draw(folder: Path, count: int, size: int, channels: int) -> None:
    """Pictures of noise."""
    generator = np.random.default_rng(0)
    folder.mkdir()
    for number in range(count):
        pixels = generator.integers(0, 256, (size, size, channels), np.uint8)
        picture = Image.fromarray(pixels[..., 0] if channels == 1 else pixels, MODES[channels])
        picture.save(folder / f"{number:05}.png", compress_level=0)


def child(*words: str) -> tuple[list[object], int]:
    """(events, bytes at the peak) of one training process, by the operating system."""
    command = [sys.executable, "-c", IMPATIENT, *words]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        events = [from_line(line) for line in process.stdout]
        _, code, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if isinstance(events[-1], Failed):
        sys.exit(f"{' '.join(words)}: {events[-1].message}\n{events[-1].detail}")
    return list(events), usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def compare(project: Path, family: str, size: int, steps: int) -> dict[str, object]:
    """Promise and need of one family at one size, in megabytes."""
    with Project.open(project) as opened:
        options = {"images": 1, "device": "cpu"}
        recipe = runs.create_run(opened, f"set {size}", family, size, size, **options)  # type: ignore[arg-type]
        folder = runs.run(opened, recipe.run).folder
    batch = int(recipe.config["batch_size"])
    often = {"sample_every_seconds": 5.0, "checkpoint_every_seconds": 5.0}
    recipe.model_copy(update={"total_images": steps * batch, **often}).save(folder)
    before, _ = child(str(folder), str(project), "--preflight")
    (promise,) = [event.memory for event in before if isinstance(event, Preflight)]
    events, need = child(str(folder), str(project))
    assert isinstance(events[-1], Done)
    told = [event.memory for event in events if isinstance(event, Preflight)]
    ratio = promise / need
    return {
        "family": family, "size": size, "batch": batch, "promised_mb": promise >> 20,
        "needed_mb": need >> 20, "told_in_the_run_mb": [each >> 20 for each in told],
        "ratio": round(ratio, 3), "ok": abs(ratio - 1) <= BOUND,
    }  # fmt: skip


def main() -> int:
    """Measure all, print, and exit 1 where one misses."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--families", nargs="+", default=FAMILIES, choices=FAMILIES)
    options.add_argument("--sizes", nargs="+", type=int, default=[64])
    options.add_argument("--steps", type=int, default=30, help="steps of the real run")
    options.add_argument("--pictures", type=int, default=600)
    options.add_argument("--channels", type=int, default=3, choices=MODES)
    given = options.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as place:
        project = Path(place) / "project"
        with Project.open(project, create=True) as opened:
            for size in given.sizes:
                draw(Path(place) / f"{size}", given.pictures, size, given.channels)
                for _ in import_sources(opened, [Path(place) / f"{size}"], f"set {size}"):
                    pass
        for size in given.sizes:
            for family in given.families:
                results.append(compare(project, family, size, given.steps))
                print(json.dumps(results[-1]), file=sys.stderr)
    fine = all(each["ok"] for each in results)
    print(json.dumps({"benchmark": "memory estimate", "bound": BOUND, "runs": results, "ok": fine}))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
