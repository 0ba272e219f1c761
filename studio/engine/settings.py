"""What the program remembers between two starts, for this user on this machine."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.files import write_text
from studio.engine.said import NOTHING, Said, reason


def home() -> Path:
    """Where settings, logs and keys live; `LATENT_STUDIO_HOME` overrides the system's place."""
    chosen = os.environ.get("LATENT_STUDIO_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("latent-studio", appauthor=False))


_TEXT = {"theme": re.compile("dark|light")}
_RANGES = {"thumbnail_size": (32, 512), "samples_share": (10, 90)}


# Not a pydantic model: this file is read before the window is painted, and importing
# pydantic takes longer than building the whole window.
@dataclass
class Settings:
    """Every setting with its default; a value of the wrong kind raises :class:`ValueError`."""

    language: str = ""
    """`en`, `zh_CN`, or empty to follow the system."""
    theme: str = "dark"
    recent_projects: list[str] = field(default_factory=list)
    creator: str = ""
    """Name written into exported files."""
    rights: str = ""
    """Rights line written into exported files."""
    credit: str = ""
    """Credit line written into exported files."""
    provenance: dict[str, str] = field(default_factory=dict)
    """What is added to exported files, by the names of `export.choices.Choices`."""
    signing_key: str = ""
    certificates: str = ""
    """PEM files of the artist's own; empty for those that the program makes."""
    export_folder: str = ""
    export_format: str = "png"
    """A format, a collection or a destination."""
    export_names: str = ""
    """A template of names, or empty for that of the format."""
    window_geometry: str = ""
    """Base64 of the window's saved geometry."""
    last_project: str = ""
    """The folder that was open when the window was closed, or empty."""
    last_place: str = ""
    thumbnail_size: int = 128
    """Pixels, 32 to 512."""
    samples_share: int = 67
    """Percent of the height that samples have over the curves of a run."""
    device: str = "auto"
    films_muted: bool = False
    """Whether the timeline plays films in silence."""
    shortcuts: dict[str, str] = field(default_factory=dict)

    def __setattr__(self, name: str, value: object) -> None:
        _check(name, value)
        super().__setattr__(name, value)

    def remember_project(self, folder: Path) -> None:
        """Put `folder` first in the list of recent projects, which holds ten."""
        others = [path for path in self.recent_projects if path != str(folder)]
        self.recent_projects = [str(folder), *others][:10]


def _check(name: str, value: object) -> None:
    kind: str = Settings.__annotations__[name]
    low, high = _RANGES.get(name, (0, 0))
    fits = {
        "str": isinstance(value, str) and (name not in _TEXT or _TEXT[name].fullmatch(value)),
        "int": isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
        "bool": isinstance(value, bool),
        "list[str]": isinstance(value, list) and all(isinstance(v, str) for v in value),
        "dict[str, str]": isinstance(value, dict)
        and all(isinstance(v, str) for pair in value.items() for v in pair),
    }
    if not fits[kind]:
        raise ValueError(f"The setting {name} cannot be {value!r}.")


def load() -> tuple[Settings, Said]:
    """The settings, and a sentence when the file was damaged and moved aside (else empty).

    Keys that this version does not know are left out, not refused.
    """
    path = home() / "settings.toml"
    known = {each.name for each in fields(Settings)}
    try:
        stored = tomllib.loads(read_text(path, links=True))
        return Settings(**{key: value for key, value in stored.items() if key in known}), NOTHING
    except FileNotFoundError:
        return Settings(), NOTHING
    except (OSError, ValueError, RecursionError):
        aside = path.with_name("settings.damaged.toml")
        try:
            path.replace(aside)
        except OSError:
            return Settings(), Said(
                "The settings in {path} cannot be read; defaults are used.", path=path
            )
        return Settings(), Said(
            "The settings were damaged and moved to {path}; defaults are used.", path=aside
        )


def save(settings: Settings) -> None:
    """Write the settings durably; raises :class:`StudioError` when that fails."""
    path = home() / "settings.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(
            "Could not make {path}: {reason}.", path=path.parent, reason=reason(error)
        ) from error
    import tomlkit

    write_text(path, tomlkit.dumps(asdict(settings)))
