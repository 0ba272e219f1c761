"""Signals: the first asks, the second insists, and the handlers come back."""

from __future__ import annotations

import signal
import threading

import pytest

from studio.verbs.interruption import NUMBERS, Handlers, Interruption, insist


@pytest.mark.parametrize("number", NUMBERS)
def test_the_first_asks_and_the_second_insists(number):
    said = []
    before = signal.getsignal(number)
    with Interruption(said.append, "Saving.") as stop:
        assert not stop.is_requested()
        signal.raise_signal(number)
        assert stop.is_requested()
        assert said == ["Saving."]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert said == ["Saving."]
    assert signal.getsignal(number) is before


def test_handlers_nest():
    with Handlers(insist):
        with Interruption(lambda _: None, "") as stop:
            signal.raise_signal(signal.SIGINT)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_come_back_after_an_error():
    before = [signal.getsignal(number) for number in NUMBERS]
    with pytest.raises(ValueError, match="inside"), Handlers(insist):
        raise ValueError("inside")
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_another_thread_has_no_signals_and_no_error():
    before = [signal.getsignal(number) for number in NUMBERS]
    found = []

    def work():
        with Handlers(insist):
            found.extend(signal.getsignal(number) for number in NUMBERS)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == before
