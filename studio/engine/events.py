"""The one bridge between training and everybody else: events out, commands in.

All of them are frozen dataclasses of JSON values, because they cross a process
boundary as one line of JSON each: no pickle on that pipe.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import get_args

from studio.engine.errors import MALFORMED, StudioError
from studio.engine.said import NOTHING, Said, plain, spoken


class RunState(StrEnum):
    """What becomes of a run, as it is stored and as it is told."""

    READY = "ready"
    RUNNING = "running"
    PREPARING = "preparing"
    MEASURING = "measuring"
    TRAINING = "training"
    PAUSED = "paused"
    SAVING = "saving"
    STOPPED = "stopped"
    FINISHED = "finished"
    MEASURED = "measured"
    """The end of a pre-flight."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """It ended with the program or the machine, and nobody told the index."""


@dataclass(frozen=True)
class Stage:
    """What the run is doing now."""

    name: RunState

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", RunState(self.name))


@dataclass(frozen=True)
class Progress:
    """How far a run is. Rates count this session only; `seconds_left` is None while unknown."""

    step: int
    images_seen: int
    total_images: int
    """0 for a run of minutes: its clock says how far it is."""
    seconds: float
    images_per_second: float
    seconds_left: float | None
    part: float | None = None
    """0 to 1 of the run, by its images or, where minutes were asked for, by its clock; None
    while unknown."""
    unsaved_seconds: float = 0.0
    """Training since the last checkpoint: what would be lost if the power went now."""
    most_unsaved_seconds: float = 0.0
    """What would be lost at most, just before the next checkpoint."""


@dataclass(frozen=True)
class Metrics:
    """Scalars of one moment, by name (losses, penalties, rates)."""

    images_seen: int
    values: dict[str, float]


@dataclass(frozen=True)
class Samples:
    """A new grid of the run's fixed seeds lies at `path` (PNG, `columns` pictures a row)."""

    images_seen: int
    path: str
    columns: int
    count: int


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint folder is safely on disk. `sha256` is that of `model.safetensors`."""

    images_seen: int
    path: str
    sha256: str


class HealthKind(StrEnum):
    """What the artist should know about."""

    NAN = "nan"
    MEMORY = "memory"
    DISK = "disk"
    CHANGED = "changed"
    REFUSED = "refused"
    TRANSFER = "transfer"
    PICTURES = "pictures"
    LABELS = "labels"
    COLLAPSE = "collapse"
    OVERFIT = "overfit"
    POSTERIOR = "posterior"
    LEAK = "leak"
    PLATEAU = "plateau"
    SPEED = "speed"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> HealthKind:
        return cls.OTHER  # in the diary of a run that another version trained


@dataclass(frozen=True)
class Health:
    """Something the artist should know; `action` is what was done about it, in words."""

    kind: HealthKind
    sentence: Said
    action: Said = NOTHING
    images_seen: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", HealthKind(self.kind))


ROUND = 16
"""Steps: the longest interval at which any family regularises by default."""


@dataclass(frozen=True)
class Preflight:
    """What a run needs on this machine, measured by its first steps. Bytes and seconds.

    `part_size` pictures go through the networks at a time, `batch_size` make one step.
    `memory` is the peak, 0 where unknown; `disk` what the run will need in all;
    `first_picture_seconds` when the set can first be recognised, by a rule of thumb.
    `images` and `seconds` are the whole run's. `compiled`: by `torch.compile`, else as written.
    `steps` are those that the rate was taken from, 0 where it is that of a run.
    """

    family: str
    device: str
    batch_size: int
    part_size: int
    images_per_second: float
    memory: int
    checkpoint_bytes: int
    disk: int
    first_picture_seconds: float
    images: int
    seconds: float
    compiled: bool = False
    steps: int = 0

    @property
    def is_rough(self) -> bool:
        """Whether the machine was too slow for a whole round of steps."""
        return 0 < self.steps < ROUND

    @property
    def ends_early(self) -> bool:
        """Whether the run is over before anything can be recognised."""
        return self.seconds < self.first_picture_seconds


@dataclass(frozen=True)
class Done:
    """The run ended well. `reason` is finished or stopped; measured after a pre-flight."""

    reason: RunState
    images_seen: int
    seconds: float
    checkpoint: str
    sha256: str
    final: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", RunState(self.reason))


@dataclass(frozen=True)
class Failed:
    """The run ended badly; `checkpoint` is the newest good one, or empty."""

    message: Said
    detail: str = ""
    checkpoint: str = ""


Event = Stage | Progress | Metrics | Samples | Checkpoint | Health | Preflight | Done | Failed


@dataclass(frozen=True)
class Pause:
    """Hold after the current step; memory is kept."""


@dataclass(frozen=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True)
class Stop:
    """Save a checkpoint and end."""


@dataclass(frozen=True)
class SampleNow:
    """Render the fixed seeds after the current step."""


@dataclass(frozen=True)
class CheckpointNow:
    """Save a checkpoint after the current step."""


@dataclass(frozen=True)
class Set:
    """Change a live parameter of the family; or `until`, when the clock says that a run ends."""

    key: str
    value: bool | int | float | str


Command = Pause | Resume | Stop | SampleNow | CheckpointNow | Set

_KINDS = {kind.__name__: kind for kind in (*get_args(Event), *get_args(Command))}


def to_line(message: Event | Command) -> str:
    """One line of JSON, without the line end."""
    # Not "kind" or "message": Health and Failed have fields of those names.
    return json.dumps(
        plain({"type": type(message).__name__, **asdict(message)}), ensure_ascii=False
    )


def from_line(line: str) -> Event | Command:
    """The message of one line; raises :class:`StudioError` for anything else."""
    try:
        fields = spoken(json.loads(line))
        kind = _KINDS[fields.pop("type")]
        return kind(**fields)  # type: ignore[no-any-return]  # every kind is an Event or a Command
    except MALFORMED as error:
        raise StudioError(
            "Not a message of the training process: {line}", line=line[:200]
        ) from error
