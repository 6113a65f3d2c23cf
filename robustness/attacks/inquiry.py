"""The model as an attacker sees it who may only ask for its decisions: films in, "as I want" or not out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from models import decision_logits
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import reached
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel


@dataclass(frozen=True, eq=False)
class Inquiry:
    """`budget` is what the attacker wants to keep to in the end, `room` all that a file can hold: there he may ask."""

    tally: Tally
    budget: Budget
    room: Budget
    generator: Generator

    def of(self, rows: Tensor) -> Budget:
        """The room of some rows of the batch."""
        return self.room if len(rows) == len(self.room.reference) else self.room.take(rows)

    def says(self, rows: Tensor, films: Tensor) -> Tensor:
        """One question about each of these films `[n, 1, H, W]`, as a file holds them: bool `[n]`."""
        tally, room = self.tally, self.of(rows)
        tally.asked(rows)
        decisions = decision_logits(tally.model, tally.model(room.store(room.project(films.clone()))))
        return reached(decisions, tally.labels[rows], tally.goal)

    def pattern(self, like: Tensor, grid: int) -> Tensor:
        """A random change of size 1 in `grid` × `grid` squares over the rectangle about the region, `[n, 1, H, W]`."""
        coarse = self.room.norm.noise(like.new_empty((len(like), 1, grid, grid)), self.generator)
        top, bottom, left, right = self.budget.frame
        squares = F.interpolate(coarse, size=(bottom - top, right - left), mode="nearest")
        return F.pad(squares, (left, like.shape[-1] - right, top, like.shape[-2] - bottom))

    def show(self, rows: Tensor, films: Tensor) -> Tensor:
        """Enter the films as near to the attacked ones as the budget allows; bool `[n]`, whether they flip there."""
        inside = self.budget.take(rows)
        stored = inside.store(inside.project(films.clone()))
        return self.tally.note(rows, stored, self.tally.model(stored))


def interrogate(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    search: Callable[[Inquiry, Tensor], None],
    *,
    seed: int,
    on_step: OnStep | None,
    shows: int,
    start: Tensor | None,
) -> AttackResult:
    """Run `search(inquiry, rows)`, which asks about some rows of the batch and shows at most about `shows` times.

    The search uses no score. The nearest flip within the budget is kept; where there is none, the film reported is
    chosen by score, as for all attacks. A film that is read otherwise as it came is left alone.

    Raises `ValueError` for films to begin with, `start` `[M, 1, H, W]`, of another size.
    """
    if start is not None and start.shape[1:] != images.shape[1:]:
        raise ValueError(
            f"expected films to begin with of {tuple(images.shape[1:])} like the attacked, got {tuple(start.shape[1:])}"
        )
    began = time.perf_counter()
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step, nearest=budget)
    tally.total = shows if budget.room else 0
    rows = torch.arange(len(images), device=images.device)
    with torch.no_grad():
        rows = rows[~tally.note(rows, images, model(images))]
        if budget.room and len(rows) and not tally.stopped:
            room = Budget.of(images, replace(threat, epsilon=1.0))
            search(Inquiry(tally, budget, room, torch.Generator().manual_seed(seed)), rows)
    return tally.result(budget, seed, time.perf_counter() - began)
