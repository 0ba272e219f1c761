"""Installing an extra into the copy of the program that runs, file by file checked by hash.

First everything is downloaded to a folder of its own, which can be cancelled at any moment; only
then is it installed from there, which takes seconds and is not interrupted.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

from studio.engine import processes
from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.extras import Extra
from studio.engine.files import is_writable, resources
from studio.engine.jobs import Job
from studio.engine.said import Said

_ALONE = Said(
    "This copy of the program cannot be added to: it comes as one whole. A copy that was set up "
    "with packaging/launch.py can."
)
_NO_INSTALLER = Said(
    "The Python of this copy has no installer of packages: set the program up with "
    "packaging/launch.py, which brings one."
)
_UNREACHED = ("NewConnectionError", "ConnectTimeout", "ProxyError", "Failed to resolve",
              "Could not fetch URL", "Network is unreachable", "Name or service")  # fmt: skip
_OTHER_FILE = "DO NOT MATCH THE HASHES"
_NO_BUILD = "No matching distribution"
_FULL = "No space left"


def obstacle() -> Said | None:
    """Why nothing can be installed into this copy; None where something can."""
    if getattr(sys, "frozen", False):
        return _ALONE
    if importlib.util.find_spec("pip") is None:
        return _NO_INSTALLER
    place = Path(sysconfig.get_path("purelib"))
    managed = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists()
    if not is_writable(place) or (managed and sys.prefix == sys.base_prefix):
        return Said(
            "The folder {folder} belongs to the system and cannot be added to: set the program up "
            "with packaging/launch.py, which makes a folder of its own.", folder=place,
        )  # fmt: skip
    return None


def packages(extra: Extra) -> Path:
    """The list of exact packages with the hashes of their files."""
    return resources() / "packages" / f"{extra.name}.txt"


def install(extra: Extra, job: Job[None]) -> None:
    """Download and install it; raises :class:`StudioError` with the reason.

    Nothing is left behind where the job is cancelled while it downloads.
    """
    lacking = obstacle()
    if lacking is not None:
        raise StudioError(lacking)
    listed = packages(extra)
    total = read_text(listed).count("==")
    with tempfile.TemporaryDirectory(prefix="latent-studio-") as place:
        job.advance(0, total)

        def count() -> None:
            job.advance(min(total, len(list(Path(place).iterdir()))), total)

        checked = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(listed))
        _run(("download", "--dest", place, "--retries", "1", *checked), extra, job.cancelled, count)
        if job.cancelled():
            return
        job.can_cancel = False
        source = ("--no-index", "--find-links", place)
        _run(("install", *source, *checked), extra, lambda: False, lambda: None)
    importlib.invalidate_caches()
    if not extra.is_installed:
        raise StudioError(
            "“{title}” was installed, and is not found: there may be no build of it for this "
            "machine.", title=extra.title,
        )  # fmt: skip


def _run(
    arguments: tuple[str, ...], extra: Extra, stop: Callable[[], bool], look: Callable[[], None]
) -> None:
    """One call of the installer, ended early when `stop` says so; `look` is called meanwhile."""
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(
            processes.installer(*arguments),
            stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONNOUSERSITE": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        while (code := _ended(child)) is None:
            look()
            if stop():
                child.kill()
                child.wait()
                return
        look()
        words.seek(0)
        said = words.read().decode("utf-8", "replace")
    if code:
        raise StudioError(_reason(extra, said), said)


def _ended(child: subprocess.Popen[bytes]) -> int | None:
    try:
        return child.wait(0.2)
    except subprocess.TimeoutExpired:
        return None


def _reason(extra: Extra, said: str) -> Said:
    """What the installer's words come to, in one sentence."""
    if _OTHER_FILE in said:
        return Said(
            "“{title}” was not installed: a file of the package index is not the one that was "
            "tested with this program.", title=extra.title,
        )  # fmt: skip
    if _FULL in said:
        return Said("“{title}” was not installed: the disk is full.", title=extra.title)
    if any(word in said for word in _UNREACHED):
        return Said(
            "“{title}” was not installed: the package index does not answer. Look at the network, "
            "and try again.", title=extra.title,
        )  # fmt: skip
    if _NO_BUILD in said:
        return Said(
            "“{title}” was not installed: there is no build of it for this machine and Python.",
            title=extra.title,
        )
    return Said("“{title}” was not installed; the details tell why.", title=extra.title)
