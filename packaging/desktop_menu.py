"""The program in the menu of a Linux desktop, and its projects among the files that it opens.

Places: the XDG base directory, desktop menu, icon theme and shared MIME specifications.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import SetupError

FILES = Path(__file__).resolve().parent / "linux"
_PLACES = {
    "latent-studio.desktop": "applications",
    "latent-studio.metainfo.xml": "metainfo",
    "latent-studio.svg": "icons/hicolor/scalable/apps",
    "latent-studio-project.xml": "mime/packages",
}
_CACHES = (("update-mime-database", "mime"), ("update-desktop-database", "applications"))


def add(program):
    """Copy what the desktop reads; `program` is the command of the environment.

    Returns the files that were written. Raises SetupError elsewhere than on Linux.
    """
    if not sys.platform.startswith("linux"):
        raise SetupError("The menu entry is made on Linux only; make a shortcut to launch.py.")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    written = []
    for name, place in _PLACES.items():
        target = data / place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".desktop":
            entry = (FILES / name).read_text("utf-8")
            quoted = '"' + str(program).replace("\\", "\\\\").replace('"', '\\"') + '"'
            target.write_text(entry.replace("Exec=latent-studio", f"Exec={quoted}"), "utf-8")
        else:
            shutil.copyfile(FILES / name, target)
        written.append(target)
    for command, place in _CACHES:
        if found := shutil.which(command):
            subprocess.run([found, str(data / place)], stdin=subprocess.DEVNULL, check=False)
    return written
