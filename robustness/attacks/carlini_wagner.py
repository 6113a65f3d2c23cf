"""Carlini and Wagner in L2 (2017, sections V and VI.A): the change, plus c times what is still missing, made small."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.ascent import gradient_of
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import margin
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

ALMOST = 0.999999  # black and white lie infinitely far away in tanh space


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    searches: int = 5,
    steps: int = 36,
    step_size: float = 0.01,
    constant: float = 1.0,
    confidence: float = 0.0,
    early_stop: bool = False,
) -> AttackResult:
    """Minimises ‖δ‖₂² + c · max(confidence − lead, 0) by Adam in tanh space; c is searched for each film.

    A c that flips the film is halved towards the last that did not, one that does not is raised tenfold. Of all films
    that flip within the budget, the one that changed least is kept. The model reads each iterate as a file would store
    it; the gradient passes the rounding as if it were not there. `step_size` is Adam's, in tanh space; `constant` the
    first c, for lengths ‖δ‖₂ in display units summed over pixels. Errors: see `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or searches < 1 or not step_size > 0 or not constant > 0:
        raise ValueError(
            "expected steps >= 1, searches >= 1, step_size > 0 and constant > 0, "
            f"got {steps}, {searches}, {step_size} and {constant}"
        )
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step, nearest=budget)
    tally.total = searches * steps if budget.room else 0
    everything = torch.arange(len(images), device=images.device)
    with torch.no_grad():
        tally.note(everything, images, model(images))
    weight = torch.full_like(budget.radius, constant)
    low, high = torch.zeros_like(weight), torch.full_like(weight, torch.inf)
    for _ in range(searches if budget.room else 0):
        rows = tally.unflipped() if early_stop else everything
        if not len(rows) or tally.stopped:
            break
        found = torch.zeros_like(weight, dtype=torch.bool)
        found[rows] = _descend(tally, budget.take(rows), rows, weight[rows], steps, step_size, confidence, early_stop)
        high, low = torch.where(found, weight, high), torch.where(found, low, weight)
        weight = torch.where(high.isinf(), weight * 10, (low + high) / 2)
    return tally.result(budget, seed, time.perf_counter() - began)


def _descend(
    tally: Tally,
    inside: Budget,
    rows: Tensor,
    weight: Tensor,
    steps: int,
    step_size: float,
    confidence: float,
    early_stop: bool,
) -> Tensor:
    """One minimisation from the films themselves; bool `[n]`: which of them flipped on the way."""
    inner = torch.atanh((inside.reference * 2 - 1) * ALMOST)
    adam, found = torch.optim.Adam([inner], step_size), torch.zeros_like(weight, dtype=torch.bool)
    for _ in range(steps):
        squashed = inner.tanh()
        stored = inside.store(inside.project((squashed + 1) / 2)).requires_grad_()
        logits = tally.model(stored)
        lead = margin(decision_logits(tally.model, logits), tally.labels[rows], tally.goal)
        missing = weight * (confidence - lead).clamp_min(0)
        gradient = gradient_of(missing.sum(), stored) + 2 * (stored.detach() - inside.reference)
        inner.grad = gradient * (1 - squashed.square()) / 2
        found |= tally.note(rows, stored.detach(), logits.detach())
        if tally.stopped or (early_stop and bool(found.all())):
            break
        adam.step()
    return found
