"""`live`: a run is played by OSC without a window, as an artist and a saboteur do it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.live import setup as stored
from studio.engine.live.mapping import Rule
from studio.engine.live.osc import read_packet, write_message
from studio.engine.live.setup import Setup
from tests.verbs.support import call, done

PSI = "/latent/truncation"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def played(send: Callable[[int], None], *arguments: object) -> dict[str, Any]:
    """The facts of a performance during which `send` sends to its port again and again."""
    port, over = free_port(), threading.Event()

    def go_on() -> None:
        while not over.wait(0.02):
            send(port)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        return done("live", *arguments, "--port", port)
    finally:
        over.set()
        thread.join()


def to(port: int, data: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(data, ("127.0.0.1", port))


def test_every_address_is_listed(project, run):
    listed = done("live", project, "--run", run, "--list")["addresses"]
    by_address = {each["address"]: each for each in listed}
    assert {PSI, "/latent/seed", "/latent/blend/mix", "/latent/direction/pca/1"} <= set(by_address)
    assert by_address[PSI]["sent_as"] == "0 to 1"
    said = call("live", project, "--run", run, "--list")
    assert all(address in said.out for address in by_address)


def test_what_is_sent_is_on_the_frames(project, run, out):
    def send(port: int) -> None:
        to(port, write_message("/latent/seed", [7]))
        to(port, b"rubbish")

    made = played(send, project, "--run", run, "--seconds", "1", "--rate", "8",
                  "--out", out / "take.png")  # fmt: skip
    assert (made["frames"], made["recipe"]["beginning"]["seed"]) == (8, 7)
    assert made["messages"] > 1
    assert made["left_out"]["no OSC"] > 1
    alone = done("generate", project, "--run", run, "--count", 1, "--seed", 7, "--out", out / "g")
    with Image.open(alone["files"][0]) as one, Image.open(out / "take.0008.png") as two:
        assert np.array_equal(np.asarray(one), np.asarray(two))


def test_it_answers_with_where_everything_stands(project, run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as surface:
        surface.bind(("127.0.0.1", 0))
        surface.settimeout(5.0)
        back = f"127.0.0.1:{surface.getsockname()[1]}"
        setup = Setup(rules=(Rule(source="/1/fader1", target=PSI, low=0.3, high=0.6),))
        stored.write(Path(project), setup)
        made = played(lambda port: to(port, write_message("/1/fader1", [0.5])), project, "--run",
                      run, "--seconds", "0.6", "--feedback", back)  # fmt: skip
        told: dict[str, object] = {}
        ends = time.monotonic() + 5.0
        while told.get(PSI) != pytest.approx(0.3):
            assert time.monotonic() < ends, told
            for message in read_packet(surface.recv(65536)):
                told[message.address] = message.arguments[0]
    assert made["recipe"]["beginning"]["truncation_psi"] == pytest.approx(0.45)
    assert (made["frames"], made["file"]) == (0, None)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--feedback", "nowhere"), 2, "is not of the form HOST:PORT"),
        (("--send", "spout"), 2, "Spout is"),
        (("--midi", "Faders", "--seconds", "0.1"), 1, "MIDI"),
        (("--port", "70000"), 2, "--port"), (("--out", "take.xyz"), 2, "no format"),
        (("--run", "none"), 1, "none"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_said_in_one_sentence(project, run, options, code, words):
    call("live", project, "--run", run, *options).refused(code, words)


def test_a_port_that_is_taken_is_said(project, run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        call("live", project, "--run", run, "--port", port).refused(1, f"port {port}")


def test_damaged_settings_are_said_and_stay(project, run):
    file = Path(project) / stored.FILE
    file.write_text("version = 1\nport = 'x'")
    call("live", project, "--run", run, "--list").refused(1, "live.toml", "port")
    assert file.read_text() == "version = 1\nport = 'x'"
