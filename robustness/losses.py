"""What an attacker climbs. Judged on decision logits, so that a margin of 0 is the model's operating point.

The difference-of-logits ratio (DLR) of AutoAttack is not among them: it divides by a third logit that two classes lack.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Loss = Callable[[Tensor, Tensor, "int | None"], Tensor]


def answered(logits: Tensor) -> Tensor:
    """The answers as they are. Raises `ValueError` where one is no number: an argmax would take it for a win."""
    if not bool(torch.isfinite(logits).all()):
        raise ValueError("the model gives no answer for this film: expected finite logits, got NaN or infinity")
    return logits


def margin(decisions: Tensor, labels: Tensor, goal: int | None) -> Tensor:
    """By how much the wanted answer leads, `[N, classes]` → `[N]`; above 0 the attacker has won.

    Never saturates: its gradient is as steep for a model that is sure (Carlini and Wagner 2017, section V.A, f₆).
    """
    wanted = labels if goal is None else torch.full_like(labels, goal)
    own = decisions.gather(1, wanted[:, None])[:, 0]
    best_other = decisions.scatter(1, wanted[:, None], -torch.inf).amax(dim=1)
    return best_other - own if goal is None else own - best_other


def cross_entropy(decisions: Tensor, labels: Tensor, goal: int | None) -> Tensor:
    """Cross entropy of the label, or minus that of the goal, `[N, classes]` → `[N]` (Madry et al. 2018)."""
    if goal is None:
        return F.cross_entropy(decisions, labels, reduction="none")
    return -F.cross_entropy(decisions, torch.full_like(labels, goal), reduction="none")


def reached(decisions: Tensor, labels: Tensor, goal: int | None) -> Tensor:
    """Whether the model's answer is what the attacker wants, `[N, classes]` → bool `[N]`."""
    answers = decisions.argmax(dim=1)
    return answers != labels if goal is None else answers == goal


LOSSES: dict[str, Loss] = {"margin": margin, "cross_entropy": cross_entropy}
