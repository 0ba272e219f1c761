"""What a project keeps of playing live, and files that were damaged or come from elsewhere."""

from __future__ import annotations

import pytest

from studio.engine.errors import StudioError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.live import setup as stored
from studio.engine.live.lessons import Lessons
from studio.engine.live.mapping import Rule
from studio.engine.live.setup import FILE, Setup

WHOLE = Setup(
    port=7000, feedback=True, feedback_host="192.168.1.7", bpm=98.5, wait_for="2 bars",
    rules=(Rule(source="midi cc14 1/1", target="/latent/seed", low=3.0, smooth=0.25),),
    lessons=Lessons(sources=("/a", "/b")).with_lesson(
        (0.25, 1.0), LatentRecipe.model_validate({"seed": 1 << 60})
    ),
)  # fmt: skip


def test_what_was_set_comes_back(tmp_path):
    assert stored.read(tmp_path) == Setup()
    stored.write(tmp_path, WHOLE)
    assert stored.read(tmp_path) == WHOLE


def test_a_control_has_one_rule():
    other = Rule(source="/f", target="/latent/seed")
    changed = WHOLE.with_rule(other)
    assert changed.rules == (other,)
    assert changed.rule_for("/latent/seed") == other
    assert changed.without_rule("/latent/seed").rules == ()
    assert changed.rule_for("/latent/truncation") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 1\nport = 70000", "port: Input should be less than"),
        ("version = 1\nport = ", "Could not read"),
        ("version = 2", "of another version (2; this one reads 1)"),
        ("port = 9000", "of another version (None;"),
        ("version = 1\n[[rules]]\nsource='/f'\ntarget='/t'\ncurve='x**2'", "there is no curve"),
        ("version = 1\nfeedback_host = '$(reboot)'", "feedback_host"),
        ("version = 1\nwait_for = 'never'", "there is no step never"),
        ("version = 1\neval = 'x'", "eval: Extra inputs"),
        ("version = " + "[" * 5000, "Could not read"),
    ],
)
def test_a_damaged_file_is_said(tmp_path, text, words):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StudioError) as found:
        stored.read(tmp_path)
    assert words in str(found.value)
    assert str(tmp_path / FILE) in str(found.value)


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "other").write_text("version = 1")
    (tmp_path / FILE).symlink_to(tmp_path / "other")
    with pytest.raises(StudioError):
        stored.read(tmp_path)
