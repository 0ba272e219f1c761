"""Train the starter model on the drawn sample and slim it for the bundle.

    python resources/sample/train.py [MINUTES]

Writes `model/` beside this file: the averaged weights of a small VAE in half precision.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from studio.engine.dataset.intake.importer import import_sources  # noqa: E402
from studio.engine.events import Done, Progress  # noqa: E402
from studio.engine.project import Project  # noqa: E402
from studio.engine.training.planning import runs  # noqa: E402
from studio.engine.training.process.driver import run_training  # noqa: E402
from studio.engine.training.record import checkpoint, checkpoint_model  # noqa: E402


def main() -> int:
    """Import, train, slim."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Project.open(Path(folder) / "Sample", create=True) as project,
    ):
        for _ in import_sources(project, [HERE / "pictures"], "Sample"):
            pass
        recipe = runs.create_run(project, "Sample", "vae", 64, 64, minutes=minutes)
        ended = run_training(project, recipe.run, resume=False, on_event=tell)
        if not isinstance(ended, Done):
            print(ended.message, file=sys.stderr)
            return 1
        shutil.rmtree(HERE / "model", ignore_errors=True)
        checkpoint_model.export_slim(Path(ended.checkpoint), HERE / "model")
    size = (HERE / "model" / checkpoint.MODEL).stat().st_size
    print(f"{ended.images_seen} images, {size / 1e6:.1f} MB")
    return 0


def tell(event: object) -> None:
    """A line now and then."""
    if isinstance(event, Progress) and event.step % 500 < 20:
        print(f"{event.images_seen} images, {event.images_per_second:.0f} a second", flush=True)


if __name__ == "__main__":
    sys.exit(main())
