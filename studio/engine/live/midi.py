"""MIDI 1.0: what messages mean, and the inputs of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from studio.engine.errors import StudioError
from studio.engine.extras import needed
from studio.engine.live.inbox import Inbox
from studio.engine.live.tempo import Tempo
from studio.engine.said import NOTHING, Said, reason

_NOTE_OFF, _NOTE_ON, _CONTROL, _PRESSURE, _BEND = 0x80, 0x90, 0xB0, 0xD0, 0xE0
_CLOCK, _START = 0xF8, 0xFA
_PAIRS = 32
"""Controllers 0 to 31 have their finer seven bits at 32 to 63."""
_PAIRED = 0.02
"""Seconds between both halves of one value."""
IS_MIDI = "midi "
"""How sources of this kind begin: `midi cc 1/74` is controller 74 of channel 1, `midi cc14 1/1`
a pair with 14 bits, `midi bend 1` the wheel, `midi note 1/60`, `midi pressure 1`."""

Message = Sequence[int]


def centred(value: int, middle: int) -> float:
    """0 to 1 of 0 to 2 `middle` - 1, with `middle` in the middle: a knob at rest is at rest."""
    if value <= middle:
        return 0.5 * value / middle
    return 0.5 + 0.5 * (value - middle) / (middle - 1)


class Decoder:
    """Puts what messages say into an inbox. Whole messages, as the system's drivers give them."""

    def __init__(self, inbox: Inbox, tempo: Tempo) -> None:
        self._inbox, self._tempo = inbox, tempo
        self._coarse: dict[tuple[int, int], tuple[int, float]] = {}

    def take(self, message: Message) -> None:
        """One message. What is none, or means nothing here, is passed over and counted."""
        if not message:
            return
        status, now = message[0], self._inbox.clock()
        if status == _CLOCK:
            self._tempo.clock(now)
        elif status == _START:
            self._tempo.start(now)
        elif status < _NOTE_OFF or any(not 0 <= each < 128 for each in message[1:]):
            self._inbox.refuse("no MIDI", Said("A message that is no MIDI was left out."))
        elif status < 0xF0:
            self._of_channel(status & 0xF0, (status & 0x0F) + 1, message[1:], now)

    def _of_channel(self, kind: int, channel: int, data: Message, now: float) -> None:
        first, second = (*data, 0, 0)[:2]
        if kind == _CONTROL:
            self._inbox.put(f"{IS_MIDI}cc {channel}/{first}", centred(second, 64))
            self._pair(channel, first, second, now)
        elif kind == _BEND:
            self._inbox.put(f"{IS_MIDI}bend {channel}", centred(second << 7 | first, 8192))
        elif kind in (_NOTE_ON, _NOTE_OFF):
            loud = second / 127 if kind == _NOTE_ON else 0.0
            self._inbox.put(f"{IS_MIDI}note {channel}/{first}", loud)
        elif kind == _PRESSURE:
            self._inbox.put(f"{IS_MIDI}pressure {channel}", first / 127)

    def _pair(self, channel: int, number: int, value: int, now: float) -> None:
        """Controllers that come as two halves, the coarse one first, are also one of 14 bits."""
        if number < _PAIRS:
            self._coarse[channel, number] = value, now
        elif number < 2 * _PAIRS:
            of = number - _PAIRS
            coarse, at = self._coarse.get((channel, of), (0, -1.0))
            if now - at <= _PAIRED:
                whole = centred(coarse << 7 | value, 8192)
                self._inbox.put(f"{IS_MIDI}cc14 {channel}/{of}", whole)


def is_coarse(source: str) -> bool:
    """Whether a source has 128 steps, which are seen unless they are smoothed."""
    return source.startswith((f"{IS_MIDI}cc ", f"{IS_MIDI}pressure "))


class Backend(Protocol):
    """Where inputs come from."""

    def names(self) -> list[str]:
        """Those that are plugged in now; :class:`OSError` or ImportError where there is no MIDI."""

    def open(self, name: str, receive: Callable[[Message], None]) -> Callable[[], None]:
        """Listen to one, until what is returned is called. `receive` is called on a thread of
        the driver's. :class:`OSError` where it is gone."""


class RtMidi:
    """The system's MIDI, by python-rtmidi."""

    def names(self) -> list[str]:
        """As :class:`Backend` says."""
        import rtmidi

        found = rtmidi.MidiIn(name="Latent Studio")
        try:
            return [str(each) for each in found.get_ports()]
        finally:
            found.delete()

    def open(self, name: str, receive: Callable[[Message], None]) -> Callable[[], None]:
        """As :class:`Backend` says."""
        import rtmidi

        port = rtmidi.MidiIn(name="Latent Studio")
        try:
            names = [str(each) for each in port.get_ports()]
            if name not in names:
                raise OSError(f"{name} is not there")
            port.ignore_types(sysex=True, timing=False, active_sense=True)
            port.set_callback(lambda event, _data: receive(event[0]))
            port.open_port(names.index(name))
        except OSError:
            port.delete()
            raise

        def close() -> None:
            port.cancel_callback()
            port.close_port()
            port.delete()

        return close


class Inputs:
    """At most one input is open. It may be pulled out and put back in."""

    def __init__(
        self, inbox: Inbox, tempo: Tempo, backend: Backend | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """`wake` is called on the driver's thread after each message."""
        self._backend, self._wake = backend or RtMidi(), wake
        self._decoder = Decoder(inbox, tempo)
        self._close: Callable[[], None] | None = None
        self.name = ""
        """The one that is wanted."""

    def names(self) -> list[str]:
        """Those that are plugged in; :class:`StudioError` where this machine has no MIDI."""
        try:
            return self._backend.names()
        except ImportError as error:
            raise StudioError(needed("MIDI", "live"), repr(error)) from error
        except OSError as error:
            raise StudioError(
                "There is no MIDI on this machine: {reason}.", repr(error), reason=_short(error)
            ) from error

    def open(self, name: str) -> None:
        """Listen to `name`, and to nothing else; :class:`StudioError` naming those there are."""
        self.close()
        known = self.names()
        if name not in known:
            raise StudioError(
                "There is no MIDI input {name}. Known: {known}.",
                name=name, known=", ".join(known) or Said("none: plug one in"),
            )  # fmt: skip
        self._listen(name)

    def _listen(self, name: str) -> None:
        try:
            self._close = self._backend.open(name, self._receive)
        except OSError as error:
            raise StudioError(
                "Cannot listen to the MIDI input {name}: {reason}.", repr(error),
                name=name, reason=_short(error),
            ) from error  # fmt: skip
        self.name = name

    def _receive(self, message: Message) -> None:
        self._decoder.take(message)
        self._wake()

    @property
    def is_open(self) -> bool:
        return self._close is not None

    def look(self) -> Said:
        """To be called now and then: a sentence once where the input has gone; one that is put
        back in is listened to again."""
        if not self.name:
            return NOTHING
        try:
            there = self.name in self.names()
            if there and not self.is_open:
                self._listen(self.name)
        except StudioError:
            there = False
        if there or not self.is_open:
            return NOTHING
        name = self.name
        self.close()
        self.name = name
        return Said("The MIDI input {name} is gone: it plays on when it is plugged in.", name=name)

    def close(self) -> None:
        """Listen to nothing. Closing twice is harmless."""
        close, self._close, self.name = self._close, None, ""
        if close is not None:
            close()


def _short(error: OSError) -> Said:
    """The driver's words without its full stop."""
    return Said(str(reason(error)).rstrip("."))
