"""Fast gradient sign method (Goodfellow et al. 2015, section 4): PGD with one step as long as the budget."""

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
    loss: str = "margin",
) -> AttackResult:
    """FGSM in L∞; in L2 the fast gradient method, which follows the gradient itself. Errors: see `Attack`.

    A film that the step does not bring closer to the attacker's wish comes back unchanged.
    """
    return ascend(
        model,
        images,
        labels,
        threat,
        seed=seed,
        on_step=on_step,
        steps=1,
        step_size=threat.epsilon or None,
        schedule="constant",
        restarts=1,
        random_start=False,
        loss=loss,
        early_stop=True,
    )
