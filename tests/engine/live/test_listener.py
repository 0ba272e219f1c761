"""Listening on loopback: floods, rubbish, ports that are taken."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pythonosc.udp_client import SimpleUDPClient

from studio.engine.errors import StudioError
from studio.engine.live.inbox import MOST_SOURCES, MOST_WAITING, Inbox
from studio.engine.live.listener import Listener
from studio.engine.live.osc import write_bundle, write_message
from tests.engine.live.stand import Stand

PATIENCE = 10.0


class Ear:
    """A listener with its inbox, and how often it woke somebody."""

    def __init__(self) -> None:
        self.inbox = Inbox(time.monotonic, time.time)
        self.woken = threading.Event()
        self.listener = Listener(self.inbox, self.woken.set, port=0)
        self.client = SimpleUDPClient("127.0.0.1", self.listener.port)
        self.send = self.client.send_message
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def raw(self, data: bytes) -> None:
        self.out.sendto(data, ("127.0.0.1", self.listener.port))

    def wait_for(self, count: int) -> None:
        """Until so many messages came, or were refused."""
        ends = time.monotonic() + PATIENCE
        tally = self.inbox.tally
        while tally.messages + tally.refused["no OSC"] < count:
            assert time.monotonic() < ends, tally
            self.woken.wait(0.05)
            self.woken.clear()


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.listener.close()
    made.listener.close()
    made.out.close()
    made.client.close()


def test_of_a_flood_nothing_is_lost_and_the_newest_wins(ear):
    for number in range(2000):
        ear.send(f"/fader/{number % 32}", number / 2000)
        if number % 100 == 99:
            ear.wait_for(number + 1)  # the system holds no more than its buffer
    taken = ear.inbox.take()
    assert len(taken) == 32
    for each, arrival in taken.items():
        newest = 2000 - 32 + (int(each.rpartition("/")[2]) - 2000 % 32) % 32
        assert arrival.value == pytest.approx(newest / 2000)
    tally = ear.inbox.tally
    assert (tally.messages, tally.taken, tally.replaced) == (2000, 32, 2000 - 32)
    assert tally.left_out == 0
    assert ear.inbox.take() == {}


def test_rubbish_is_counted_and_said_and_what_comes_after_it_is_heard(ear):
    for data in (b"", b"GET / HTTP/1.1", b"/a\0\0,b\0\0".ljust(60_000, b"\0")):
        ear.raw(data)
    ear.send("/nan", float("nan"))
    ear.send("/inf", float("inf"))
    ear.send("/good", 0.5)
    ear.wait_for(6)
    tally = ear.inbox.tally
    assert dict(tally.refused) == {"no OSC": 3, "no number": 2}
    assert tally.last == "/inf sent a value that is no number."
    assert [*ear.inbox.take()] == ["/good"]


def test_a_bundle_stamped_ahead_waits_and_what_comes_later_does_not(ear):
    ear.raw(write_bundle([write_message("/later", [0.75])], time.time() + 0.4))
    ear.raw(write_bundle([write_message("/past", [0.5])], time.time() - 100))
    ear.send("/now", 0.25)
    ear.wait_for(3)
    assert set(ear.inbox.take()) == {"/past", "/now"}
    due = ear.inbox.due
    assert due is not None
    assert due - time.monotonic() == pytest.approx(0.4, abs=0.35)
    time.sleep(max(0.0, due - time.monotonic()))
    assert ear.inbox.take()["/later"].value == 0.75
    assert ear.inbox.due is None


def test_a_port_that_is_taken_is_said(ear):
    with pytest.raises(StudioError, match=rf"Cannot listen on port {ear.listener.port}: "):
        Listener(ear.inbox, ear.woken.set, port=ear.listener.port)


def test_it_hears_this_machine_alone_unless_it_is_asked_to(ear):
    assert ear.listener.host == "127.0.0.1"


def test_two_seconds_ahead_are_two_seconds():
    stand = Stand()
    stand.send("/later", 0.5, after=2.0)
    stand.now += 1.999
    assert stand.inbox.take() == {}
    stand.now += 0.002
    assert stand.inbox.take()["/later"].value == 0.5


def test_clocks_that_differ_are_said():
    stand = Stand()
    stand.send("/later", 0.5, after=3600)
    assert stand.inbox.tally.last == (
        "/later is meant for 3600 s from now: set the clocks of both machines alike."
    )
    assert stand.inbox.due is None


def test_no_flood_fills_the_memory():
    stand = Stand()
    for number in range(MOST_SOURCES + 10):
        stand.send(f"/{number}", 0.5)
    for number in range(MOST_WAITING + 10):
        stand.send(f"/later/{number}", 0.5, after=1.0)
    assert dict(stand.inbox.tally.refused) == {"too many sources": 10, "too many ahead": 10}
    assert len(stand.inbox.take()) == MOST_SOURCES


def test_several_values_of_a_message_are_sources_of_their_own():
    stand = Stand()
    stand.send("/xy", 0.25, 0.75)
    stand.send("/button")
    taken = {source: each.value for source, each in stand.inbox.take().items()}
    assert taken == {"/xy:1": 0.25, "/xy:2": 0.75, "/button": 1.0}
