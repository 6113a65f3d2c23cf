"""Projected gradient descent (Madry et al. 2018, section 2.1, "multi-step"), on the file's grey levels."""

from __future__ import annotations

from torch import Tensor, nn

from robustness.attacks.ascent import ascend
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
    steps: int = 20,
    step_size: float | None = None,
    schedule: str = "cosine",
    restarts: int = 1,
    random_start: bool = False,
    loss: str = "margin",
    early_stop: bool = False,
    give_up: bool = False,
) -> AttackResult:
    """PGD in L∞ or L2, from the film itself unless `random_start`, each further restart from a random point.

    The options are those of `robustness.attacks.ascent.ascend`; the errors those of `Attack`.
    """
    return ascend(
        model,
        images,
        labels,
        threat,
        seed=seed,
        on_step=on_step,
        steps=steps,
        step_size=step_size,
        schedule=schedule,
        restarts=restarts,
        random_start=random_start,
        loss=loss,
        early_stop=early_stop,
        give_up=give_up,
    )
