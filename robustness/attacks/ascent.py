"""The loop behind the gradient attacks, written once: read, keep the best, climb, come back inside."""

from __future__ import annotations

import math
import time

import torch
from torch import Tensor, nn

from models import decision_logits
from robustness.attacks.pace import Pace
from robustness.attacks.starts import starts
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.losses import LOSSES, margin
from robustness.norms import NORMS, TINY, column
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

SCHEDULES = ("cosine", "constant")


def ascend(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None,
    steps: int,
    step_size: float | None,
    schedule: str,
    restarts: int,
    random_start: bool,
    loss: str,
    early_stop: bool,
    momentum: float = 0.0,
    share: float | None = None,
    give_up: bool = False,
    radius: Tensor | None = None,
    start: Tensor | None = None,
) -> AttackResult:
    """Projected gradient ascent on the attacker's loss.

    The model reads each iterate as a file would store it, and that one pass also gives the gradient, so a step costs
    one forward and one backward. Between grey levels the iterate itself stays continuous: small steps add up.

    Args:
        steps: gradient steps of each start.
        step_size: first step, display units (size in the threat's norm). None: 5 epsilon / steps with the cosine
            schedule, 2.5 epsilon / steps with the constant one (both walk 2.5 epsilon in all), and at least so much
            that a pixel reaches the next grey level of the file in two steps.
        schedule: `"cosine"` falls to 0 at the last step; `"constant"`.
        restarts: how many starts; all but the first are random.
        random_start: whether the first is random, too. Else it is the film itself.
        loss: `"margin"` or `"cross_entropy"`.
        early_stop: leave a film alone as soon as it flips.
        momentum: the share of the last direction that the next one keeps, where every gradient counts alike: each is
            divided by its mean absolute value (Dong et al. 2018, Algorithm 1). 0: each step follows its own gradient.
        share: the part of the attackable pixels that may change; None: all.
        give_up: with `early_stop`, leave a film alone, too, once its pace tells that it will hardly flip within the
            steps left (`Pace`).
        radius: `[N]`, a budget for each image in place of the threat's epsilon.
        start: `[N, 1, H, W]`, where the first start begins instead.
    """
    began = time.perf_counter()
    _check(steps, step_size, schedule, restarts, loss, momentum)
    budget = Budget.of(images, threat, radius, share)
    tally = Tally(model, labels, threat, images, on_step=on_step)
    generator = torch.Generator().manual_seed(seed)
    if not budget.room:
        steps, restarts, random_start, start = 0, 1, False, None
    tally.total = restarts * (steps + 1) - 1
    options = {"restarts": restarts, "random_start": random_start, "early_stop": early_stop, "start": start}
    for rows, inside, points in starts(tally, budget, generator, **options):
        velocity = torch.zeros_like(points)
        pace = Pace(len(images), _lengths(steps, step_size, schedule, inside)) if early_stop and give_up else None
        for index in range(steps + 1):
            stored = inside.store(points).detach().requires_grad_(index < steps)
            with torch.set_grad_enabled(index < steps):
                logits = model(stored)
            won = tally.note(rows, stored.detach(), logits.detach())
            done = won if early_stop else torch.zeros_like(won)
            if tally.stopped or index == steps or bool(done.all()):
                break
            decisions = decision_logits(model, logits)
            if pace is not None:
                done = done | pace.too_slow(rows, margin(decisions.detach(), labels[rows], threat.goal), index)
                if bool(done.all()):
                    break
            gradient = gradient_of(LOSSES[loss](decisions, labels[rows], threat.goal).sum(), stored)
            if bool(done.any()):
                rows, points, gradient, inside = rows[~done], points[~done], gradient[~done], inside.take(~done)
                velocity = velocity[~done]
            if momentum:
                velocity = momentum * velocity + gradient / column(gradient.abs().mean(dim=(1, 2, 3)).clamp_min(TINY))
                gradient = velocity.clone()
            stride = _stride(index, steps, step_size, schedule, inside)
            points = inside.project(inside.direction(gradient).mul_(column(stride)).add_(points))
    return tally.result(budget, seed, time.perf_counter() - began)


def _stride(index: int, steps: int, step_size: float | None, schedule: str, budget: Budget) -> Tensor:
    """Length of one step for each image, `[N]`."""
    falling = _falling(index, steps, schedule)
    if step_size is not None:
        return torch.full_like(budget.radius, step_size * falling)
    stride = budget.radius * ((5 if schedule == "cosine" else 2.5) / steps * falling)
    if budget.lattice is not None and budget.norm is NORMS["linf"]:
        stride = stride.clamp_min(budget.lattice.gap * 0.51)
    return torch.minimum(stride, budget.radius)


def _lengths(steps: int, step_size: float | None, schedule: str, budget: Budget) -> list[float]:
    """Of each step, in display units; the longest of the batch, as a coarse file makes late steps longer."""
    return [float(_stride(index, steps, step_size, schedule, budget).max()) for index in range(steps)]


def _falling(index: int, steps: int, schedule: str) -> float:
    """Length of one step, the first one being 1."""
    return (1 + math.cos(math.pi * index / steps)) / 2 if schedule == "cosine" else 1.0


def gradient_of(loss: Tensor, images: Tensor, *, retain: bool = False) -> Tensor:
    """The gradient of a loss by the films; `retain` its graph for another.

    Raises:
        ValueError: the model has none, or one that is no number: steps along it would stand still and look like a film
            that holds.
    """
    gradient = None
    if loss.requires_grad:
        (gradient,) = torch.autograd.grad(loss, images, retain_graph=retain, allow_unused=True)
    if gradient is None:  # allow_unused: weights that still train have a gradient, but the films may have none
        raise ValueError(
            "this model gives no gradient, which a white-box attack needs; choose one that only asks it: "
            "the Square attack, RayS or HopSkipJump"
        )
    if not bool(torch.isfinite(gradient).all()):
        raise ValueError(
            "this model's gradient is no number, so a white-box attack cannot follow it; choose one that only asks it: "
            "the Square attack, RayS or HopSkipJump"
        )
    return gradient


def _check(steps: int, step_size: float | None, schedule: str, restarts: int, loss: str, momentum: float) -> None:
    for value, what in ((steps, "steps"), (restarts, "restarts")):
        if value < 1:
            raise ValueError(f"expected {what} >= 1, got {value}")
    if step_size is not None and not (math.isfinite(step_size) and step_size > 0):
        raise ValueError(f"expected step_size > 0, got {step_size}")
    if not (math.isfinite(momentum) and momentum >= 0):
        raise ValueError(f"expected momentum >= 0, got {momentum}")
    for value, known, what in ((schedule, SCHEDULES, "schedule"), (loss, tuple(LOSSES), "loss")):
        if value not in known:
            raise ValueError(f"expected {what} to be one of {', '.join(known)}, got {value!r}")
