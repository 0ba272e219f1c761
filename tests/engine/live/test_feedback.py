"""What controllers are told, on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from studio.engine.errors import StudioError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.live.controls import controls_of, with_values
from studio.engine.live.feedback import Feedback
from studio.engine.live.mapping import Rule
from studio.engine.live.osc import read_packet
from studio.engine.live.setup import Setup
from tests.engine.live.stand import MODEL

PSI = "/latent/truncation"
CONTROLS = controls_of(MODEL, LatentRecipe())
SETUP = Setup(rules=(Rule(source="/1/fader1", target=PSI, low=0.5, high=1.5),))


class Surface:
    """A controller that is told things."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.feedback = Feedback("127.0.0.1", self.socket.getsockname()[1])

    def told(self, recipe: LatentRecipe, heard: dict[str, float] | None = None) -> dict[str, float]:
        self.feedback.tell(CONTROLS, SETUP, recipe, heard or {})
        found: dict[str, float] = {}
        try:
            while True:
                data = self.socket.recv(65536)
                assert len(data) < 1500
                found |= {each.address: each.arguments[0] for each in read_packet(data)}
        except TimeoutError:
            return found


@pytest.fixture
def surface() -> Iterator[Surface]:
    made = Surface()
    yield made
    made.feedback.close()
    made.socket.close()


def with_psi(value: float) -> LatentRecipe:
    return with_values(LatentRecipe(), CONTROLS, {PSI: value})


def test_all_is_told_once_and_then_what_changes(surface):
    first = surface.told(LatentRecipe())
    assert set(first) == {*CONTROLS, "/1/fader1"}
    assert first[PSI] == pytest.approx(1 / 1.5)
    assert first["/1/fader1"] == pytest.approx(0.5)
    assert first["/latent/seed"] == 0
    assert surface.told(LatentRecipe()) == {}
    assert surface.told(with_psi(0.75)) == {
        PSI: pytest.approx(0.5), "/1/fader1": pytest.approx(0.25)
    }  # fmt: skip


def test_nothing_goes_back_to_the_fader_that_it_came_from(surface):
    surface.told(LatentRecipe())
    assert set(surface.told(with_psi(0.75), {PSI: 0.5})) == {"/1/fader1"}
    assert PSI in surface.told(with_psi(1.2))
    assert PSI in surface.told(with_psi(0.75))  # the fader stands elsewhere by now


def test_nobody_has_to_listen():
    alone = Feedback("127.0.0.1", 9)
    for value in (0.1, 0.2, 0.3):
        alone.tell(CONTROLS, SETUP, with_psi(value), {})
    alone.close()
    alone.close()


def test_a_host_that_is_not_known_is_said():
    with pytest.raises(StudioError, match=r"Cannot send to no such host\.invalid: "):
        Feedback("no such host.invalid", 9000)
