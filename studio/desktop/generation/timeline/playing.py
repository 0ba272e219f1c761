"""The film as it plays: what the time is, by its sound where that is heard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

if TYPE_CHECKING:
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.sound.loudspeaker import Playback


class Playing(QObject):
    """Says which moment of a timeline is to be seen, at its frame rate. The picture follows the
    sound, never the other way round; without one it follows a clock."""

    moved = Signal(float)
    """Seconds of the film."""
    changed = Signal(bool)
    """Whether it plays."""
    silent = Signal(object, str)
    """Why the sound is not heard, and the detail; once for each reason."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._line: Timeline | None = None
        self._about: tuple[object, ...] = ()
        self._from = 0.0
        self._began = QElapsedTimer()
        self._sound: Playback | None = None
        self._muted = False
        self._said: set[str] = set()
        self._tick = QTimer(self)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._go_on)

    @property
    def is_on(self) -> bool:
        return self._tick.isActive()

    def start(self, line: Timeline, time: float, *, heard: bool) -> None:
        """Play from `time` in seconds; `heard` says whether the line's sound can be."""
        from studio.engine.generation.sound.loudspeaker import Playback

        self._line, self._from = line, time
        self._about = _about(line, heard)
        self._close()
        if heard:
            self._sound = Playback(Path(line.sound), time, line.seconds, loop=line.loop)
            self._sound.muted = self._muted
        self._began.start()
        self._tick.start(max(1, int(1000 / line.rate)))
        self.changed.emit(True)

    def follow(self, line: Timeline, time: float, *, heard: bool) -> None:
        """Play on with a timeline that was changed; from `time` where it has another length, rate
        or sound."""
        if _about(line, heard) == self._about:
            self._line = line
        else:
            self.start(line, time, heard=heard)

    def _close(self) -> None:
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    @Slot()
    def stop(self) -> None:
        """Stop, and be silent."""
        self._close()
        if self._tick.isActive():
            self._tick.stop()
            self.changed.emit(False)

    def mute(self, on: bool) -> None:
        """Whether films are played in silence."""
        self._muted = on
        if self._sound is not None:
            self._sound.muted = on

    @Slot()
    def _go_on(self) -> None:
        line = self._line
        assert line is not None
        time = self._from + self._elapsed()
        if line.loop:
            time %= line.seconds
        elif time >= line.seconds:
            self.stop()
            time = line.seconds
        self.moved.emit(time)

    def _elapsed(self) -> float:
        sound = self._sound
        if sound is None:
            return self._began.elapsed() / 1000
        elapsed = sound.elapsed
        if sound.failure:  # the clock takes over where the sound has ended
            self._from += elapsed
            self._began.restart()
            self._close()
            if sound.failure not in self._said:
                self._said.add(sound.failure)
                self.silent.emit(sound.failure, sound.detail)
            return 0.0
        return elapsed


def _about(line: Timeline, heard: bool) -> tuple[object, ...]:
    """What the clock of a timeline depends on."""
    return line.seconds, line.rate, line.loop, heard and line.sound
