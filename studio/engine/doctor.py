"""What this machine has and what it lacks, each with the command that mends it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from dataclasses import dataclass

from studio.engine import settings
from studio.engine.files import is_writable, resources

NEEDED = (
    "torch", "numpy", "pillow", "safetensors", "pydantic", "tomlkit", "platformdirs",
    "torchmetrics", "defusedxml",
)  # fmt: skip
WINDOW = ("PySide6-Essentials", "pyqtgraph")
OPTIONAL = {
    "pi-heif": "formats", "rawpy": "formats", "OpenEXR": "formats", "psd-tools": "layered",
    "av": "video", "c2pa-python": "provenance", "cryptography": "provenance",
    "python-rtmidi": "live", "miniaudio": "sound", "tensorboardX": "tensorboard",
    "onnx": "onnx", "onnxruntime": "onnx", "onnxscript": "onnx",
    "opencv-python-headless": "faces",
}  # fmt: skip
LEAST_FREE = 5 << 30
INSTALL = "python3 packaging/launch.py"


@dataclass(frozen=True)
class Check:
    """One fact. `mend` is empty, or the command that helps."""

    name: str
    ok: bool
    needed: bool
    found: str
    mend: str = ""


def examine() -> list[Check]:
    """All checks. Imports torch, but no window."""
    return [_python(), *_packages(), *_devices(), _disk(), _home(), _resources()]


def _python() -> Check:
    fine = sys.version_info >= (3, 11)
    found = f"{platform.python_version()} on {platform.platform()}"
    return Check("python", fine, True, found, "" if fine else "install Python 3.11 or newer")


def _packages() -> list[Check]:
    checks = [_package(name, True, INSTALL) for name in NEEDED]
    checks += [_package(name, False, INSTALL) for name in WINDOW]
    checks += [
        _package(name, False, f"latent-studio extras install {extra}")
        for name, extra in OPTIONAL.items()
    ]
    return checks


def _package(name: str, needed: bool, mend: str) -> Check:
    try:
        return Check(name, True, needed, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, needed, "not installed", mend)


def _devices() -> list[Check]:
    if importlib.util.find_spec("torch") is None:
        return []
    from studio.engine import devices

    found = []
    for device in devices.devices():
        memory = f", {device.memory / 2**30:.1f} GB" if device.memory else ""
        precision = ", bf16" if device.bf16 else ""
        words = f"{device.title}{memory}{precision}"
        found.append(Check(f"device {device.name}", True, True, words))
    return found


def _disk() -> Check:
    place = settings.home()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    fine = free >= LEAST_FREE
    mend = "" if fine else "free some space: a run keeps up to five checkpoints"
    return Check("disk", fine, False, f"{free / 2**30:.1f} GB free at {place}", mend)


def _home() -> Check:
    place = settings.home()
    try:
        place.mkdir(parents=True, exist_ok=True)
        fine = is_writable(place)
    except OSError:
        fine = False
    mend = "" if fine else "set LATENT_STUDIO_HOME to a folder that you can write to"
    return Check("settings folder", fine, False, str(place), mend)


def _resources() -> Check:
    fine = (resources() / "theme" / "studio.qss").is_file()
    return Check("resources", fine, False, str(resources()), "" if fine else INSTALL)
