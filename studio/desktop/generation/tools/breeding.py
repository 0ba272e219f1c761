"""Breeding: parents are chosen, and a sheet of their children is chosen from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from models.facts import Ability
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.generation.breeding_page import CHILDREN, BreedingPage
from studio.desktop.generation.family_button import ParentsButton, names_of
from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.generation.small_pictures import SmallPictures
from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import said, tr
from studio.engine.jobs import Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe, Parent

NEWEST = 8
"""Kept pictures that become parents at once, the newest of them."""
_STRENGTH = 0.2


@dataclass(frozen=True)
class Brood:
    """Who are chosen as parents, and what the children in sight follow from, of the run `run`."""

    run: str = ""
    parents: tuple[LatentRecipe, ...] = ()
    strength: float = _STRENGTH
    bred: tuple[LatentRecipe, ...] = ()
    """The parents of the children that there are; empty where there are none yet."""
    seed: int = 0


@register
class Breeding(Tool):
    """Every choice of it can be undone; the children are the same again whenever it comes back."""

    name = "breeding"
    finds = "Children"
    beside = True

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.sheets = BreedingPage()
        self.brood = Brood()
        self.children: list[LatentRecipe] = []
        self.family = ParentsButton()
        self._names: dict[LatentRecipe, str] = {}
        """Of kept pictures that became parents."""
        self._births: NewestJob[list[LatentRecipe]] = NewestJob(hand.studio, "breed")
        self._of_parents = SmallPictures(hand.session, self.sheets.parents.set_picture)
        self._of_children = SmallPictures(hand.session, self.sheets.children_sheet.set_picture)
        hand.session.opened.connect(self._opened)
        page = self.sheets
        page.breed.clicked.connect(self.breed)
        page.strengthMoved.connect(self._strengthen)
        page.currentWanted.connect(self.add_current)
        page.markedWanted.connect(lambda: self._add(hand.liked()))
        page.keptWanted.connect(self._ask_kept)
        page.parents.chosen.connect(self._play_parent)
        page.parents.markWanted.connect(self._remove)
        page.children_sheet.chosen.connect(self._play)
        page.children_sheet.markWanted.connect(self._mark)
        self.family.wanted.connect(self._go_to)
        hand.editing.shown.connect(self._edited)

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.breed", "Breed children", self.breed, "Shift+N", "images"),
            ToolAction("generation.parent", "Make this picture a parent", self.add_current,
                       "Shift+P", "plus"),
            ToolAction("generation.family", "Parents of this picture", self.family.open,
                       "Ctrl+P", "parents"),
        )  # fmt: skip

    def control(self) -> QWidget:
        return self.family

    def page(self) -> QWidget:
        return self.sheets

    @property
    def is_drawn(self) -> bool:
        """Whether nothing waits for its picture."""
        return (
            not self._births.is_running and self._of_parents.is_drawn and self._of_children.is_drawn
        )

    # ------------------------------------------------------------------ parents

    def add_current(self) -> None:
        """The picture on the canvas; it is said where that is a parent already."""
        self.show_page()
        self._add([self.hand.recipe()])

    def _add(self, recipes: Sequence[LatentRecipe]) -> None:
        from studio.engine.generation.latent_recipe import MOST_PARENTS

        fresh = [each for each in recipes if each not in self.brood.parents]
        if len(self.brood.parents) + len(fresh) > MOST_PARENTS:
            said_most = tr("There can be {n} parents: take some away first.", n=MOST_PARENTS)
            self.hand.notices.warn(said_most)
        elif fresh:
            parents = (*self.brood.parents, *dict.fromkeys(fresh))
            self._push(tr("Add to the parents"), replace(self.brood, parents=parents))
        elif not recipes:
            self.hand.notices.warn(tr("No picture is marked as more: press M on one first."))

    def _remove(self, number: int) -> None:
        parents = [each for n, each in enumerate(self.brood.parents) if n != number]
        after = replace(self.brood, parents=tuple(parents))
        self._push(tr("Take from the parents"), after)

    def _mark(self, number: int) -> None:
        """A child becomes a parent, or is none any more."""
        child = self.children[number]
        if child in self.brood.parents:
            self._remove(self.brood.parents.index(child))
        else:
            self._add([child])

    def _ask_kept(self) -> None:
        """The newest pictures of this model that were kept."""
        project, session = self.hand.studio.project, self.hand.session
        model, player = session.model, session.player()
        if project is None or model is None or player is None:
            return

        def look(_: Job[dict[LatentRecipe, str]]) -> dict[LatentRecipe, str]:
            from studio.engine.pieces.pieces import pieces

            own = [each for each in pieces(project) if each.run_name == model.run][-NEWEST:]
            return {player.by_identity(player.settled(each.recipe)): each.name for each in own}

        def found(recipes: dict[LatentRecipe, str]) -> None:
            if recipes:
                self._names |= recipes
                self._add(list(recipes))
            else:
                self.hand.notices.info(tr("No picture of this model has been kept yet."))

        self.hand.studio.jobs.start(
            Job(Said("Looking for kept pictures"), look), "generation", lane="breed", done=found
        )

    # ------------------------------------------------------------------ children

    def breed(self) -> None:
        """Other children of the parents; of the picture on the canvas where there are none."""
        model = self.hand.session.model
        if model is None or Ability.BLEND not in model.abilities:
            self.show_page()
            return
        self.show_page()
        parents = self.brood.parents or (self.hand.recipe(),)
        after = replace(self.brood, parents=parents, bred=parents, seed=self.brood.seed + 1)
        self._push(tr("Breed children"), after)

    def _strengthen(self, value: float) -> None:
        if value != self.brood.strength:
            text = tr("Mutation {n}", n=f"{value:.2f}")
            key = ("mutation", self.brood.seed)
            self._push(text, replace(self.brood, strength=value), key)

    def _push(self, text: str, after: Brood, key: object = None) -> None:
        do, back = partial(self._put, after), partial(self._put, self.brood)
        self.hand.studio.undo.push(UndoStep(text, do, back, key=key))

    def _put(self, brood: Brood) -> None:
        model = self.hand.session.model
        if model is None or brood.run != model.run:
            return  # a step of a model that is not on the canvas any more
        before, self.brood = self.brood, brood
        page = self.sheets
        page.show_strength(brood.strength)
        if brood.parents != before.parents:
            page.show_parents(len(brood.parents))
            self._of_parents.draw(dict(enumerate(brood.parents)))
        if not brood.bred:
            self._show([])
        elif replace(brood, parents=before.parents) != before:
            self._begin()
        self._show_marks()

    def _begin(self) -> None:
        """Have the children bred beside the canvas; those that are asked for now replace others."""
        player, brood = self.hand.session.player(), self.brood
        if player is None:
            self._births.give_up()
            return

        names = [self._names.get(each, "") for each in brood.bred]

        def work(_: Job[list[LatentRecipe]]) -> list[LatentRecipe]:
            from studio.engine.generation.offspring import breed

            return breed(player, brood.bred, CHILDREN, brood.strength, brood.seed, names)

        job = Job(Said("Breeding children"), work)
        self._births.start(job, self._show, failed=lambda: self._show([]), in_strip=False)

    def _show(self, children: list[LatentRecipe]) -> None:
        if len(children) != len(self.children):
            self.sheets.show_children(len(children))
        self.children = children
        self.sheets.children_sheet.frame(None)
        self._of_children.draw(dict(enumerate(children)))
        self._show_marks()

    def _show_marks(self) -> None:
        own = {n for n, child in enumerate(self.children) if child in self.brood.parents}
        self.sheets.children_sheet.set_marks(own)

    def _play(self, number: int) -> None:
        child = self.children[number]
        assert child.descent is not None
        text = Said("Child {n}: {parents}", n=number + 1, parents=names_of(child.descent))
        self.hand.editing.take("child", text, child)

    def _play_parent(self, number: int) -> None:
        text = Said("Parent {n}", n=number + 1)
        self.hand.editing.take("parent", text, self.brood.parents[number])

    # ------------------------------------------------------------------ where it comes from

    def _edited(self) -> None:
        self.family.show_descent(self.hand.editing.recipe().descent)

    def _go_to(self, parent: Parent) -> None:
        """That parent is played, as it was when the child was born."""
        from studio.engine.generation.offspring import called, without_descent

        # One that was bred in this session still knows its own parents.
        steps = (step.recipe for step in self.hand.editing.history.tree.values())
        known = (*self.brood.parents, *self.brood.bred, *self.children, *steps)
        whole = (each for each in known if without_descent(each) == parent.recipe)
        name = said(called(parent))
        self.hand.editing.take(
            "parent", Said("Parent {name}", name=name), next(whole, parent.recipe)
        )  # fmt: skip

    # ------------------------------------------------------------------ the model

    def _opened(self, model: Model, soft: bool) -> None:
        from studio.engine.generation.offspring import CANNOT

        able = Ability.BLEND in model.abilities
        self.sheets.show_reason("" if able else said(CANNOT))
        self.sheets.set_ratio(model.height / model.width)
        if soft:  # the same children, as the newer checkpoint has them
            self._of_parents.draw(dict(enumerate(self.brood.parents)))
            if self.brood.bred:
                self._begin()
        else:
            self._births.give_up()
            self.brood = Brood(model.run)
            self._names = {}
            self.sheets.show_parents(0)
            self.sheets.show_strength(_STRENGTH)
            self._show([])

    def retranslate(self) -> None:
        self.sheets.retranslate()
        self.family.retranslate()
