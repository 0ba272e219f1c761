"""Which PyTorch build this machine wants, and why. Standard library only."""

import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

INDEX = "https://download.pytorch.org/whl/"
PROBE_SECONDS = 3.0
# CUDA 13 runs from Turing on and wants driver 580; CUDA 12.6 runs from Maxwell on.
CUDA_13 = ("cu130", 580.0, 7.5)
CUDA_12 = ("cu126", 528.33 if sys.platform == "win32" else 525.60, 5.0)
AMD = "rocm7.2"


class Build:
    """`index` is the part of the index behind INDEX, or empty for pip's own index."""

    def __init__(self, title, index, why):
        self.title = title
        self.index = index
        self.why = why

    def sentence(self):
        """What is installed, and why, for the person who waits."""
        return f"PyTorch build: {self.title} ({self.why})."


def choose():
    """The build for this machine."""
    if sys.platform == "darwin":
        return _apple()
    return _nvidia() or _amd() or _intel() or cpu("no NVIDIA, AMD or Intel graphics card was found")


def cpu(why):
    """The build without an accelerator. Only Linux has a second, far larger one on PyPI."""
    return Build("processor only", "cpu" if sys.platform == "linux" else "", why)


def pip_index(build):
    """(index URL or empty, sentence). An index that does not answer is left out.

    Without its index the wheel comes from where pip is configured to look.
    """
    if not build.index:
        return "", ""
    url = INDEX + build.index
    if _answers(url + "/"):
        return url, ""
    return "", (
        f"{INDEX} does not answer: PyTorch comes from the package index that pip is "
        "configured with."
    )


def _apple():
    if platform.machine() != "arm64":
        return None
    return Build("Apple", "", "a Mac with Apple silicon")


def _nvidia():
    cards = nvidia_cards()
    if not cards:
        return None
    name, driver, capability = min(cards, key=lambda card: card[2])
    fact = f"{name}, driver {driver:g}, compute capability {capability:g}"
    for index, least_driver, least_capability in (CUDA_13, CUDA_12):
        if driver >= least_driver and capability >= least_capability:
            # On Linux PyPI itself carries CUDA 13; on Windows only the processor's build.
            plain = index == CUDA_13[0] and sys.platform == "linux"
            return Build(
                "NVIDIA CUDA " + index[2:4] + "." + index[4:], "" if plain else index, fact
            )
    return cpu(
        f"{fact}: too old for this PyTorch; a driver of {CUDA_12[1]:g} or newer and a "
        f"compute capability of {CUDA_12[2]:g} or more are needed"
    )


def nvidia_cards():
    """[(name, driver version, compute capability)] by nvidia-smi; empty without a card."""
    text = _output("nvidia-smi", "--query-gpu=name,driver_version,compute_cap",
                   "--format=csv,noheader")  # fmt: skip
    cards = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split(",")]
        try:
            driver = float(".".join(parts[1].split(".")[:2]))
            cards.append((parts[0], driver, float(parts[2])))
        except (IndexError, ValueError):
            continue
    return cards


def _amd():
    if sys.platform != "linux":
        return None
    nodes = Path("/sys/class/kfd/kfd/topology/nodes")
    for path in sorted(nodes.glob("*/properties")) if nodes.is_dir() else []:
        for line in _text(path).splitlines():
            # The processor is a node too; its version is 0.
            if line.startswith("gfx_target_version") and line.split()[-1] != "0":
                return Build("AMD ROCm", AMD, "an AMD graphics card with its driver")
    return None


def _intel():
    if sys.platform == "linux":
        cards = Path("/sys/class/drm").glob("renderD*/device/vendor")
        if not any(_text(path).strip() == "0x8086" for path in cards):
            return None
    elif sys.platform != "win32":
        return None
    if ctypes.util.find_library("ze_loader") is None:
        return None
    return Build("Intel XPU", "xpu", "an Intel graphics card with its compute driver")


def _output(*command):
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _text(path):
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _answers(url):
    """Whether `url` can be read within seconds, through the proxy where one is set.

    pip itself would try an index that is out of reach for minutes.
    """
    if os.environ.get("PIP_NO_INDEX"):
        return False
    found = []

    def ask():
        try:
            with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:
                found.append(answer.status < 400)
        except (OSError, ValueError):
            pass

    # A thread, because looking a name up has no timeout of its own.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS + 1.0)
    return bool(found and found[0])
