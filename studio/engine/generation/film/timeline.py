"""Keys of a film: what is seen when, as the window keeps it and a TOML file says it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from studio.engine.door import read_text
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.beginnings import Part, Seeded
from studio.engine.generation.film.camera import Camera
from studio.engine.generation.film.easing import EASINGS, SMOOTH
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.sound.drive import MOST_DRIVES, Drive
from studio.engine.said import reason

VERSION = 2
"""What this build reads: 2 has cameras. Timelines without one are still written as 1."""
LONGEST = 3600.0
"""Seconds of a film."""
MOST_KEYS = 1000
_LARGEST = 64 << 20

_NAMES = ("seconds", "keys", "loop", "fps", "sound", "drives")

Seconds = Annotated[float, Field(ge=0.0, le=LONGEST)]


class Key(Part):
    """A picture at a moment: the walk stays there for `hold` seconds, and then leaves by
    `easing`."""

    time: Seconds
    recipe: LatentRecipe
    easing: str = SMOOTH
    hold: Seconds = 0.0
    camera: Camera = Camera()

    @field_validator("easing")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in EASINGS:
            raise ValueError(f"there is no easing {name}. Known: {', '.join(EASINGS)}")
        return name


class Timeline(Part):
    """Keys in the order of time, in a film of `seconds`; with `loop` its end flows into its
    beginning. Of several keys at one moment the last one counts."""

    seconds: Annotated[float, Field(gt=0.0, le=LONGEST)] = 6.0
    keys: Annotated[tuple[Key, ...], Field(max_length=MOST_KEYS)] = ()
    loop: bool = False
    fps: str = "30"
    """As :func:`frame_rate` reads it."""
    sound: Annotated[str, Field(max_length=4096)] = ""
    """The path of a file that is heard with the film from its beginning; empty for none."""
    drives: Annotated[tuple[Drive, ...], Field(max_length=MOST_DRIVES)] = ()
    """What of it moves what."""

    @field_validator("fps")
    @classmethod
    def _rate(cls, text: str) -> str:
        try:
            frame_rate(text)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return text

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        by_time = {key.time: key for key in self.keys}
        keys = tuple(by_time[time] for time in sorted(by_time))
        object.__setattr__(self, "keys", keys)
        return self

    @classmethod
    def of_recipes(
        cls, recipes: Sequence[LatentRecipe], seconds: float, fps: str = "30", *, loop: bool,
        camera: Camera = Camera(),  # noqa: B008  # it cannot be changed
    ) -> Self:  # fmt: skip
        """Recipes one after the other, equally far apart; without `loop` the last frame shows the
        last of them. The camera goes evenly to where it is at the end."""
        rate = frame_rate(fps)
        end = seconds if loop else float((frame_count(seconds, rate) - 1) / rate)
        steps = len(recipes) if loop else max(1, len(recipes) - 1)
        keys = tuple(
            Key(
                time=end * place / steps,
                recipe=each,
                camera=Camera().towards(camera, place / steps),
            )
            for place, each in enumerate(recipes)
        )
        return cls(seconds=seconds, keys=keys, loop=loop, fps=fps)

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return frame_rate(self.fps)

    def changed(self, **values: object) -> Self:
        """With other values, checked."""
        return type(self).model_validate({**{n: getattr(self, n) for n in _NAMES}, **values})

    def with_key(self, key: Key) -> Self:
        """With one more key, or another one at its moment."""
        return self.changed(keys=(*self.keys, key))

    def replaced(self, place: int, key: Key) -> Self:
        """With `key` for that at a place in the order; what was at its moment makes way."""
        return self.without(place).with_key(key)

    def without(self, place: int) -> Self:
        """Without the key at a place in the order."""
        return self.changed(keys=(*self.keys[:place], *self.keys[place + 1 :]))

    def text(self) -> str:
        """As a keys file."""
        import tomlkit

        unsaid = {name for name in ("sound", "drives") if not getattr(self, name)}
        values = self.model_dump(mode="json", exclude_none=True, exclude=unsaid)
        for said, key in zip(values["keys"], self.keys, strict=True):
            if key.camera.idle:
                del said["camera"]
        moved = any(not key.camera.idle for key in self.keys)
        return tomlkit.dumps({"version": VERSION if moved else 1, **values})


def frame_count(seconds: float, fps: Fraction) -> int:
    """Frames of so many seconds, at least one."""
    return max(1, round(Fraction(seconds) * fps))


def wander(recipe: LatentRecipe, seeds: Sequence[int], reach: float) -> list[LatentRecipe]:
    """A noise walk: the picture moved towards each of `seeds` by `reach`, 0 to 1."""
    return [recipe.moved(Blend(seed=seed, mix=reach)) for seed in seeds]


def of_seeds(seeds: Sequence[int], psi: float, label: int | None) -> list[LatentRecipe]:
    return [
        LatentRecipe(beginning=Seeded(seed=seed, truncation_psi=psi, label=label)) for seed in seeds
    ]


def read_keys(path: Path, *, empty: bool = False) -> Timeline:
    """The timeline in a TOML file; :class:`StudioError` saying what is wrong with it. One without
    keys is refused unless it may be `empty`. A sound is looked for from where the file lies."""
    try:
        said = tomllib.loads(read_text(path, most=_LARGEST, links=True))
    except (OSError, ValueError, RecursionError) as error:
        raise StudioError(
            "Could not read the keys in {path}: {reason}.", path=path, reason=reason(error)
        ) from error
    version = said.pop("version", None)
    if not isinstance(version, int) or version < 1:
        raise StudioError("{path} has no keys of a film: it says no `version = 1`.", path=path)
    if version > VERSION:
        raise StudioError(
            "The keys in {path} are of a newer version ({version}; this one reads {known}): "
            "update Latent Studio.", path=path, version=version, known=VERSION,
        )  # fmt: skip
    try:
        made = Timeline.model_validate(said)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        raise StudioError(
            "The keys in {path} cannot be played: {place}: {reason}.", repr(error), path=path,
            place=".".join(map(str, found["loc"])),
            reason=found["msg"].removeprefix("Value error, ").rstrip("."),
        ) from error  # fmt: skip
    if made.sound:
        made = made.changed(sound=str(path.parent / made.sound))
    if not made.keys and not empty:
        raise StudioError("There are no keys in {path}: write at least one.", path=path)
    return made


_NTSC = {"23.98": 24, "23.976": 24, "29.97": 30, "47.95": 48, "59.94": 60, "119.88": 120}
FASTEST = 240


def frame_rate(text: str) -> Fraction:
    """Frames a second of `30`, `12.5`, `29.97` (30000/1001) or `24000/1001`."""
    if text in _NTSC:
        return Fraction(_NTSC[text] * 1000, 1001)
    try:
        made = Fraction(text)
    except (ValueError, ZeroDivisionError):
        made = Fraction(0)
    if not Fraction(1, 60) <= made <= FASTEST or max(made.as_integer_ratio()) > 1_000_000:
        raise UsageError(
            "{text} is not a frame rate: write 30, 29.97 or 24000/1001, at most {most}.",
            text=repr(text), most=FASTEST,
        )  # fmt: skip
    return made
