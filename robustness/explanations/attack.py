"""Projected gradient descent on a saliency map: the answer and its reason are turned apart.

Ghorbani et al. 2019 (section 3, targeted attack) and Dombrowski et al. 2019 (equation 4) for a map that moves while the
answer stays; Zhang et al. 2020 (ADV², equation 3) for an answer that flips while the map stays.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from robustness.attacks.ascent import gradient_of
from robustness.budget import Budget
from robustness.explanations import AIMS
from robustness.explanations.judges import Keeper, Mover
from robustness.norms import NORMS, TINY, column
from robustness.result import OnStep, Step
from robustness.saliency import METHODS
from robustness.saliency.explain import looked_at
from robustness.threat import ThreatModel

MOMENTUM = 0.8


@dataclass(frozen=True)
class Look(Step):
    """A step, and how far the map has come, as the attack sees it: the share of the saliency that lies in the chosen
    place (`"move"`), or its likeness to the map before, at most 1 (`"keep"`)."""

    reached: float


@dataclass(frozen=True, eq=False)
class ExplanationResult:
    """One attacked film: of all met on the way whose answer is as wanted, the one whose map is nearest the aim.

    Args:
        image: `[1, 1, H, W]`, display space, on the lattice of the threat.
        logits: `[1, classes]`, the model's answer to it.
        answered: whether the answer is as wanted: the label (`"move"`), another (`"keep"`).
        largest_change, size: display units; largest of a pixel, and in the threat's norm.
        steps: how often the film was changed.
        seconds: wall time.
        seed: what to pass to see the same again.
        stopped: `on_step` ended the run.
    """

    image: Tensor
    logits: Tensor
    answered: bool
    largest_change: float
    size: float
    steps: int
    seconds: float
    seed: int
    stopped: bool


def turn_explanation(
    model: nn.Module,
    image: Tensor,
    label: int,
    threat: ThreatModel,
    *,
    aim: str,
    method: str,
    place: Tensor | None = None,
    blind: bool = False,
    seed: int,
    steps: int = 40,
    on_step: OnStep | None = None,
) -> ExplanationResult:
    """Attack the explanation of one film.

    The map is that of the answer: with `"move"` of the label, with `"keep"` of the answer that the attack brings about,
    which shall look like the label's map before.

    Args:
        model: images `[N, 1, H, W]` in [0, 1] → logits `[N, classes]`, in eval mode.
        image: `[1, 1, H, W]`, display space, on the model's device.
        label: the class that the model answers now.
        threat: the rules; its goal is the new answer of `"keep"`, None for the runner-up, and none for `"move"`.
        aim: a name in `AIMS`.
        method: a name in `METHODS`, the map that is attacked.
        place: bool `[H, W]`, where the saliency shall go (`"move"` only).
        blind: the control of `"keep"`: flip the answer as firmly without looking at the map.
        seed: all randomness comes from it.
        steps: gradient steps.
        on_step: sees each step, a `Look`, and may stop the run.

    Raises:
        ValueError: an unknown aim or method, a place that is missing, empty, the whole film or of another size, a label
            or goal that does not fit, a model without a gradient, and as `Budget.of` and `explain`.
    """
    began = time.perf_counter()
    _check(model, image, label, threat, aim, method, place, steps)
    budget, generator = Budget.of(image, threat), Generator().manual_seed(seed)
    if aim == "move":
        judge = Mover(model, image, label, method, place, generator)
    else:
        judge = Keeper(model, image, label, threat.goal, method, blind, generator)
    steps = steps if budget.room else 0
    points, velocity = budget.reference.clone(), torch.zeros_like(image)
    best: tuple[tuple[bool, float], Tensor, Tensor] | None = None
    stopped = False
    for index in range(steps + 1):
        stored = budget.store(points).detach().requires_grad_(True)
        logits = model(stored)
        loss, reached, answered, lead = judge(stored, logits)
        rank = (answered, reached if answered else lead)
        if best is None or rank > best[0]:
            best = (rank, stored.detach(), logits.detach())
        if on_step is not None:
            stopped = bool(on_step(Look(index, steps, logits.detach(), stored.detach(), reached)))
        if stopped or index == steps:
            break
        gradient = gradient_of(loss, stored)
        velocity = MOMENTUM * velocity + gradient / gradient.abs().mean().clamp_min(TINY)
        stride = _stride(index, steps, budget)
        points = budget.project(points - column(stride) * budget.direction(velocity.clone()))
    (answered, _), found, logits = best
    found = budget.settle(found) if budget.lattice is not None else found
    return ExplanationResult(
        image=found,
        logits=logits,
        answered=answered,
        largest_change=float(NORMS["linf"].size(found - image, budget.pixels)),
        size=float(budget.size(found)),
        steps=index,
        seconds=time.perf_counter() - began,
        seed=seed,
        stopped=stopped,
    )


def _stride(index: int, steps: int, budget: Budget) -> Tensor:
    """Length of one step, `[1]`: 5 epsilon in all, falling along a cosine, and always enough to reach a grey level."""
    stride = budget.radius * (5 / steps * (1 + math.cos(math.pi * index / steps)))
    if budget.lattice is not None and budget.norm is NORMS["linf"]:
        stride = stride.clamp_min(budget.lattice.gap * 0.51)
    return torch.minimum(stride, budget.radius)


def _check(
    model: nn.Module,
    image: Tensor,
    label: int,
    threat: ThreatModel,
    aim: str,
    method: str,
    place: Tensor | None,
    steps: int,
) -> None:
    for value, known, what in ((aim, AIMS, "aim"), (method, METHODS, "method")):
        if value not in known:
            raise ValueError(f"expected {what} to be one of {', '.join(known)}, got {value!r}")
    if image.ndim != 4 or image.shape[:2] != (1, 1):
        raise ValueError(f"expected one film of shape [1, 1, H, W], got {tuple(image.shape)}")
    if steps < 1:
        raise ValueError(f"expected steps >= 1, got {steps}")
    logits = looked_at(model, image, method)
    for value, what in ((label, "label"), (threat.goal, "goal")):
        if value is not None and not 0 <= value < logits.shape[-1]:
            raise ValueError(f"expected {what} in 0 … {logits.shape[-1] - 1}, got {value}")
    if aim == "keep":
        if threat.goal == label:
            raise ValueError("expected a goal other than the label: the answer has to flip")
        return
    if threat.goal is not None:
        raise ValueError("expected no goal: the answer has to stay")
    if place is None:
        raise ValueError("choose a place for the saliency to go to")
    if place.shape != image.shape[-2:] or place.dtype != torch.bool:
        raise ValueError(f"expected a place of shape {tuple(image.shape[-2:])}, bool, got {tuple(place.shape)}")
    if not place.any() or place.all():
        raise ValueError("the place has to be a part of the film: neither nothing nor all of it")
