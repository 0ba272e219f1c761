"""All detectors together, with what they remember."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from studio.engine.training.health import collapse, leak, overfit, plateau, posterior
from studio.engine.training.health.reading import Finding, Memory, Reading

DETECTORS: dict[str, Callable[[Reading, Memory], Finding | None]] = {
    "collapse": collapse.look,
    "overfit": overfit.look,
    "posterior": posterior.look,
    "leak": leak.look,
    "plateau": plateau.look,
}
MOST_ACTIONS = 3
"""So often may one detector change something in a run; what did not help by then will not."""


class Watch:
    """Asks every detector; its state is JSON and belongs in the checkpoint."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.state: dict[str, Any] = state if isinstance(state, dict) else {}
        self.state.setdefault("memory", {})
        self.state.setdefault("actions", {})

    def look(self, reading: Reading) -> Iterator[Finding]:
        """What the detectors have to say about a reading."""
        for name, look in DETECTORS.items():
            finding = look(reading, self.state["memory"].setdefault(name, {}))
            if finding is not None:
                yield finding

    def may_act(self, finding: Finding) -> bool:
        """Whether the remedy has not been tried too often; counts it."""
        if not finding.changes:
            return False
        if finding.goes_on:
            return True
        done = self.state["actions"].get(finding.kind, 0)
        if done >= MOST_ACTIONS:
            return False
        self.state["actions"][finding.kind] = done + 1
        return True

    @property
    def best(self) -> dict[str, float] | None:
        """{"images_seen", "score"} of the best model so far."""
        found = self.state["memory"].get("plateau", {})
        if "score" not in found:
            return None
        return {"images_seen": found["images_seen"], "score": found["score"]}
