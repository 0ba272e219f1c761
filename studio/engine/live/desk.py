"""The desk: what arrives, and how it is to be taken, become recipes. No thread and no window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.live.controls import ROOT, Control, Playable, controls_of, with_values
from studio.engine.live.inbox import Arrival, Inbox
from studio.engine.live.mapping import SEVEN_BITS, Glide, Rule
from studio.engine.live.midi import is_coarse
from studio.engine.live.setup import Setup
from studio.engine.live.tempo import Tempo
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.live.lessons import Taught

FRAME = 1 / 60
"""Seconds until a value that glides is looked at again."""
_REMEMBERED = 64
_LEARNING = 0.15
"""Seconds after a controller's first word in which its second half comes."""
_FINE = "midi cc14 "


class Desk:
    """Belongs to one thread; only its inbox is filled by others."""

    def __init__(self, inbox: Inbox, tempo: Tempo, setup: Setup) -> None:
        self.inbox, self.tempo = inbox, tempo
        self._model = Playable(())
        self._known: tuple[object, ...] = ()
        self.controls: dict[str, Control] = {}
        """All that can be played, by address."""
        self._glides: dict[str, Glide] = {}
        self._waiting: dict[str, tuple[float, float]] = {}
        """By address: value and seconds of smoothing that wait for the beat."""
        self._pose_waits = False
        self._beat = 0.0
        self.heard: dict[str, float] = {}
        """The newest of sources, by their names, oldest first."""
        self.news: dict[str, float] = {}
        """The same, since somebody cleared it."""
        self.seen: list[float] = []
        """When what is in the last recipe had arrived."""
        self.learning = ""
        """The address of a control that waits for its controller."""
        self.learnt: Rule | None = None
        """What came of the last learning."""
        self._candidates: dict[str, float] = {}
        self.taught: Taught | None = None
        self._pose: tuple[float, ...] = ()
        self.set_up(setup)

    def set_up(self, setup: Setup) -> None:
        """How what arrives is taken from now on."""
        self.setup = setup
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in setup.rules:
            self._rules[rule.source].append(rule)

    def play(self, model: Playable) -> None:
        """What there is to play; of another model, nothing that was on its way arrives."""
        self._model, self._known = model, ()
        self._glides.clear()
        self._waiting.clear()

    def look_at(self, recipe: LatentRecipe) -> bool:
        """Which controls a recipe has; whether they are others than before."""
        known = (
            recipe.beginning.kind,
            *(each for each in recipe.moves if not isinstance(each, Along)),
        )
        facts = tuple((getattr(e, "control", e), getattr(e, "transform", "")) for e in known)
        if facts == self._known:
            return False
        self._known = facts
        self.controls = controls_of(self._model, recipe)
        return True

    # ------------------------------------------------------------------ what has arrived

    def step(self, recipe: LatentRecipe) -> LatentRecipe | None:
        """The recipe with what has arrived until now; None where nothing is to change."""
        self.look_at(recipe)
        now = self.inbox.clock()
        values: dict[str, float] = {}
        made = self._begun(recipe, now, values)
        arrivals = self.inbox.take()
        for source, arrival in arrivals.items():
            self._take(source, arrival)
        self._end_learning(now)
        if arrivals:
            self._beat = self.tempo.next(self.setup.wait_for, now, self.setup.ahead_ms / 1000)
            made = self._begun(made, now, values)
        values |= {address: glide.at(now) for address, glide in self._glides.items()}
        made = with_values(made, self.controls, values)
        self._glides = {key: each for key, each in self._glides.items() if each.is_moving}
        self.seen = [each.at for each in arrivals.values()]
        return None if made == recipe else made

    @property
    def due(self) -> float | None:
        """When there is something to do, by the inbox's clock: now, later, or None for never."""
        now = self.inbox.clock()
        times = [self.inbox.due]
        if self._waiting or self._pose_waits:
            times.append(max(now, self._beat))
        if self._glides:
            times.append(now + FRAME)
        if self._candidates:
            times.append(max(self._candidates.values()) + _LEARNING)
        return min((each for each in times if each is not None), default=None)

    def _begun(self, recipe: LatentRecipe, now: float, values: dict[str, float]) -> LatentRecipe:
        """What waited for the beat begins, where it has come: poses, and then `values`."""
        if now < self._beat:
            return recipe
        made = self._posed(recipe)
        for address, (value, seconds) in self._waiting.items():
            if seconds > 0:
                self._glide(address, made).send(value, seconds, now)
            else:
                self._glides.pop(address, None)
                values[address] = value
        self._waiting.clear()
        return made

    def _take(self, source: str, arrival: Arrival) -> None:
        value = arrival.value
        if isinstance(value, str):
            self._named(source, value)
            return
        for held in (self.heard, self.news):
            held.pop(source, None)
            held[source] = value
            if len(held) > _REMEMBERED:
                del held[next(iter(held))]
        if self.learning and source not in self.controls:
            self._candidates.setdefault(source, self.inbox.clock())
            return
        rules = self._rules.get(source, ())
        for rule in rules:
            if (control := self.controls.get(rule.target)) is not None:
                self._waiting[rule.target] = rule.value(control, value), rule.smooth
        own = None if rules else self.controls.get(source)
        if own is not None:
            self._waiting[source] = own.clipped(value) if own.whole else own.at(value), 0.0
        if source in self.setup.lessons.sources:
            self._pose_waits = True
        elif own is None and not rules:
            self.inbox.refuse(
                "unknown", Said("{source} plays nothing: teach it by Learn.", source=source[:80])
            )

    def _named(self, source: str, name: str) -> None:
        """A text: the name of a label."""
        labels = list(self._model.labels)
        if source == f"{ROOT}/label" and name in labels:
            self._waiting[source] = float(labels.index(name)), 0.0
        else:
            self.inbox.refuse(
                "text", Said("{source} sent the text {text}, which means nothing here.",
                             source=source[:80], text=repr(name[:80])),
            )  # fmt: skip

    def _glide(self, address: str, recipe: LatentRecipe) -> Glide:
        control = self.controls[address]
        if address not in self._glides:  # from where the hand left it
            self._glides[address] = Glide(control.get(recipe), control.high - control.low)
        return self._glides[address]

    # ------------------------------------------------------------------ poses

    def pose(self, sources: Sequence[str]) -> tuple[float, ...]:
        """Where a controller stands, as far as it was heard: 0 to 1 each."""
        return tuple(min(1.0, max(0.0, self.heard.get(each, 0.0))) for each in sources)

    def _posed(self, recipe: LatentRecipe) -> LatentRecipe:
        waited, self._pose_waits = self._pose_waits, False
        if not waited or self.taught is None:
            return recipe
        pose = self.pose(self.taught.sources)
        if pose == self._pose:
            return recipe
        self._pose = pose
        return self.taught.recipe(pose)

    # ------------------------------------------------------------------ learning

    def learn(self, address: str) -> None:
        """The next controller that is touched plays `address`; empty to leave that."""
        self.learning = address
        self._candidates.clear()
        self.learnt = None

    def _end_learning(self, now: float) -> None:
        if not self._candidates or now < min(self._candidates.values()) + _LEARNING:
            return
        fine = [each for each in self._candidates if each.startswith(_FINE)]
        source = (fine or list(self._candidates))[0]
        before = self.setup.rule_for(self.learning)
        smooth = SEVEN_BITS if is_coarse(source) else 0.0
        if before is None:
            rule = Rule(source=source, target=self.learning, smooth=smooth)
        else:
            rule = before.model_copy(update={"source": source})
        self.learn("")
        self.learnt = rule
