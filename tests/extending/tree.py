"""A copy of the program to which a thing is added as its maker would add it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

_BEFORE = """
import json
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
app = QApplication([])
from studio.desktop.base.studio import Studio
from studio.desktop.i18n import tr
from studio.desktop.window.main_window import MainWindow
studio = Studio()
studio.set_language("zh_CN")
window = MainWindow(studio)
window.resize(1440, 900)
window.show()
window.make_rooms()

def wait(ready):
    for _ in range(3000):
        if ready():
            return
        QTest.qWait(10)
    raise AssertionError("it never came")

"""
_AFTER = """
print(json.dumps(seen))
window.close()
wait(lambda: not window.isVisible())
"""


class Tree:
    """The packages and resources in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("models", "studio", "resources"):
            # What is compiled comes along: it is valid as long as times stay what they are.
            shutil.copytree(ROOT / name, folder / name)

    def add(self, path: str, text: str, chinese: dict[str, str]) -> None:
        """One new file, and the translations of its words."""
        target = self.folder / path
        assert not target.exists()
        target.write_text(text, "utf-8")
        words = self.folder / "resources" / "translations" / "zh_CN" / "added.json"
        words.write_text(json.dumps(chinese, ensure_ascii=False), "utf-8")

    def _python(self, *arguments: str) -> str:
        home = {"PYTHONPATH": str(self.folder), "LATENT_STUDIO_HOME": str(self.folder / "home")}
        made = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=os.environ | home, check=False,
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        return made.stdout.splitlines()[-1]

    def command(self, *arguments: object) -> dict[str, Any]:
        """What a verb answers."""
        said = self._python("-m", "studio", *map(str, arguments), "--json")
        return dict(json.loads(said))

    def window(self, code: str) -> Any:
        """What `code` leaves in `seen`, in a Chinese window with all its places."""
        return json.loads(self._python("-c", _BEFORE + code + _AFTER))
