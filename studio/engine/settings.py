"""What the program remembers between two starts, for this user on this machine."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import platformdirs
import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.engine.errors import StudioError
from studio.engine.files import write_text


def home() -> Path:
    """Where settings, logs and keys live; `LATENT_STUDIO_HOME` overrides the system's place."""
    chosen = os.environ.get("LATENT_STUDIO_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(platformdirs.user_data_dir("latent-studio", appauthor=False))


class Settings(BaseModel):
    """Every setting with its default. Unknown keys of a newer version are kept out, not refused."""

    model_config = ConfigDict(validate_assignment=True, extra="ignore")

    language: str = Field("", description="`en`, `zh_CN`, or empty to follow the system")
    theme: str = Field("dark", pattern="^(dark|light)$")
    recent_projects: list[str] = Field(default_factory=list)
    creator: str = Field("", description="Name written into exported files")
    rights: str = Field("", description="Rights line written into exported files")
    export_folder: str = ""
    export_format: str = "png"
    window_geometry: str = Field("", description="Base64 of the window's saved geometry")
    thumbnail_size: int = Field(128, ge=32, le=512)
    device: str = "auto"
    shortcuts: dict[str, str] = Field(default_factory=dict)

    def remember_project(self, folder: Path) -> None:
        """Put `folder` first in the list of recent projects, which holds ten."""
        others = [path for path in self.recent_projects if path != str(folder)]
        self.recent_projects = [str(folder), *others][:10]


def load() -> tuple[Settings, str]:
    """The settings, and a sentence when the file was damaged and moved aside (else empty)."""
    path = home() / "settings.toml"
    try:
        return Settings.model_validate(tomllib.loads(path.read_text("utf-8"))), ""
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError, RecursionError, ValidationError):
        aside = path.with_name("settings.damaged.toml")
        try:
            path.replace(aside)
        except OSError:
            return Settings(), f"The settings in {path} cannot be read; defaults are used."
        return Settings(), f"The settings were damaged and moved to {aside}; defaults are used."


def save(settings: Settings) -> None:
    """Write the settings durably; raises :class:`StudioError` when that fails."""
    path = home() / "settings.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(f"Could not make {path.parent}: {error.strerror}.") from error
    write_text(path, tomlkit.dumps(settings.model_dump()))
