"""A thousand OSC messages a second, played by the canvas: nothing lost, the newest seen, in time.

    python tests/benchmarks/osc.py [--seconds 60] [--rate 1000] [--family gan] [--size 64]

The real generation place listens on loopback; another process sends to 32 addresses in turn. Of
each picture it is known which values are new in it and when they arrived. Bounds: from the newest
of them to the painted picture, less a forward pass, 8 ms at p99; the window's heartbeat 16.7 ms at
p99. Beside them stand the same of every value that reached a picture, which may have waited for the
picture before, the heartbeat before anything was sent, and the share of a processor that this
process was given: both bounds are promises of a machine that is not shared. JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np

from tests.benchmarks.heartbeat import Heartbeat
from tests.benchmarks.slider_to_picture import canvas, project_with_a_model, wait_for

DIRECTIONS, ADDRESSES = 16, 32
"""A model has 16 directions in its list: the other addresses are those of faders that rules give
to them."""
BOUND_MS, BEAT_MS = 8.0, 16.7
QUIET_SECONDS = 5.0


def address_of(place: int) -> str:
    own = f"/latent/direction/pca/{place + 1}"
    return own if place < DIRECTIONS else f"/1/fader{place - DIRECTIONS + 1}"


def send(port: int, rate: int, count: int) -> None:
    """The other process: evenly, each value the number of its message, 0 to 1; then the times."""
    import socket

    from studio.engine.live.osc import write_message

    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    times = np.empty(count)
    began = time.monotonic()
    for number in range(count):
        wait = began + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        packet = write_message(address_of(number % ADDRESSES), [float((number + 1) / count)])
        times[number] = time.monotonic()
        out.sendto(packet, ("127.0.0.1", port))
    sys.stdout.buffer.write(times.tobytes())


class Watch:
    """What was taken for each picture, and when that was painted."""

    def __init__(self, room: Any) -> None:
        self.desk = room.entrance.live.desk
        self.newest: list[float] = []
        """The same of the newest value in each picture."""
        self.beyond: list[float] = []
        """The same without the forward pass of that picture."""
        self.waits: list[float] = []
        """Of each value that reached a picture: seconds from its arrival until that was painted."""
        self.forwards: list[float] = []
        self.pictures = 0
        self._pending: list[float] = []
        step, show, worker = self.desk.step, room._rendered, room.session._worker
        bare, draw = worker._player.model.family, worker.soonest
        synthesize, passes = bare.synthesize, {}

        def taken(recipe: Any) -> Any:
            made = step(recipe)
            self._pending += self.desk.seen
            return made

        def painted(image: Any, recipe: Any) -> None:
            pending, self._pending = self._pending, []
            show(image, recipe)  # paints at once
            now = time.monotonic()
            self.pictures += 1
            self.waits += [now - each for each in pending]
            if pending and id(recipe) in passes:
                self.newest.append(now - max(pending))
                self.forwards.append(passes[id(recipe)])
                self.beyond.append(self.newest[-1] - self.forwards[-1])
            passes.clear()

        def timed(*given: Any) -> Any:
            began = time.perf_counter()
            made = synthesize(*given)
            self._last = time.perf_counter() - began
            return made

        def drawn(recipe: Any) -> Any:
            made = draw(recipe)
            passes[id(recipe)] = self._last
            return made

        room.session.rendered.disconnect(room._rendered)
        room.session.rendered.connect(painted)
        self.desk.step, bare.synthesize, worker.soonest = taken, timed, drawn


def measure(place: Path, given: argparse.Namespace) -> dict[str, object]:
    from studio.desktop.generation import worker

    worker.SAMPLES = 500
    count = round(given.seconds * given.rate)
    with canvas(project_with_a_model(place, given.family, given.size)) as (room, _):
        room.project_opened(room.studio.project)
        wait_for(lambda: room.controls.rows and room.controls.rows[0].slider.isEnabled())
        wait_for(lambda: room.side.sheet.ready() >= 15)
        wait_for(lambda: not room.session.busy and room.entrance.live.desk is not None)
        live = room.entrance.live
        live.editor.change("", port=given.port, rules=rules())
        quiet = Heartbeat().listen(QUIET_SECONDS)
        live.switch(on=True)
        watch, heart = Watch(room), Heartbeat()
        cpu, began = time.process_time(), time.monotonic()
        command = [sys.executable, __file__, "--send", str(given.port), str(given.rate), str(count)]
        sender = subprocess.Popen(command, stdout=subprocess.PIPE)
        beats = heart.listen(given.seconds + 3.0)
        wall, cpu = time.monotonic() - began, time.process_time() - cpu
        sent, _ = sender.communicate(timeout=60)
        wait_for(lambda: live.desk.due is None and not room.session.busy)
        tally, edits = live.desk.inbox.tally, room.editing.recipe().edits
        controls = live.desk.controls
        newest = _newest(controls, edits, count)
        live.switch(on=False)
    return _result(watch, tally, beats, quiet, newest, len(sent) // 8) | {
        "cpu_share": round(cpu / wall, 3), "messages_sent": count,
    }  # fmt: skip


def rules() -> list[Any]:
    from studio.engine.live.mapping import Rule

    faders = range(DIRECTIONS)
    return [
        Rule(source=address_of(DIRECTIONS + each), target=address_of(each)) for each in faders
    ]  # fmt: skip


def _newest(controls: Any, edits: Any, count: int) -> bool:
    """Whether every slider stands where the last message of its address put it."""
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.along import Along

    moves = tuple(Along(direction=key, sigma=value) for key, value in edits.items())
    recipe, right = LatentRecipe(moves=moves), True
    for place in range(DIRECTIONS):
        last = [count - 1 - (count - 1 - each) % ADDRESSES for each in (place, place + DIRECTIONS)]
        control = controls[address_of(place)]
        right &= abs(control.get(recipe) - control.at((max(last) + 1) / count)) < 1e-4
    return right


def _result(
    watch: Watch, tally: Any, beats: dict[str, float], quiet: dict[str, float], newest: bool,
    sent: int,
) -> dict[str, object]:  # fmt: skip
    waits, forward = 1000 * np.array(watch.waits), 1000 * np.array(watch.forwards)
    newest_waits = 1000 * np.array(watch.newest)
    beyond = float(np.percentile(1000 * np.array(watch.beyond), 99))
    good = tally.messages == sent and not tally.left_out and newest
    return {
        "messages": tally.messages, "lost": sent - tally.messages, "newest_wins": newest,
        "left_out": tally.left_out, "taken": tally.taken, "replaced": tally.replaced,
        "pictures": watch.pictures,
        "forward_ms": round(float(np.median(forward)), 3),
        "forward_p99_ms": round(float(np.percentile(forward, 99)), 3),
        "newest_painted_p50_ms": round(float(np.median(newest_waits)), 3),
        "newest_painted_p99_ms": round(float(np.percentile(newest_waits, 99)), 3),
        "painted_p50_ms": round(float(np.median(waits)), 3),
        "painted_p99_ms": round(float(np.percentile(waits, 99)), 3),
        "beyond_p99_ms": round(beyond, 3), "bound_ms": BOUND_MS,
        "heartbeat_p99_ms": round(beats["p99_ms"], 3), "heartbeat_bound_ms": BEAT_MS,
        "heartbeat_quiet_p99_ms": round(quiet["p99_ms"], 3),
        "ok": bool(good and beyond <= BOUND_MS and beats["p99_ms"] <= BEAT_MS),
    }  # fmt: skip


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--family", default="gan")
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--port", type=int, default=9123)
    options.add_argument("--send", type=int, nargs=3, metavar=("PORT", "RATE", "COUNT"))
    given = options.parse_args()
    if given.send:
        send(*given.send)
        return 0
    with tempfile.TemporaryDirectory() as name:
        os.environ["LATENT_STUDIO_HOME"] = str(Path(name) / "home")
        found = measure(Path(name), given)
    print(json.dumps({"benchmark": "osc", "family": given.family, "size": given.size, **found}))
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
