"""What the window needs from the operating system: libraries, fonts, and what its tests need.

Standard library only. On Debian and Ubuntu root gets them installed, others get the command.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

# Library as the loader knows it -> package of Debian and Ubuntu.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# Program -> package, for tests: an X server, and faults of the disk that are made for real.
TEST_TOOLS = {"Xvfb": "xvfb", "xauth": "xauth", "strace": "strace"}
CHINESE_FONT = "fonts-noto-cjk"
FONT_PLACES = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
CHINESE_FILES = ("*CJK*", "wqy-*", "*SourceHanSans*", "DroidSansFallback*")
APT_SECONDS = 900
X11_PORT = 6000
ANSWER_SECONDS = 3


def missing(for_tests):
    """(needed, wished): packages without which Qt cannot start, and those it is better with."""
    if sys.platform != "linux":
        return [], []
    needed = [package for name, package in LIBRARIES.items() if not _loads(name)]
    wished = [] if _has_chinese_font() else [CHINESE_FONT]
    if for_tests:
        wished += [tool for name, tool in TEST_TOOLS.items()
                   if shutil.which(name) is None]  # fmt: skip
    return needed, wished


def command(packages):
    """The one command that installs `packages`."""
    sudo = "" if _is_root() else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(packages)}"


def can_install():
    """Whether packages can be installed without asking anybody."""
    return _is_root() and shutil.which("apt-get") is not None


def install(packages, log):
    """Install `packages` with apt-get, its words going to the open file `log`; True on success."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        log.write(f"\n$ apt-get {' '.join(arguments)}\n")
        log.flush()
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                ["apt-get", *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, timeout=APT_SECONDS,
            )  # fmt: skip
            if done.returncode == 0 or arguments == ["update"]:
                continue  # a list that could not be renewed may still do
        return False
    return True


def has_display():
    """Whether a window could be shown."""
    if sys.platform != "linux":
        return True
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if wayland and _answers(str(Path(os.environ.get("XDG_RUNTIME_DIR", ""), wayland))):
        return True
    host, colon, number = (x11 or "").rpartition(":")
    number = number.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    # Qt ends with an abort where the name of a display stayed behind without its server.
    place = f"/tmp/.X11-unix/X{number}"
    if host in ("", "unix"):
        return _answers(place) or _answers(f"\0{place}")
    return _answers((host, X11_PORT + int(number)))


def _answers(address):
    """Whether somebody listens at a (host, port), or at the path of a socket."""
    try:
        if isinstance(address, tuple):
            socket.create_connection(address, ANSWER_SECONDS).close()
        else:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(ANSWER_SECONDS)
                line.connect(address)
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _loads(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_chinese_font():
    for place in FONT_PLACES:
        for pattern in CHINESE_FILES:
            if place.is_dir() and next(place.rglob(pattern), None):
                return True
    return False
