"""Smooth changes that outlive JPEG, another size and blur (Athalye et al. 2018; Guo, Frank and Weinberger 2018)."""

from __future__ import annotations

import time
from dataclasses import replace

import torch
from torch import Generator, Tensor, nn

from robustness.accidents import ACCIDENTS
from robustness.attacks.apgd import climb
from robustness.attacks.starts import starts
from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel

AWAITED = {"jpeg": (50, 95), "resize": (35, 90), "blur": (0.5, 1.5)}  # strengths drawn afresh at each step


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
    steps: int = 20,
    grid: int = 56,
    restarts: int = 1,
    early_stop: bool = False,
) -> AttackResult:
    """Auto-PGD over changes that are bilinear between `grid` points along the shorter side, so of low frequency.

    Each step climbs the mean margin of the film and of three views of it: as JPEG, at another size, blurred, each by
    chance as strongly as `AWAITED` says. The film that leads furthest in its worst view is kept. JPEG is the real one
    going forwards; going backwards the gradient passes it as if it were not there. With `early_stop` a film is left
    alone once it flips in all views. Errors: see `Attack`.
    """
    began = time.perf_counter()
    if steps < 1 or restarts < 1 or grid < 2:
        raise ValueError(f"expected steps >= 1, restarts >= 1 and grid >= 2, got {steps}, {restarts} and {grid}")
    budget = replace(Budget.of(images, threat), grid=grid)
    tally = Tally(model, labels, threat, images, on_step=on_step)
    generator = Generator().manual_seed(seed)
    steps, restarts = (steps, restarts) if budget.room else (0, 1)
    tally.total = restarts * (steps + 1) - 1

    def views(films: Tensor, rows: Tensor) -> list[Tensor]:
        return [_seen(name, films, generator) for name in AWAITED]

    options = {"restarts": restarts, "random_start": False, "early_stop": early_stop}
    for rows, inside, points in starts(tally, budget, generator, **options):
        climb(tally, inside, rows, points, steps=steps, loss="margin", early_stop=early_stop, views=views)
    return tally.result(budget, seed, time.perf_counter() - began)


def _seen(name: str, films: Tensor, generator: Generator) -> Tensor:
    """The films after one accident of a strength drawn by chance, with a gradient even through JPEG."""
    low, high = AWAITED[name]
    strength = low + (high - low) * float(torch.rand((), generator=generator))
    if name != "jpeg":
        return ACCIDENTS[name](films, strength)
    return films + (ACCIDENTS[name](films.detach(), strength) - films.detach())
