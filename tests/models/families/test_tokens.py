"""Tokens: what stands in the book, how grids are laid, and what is drawn anew of them."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from models.facts import Ability
from models.families.tokens.orders import by_chance, by_steps
from models.families.tokens.patch_critic import balance
from models.families.tokens.quantisers import Book, DrawnBook, Lattice, quantiser
from models.families.tokens.tokens import Tokens
from models.families.tokens.tokens_config import GridSampling, MaskedSampling, TokensConfig
from models.image_spec import ImageSpec
from models.parameters import ParameterError
from models.train_state import TrainState

SPEC = ImageSpec(3, 32, 16)
SMALL: dict[str, Any] = {
    "top_width": 8, "width": 8, "prior_width": 32, "prior_depth": 2, "batch_size": 4,
}  # fmt: skip


def build(spec: ImageSpec = SPEC, **changes: Any) -> Tokens:
    torch.manual_seed(0)
    return Tokens(TokensConfig.from_mapping({**SMALL, **changes}), spec).eval()


def chance(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def state_at(seen: int) -> TrainState:
    return TrainState(torch.device("cpu"), chance(), seen, total_images=100, set_size=8)


def pictures(n: int = 4) -> torch.Tensor:
    shape = (n, SPEC.height, SPEC.width, SPEC.channels)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=chance())


# ---------------------------------------------------------------------- the book


@pytest.mark.parametrize("kind", ["fsq", "vq", "gumbel"])
@pytest.mark.parametrize("size", ["240", "1000", "4375"])
def test_every_token_stands_for_a_code_of_its_own(kind: str, size: str) -> None:
    book = quantiser(kind, size)
    tokens = torch.arange(book.size)[None]
    codes = book.codes(tokens)
    assert codes.shape == (1, int(size), book.dim)
    assert torch.equal(book.tokens(codes), tokens)
    assert len(torch.unique(codes[0], dim=0)) == int(size)


@pytest.mark.parametrize("kind", ["fsq", "vq"])
def test_what_is_quantised_stands_in_the_book_and_gradients_go_through(kind: str) -> None:
    book = quantiser(kind, "240")
    z = (2 * torch.randn(2, 50, book.dim, generator=chance())).requires_grad_(True)
    codes, apart = book(z)
    assert torch.allclose(book.codes(book.tokens(codes)), codes, atol=1e-5)
    (codes.sum() + apart).backward()
    assert z.grad is not None
    assert float(z.grad.abs().min()) > 0 or kind == "fsq"  # tanh is flat far out
    assert float(z.grad.abs().sum()) > 1


def test_a_lattice_uses_all_levels_of_numbers_of_usual_size() -> None:
    z = torch.randn(1, 4000, 4, generator=chance())
    codes, _ = Lattice((8, 5, 5, 5))(z)
    assert [len(codes[0, :, k].unique()) for k in range(4)] == [8, 5, 5, 5]
    assert float(codes.abs().max()) <= 1
    off = codes + 0.05  # what lies beside an entry is nearest to it
    assert torch.equal(Lattice((8, 5, 5, 5)).tokens(off), Lattice((8, 5, 5, 5)).tokens(codes))


def test_a_book_moves_to_the_pictures_and_no_entry_stays_unused() -> None:
    book = Book(64)
    places = torch.randn(16, book.dim, generator=chance()) * 5
    generator = chance()
    for _ in range(300):
        near = torch.randint(16, (1, 64), generator=generator)
        z = places[near] + 0.01 * torch.randn(1, 64, book.dim, generator=generator)
        book.learn(z, book(z)[0], generator)
    _, apart = book(places[None])
    assert float(apart) < 0.25 * 0.05
    assert float(book.uses.min()) > 0


def test_a_drawn_book_tells_of_the_encoder_before_it_has_learnt() -> None:
    torch.manual_seed(0)
    book = DrawnBook(1000)
    z = torch.randn(1, 300, book.inputs)
    said = book(z)[0].flatten().detach()
    assert torch.corrcoef(torch.stack([said, z[..., : book.dim].flatten()]))[0, 1] > 0.3


def test_a_drawn_book_tries_tokens_by_their_odds_and_comes_to_rest() -> None:
    torch.manual_seed(0)
    book = quantiser("gumbel", "240")
    assert isinstance(book, DrawnBook)
    z = 0.1 * torch.randn(1, 1, book.inputs, generator=chance())
    share = book.logits(z)[0, 0].detach().softmax(0)
    many = z.expand(1, 4000, -1).clone().requires_grad_(True)
    codes, apart = book.drawn(many, 1.0, chance())
    drawn = torch.bincount(book.tokens(codes.detach())[0], minlength=240) / 4000
    assert float((drawn - share).abs().sum()) < 0.25  # of 2
    assert len(drawn.nonzero()) > 100
    entropy = -float((share * share.log()).sum())
    assert float(apart.detach()) == pytest.approx(5e-3 * (math.log(240) - entropy), rel=1e-3)
    (codes.square().sum() + apart).backward()
    assert many.grad is not None
    assert float(many.grad.abs().sum()) > 0
    assert float(book.entries.grad.abs().sum()) > 0
    assert torch.allclose(book.codes(book.tokens(codes)), codes, atol=1e-4)  # none in between
    still = book(z)[0]
    assert torch.equal(book.tokens(still)[0], share.argmax()[None])


@pytest.mark.parametrize("kind", ["fsq", "vq", "gumbel"])
def test_mixed_precision_finds_the_same_entries(kind: str) -> None:
    torch.manual_seed(0)
    book = quantiser(kind, "1000")
    z = torch.randn(2, 200, book.inputs, generator=chance())
    beside = torch.randn(2, 200, book.dim, generator=chance())
    with torch.autocast("cpu", torch.bfloat16):
        drawn, _ = book.drawn(z, 0.5, chance())
        again = book.tokens(beside)
    assert torch.allclose(book.codes(book.tokens(drawn.detach())), drawn, atol=1e-5)
    assert torch.equal(again, book.tokens(beside))


# ---------------------------------------------------------------------- laying


def test_cells_are_laid_from_the_surest_and_what_is_known_stays() -> None:
    seen: list[int] = []

    def logits(tokens: torch.Tensor) -> torch.Tensor:
        seen.append(int((tokens == 9).sum()))
        told = torch.zeros(1, 16, 9)
        told[..., 4] = 20.0
        return told

    given = torch.full((1, 16), 9)
    given[0, :4] = torch.tensor([1, 2, 3, 0])
    numbers = torch.rand(1, 4, 2, 16, generator=chance()).clamp(1e-6, 1 - 1e-6)
    laid = by_steps(logits, given, 9, numbers, 1.0, 4.5)
    assert laid[0, :4].tolist() == [1, 2, 3, 0]
    assert laid[0, 4:].tolist() == [4] * 12
    assert seen == [12, 11, 8, 4]  # along a cosine: 12 cos(pi/2 * k/4)


@pytest.mark.parametrize(("choice", "sure_first"), [(0.0, 1.0), (100.0, 0.5)])
def test_a_choice_temperature_lets_chance_say_what_is_laid_first(
    choice: float, sure_first: float
) -> None:
    """The surest cells are taken for sure before others, or no sooner than they."""
    left: list[torch.Tensor] = []

    def logits(tokens: torch.Tensor) -> torch.Tensor:
        left.append(tokens == 9)
        told = torch.zeros(64, 16, 9)
        told[:, :8, 4] = 20.0
        return told

    numbers = torch.rand(64, 2, 2, 16, generator=chance()).clamp(1e-6, 1 - 1e-6)
    by_steps(logits, torch.full((64, 16), 9), 9, numbers, 1.0, choice)
    taken = (~left[1]).float()
    assert float(taken[:, :8].sum() / taken.sum()) == pytest.approx(sure_first, abs=0.1)


def test_chance_draws_by_the_logits() -> None:
    logits = torch.tensor([0.2, 0.5, 0.3]).log().expand(3000, 3)
    drawn = by_chance(logits, torch.rand(3000, generator=chance()))
    shares = torch.bincount(drawn, minlength=3) / 3000
    assert torch.allclose(shares, torch.tensor([0.2, 0.5, 0.3]), atol=0.04)
    assert by_chance(logits[:1], torch.ones(1)).item() == 2


def test_tokens_of_a_lattice_share_what_their_levels_have_in_common() -> None:
    shares = Lattice((8, 5, 5, 5)).shares()
    assert shares.shape == (1000, 23)
    assert torch.equal(shares.sum(1), torch.full((1000,), 4.0))
    assert len(shares.unique(dim=0)) == 1000
    assert float(shares[0] @ shares[1]) == 3  # neighbours along the first number
    assert Book(240).shares() is None
    prior = build(factorised=True).prior.requires_grad_(True)
    tokens = torch.full((1, prior.cells), prior.hidden)
    wanted = torch.zeros_like(tokens)
    before = prior(tokens, prior.condition(1, None)).log_softmax(2)
    F.cross_entropy(before[0], wanted[0]).backward()
    with torch.no_grad():
        prior.shared_head.weight -= prior.shared_head.weight.grad
    after = prior(tokens, prior.condition(1, None)).log_softmax(2)
    beside = (after - before)[0].mean(0)
    assert beside[0] > beside[1] > beside[999]  # a neighbour gains, too
    assert build(factorised=False).prior.state_dict().keys() < prior.state_dict().keys()


@pytest.mark.parametrize("factorised", [False, True])
def test_row_by_row_sees_what_all_at_once_sees(factorised: bool) -> None:
    spec = ImageSpec(3, 32, 32, classes=2)
    prior = build(spec, order="in_turn", factorised=factorised).prior
    tokens = torch.randint(1000, (2, prior.cells), generator=chance())
    condition = prior.condition(2, torch.tensor([0, 1]))
    whole, past = prior(tokens, condition), []
    for cell in range(prior.cells):
        before = tokens[:, cell - 1] if cell else None
        told, past = prior.following(cell, before, condition, past)
        assert torch.allclose(told, whole[:, cell], atol=1e-5), cell
    changed = tokens.clone()
    changed[:, 9] = 5
    assert torch.equal(prior(changed, condition)[:, :10], whole[:, :10])


@pytest.mark.parametrize("order", ["masked", "in_turn"])
def test_colder_is_nearer_to_the_likeliest(order: str) -> None:
    model = build(order=order)
    cold, hot = ({"temperature": value} for value in (0.1, 2.0))
    sure, loose = (model.sample_by(model.sampling.from_mapping(each), 6, 0) for each in (cold, hot))
    assert torch.equal(model.sample_by(model.sampling(), 1, 5), model.sample(1, 5))
    kinds = [len(model.quantiser.tokens(w).unique()) for w in (sure, loose)]
    assert kinds[0] <= kinds[1]
    assert not torch.equal(sure, loose)


# ---------------------------------------------------------------------- drawn anew


def test_only_what_is_chosen_is_drawn_anew_and_by_its_seed_alone() -> None:
    model = build()
    w = model.sample(2, 0)
    chosen = torch.zeros(len(w[0]), dtype=torch.bool)
    chosen[[3, 4, 8]] = True
    made = model.redraw(w, chosen, MaskedSampling(), 7)
    assert torch.equal(made[:, ~chosen], w[:, ~chosen])
    assert torch.equal(made[:1], model.redraw(w[:1], chosen, MaskedSampling(), 7))
    assert not torch.equal(made[:1], model.redraw(w[:1], chosen, MaskedSampling(), 8))
    between = w + 0.01  # also of what is no code, the rest stays as it is
    assert torch.equal(model.redraw(between, chosen, MaskedSampling(), 7)[:, ~chosen],
                       between[:, ~chosen])  # fmt: skip
    none = torch.zeros_like(chosen)
    assert torch.equal(model.redraw(w, none, MaskedSampling(steps=1), 0), w)


def test_row_by_row_says_what_it_cannot() -> None:
    masked, in_turn = build(), build(order="in_turn")
    assert Ability.REPAIR in masked.latent.abilities
    assert Ability.REPAIR not in in_turn.latent.abilities
    assert (masked.sampling, in_turn.sampling) == (MaskedSampling, GridSampling)
    for model in (masked, in_turn):
        able = model.latent.abilities
        assert not able & {Ability.DIRECTIONS, Ability.TRUNCATION, Ability.DRAG, Ability.INVERT}
        assert able >= {Ability.MIX, Ability.BLEND, Ability.ENCODE, Ability.BEND}
        assert model.latent.grid == (8, 4)


# ---------------------------------------------------------------------- learning


def test_tokens_stay_once_they_are_settled() -> None:
    model = build(settled=0.5).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    report = model.training_step(pictures(), state_at(49))
    assert {"mse", "prior"} <= set(report)
    moved = {key for key, value in model.state_dict().items() if not value.equal(before[key])}
    assert any(key.startswith("encoder_ema") for key in moved)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    assert "mse" not in model.training_step(pictures(), state_at(50))
    moved = {key for key, value in model.state_dict().items() if not value.equal(before[key])}
    assert moved
    assert all(key.startswith("prior") for key in moved)


def error_after(steps: int, **changes: Any) -> float:
    """How far redrawn pictures are from the eight of squares that are learnt (MSE)."""
    model = build(downscale="4", augment_shift=0.0, augment_zoom=0.0, **changes).train()
    squares = torch.randint(0, 256, (8, 4, 2, 3), dtype=torch.uint8, generator=chance())
    shown = squares.repeat_interleave(8, 1).repeat_interleave(8, 2)
    generator, error = chance(), 0.0
    for step in range(steps):
        seen, whole = 3000 + 8 * step, 2 * (3000 + 8 * steps)
        state = TrainState(torch.device("cpu"), generator, seen, step, whole, 8)
        error = float(model.training_step(shown, state)["mse"])
    return error


@pytest.mark.parametrize("changes", [{"quantiser": "gumbel", "book": "240"}, {"adversarial": 0.5}])
def test_a_drawn_book_and_a_judged_one_learn_to_redraw(changes: dict[str, Any]) -> None:
    first, last = (error_after(n, settled=0.9, **changes) for n in (1, 50))
    assert last < 0.8 * first


def test_a_discriminator_of_patches_has_a_say_and_is_weighed() -> None:
    plain = build()
    assert plain.critic is None
    assert "critic" not in plain.optimizers()
    model = build(adversarial=1.0).train()
    assert model.critic is not None
    assert model.critic(torch.zeros(2, 3, 16, 16)).shape[:2] == (2, 1)
    before = {key: value.clone() for key, value in model.critic.state_dict().items()}
    early = model.training_step(pictures(), state_at(5))  # pictures are still too soft
    assert "critic" not in early
    report = model.training_step(pictures(), state_at(40))
    assert float(report["critic"]) > 0
    moved = [k for k, value in model.critic.state_dict().items() if not value.equal(before[k])]
    assert moved
    last = torch.ones(3, requires_grad=True)
    assert float(balance(6 * last.sum(), 2 * last.sum(), last)) == pytest.approx(3, rel=1e-3)
    assert float(balance(last.sum(), 0 * last.sum(), last)) <= 1e4


def test_the_grid_follows_the_picture_and_the_square() -> None:
    for spec, square, grid in (
        (ImageSpec(3, 64, 64), "8", (8, 8)), (ImageSpec(3, 64, 48), "16", (8, 6)),
        (ImageSpec(1, 16, 16), "32", (4, 4)), (ImageSpec(4, 32, 48), "4", (8, 12)),
    ):  # fmt: skip
        assert build(spec, downscale=square).latent.grid == grid
    with pytest.raises(ParameterError, match="multiple of 32"):
        TokensConfig(prior_width=50)
