"""What an attacker may do: how far pixels may move, where, towards what, and what he knows. Needs no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from robustness.lattice import Lattice

GREY = 255
"""Grey levels from black to white, as people count them."""

NormName = Literal["linf", "l2"]
Knowledge = Literal["white box", "queries", "transfer"]


@dataclass(frozen=True, eq=False)
class ThreatModel:
    """The rules of one attack.

    Args:
        norm: `"linf"`: no pixel changes by more than epsilon. `"l2"`: the root-mean-square change over the attackable
            pixels is at most epsilon, that is ‖δ‖₂ ≤ epsilon · √(number of attackable pixels).
        epsilon: in display units, where grey level n of 255 is n / 255. 0 allows nothing.
        goal: index of the class that the model shall answer; None: any answer but the label.
        region: bool `[H, W]`, True where pixels may change; None: everywhere.
        lattice: the values that the film's file can store; None: any value in [0, 1].
        knowledge: what the attacker knows of the model.

    Raises:
        ValueError: an unknown norm or knowledge, an epsilon outside [0, 1], a negative goal, a region that is empty
            or not two-dimensional.
    """

    norm: NormName = "linf"
    epsilon: float = 2 / 255
    goal: int | None = None
    region: np.ndarray | Tensor | None = None
    lattice: Lattice | None = None
    knowledge: Knowledge = "white box"

    def __post_init__(self) -> None:
        for value, known, what in (
            (self.norm, get_args(NormName), "norm"),
            (self.knowledge, get_args(Knowledge), "knowledge"),
        ):
            if value not in known:
                raise ValueError(f"expected {what} to be one of {', '.join(known)}, got {value!r}")
        if not (math.isfinite(self.epsilon) and 0 <= self.epsilon <= 1):
            raise ValueError(f"expected epsilon in [0, 1] (display units, 1 grey level = 1 / 255), got {self.epsilon}")
        if self.goal is not None and self.goal < 0:
            raise ValueError(f"expected goal >= 0 or None, got {self.goal}")
        if self.region is not None:
            if self.region.ndim != 2:
                raise ValueError(f"expected a region of shape [H, W], got {tuple(self.region.shape)}")
            if not self.region.any():
                raise ValueError("the region is empty: mark at least one pixel that may change")
