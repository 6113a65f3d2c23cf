"""Auto-PGD (Croce and Hein 2020, Algorithm 1): momentum, and a step that halves itself where it stops paying."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.ascent import gradient_of
from robustness.attacks.starts import starts
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import LOSSES
from robustness.norms import column
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

MOMENTUM = 0.75  # α
RISING = 0.75  # ρ: share of the steps since the last checkpoint that must have gained
FIRST, FALLING, LEAST = 0.22, 0.03, 0.06  # distances of checkpoints, as shares of all steps
Views = Callable[[Tensor, Tensor], list[Tensor]]
"""Films `[n, 1, H, W]` and their rows in the batch → the same films as something else will have changed them."""


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 50,
    restarts: int = 1,
    loss: str = "margin",
    random_start: bool = False,
    early_stop: bool = True,
    start: Tensor | None = None,
) -> AttackResult:
    """Nothing to tune: the first step is twice the budget, and each film halves its own at checkpoints.

    `loss`: "margin" or "cross_entropy", both on decision logits, so two classes are enough (the difference-of-logits
    ratio of the paper needs three). Further restarts begin at random points; `start` `[N, 1, H, W]` is where the first
    begins. `early_stop` leaves a film alone as soon as it flips. Errors: see `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or restarts < 1:
        raise ValueError(f"expected steps >= 1 and restarts >= 1, got {steps} and {restarts}")
    if loss not in LOSSES:
        raise ValueError(f"expected loss to be one of {', '.join(LOSSES)}, got {loss!r}")
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step)
    generator = torch.Generator().manual_seed(seed)
    if not budget.room:
        steps, restarts, random_start, start = 0, 1, False, None
    tally.total = restarts * (steps + 1) - 1
    options = {"restarts": restarts, "random_start": random_start, "early_stop": early_stop, "start": start}
    for rows, inside, points in starts(tally, budget, generator, **options):
        climb(tally, inside, rows, points, steps=steps, loss=loss, early_stop=early_stop)
    return tally.result(budget, seed, time.perf_counter() - began)


def climb(
    tally: Tally,
    inside: Budget,
    rows: Tensor,
    points: Tensor,
    *,
    steps: int,
    loss: str,
    early_stop: bool,
    views: Views | None = None,
) -> None:
    """One run from `points` `[n, 1, H, W]` for some `rows` of the tally's batch; `inside` is the budget of those.

    With `views` it climbs the mean loss of the film and of its views: the expectation over transformations of Athalye
    et al. 2018.
    """
    state = _Climb.begin(rows, points, inside.radius)
    checkpoints = _checkpoints(steps)
    for index in range(steps + 1):
        stored = inside.store(state.points).detach().requires_grad_(index < steps)
        with torch.set_grad_enabled(index < steps):
            logits = [tally.model(stored)]
            if views is not None:
                logits += [tally.model(view) for view in views(stored, state.rows)]
        won = tally.note(state.rows, stored.detach(), *_detached(logits))
        done = won if early_stop else torch.zeros_like(won)
        if tally.stopped or index == steps or bool(done.all()):
            break
        labels = tally.labels[state.rows]
        losses = [LOSSES[loss](decision_logits(tally.model, answers), labels, tally.goal) for answers in logits]
        values = torch.stack(losses).mean(0)
        gradient = gradient_of(values.sum(), stored)
        state.enter(values.detach(), gradient)
        if bool(done.any()):
            state, inside = state.take(~done), inside.take(~done)
        if index in checkpoints:
            state.check(index - checkpoints[index])
        state.step(inside, MOMENTUM if index else 1.0)


@dataclass(eq=False)
class _Climb:
    """Where each film of a run stands; every field has one entry a film."""

    rows: Tensor
    points: Tensor
    previous: Tensor
    gradient: Tensor
    best_points: Tensor
    best_gradient: Tensor
    value: Tensor
    best: Tensor
    best_at_check: Tensor
    gains: Tensor  # since the last checkpoint
    stride: Tensor
    halved: Tensor

    @classmethod
    def begin(cls, rows: Tensor, points: Tensor, radius: Tensor) -> _Climb:
        none = torch.full_like(radius, -torch.inf)
        zero, no = torch.zeros_like(radius), torch.ones_like(radius, dtype=torch.bool)
        return cls(rows, points, points, points, points, points, none, none, none, zero, 2 * radius, no)

    def take(self, kept: Tensor) -> _Climb:
        return _Climb(*(getattr(self, field.name)[kept] for field in fields(self)))

    def enter(self, values: Tensor, gradient: Tensor) -> None:
        """What the model says of the points where the films stand."""
        self.gains = self.gains + (values > self.value)
        better = values > self.best
        self.best_points = torch.where(column(better), self.points, self.best_points)
        self.best_gradient = torch.where(column(better), gradient, self.best_gradient)
        self.best = torch.where(better, values, self.best)
        self.value, self.gradient = values, gradient

    def check(self, since: int) -> None:
        """Halve the step, and go back to the best point, where too few steps gained or a whole stretch did not."""
        standing = ~self.halved & (self.best_at_check >= self.best)
        self.halved = (self.gains <= RISING * since) | standing
        self.stride = torch.where(self.halved, self.stride / 2, self.stride)
        self.points = torch.where(column(self.halved), self.best_points, self.points)
        self.gradient = torch.where(column(self.halved), self.best_gradient, self.gradient)
        self.best_at_check = self.best
        self.gains = torch.zeros_like(self.gains)

    def step(self, inside: Budget, momentum: float) -> None:
        ahead = inside.project(self.points + column(self.stride) * inside.direction(self.gradient.clone()))
        inertia = (1 - momentum) * (self.points - self.previous)
        self.previous = self.points
        self.points = inside.project(self.points + momentum * (ahead - self.points) + inertia)


def _detached(logits: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    first, *others = (answers.detach() for answers in logits)
    return first, others


def _checkpoints(steps: int) -> dict[int, int]:
    """Step of each checkpoint → step of the one before it."""
    distance, found, last = max(int(FIRST * steps), 1), {}, 0
    while last + distance <= steps:
        found[last + distance] = last
        last += distance
        distance = max(distance - max(int(FALLING * steps), 1), max(int(LEAST * steps), 1))
    return found
