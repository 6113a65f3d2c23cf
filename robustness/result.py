"""What an attack hands back, and what it shows while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Step:
    """One look at a running attack.

    `index` is how often the films have been changed so far (0: as the attack found them), `total` how often they will
    be at most. `logits` `[N, classes]` are the model's answers to `images` `[N, 1, H, W]`, which are storable as they
    stand. Both belong to the attack: copy what you keep.
    """

    index: int
    total: int
    logits: Tensor
    images: Tensor


OnStep = Callable[[Step], "bool | None"]
"""Called after each reading of the model. True ends the run; what was reached so far becomes the result."""


@dataclass(frozen=True)
class AttackResult:
    """A batch of attacked films: of all that the attack met, each the one that leads furthest.

    Args:
        images: `[N, 1, H, W]`, display space.
        logits: `[N, classes]`, the model's answers to `images`.
        flipped: bool `[N]`, whether the decision at the operating point is what the attacker wanted.
        steps: int `[N]`, how often each film was changed before it flipped or the attack ended.
        queries: int `[N]`, how often the model was asked about each film.
        largest_change: `[N]`, largest change of a pixel, display units.
        size: `[N]`, size of the change in the threat's norm, display units.
        seconds: wall time of the whole batch.
        seed: what to pass to see the same again.
        stopped: `on_step` ended the run.
    """

    images: Tensor
    logits: Tensor
    flipped: Tensor
    steps: Tensor
    queries: Tensor
    largest_change: Tensor
    size: Tensor
    seconds: float
    seed: int
    stopped: bool
