"""Random noise of the same size: the control that stands beside every attack."""

from __future__ import annotations

import time

import torch
from torch import Tensor, nn

from robustness.attacks.tally import Tally
from robustness.budget import Budget
from robustness.result import AttackResult, OnStep
from robustness.threat import ThreatModel


def run(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    threat: ThreatModel,
    *,
    seed: int,
    on_step: OnStep | None = None,
) -> AttackResult:
    """Every attackable pixel moves by epsilon up or down by chance (L∞), or by Gaussian noise scaled to epsilon (L2).

    One draw, whatever it does to the reading: unlike an attack it keeps no better film. Errors: see `Attack`.
    """
    began = time.perf_counter()
    budget = Budget.of(images, threat)
    draw = budget.direction(budget.norm.noise(images, torch.Generator().manual_seed(seed)))
    noisy = budget.store(budget.project(images + budget.radius[:, None, None, None] * draw))
    tally = Tally(model, labels, threat, images, on_step=on_step)
    tally.index, tally.total = 0, 1
    with torch.no_grad():
        logits = model(noisy)
    tally.note(torch.arange(len(images), device=images.device), noisy, logits)
    return tally.result(budget, seed, time.perf_counter() - began)
