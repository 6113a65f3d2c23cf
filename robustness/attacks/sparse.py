"""Few pixels: projected gradient descent in L0 and L∞ at once (Croce and Hein 2019, section 3 and supplement)."""

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
    steps: int = 40,
    step_size: float | None = None,
    pixels: float = 0.05,
    restarts: int = 1,
    loss: str = "margin",
    early_stop: bool = False,
) -> AttackResult:
    """Only the share `pixels` of the attackable pixels changes, each of them by at most epsilon.

    A step follows the gradient itself; then those pixels keep their change that bring the film nearest to where the
    step led, and the others go back. `step_size` is how far the last of the kept pixels moves at first; None: by
    epsilon, since only long steps let a pixel give way to another. The other options are those of `ascend`.

    Raises:
        ValueError: a share outside (0, 1], and as `Attack`.
    """
    if not 0 < pixels <= 1:
        raise ValueError(f"expected pixels in (0, 1], the share that may change, got {pixels}")
    return ascend(
        model,
        images,
        labels,
        threat,
        seed=seed,
        on_step=on_step,
        steps=steps,
        step_size=step_size or threat.epsilon or None,
        schedule="cosine",
        restarts=restarts,
        random_start=False,
        loss=loss,
        early_stop=early_stop,
        share=pixels,
    )
