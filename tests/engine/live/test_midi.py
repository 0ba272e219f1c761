"""MIDI and the beat, with inputs that are plugged in and pulled out by hand."""

from __future__ import annotations

import pytest

from studio.engine.errors import StudioError
from studio.engine.live.midi import Decoder, Inputs, Message, centred
from studio.engine.live.tempo import FASTEST, SLOWEST, Tempo
from tests.engine.live.stand import Plugs, Stand


def heard(*messages: Message) -> dict[str, float | str]:
    stand = Stand()
    decoder = Decoder(stand.inbox, stand.tempo)
    for message in messages:
        decoder.take(message)
    return {source: each.value for source, each in stand.inbox.take().items()}


def test_a_knob_in_the_middle_is_in_the_middle():
    assert [centred(each, 64) for each in (0, 64, 127)] == [0.0, 0.5, 1.0]
    assert [centred(each, 8192) for each in (0, 8192, 16383)] == [0.0, 0.5, 1.0]


def test_messages_of_a_channel_are_sources():
    assert heard([0xB2, 74, 64], [0x90, 60, 127], [0x81, 61, 5], [0xD0, 127], [0xE5, 0, 64]) == {
        "midi cc 3/74": 0.5, "midi note 1/60": 1.0, "midi note 2/61": 0.0,
        "midi pressure 1": 1.0, "midi bend 6": 0.5,
    }  # fmt: skip


def test_two_halves_are_one_value_of_fourteen_bits():
    assert heard([0xB0, 1, 64], [0xB0, 33, 0])["midi cc14 1/1"] == 0.5
    assert heard([0xB0, 1, 127], [0xB0, 33, 127])["midi cc14 1/1"] == 1.0
    assert "midi cc14 1/1" not in heard([0xB0, 1, 64], [0xB1, 33, 0])  # of another channel


def test_a_knob_that_has_a_high_number_is_no_second_half():
    stand = Stand()
    decoder = Decoder(stand.inbox, stand.tempo)
    decoder.take([0xB0, 1, 64])
    stand.now += 0.5
    decoder.take([0xB0, 33, 64])
    assert set(stand.inbox.take()) == {"midi cc 1/1", "midi cc 1/33"}


@pytest.mark.parametrize("wrong", [[], [5, 5, 5], [0xB0, 200, 5], [0xB0, -1, 5]])
def test_what_is_no_message_is_passed_over(wrong):
    assert heard(wrong, [0xB0], [0xF0, 1, 2], [0xFE]) == {"midi cc 1/0": 0.0}


# ------------------------------------------------------------------ inputs


def test_an_input_that_is_pulled_out_is_said_once_and_plays_on_when_it_is_back():
    stand, plugs = Stand(), Plugs("Faders", "Keys")
    inputs = Inputs(stand.inbox, stand.tempo, plugs)
    inputs.open("Faders")
    assert plugs.receive is not None
    plugs.receive([0xB0, 7, 127])
    assert stand.inbox.take()["midi cc 1/7"].value == 1.0
    assert inputs.look() == ""
    plugs.plugged.remove("Faders")
    assert inputs.look() == ("The MIDI input Faders is gone: it plays on when it is plugged in.")
    assert inputs.look() == ""
    assert not inputs.is_open
    plugs.plugged.append("Faders")
    assert inputs.look() == ""
    assert inputs.is_open
    inputs.close()
    inputs.close()
    assert plugs.receive is None


def test_a_name_that_is_not_there_names_those_that_are():
    stand = Stand()
    with pytest.raises(StudioError, match=r"There is no MIDI input Drums\. Known: Keys\."):
        Inputs(stand.inbox, stand.tempo, Plugs("Keys")).open("Drums")
    with pytest.raises(StudioError, match="Known: none: plug one in"):
        Inputs(stand.inbox, stand.tempo, Plugs()).open("Drums")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError("MidiInAlsa::initialize: error creating ALSA sequencer client object."),
         "There is no MIDI on this machine: MidiInAlsa::initialize: error creating ALSA sequencer "
         "client object."),
        (ImportError("no rtmidi"),
         "MIDI needs the extra “live”, which is not installed: choose “Extras and self-test…” in "
         "the menu of the window, or run `latent-studio extras install live`."),
    ],
)  # fmt: skip
def test_a_machine_without_midi_says_so(error, sentence):
    class Silent(Plugs):
        def names(self) -> list[str]:
            raise error

    stand = Stand()
    with pytest.raises(StudioError) as found:
        Inputs(stand.inbox, stand.tempo, Silent()).open("Keys")
    assert str(found.value) == sentence


# ------------------------------------------------------------------ the beat


def test_taps_are_a_tempo_and_the_first_is_the_first_of_a_bar():
    tempo = Tempo()
    for number in range(5):
        tempo.tap(10.0 + 0.4 * number + (0.01 if number == 2 else 0.0))
    assert tempo.bpm == pytest.approx(150, rel=0.02)
    assert tempo.next("bar", 11.61) == pytest.approx(13.2, abs=0.05)
    tempo.tap(100.0)
    assert tempo.bpm == pytest.approx(150, rel=0.02)
    assert tempo.next("beat", 100.01) == pytest.approx(100.4, abs=0.01)


@pytest.mark.parametrize("gap", [0.0, 1e-9, 0.001, 2.9])
def test_no_tap_leaves_the_range(gap):
    tempo = Tempo()
    for number in range(4):
        tempo.tap(1.0 + gap * number)
    assert SLOWEST <= tempo.bpm <= FASTEST


def test_a_midi_clock_leads():
    stand = Stand()
    decoder = Decoder(stand.inbox, stand.tempo)
    decoder.take([0xFA])
    for _ in range(96):
        decoder.take([0xF8])
        stand.now += 60 / 90 / 24
    assert stand.tempo.bpm == pytest.approx(90, rel=1e-3)
    assert stand.tempo.beat(stand.now) == pytest.approx(4.0, abs=0.05)
    assert stand.tempo.next("bar", stand.now + 0.1) == pytest.approx(
        stand.now + 4 * 60 / 90, abs=0.1
    )


def test_another_tempo_keeps_the_beat_that_is_going_on():
    tempo = Tempo(120)
    tempo.tap(0.0)
    tempo.set_bpm(60, 0.25)
    assert tempo.beat(0.25) == pytest.approx(0.5)
    assert tempo.beat(0.75) == pytest.approx(1.0)


def test_the_next_step_is_never_now_or_past():
    tempo = Tempo(120)
    tempo.tap(0.0)
    assert tempo.next("now", 3.3) == 3.3
    for step, gap in (("beat", 0.5), ("bar", 2.0), ("2 bars", 4.0), ("4 bars", 8.0)):
        assert tempo.next(step, gap) == pytest.approx(2 * gap)
        assert tempo.next(step, gap - 0.01) == pytest.approx(gap)
        assert tempo.next(step, gap - 0.11, ahead=0.1) == pytest.approx(gap - 0.1)
