"""Listening to OSC on a UDP port, on a thread that does nothing else."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from typing import Self

from studio.engine.errors import StudioError
from studio.engine.live.inbox import Inbox
from studio.engine.live.osc import PacketError, read_packet
from studio.engine.said import reason

THIS_MACHINE = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
"""For other machines, too; only where that is asked for."""
PORT = 9000
_BUFFER = 4 << 20
"""Bytes that the system may hold while this thread waits for its turn."""
_LONGEST = 65_536


class Listener:
    """Open from its making until :meth:`close`. `wake` is called on its thread when something
    came; of many packets that wait, once."""

    def __init__(
        self, inbox: Inbox, wake: Callable[[], None], host: str = THIS_MACHINE, port: int = PORT
    ) -> None:
        """Raises :class:`StudioError` where the port is taken or may not be had."""
        self._inbox, self._wake = inbox, wake
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            with contextlib.suppress(OSError):  # a system may allow less
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            self._socket.bind((host, port))
        except (OSError, OverflowError) as error:
            self._socket.close()
            raise StudioError(
                "Cannot listen on port {port}: {reason}. Close the other program that listens "
                "there, or choose another port.", repr(error), port=port, reason=reason(error),
            ) from error  # fmt: skip
        self._socket.setblocking(False)
        self.host, self.port = self._socket.getsockname()[:2]
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="OSC", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening, and wait for the thread. Closing twice is harmless."""
        if self._thread.is_alive():
            self._stop.send(b"\0")
            self._thread.join()
        for each in (self._socket, self._stop, self._stopped):
            each.close()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._socket, selectors.EVENT_READ)
            ready.register(self._stopped, selectors.EVENT_READ)
            while True:
                found = [key.fileobj for key, _ in ready.select()]
                if self._stopped in found:
                    return
                self._drain()
                self._wake()

    def _drain(self) -> None:
        """Read what waits, but not for ever: the first of a flood is to be seen, too."""
        for _ in range(256):
            try:
                data = self._socket.recv(_LONGEST)
            except BlockingIOError:
                return
            except OSError:  # Windows tells here that an answer of ours had no receiver
                continue
            try:
                self._inbox.put_messages(read_packet(data))
            except PacketError as error:
                self._inbox.refuse("no OSC", error.said)
