"""The private environment: made, completed, repaired, and remembered. Standard library only.

A stamp says what was installed; a second file says that an installation is under way,
so that one that was interrupted is done again from the start.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import system_parts
import torch_build

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
LISTS = ROOT / "resources" / "packages"
"""Exact packages with hashes (`pin_hashes.py`), a list for the base and one for each extra."""
STAMP, UNFINISHED = "latent-studio.json", "latent-studio.unfinished"
LOG = "latent-studio.log"


class SetupError(Exception):
    """One sentence that ends the launcher with exit code 1."""


class Environment:
    """The private environment in `place` and what was installed into it."""

    def __init__(self, place):
        self.place = place
        self.folder = place / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.folder / ("python.exe" if os.name == "nt" else "python")
        self.program = self.folder / ("latent-studio.cmd" if os.name == "nt" else "latent-studio")
        self.log = place / LOG

    def prepare(self, *, for_tests, fresh):
        """Make it, complete it, repair it; nothing but two small reads when it is as wanted."""
        wanted = _fingerprint()
        if not fresh and self._is_ready(wanted, for_tests):
            return
        with self._alone():
            if fresh or not self._is_ready(wanted, for_tests):
                self._install(wanted, for_tests, fresh)

    def _is_ready(self, wanted, for_tests):
        try:
            stamp = json.loads((self.place / STAMP).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        done = stamp.get("fingerprint") == wanted and (stamp.get("tests") or not for_tests)
        return bool(done and self.python.exists() and not (self.place / UNFINISHED).exists())

    def _install(self, wanted, for_tests, fresh):
        tests = for_tests or self._had_tests()
        interrupted = (self.place / UNFINISHED).exists()
        if interrupted and not fresh:
            print("An earlier set-up was interrupted; it is done again from the start.")
        with contextlib.suppress(OSError):
            (self.place / STAMP).unlink()
        if fresh or interrupted or not self._has_pip():
            self._make()
        # While this file is there, packages may be half-written: pip cannot tell.
        (self.place / UNFINISHED).touch()
        try:
            self._install_packages(tests)
        except SetupError:
            (self.place / UNFINISHED).unlink()  # pip ended in good order; the next start goes on
            raise
        self._link()
        (self.place / UNFINISHED).unlink()
        stamp = {"fingerprint": wanted, "tests": tests}
        (self.place / STAMP).write_text(json.dumps(stamp), "utf-8")

    def _had_tests(self):
        return (self.folder / "pytest").exists() or (self.folder / "pytest.exe").exists()

    def _has_pip(self):
        if not self.python.exists():
            return False
        try:
            done = subprocess.run([self.python, "-m", "pip", "--version"], capture_output=True)
        except OSError:
            return False
        return done.returncode == 0

    def _make(self):
        ours = (self.place / "pyvenv.cfg").exists() or (self.place / UNFINISHED).exists()
        if self.place.exists() and not ours and any(self.place.iterdir()):
            raise SetupError(
                f"{self.place} is a folder with other things in it: name another one in "
                "LATENT_STUDIO_VENV."
            )
        print(f"Making a private environment in {self.place}", flush=True)
        shutil.rmtree(self.place, ignore_errors=True)
        command = [sys.executable, "-m", "venv", str(self.place)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode and system_parts.can_install():
            # Debian's python3 comes without what `venv` needs.
            version = f"python3.{sys.version_info.minor}-venv"
            print(f"Installing system packages: {version}", flush=True)
            self.place.mkdir(parents=True, exist_ok=True)
            (self.place / UNFINISHED).touch()
            with self.log.open("a", encoding="utf-8") as log:
                system_parts.install([version], log)
            done = subprocess.run([*command, "--clear"], capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(self.place, ignore_errors=True)
            last = (done.stderr or done.stdout).strip().splitlines()
            mend = f"sudo apt-get install -y python3.{sys.version_info.minor}-venv"
            raise SetupError(
                f"Could not make {self.place} ({last[-1] if last else 'no reason given'}); on "
                f"Debian and Ubuntu this helps: {mend}"
            )

    def _install_packages(self, tests):
        build = torch_build.choose()
        if build is None:
            raise SetupError("PyTorch is no longer made for Macs with Intel processors.")
        print(build.sentence(), flush=True)
        index, note = torch_build.pip_index(build)
        if note:
            print(note, flush=True)
        print("Installing packages; the first time this takes some minutes.", flush=True)
        self._hashed("base", *(("test", "dev") if tests else ()))
        self._install_torch(build, index, note)
        for name in _extras():
            try:
                self._hashed(name)
            except SetupError:  # no build for this machine: the rest of the program works
                print(f"Left out, as it cannot be installed here: {name}", flush=True)
        print(self._look_at_torch(), flush=True)

    def _install_torch(self, build, index, note):
        """Checked against hashes where it is PyPI's; indexes for other cards tell of none that
        could be kept, and neither does one that stands in for an index that does not answer."""
        pin = _pins()["torch"]
        if not build.index:
            self._hashed("torch")
            return
        if index:
            # Without dependencies: that index does not carry the pinned versions of all of them.
            self._pip(["--index-url", index, "--no-deps", pin])
        if note or build.index != "cpu":
            extra = ["--extra-index-url", index] if index else []
            self._pip([*extra, "-c", str(CONSTRAINTS), pin])

    def _hashed(self, *names):
        """Install lists of packages, each file only where its hash is one of those in the list."""
        files = [part for name in names for part in ("-r", str(LISTS / f"{name}.txt"))]
        self._pip(["--require-hashes", "--no-deps", *files])

    def _pip(self, arguments):
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input",
                   "install", "--only-binary", ":all:", *arguments]  # fmt: skip
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT
            )
        if done.returncode:
            raise SetupError(
                f"pip could not install the packages; its reasons are in {self.log}. "
                "Check the network and the free disk space, then start again."
            )

    def _look_at_torch(self):
        """One real calculation on the chosen device, as a sentence."""
        code = (
            "import torch; a = torch.accelerator; "
            "d = a.current_accelerator().type if a.is_available() else 'cpu'; "
            "x = torch.ones(8, 8, device=d); assert float((x @ x).sum()) == 512; "
            "print(f'PyTorch {torch.__version__} works on {d}.')"
        )
        done = subprocess.run([str(self.python), "-c", code], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.strip()
        with self.log.open("a", encoding="utf-8") as log:
            log.write(done.stderr)
        last = done.stderr.strip().splitlines()
        return (
            f"PyTorch does not calculate here ({last[-1] if last else 'no reason given'}); "
            f"see {self.log}."
        )

    def _link(self):
        """Make the checkout importable and give it its command: no build step that could fail."""
        minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = (
            self.place / "Lib" / "site-packages"
            if os.name == "nt"
            else self.place / "lib" / minor / "site-packages"
        )
        (packages / "latent_studio.pth").write_text(f"{ROOT}\n", "utf-8")
        if os.name == "nt":
            self.program.write_text(f'@"{self.python}" -m studio %*\n', "utf-8")
            return
        quoted = str(self.python).replace("'", "'\\''")
        self.program.write_text(f"#!/bin/sh\nexec '{quoted}' -m studio \"$@\"\n", "utf-8")
        self.program.chmod(0o755)

    @contextlib.contextmanager
    def _alone(self):
        """Two launchers at once wait for each other, where the system has such locks."""
        name = hashlib.sha256(str(self.place).encode()).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"latent-studio-{name}.lock"
        with path.open("a") as lock:
            with contextlib.suppress(ImportError):
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _extras():
    """What the whole program can do beyond the least that it needs, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    left = ("test", "dev", "tensorboard", "faces")
    return [name for name in project["optional-dependencies"] if name not in left]


def _pins():
    lines = (line.split("#")[0].strip() for line in CONSTRAINTS.read_text("utf-8").splitlines())
    return {line.split("==")[0].lower(): line for line in lines if line}


def _fingerprint():
    digest = hashlib.sha256(CONSTRAINTS.read_bytes())
    for path in sorted(LISTS.glob("*.txt")):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(f"{ROOT} {sys.version} {os.path.realpath(sys.executable)}".encode())
    return digest.hexdigest()
