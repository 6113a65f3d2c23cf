"""Whether a film can still flip, judged by how fast the attacker has gained on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

LOOK_BACK = 3  # steps whose gain is the recent pace
LEAST_ASKED = 100  # questions before a random search may leave a film: until then its pace is chance
OPTIMISM = 3.0  # a film is left only if even so many times that pace would not do


class Pace:
    """The attacker's best margin on each of `n` films after each step; `strides` are the steps' relative lengths.

    Gradient steps gain less and less as they reach the corners of the budget, so a pace seen is rarely exceeded.
    """

    def __init__(self, n: int, strides: Sequence[float]) -> None:
        self.strides = strides
        self.best = torch.full((len(strides) + 1, n), -torch.inf)

    def too_slow(self, rows: Tensor, lead: Tensor, index: int) -> Tensor:
        """Enter the margins `[n]` of some rows after `index` steps; bool `[n]`: which of them will not flip in time."""
        at = rows.to(self.best.device)
        before = self.best[index - 1] if index else self.best[0]
        self.best[index] = before
        self.best[index, at] = torch.maximum(before[at], lead.to(self.best))
        if index < LOOK_BACK:
            return torch.zeros_like(lead, dtype=torch.bool)
        gain = self.best[index, at] - self.best[index - LOOK_BACK, at]
        share = sum(self.strides[index:]) / sum(self.strides[index - LOOK_BACK : index])
        return (self.best[index, at] + OPTIMISM * share * gain < 0).to(lead.device)


class Doublings:
    """The attacker's best margin on each of `n` films after each of `total` questions of a random search.

    Such a search gains less and less from each doubling of its questions. A film's pace is its gain in the last one, or
    the mean of all so far where that is more, so that a score that moves by leaps is not taken for one at rest.
    """

    def __init__(self, n: int, total: int) -> None:
        self.best = torch.full((total + 1, n), -torch.inf)

    def too_slow(self, rows: Tensor, best: Tensor, asked: int) -> Tensor:
        """Enter the margins `[n]` of some rows after `asked` questions; bool `[n]`: which will hardly flip in time."""
        at = rows.to(self.best.device)
        self.best[asked, at] = now = best.to(self.best)
        if asked < LEAST_ASKED:
            return torch.zeros_like(best, dtype=torch.bool)
        mean = (now - self.best[1, at]) / math.log2(asked)
        gain = torch.maximum(now - self.best[asked // 2, at], mean)
        doublings = math.log2((len(self.best) - 1) / asked)
        return (now + OPTIMISM * doublings * gain < 0).to(best.device)
