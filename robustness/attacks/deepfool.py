"""DeepFool (Moosavi-Dezfooli et al. 2016, Algorithm 2 and section 3.3): straight to the border, as if it were flat."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.ascent import gradient_of
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.lattice import RESOLUTION
from robustness.losses import margin
from robustness.norms import TINY, column
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

CANDIDATES = 9  # other classes whose border is looked at, the likeliest first


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 50,
    overshoot: float = 0.02,
    early_stop: bool = True,
) -> AttackResult:
    """Each step goes to the nearest border that a linear model with the same gradient would have, and a little across.

    In L∞ or L2, never out of the budget; with a goal the border is the goal's own. Of all films that flip, the one that
    changed least is kept. `overshoot`: by what share of its length a step goes too far. `early_stop` off: a film that
    has flipped goes half of its way back and from there to the border again, which may cross it nearer. Errors: see
    `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or not overshoot >= 0:
        raise ValueError(f"expected steps >= 1 and overshoot >= 0, got {steps} and {overshoot}")
    budget = Budget.of(images, threat)
    tally = Tally(model, labels, threat, images, on_step=on_step, nearest=budget)
    tally.total = steps if budget.room else 0
    rows, points, inside = torch.arange(len(images), device=images.device), images, budget
    for index in range(tally.total + 1):
        stored = inside.store(points).detach().requires_grad_(index < tally.total)
        with torch.set_grad_enabled(index < tally.total):
            logits = model(stored)
        won = tally.note(rows, stored.detach(), logits.detach())
        done = won if early_stop else torch.zeros_like(won)
        if tally.stopped or index == tally.total or bool(done.all()):
            break
        leads = _leads(decision_logits(model, logits), labels[rows], threat.goal)
        move = _to_border(leads, stored, inside)
        if bool(done.any()):
            rows, points, move, inside = rows[~done], points[~done], move[~done], inside.take(~done)
        back = (inside.reference - points) / 2
        points = inside.project(points + torch.where(column(won[~done]), back, (1 + overshoot) * move))
    return tally.result(budget, seed, time.perf_counter() - began)


def _leads(decisions: Tensor, labels: Tensor, goal: int | None) -> Tensor:
    """By how much each answer that would do leads, `[n, classes]` → `[n, candidates]`; 0 on its border."""
    if goal is not None:
        return margin(decisions, labels, goal)[:, None]
    others = decisions.scatter(1, labels[:, None], -torch.inf)
    return others.topk(min(CANDIDATES, others.shape[1] - 1), dim=1).values - decisions.gather(1, labels[:, None])


def _to_border(leads: Tensor, films: Tensor, inside: Budget) -> Tensor:
    """The shortest change that takes each film to a linearised border, `[n, 1, H, W]`; its length at most 1."""
    nearest, move = torch.full_like(inside.radius, torch.inf), torch.zeros_like(films)
    for number, lead in enumerate(leads.unbind(1), start=1):
        gradient = gradient_of(lead.sum(), films, retain=number < leads.shape[1])
        direction = inside.direction(gradient.clone())
        slope = (gradient * direction).sum(dim=(1, 2, 3)).clamp_min(TINY)
        distance = (-lead.detach() / slope).clamp(-1, 1)
        distance = torch.where(distance.abs() < RESOLUTION, RESOLUTION, distance)  # a film on the border must cross it
        nearer = distance.abs() < nearest
        nearest = torch.where(nearer, distance.abs(), nearest)
        move = torch.where(column(nearer), column(distance) * direction, move)
    return move.detach()
