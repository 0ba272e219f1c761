"""What somebody who mends the program would like to know, without what is nobody's business.

Nothing is sent: it is a text for the artist to read, and to send herself. Places on her disk are
left out but for the parts that are the program's own; so are her name and that of the machine.
"""

from __future__ import annotations

import getpass
import platform
import re
from pathlib import Path

from studio import __version__
from studio.engine import doctor
from studio.engine.door import read_text
from studio.engine.errors import MALFORMED
from studio.engine.files import write_text
from studio.engine.settings import home

FILE = "report.txt"
LINES = 200
"""So many of the last lines of each log."""
LOGS = 5
_OWN = re.compile(r"[\\/]((?:studio|models|site-packages)[\\/][\w\\/.-]+)$")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
# A path goes on to a quote, a colon or comma with a space, or the end of its line: names of
# folders have spaces in them, and too much is better left out than too little.
_PATH = re.compile(
    r"""(?<![\w.~<])(?:[A-Za-z]:)?[\\/]{1,2}(?=[^\s/\\])[^'"\n]*?(?=['"\n]|[:,;] |\. |\.?$)""", re.M
)


def write() -> Path:
    """Write the report into the folder of the program's settings; raises :class:`StudioError`."""
    path = home() / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text())
    return path


def text() -> str:
    """Version, checks of :mod:`doctor`, and the ends of the newest logs, anonymised."""
    lines = [f"Latent Studio {__version__}", "", "Checks"]
    for check in doctor.examine():
        mark = "ok" if check.ok else "missing"
        lines.append(f"{mark:<8} {check.name}: {check.found}")
    for name, tail in _logs():
        lines += ["", f"The end of {name}", *tail]
    return anonymised("\n".join(lines)) + "\n"


def _logs() -> list[tuple[str, list[str]]]:
    found = sorted((home() / "logs").glob("*.log"), key=_moment)[-LOGS:]
    ends = []
    for number, path in enumerate(found, 1):
        try:
            ends.append((f"log {number}", read_text(path, "replace").splitlines()[-LINES:]))
        except OSError:
            continue
    return ends


def _moment(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def anonymised(words: str) -> str:
    """Without paths, names of the user and the machine, and addresses of mail."""
    words = _ADDRESS.sub("ADDRESS", words)
    words = _PATH.sub(_without_place, words)
    for name, instead in ((_user(), "USER"), (platform.node(), "MACHINE")):
        if len(name) > 2:
            words = re.sub(rf"\b{re.escape(name)}\b", instead, words)
    return words


def _without_place(match: re.Match[str]) -> str:
    own = _OWN.search(match.group())
    return f"…/{own[1]}" if own else f"PATH{_suffix(match.group())}"


def _suffix(path: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,12}$", path)
    return found.group() if found else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, ImportError, *MALFORMED):  # nobody of that number is known
        return ""
