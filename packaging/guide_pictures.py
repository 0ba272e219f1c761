#!/usr/bin/env python3
"""Take the pictures of the guide: every place in every language, on the sample.

    .venv/bin/python packaging/guide_pictures.py [--check]

Run it after a change of how a place looks. The window is drawn offscreen, so no display is needed.
The pictures lie beside the pages, in `resources/guide/<language>/pictures/`. With `--check` nothing
is written, and the exit code is 1 where a picture is missing or they are too large together.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "resources" / "guide"
SIZE = 1280, 800
QUALITY = 78
MOST_BYTES = 3_000_000
SECONDS = 120.0
"""So long a place may take to come to rest."""
REST = 4.0
"""Seconds in which nothing more may be going on; thumbnails tell nobody that they still come."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, look at what is there")
    if not parser.parse_args().check:
        with tempfile.TemporaryDirectory() as place:
            os.environ.update(LATENT_STUDIO_HOME=f"{place}/home", QT_QPA_PLATFORM="offscreen")
            _take(Path(place))
    found = list(GUIDE.glob("*/pictures/*.webp"))
    size = sum(path.stat().st_size for path in found)
    print(f"{len(found)} pictures, {size / 1e6:.2f} MB")
    languages = [path for path in GUIDE.iterdir() if path.is_dir()]
    return int(len(found) < 6 * len(languages) or size > MOST_BYTES)


def _take(place):
    sys.path.insert(0, str(ROOT))
    from PySide6.QtWidgets import QApplication

    app = QApplication([sys.argv[0], "-style", "fusion"])
    from studio.desktop.base.studio import Studio
    from studio.desktop.i18n import LANGUAGES
    from studio.desktop.window.main_window import MainWindow
    from studio.desktop.window.top_bar import PLACES

    studio = Studio()
    window = MainWindow(studio)
    window.resize(*SIZE)
    window.show()
    studio.open_project(_project(place))
    for language in LANGUAGES:
        studio.set_language(language)
        folder = GUIDE / language / "pictures"
        folder.mkdir(exist_ok=True)
        for key in PLACES:
            window.go(key)
            _settle(app, window, key)
            _save(window, folder / f"{key}.webp")
    window.close()


def _project(place):
    """The sample with a few pieces: an empty place shows nothing."""
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.pieces import pieces
    from studio.engine.project import Project
    from studio.engine.sample import RUN, make_sample_project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    folder = make_sample_project(place / "Vases")
    with Project.open(folder) as project:
        player = Player.open(checkpoint.load_latest(runs.run(project, RUN).folder).folder)
        for seed in (3, 5, 8, 13):
            piece = pieces.keep(project, RUN, player, LatentRecipe(seed=seed))
            pieces.set_review(project, piece.id, "approved")
    return folder


def _settle(app, window, key):
    """Until no job is going on and the room's own threads have nothing to do."""
    ends = time.monotonic() + SECONDS
    quiet_since = time.monotonic()
    room = window.room(key)
    while time.monotonic() < ends and time.monotonic() - quiet_since < REST:
        app.processEvents()
        time.sleep(0.02)
        busy = bool(window.studio.jobs.of()) or getattr(
            getattr(room, "session", None), "busy", False
        )
        if key == "generation" and room.view.image().isNull():
            busy = True
        if busy:
            quiet_since = time.monotonic()


def _save(window, path):
    from PIL import Image
    from PySide6.QtGui import QImage

    grabbed = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    stride = grabbed.bytesPerLine()
    picture = Image.frombuffer(
        "RGB", (grabbed.width(), grabbed.height()), bytes(grabbed.constBits()), "raw", "RGB", stride
    )
    picture.save(path, quality=QUALITY, method=6)


if __name__ == "__main__":
    sys.exit(main())
