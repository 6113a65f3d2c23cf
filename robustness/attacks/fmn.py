"""Fast minimum norm (Pintor et al. 2021, Algorithm 1): the bound itself shrinks after a flip and grows before it."""

from __future__ import annotations

import math
import time

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.ascent import gradient_of
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import margin
from robustness.norms import TINY
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

STEP_SIZE = 2 / 255  # of the first step
CUT = 0.05  # share by which a bound first shrinks or grows
LAST = 0.01  # length of the last step, the first one being 1
LAST_CUT = 0.001


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 60,
    step_size: float = STEP_SIZE,
    cut: float = CUT,
    early_stop: bool = False,
) -> AttackResult:
    """Finds the smallest change that flips each film, in L∞ or L2, if it lies within the threat's budget.

    Each film has a bound of its own: at first the distance to the linearised border, then a share `cut` less after each
    flip and more after each miss; the share falls along a cosine. So does the step along the gradient, from `step_size`
    (root mean square over the film, display units). Of all films that flip, the one that changed least is kept. Unlike
    the paper's, a bound grows before the first flip, too: next to a flat border it would stand still a hair before it.
    `early_stop`: leave a film alone at its first flip. Errors: see `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or not step_size > 0 or not 0 < cut < 1:
        raise ValueError(f"expected steps >= 1, step_size > 0 and 0 < cut < 1, got {steps}, {step_size} and {cut}")
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step, nearest=budget)
    tally.total = steps if budget.room else 0
    rows = torch.arange(len(images), device=images.device)
    tighten(tally, budget, rows, images, steps=tally.total, step_size=step_size, cut=cut, early_stop=early_stop)
    return tally.result(budget, seed, time.perf_counter() - began)


def tighten(
    tally: Tally,
    inside: Budget,
    rows: Tensor,
    points: Tensor,
    *,
    steps: int,
    step_size: float = STEP_SIZE,
    cut: float = CUT,
    early_stop: bool,
) -> None:
    """One run from `points` `[n, 1, H, W]` for some `rows` of the tally's batch; `inside` is the budget of those."""
    bound, nearest = torch.zeros_like(inside.radius), torch.full_like(inside.radius, torch.inf)
    for index in range(steps + 1):
        stored = inside.store(points).detach().requires_grad_(index < steps)
        with torch.set_grad_enabled(index < steps):
            logits = tally.model(stored)
        won = tally.note(rows, stored.detach(), logits.detach())
        if tally.stopped or index == steps or (early_stop and bool(won.all())):
            break
        lead = margin(decision_logits(tally.model, logits), tally.labels[rows], tally.goal)
        gradient = gradient_of(lead.sum(), stored)
        if early_stop and bool(won.any()):
            rows, points, inside, lead, gradient = (
                rows[~won],
                points[~won],
                inside.take(~won),
                lead[~won],
                gradient[~won],
            )
            stored, bound, nearest, won = stored[~won], bound[~won], nearest[~won], won[~won]
        size = inside.size(stored.detach())
        nearest = torch.minimum(nearest, size.where(won, torch.inf))
        cutting = _falling(index / steps, cut, LAST_CUT)
        slope = (gradient * inside.direction(gradient.clone())).sum(dim=(1, 2, 3)).clamp_min(TINY)
        missed = bound * (1 + cutting)
        border = size + lead.detach().abs() / slope
        missed = torch.where(nearest.isfinite(), missed, torch.maximum(missed, border))
        bound = torch.where(won, torch.minimum(bound * (1 - cutting), nearest), missed)
        bound = torch.minimum(bound, inside.radius)
        along = inside.straight(gradient) * _falling(index / steps, step_size, LAST * step_size)
        points = inside.within(bound).project(points + along)


def _falling(share: float, first: float, last: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2
