"""Square attack (Andriushchenko et al. 2020, Algorithms 1 and 2): random squares, kept where the score falls."""

from __future__ import annotations

import time

import torch
from torch import Generator, Tensor, nn

from models import decision_logits
from robustness.attacks.pace import Doublings
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import margin
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

SCHEDULE = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)  # queries of 10,000 at which the square's area halves


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 500,
    share: float = 0.8,
    early_stop: bool = True,
) -> AttackResult:
    """Asks the model for its scores, never for a gradient: one question a step.

    The film begins with vertical stripes of ± epsilon; then a square of it at a time takes + or − epsilon, and stays
    where that brings the model closer to the attacker's wish. `share` of the film, or of
    the rectangle about the region, is the first square's area. In this
    L∞ form alone. Errors: see `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or not 0 < share <= 1:
        raise ValueError(f"expected steps >= 1 and 0 < share <= 1, got {steps} and {share}")
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step)
    tally.total = steps if budget.room else 0
    generator = torch.Generator().manual_seed(seed)
    rows = torch.arange(len(images), device=images.device)
    with torch.no_grad():
        won = tally.note(rows, images, model(images))
    rows = rows[~won] if early_stop else rows
    if len(rows) and budget.room and not tally.stopped:
        paint(tally, budget.take(rows), rows, generator, steps=steps, share=share, early_stop=early_stop)
    return tally.result(budget, seed, time.perf_counter() - began)


def paint(
    tally: Tally,
    inside: Budget,
    rows: Tensor,
    generator: Generator,
    *,
    steps: int,
    share: float,
    early_stop: bool,
    give_up: bool = False,
) -> None:
    """Stripes, then squares, on some `rows` of the tally's batch; `inside` is the budget of those.

    `give_up`: leave a film, too, once its pace tells that it will hardly flip in the questions left (`Doublings`).
    """
    points, best = inside.reference, torch.full_like(inside.radius, -torch.inf)
    pace = Doublings(len(tally.labels), steps)
    for index in range(steps):
        tried = points.clone() if index else _stripes(inside, generator)
        if index:
            _squares(tried, inside, _side(index - 1, steps, share, inside.frame), generator)
        stored = inside.store(inside.project(tried.clone()))
        with torch.no_grad():
            logits = tally.model(stored)
        won = tally.note(rows, stored, logits)
        lead = margin(decision_logits(tally.model, logits), tally.labels[rows], tally.goal)
        better = lead > best
        points, best = torch.where(better[:, None, None, None], tried, points), torch.maximum(lead, best)
        done = won if early_stop else torch.zeros_like(won)
        if give_up:
            done = done | pace.too_slow(rows, best, index + 1)
        if tally.stopped or bool(done.all()):
            break
        if bool(done.any()):
            rows, points, best, inside = rows[~done], points[~done], best[~done], inside.take(~done)


def _side(index: int, steps: int, share: float, frame: tuple[int, int, int, int]) -> int:
    """Side of the square in pixels; its area halves on the paper's schedule, stretched to the number of steps."""
    area = share / 2 ** sum(index * 10_000 / steps > place for place in SCHEDULE)
    height, width = frame[1] - frame[0], frame[3] - frame[2]
    return max(1, min(round((area * height * width) ** 0.5), height, width))


def _stripes(inside: Budget, generator: Generator) -> Tensor:
    n, _, _, width = inside.reference.shape
    signs = _signs((n, 1, 1, width), generator).to(inside.reference)
    return inside.reference + inside.radius[:, None, None, None] * signs


def _squares(films: Tensor, inside: Budget, side: int, generator: Generator) -> None:
    """Overwrites one square of each film with + or − epsilon, within the rectangle that holds the region."""
    top, bottom, left, right = inside.frame
    rows = torch.randint(top, bottom - side + 1, (len(films),), generator=generator)
    columns = torch.randint(left, right - side + 1, (len(films),), generator=generator)
    signs = _signs((len(films),), generator).to(films)
    for film, original, radius, row, column, sign in zip(
        films, inside.reference, inside.radius, rows.tolist(), columns.tolist(), signs, strict=True
    ):
        place = (0, slice(row, row + side), slice(column, column + side))
        film[place] = original[place] + radius * sign


def _signs(shape: tuple[int, ...], generator: Generator) -> Tensor:
    return 2.0 * torch.randint(0, 2, shape, generator=generator) - 1
