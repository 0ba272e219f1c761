"""The policy of a dataset and its text, which runs keep."""

from __future__ import annotations

import dataclasses

import pytest

from studio.engine.dataset.index import settings, store
from studio.engine.dataset.preparation import policy
from studio.engine.dataset.preparation.policy import Policy, parse
from studio.engine.errors import UsageError


@pytest.mark.parametrize(
    "text",
    ["centre", "pad", "stretch", "smart", "tiles", "pad:blur", "pad:mirror", "pad:#00ff80",
     "smart+linear", "tiles+flatten:#ffffff", "pad:blur+linear+flatten:#102030"],
)  # fmt: skip
def test_every_policy_has_one_text(text):
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("round", "no crop"), ("", "no crop"), ("centre:blur", "Only pad"), ("pad:grey", "cannot be"),
     ("pad:", "no crop"), ("pad:#fff", "cannot be"), ("smart+dark", "no crop"),
     ("smart+linear+linear", "no crop"), ("smart+flatten:red", "no colour")],
)  # fmt: skip
def test_what_is_no_policy_is_said(text, words):
    with pytest.raises(UsageError, match=words):
        parse(text)


def test_the_policy_stays_with_the_dataset(project):
    dataset = store.add_dataset(project, "set")
    settings.THRESHOLDS.put(project, dataset.id, {"tiny": 5})
    assert policy.read(project, dataset.id) == Policy()
    wanted = Policy("pad", "blur", linear=True, flatten="#102030")
    assert policy.change(project, dataset.id, wanted) == Policy()
    assert policy.read(project, dataset.id) == wanted
    assert settings.stored(project, dataset.id)["thresholds"] == {"tiny": 5}
    assert policy.settled(project, dataset.id, None) == wanted
    assert policy.settled(project, dataset.id, "tiles") == Policy("tiles")
    assert policy.change(project, dataset.id, Policy("smart")) == wanted


def test_a_policy_of_a_newer_version_does_no_harm(project):
    dataset = store.add_dataset(project, "set")
    for stored in ("spiral+dark", 7):
        settings.PREPARATION.put(project, dataset.id, stored)
        assert policy.read(project, dataset.id) == Policy()


def test_a_policy_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Policy().crop = "pad"
