"""What the studio tells controllers: where every control stands, so that faders follow the hand."""

from __future__ import annotations

import contextlib
import math
import socket
from collections.abc import Mapping

from studio.engine.errors import StudioError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.live.controls import Control
from studio.engine.live.osc import write_bundle, write_message
from studio.engine.live.setup import Setup
from studio.engine.said import reason

_SAME = 1e-4
_MOST_BYTES = 1200
"""Of a packet: more would be cut in pieces on its way."""


class Feedback:
    """Sends to one address. Only what changed is sent, and nothing back that came from there."""

    def __init__(self, host: str, port: int) -> None:
        """Raises :class:`StudioError` where the host is not known."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise StudioError(
                "Cannot send to {host}: {reason}.", repr(error), host=host, reason=reason(error)
            ) from error
        self._place = found[4]
        self._socket = socket.socket(found[0], socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._told: dict[str, float] = {}

    def close(self) -> None:
        """Closing twice is harmless."""
        self._socket.close()

    def forget(self) -> None:
        """Tell everything once more: another controller may listen now."""
        self._told.clear()

    def tell(
        self, controls: Mapping[str, Control], setup: Setup, recipe: LatentRecipe,
        heard: Mapping[str, float],
    ) -> None:  # fmt: skip
        """Every control by its own address, and those of rules by that of their controller.
        `heard` is what came in since the last time: there their faders stand."""
        messages = []
        for address, value in _values(controls, setup, recipe).items():
            self._told[address] = heard.get(address, self._told.get(address, math.inf))
            if abs(value - self._told[address]) <= _SAME:
                continue
            self._told[address] = value
            whole = address in controls and controls[address].whole
            messages.append(write_message(address, [round(value) if whole else float(value)]))
        while messages:
            packet: list[bytes] = []
            while messages and sum(map(len, packet)) + len(messages[0]) < _MOST_BYTES:
                packet.append(messages.pop(0))
            packet = packet or [messages.pop(0)]
            with contextlib.suppress(OSError):  # nobody listens there: that is their affair
                self._socket.sendto(write_bundle(packet), self._place)


def _values(
    controls: Mapping[str, Control], setup: Setup, recipe: LatentRecipe
) -> dict[str, float]:
    made = {}
    for address, control in controls.items():
        value = control.get(recipe)
        made[address] = value if control.whole else control.fraction(value)
    for rule in setup.rules:
        control_of = controls.get(rule.target)
        if control_of is not None and rule.source.startswith("/") and ":" not in rule.source:
            made[rule.source] = rule.fraction(control_of, control_of.get(recipe))
    return made
