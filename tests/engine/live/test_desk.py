"""From what arrives to recipes: addresses, rules, gliding, learning, the beat."""

from __future__ import annotations

import pytest

from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.live.controls import controls_of, with_values
from studio.engine.live.mapping import Fields, Glide, Rule, fields_of
from studio.engine.live.setup import Setup
from tests.engine.live.stand import DIRECTION, KEY, MODEL, Stand

SEEDED = LatentRecipe()
PSI = "/latent/truncation"


# ------------------------------------------------------------------ addresses


def test_every_number_of_a_recipe_has_an_address():
    bent = SEEDED.moved(Bend(place=2, layer=1, transform="rotate"))
    controls = controls_of(MODEL, bent)
    assert {
        "/latent/seed", PSI, "/latent/label", "/latent/noise/seed", DIRECTION,
        "/latent/blend/mix", "/latent/blend/seed", "/latent/noise/strength",
        "/latent/label_mix/share", "/latent/bend/2/amount", "/latent/bend/2/degrees",
    } == set(controls)  # fmt: skip
    assert "/latent/bend/2/amount" not in controls_of(MODEL, SEEDED)
    assert (controls[DIRECTION].title, controls[DIRECTION].low) == ("Warmth", -3.0)


def test_each_control_puts_what_it_then_reads():
    recipe = SEEDED.moved(Bend(place=0, layer=1, transform="rotate"))
    controls = controls_of(MODEL, recipe)
    for address, control in controls.items():
        for fraction in (0.0, 0.3, 1.0):
            wanted = 77.0 if control.whole and control.high > 77 else control.at(fraction)
            made = control.put(recipe, wanted)
            assert control.get(made) == pytest.approx(wanted), address
            # As a file says it, so that a piece which is kept can be read again.
            assert LatentRecipe.model_validate(made.model_dump()) == made


def test_values_beyond_the_ends_are_those_of_the_ends():
    stand = Stand()
    stand.send(PSI, 7.5)
    stand.send("/latent/seed", -3)
    stand.send("/latent/blend/seed", 1e30)
    made = stand.desk.step(SEEDED)
    assert made is not None
    assert (made.beginning.truncation_psi, made.seed) == (1.5, 0)
    assert made.blend is not None
    assert made.blend.seed == 2**31 - 1


# ------------------------------------------------------------------ steps


def test_a_packet_becomes_one_recipe():
    stand = Stand()
    assert stand.desk.step(SEEDED) is None
    assert stand.desk.due is None
    stand.send(PSI, 0.5)
    stand.send(DIRECTION, 1.0)
    stand.send(DIRECTION, 0.75)
    stand.send("/latent/noise/strength", 0.2)
    stand.send("/latent/label", "dogs")
    assert stand.desk.due == stand.now
    made = stand.desk.step(SEEDED)
    assert made is not None
    assert made.beginning.truncation_psi == 0.75
    assert made.edits == {KEY: 1.5}
    assert made.only(NoiseStrength) == NoiseStrength(strength=2.0)
    assert made.beginning.label == 1
    assert stand.desk.step(made) is None


def test_what_plays_nothing_is_counted_and_said():
    stand = Stand()
    stand.send("/1/fader3", 0.5)
    stand.send("/latent/label", "birds")
    assert stand.desk.step(SEEDED) is None
    tally = stand.inbox.tally
    assert dict(tally.refused) == {"unknown": 1, "text": 1}
    assert tally.last == "/latent/label sent the text 'birds', which means nothing here."
    assert stand.desk.heard == {"/1/fader3": 0.5}


def test_a_rule_has_its_own_way():
    rules = (
        Rule(source="/1/fader1", target=PSI, low=0.4, high=0.8),
        Rule(source="/1/fader1", target=DIRECTION, invert=True),
        Rule(source="midi cc 1/7", target="/latent/blend/mix", curve="in"),
    )
    stand = Stand(Setup(rules=rules))
    stand.send("/1/fader1", 0.25)
    stand.inbox.put("midi cc 1/7", 0.5)
    made = stand.desk.step(SEEDED)
    assert made is not None
    assert made.beginning.truncation_psi == pytest.approx(0.5)
    assert made.edits == {KEY: pytest.approx(1.5)}
    assert made.blend is not None
    assert made.blend.mix == pytest.approx(0.25)


def test_an_address_may_be_played_by_a_rule_of_its_own():
    stand = Stand(Setup(rules=(Rule(source=PSI, target=PSI, low=1.0, high=1.2),)))
    stand.send(PSI, 0.5)
    made = stand.desk.step(SEEDED)
    assert made is not None
    assert made.beginning.truncation_psi == pytest.approx(1.1)


def test_a_smoothed_value_glides_whatever_the_frame_rate():
    def played(frames: int) -> list[float]:
        stand = Stand(Setup(rules=(Rule(source="/f", target=PSI, smooth=1.0),)))
        stand.send("/f", 0.0)
        recipe, seen = SEEDED, []
        for _ in range(frames):
            made = stand.desk.step(recipe)
            recipe = recipe if made is None else made
            seen.append(recipe.beginning.truncation_psi)
            stand.now += 2.0 / frames
        return seen

    slow, fast = played(20), played(200)
    assert slow == sorted(slow, reverse=True)
    assert slow[10] == pytest.approx(0.05, abs=0.01)
    assert slow[5] == pytest.approx(fast[50], rel=1e-6)


def test_a_glide_comes_to_rest_exactly():
    glide = Glide(0.0, 1.0)
    glide.send(1.0, 0.5, 10.0)
    assert glide.at(10.0) == 0.0
    assert 0.9 < glide.at(10.5) < 1.0
    assert glide.is_moving
    assert glide.at(13.0) == 1.0
    assert not glide.is_moving


def test_the_hand_and_the_controller_may_move_the_same_slider():
    stand = Stand(Setup(rules=(Rule(source="/f", target=PSI, smooth=1.0),)))
    by_hand = with_values(SEEDED, controls_of(MODEL, SEEDED), {PSI: 0.5})
    stand.send("/f", 0.2)
    assert stand.desk.step(by_hand) is None  # it leaves from where the hand left it
    stand.now += 3.0
    made = stand.desk.step(by_hand)
    assert made is not None
    assert made.beginning.truncation_psi == pytest.approx(0.3)


def test_another_model_does_not_play_what_was_on_its_way():
    stand = Stand(Setup(rules=(Rule(source="/f", target=DIRECTION, smooth=1.0),)))
    stand.send("/f", 1.0)
    stand.desk.step(SEEDED)
    stand.desk.play(type(MODEL)(()))
    stand.now += 1.0
    assert stand.desk.step(SEEDED) is None
    stand.send("/f", 0.5)
    assert stand.desk.step(SEEDED) is None


# ------------------------------------------------------------------ learning


def test_the_controller_that_is_touched_next_is_learnt():
    stand = Stand()
    stand.desk.learn(PSI)
    stand.send("/1/fader1", 0.2)
    assert stand.desk.step(SEEDED) is None
    due = stand.desk.due
    assert due is not None
    stand.now = due
    stand.desk.step(SEEDED)
    assert stand.desk.learnt == Rule(source="/1/fader1", target=PSI)
    assert stand.desk.learning == ""


def test_of_a_pair_both_halves_are_learnt():
    stand = Stand()
    stand.desk.learn(PSI)
    for source in ("midi cc 1/1", "midi cc 1/33", "midi cc14 1/1"):
        stand.inbox.put(source, 0.5)
    stand.desk.step(SEEDED)
    stand.now += 0.2
    stand.desk.step(SEEDED)
    assert stand.desk.learnt == Rule(source="midi cc14 1/1", target=PSI)


def test_a_coarse_controller_is_smoothed_and_what_was_set_stays():
    before = Rule(source="/old", target=DIRECTION, low=-1.0, high=1.0, invert=True)
    stand = Stand(Setup(rules=(before,)))
    for target, learnt in (
        (PSI, Rule(source="midi cc 2/74", target=PSI, smooth=0.08)),
        (DIRECTION, before.model_copy(update={"source": "midi cc 2/74"})),
    ):
        stand.desk.learn(target)
        stand.inbox.put("midi cc 2/74", 0.5)
        stand.desk.step(SEEDED)
        stand.now += 0.2
        stand.desk.step(SEEDED)
        assert stand.desk.learnt == learnt


# ------------------------------------------------------------------ the beat


def test_changes_wait_for_the_bar_and_are_made_sooner_by_the_look_ahead():
    stand = Stand(Setup(wait_for="bar", ahead_ms=200))
    stand.tempo.tap(stand.now)  # a bar of 2 s begins here
    stand.now += 0.5
    stand.send(PSI, 0.2)
    assert stand.desk.step(SEEDED) is None
    stand.now += 0.5
    stand.send(PSI, 0.4)
    assert stand.desk.step(SEEDED) is None
    assert stand.desk.due == pytest.approx(101.8)
    stand.now = 101.81
    made = stand.desk.step(SEEDED)
    assert made is not None
    assert made.beginning.truncation_psi == pytest.approx(0.6)
    assert stand.desk.due is None


def test_what_waited_is_not_held_up_by_what_comes_on_the_beat():
    stand = Stand(Setup(wait_for="beat"))
    stand.tempo.tap(stand.now)
    stand.now += 0.1
    stand.send(PSI, 0.2)
    stand.desk.step(SEEDED)
    stand.now += 0.45  # late by a twentieth
    stand.send(DIRECTION, 1.0)
    made = stand.desk.step(SEEDED)
    assert made is not None
    assert made.beginning.truncation_psi == pytest.approx(0.3)
    assert made.edits == {}


# ------------------------------------------------------------------ rules


def test_the_fields_of_a_rule_have_the_ends_of_its_control():
    control = controls_of(MODEL, SEEDED)[DIRECTION]
    fields = fields_of(control)
    assert set(fields) == set(Fields.params())
    assert (fields["low"].low, fields["high"].default) == (-3.0, 3.0)
    made = Rule(source="/f", target=DIRECTION, low=-1.0, curve="smooth")
    for share in (0.0, 0.25, 0.6, 1.0):
        assert made.fraction(control, made.value(control, share)) == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"curve": "__import__('os')"}, "no curve"), ({"low": 2.0, "high": 1.0}, "swap them"),
        ({"smooth": -1.0}, "greater than"), ({"low": float("nan")}, "finite"),
        ({"source": ""}, "at least 1"), ({"expression": "x * 2"}, "not permitted"),
    ],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Rule.model_validate({"source": "/f", "target": PSI, **wrong})
