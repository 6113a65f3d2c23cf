"""Momentum iterative FGSM (Dong et al. 2018, Algorithm 1): equal steps that keep their direction."""

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
    steps: int = 10,
    step_size: float | None = None,
    momentum: float = 1.0,
    loss: str = "margin",
    early_stop: bool = False,
) -> AttackResult:
    """MI-FGSM in L∞; in L2 each step follows the accumulated direction itself (section 3.3). Errors: see `Attack`.

    `step_size` (display units) None: epsilon / steps, as in the paper, so that the last step reaches the budget's edge.
    `momentum` is the paper's μ; 0 forgets each gradient. The other options are those of `ascend`.
    """
    return ascend(
        model,
        images,
        labels,
        threat,
        seed=seed,
        on_step=on_step,
        steps=steps,
        step_size=step_size if step_size is not None or steps < 1 else threat.epsilon / steps or None,
        schedule="constant",
        restarts=1,
        random_start=False,
        loss=loss,
        early_stop=early_stop,
        momentum=momentum,
    )
