"""What became of the films that the noise was laid over, and how many of them it flips. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from measures import Estimate, rate

if TYPE_CHECKING:
    from models import Reading


@dataclass(frozen=True)
class Judged:
    """One model's readings of one film: as it came, under the noise, and under random noise of the same size."""

    before: Reading
    after: Reading
    chance: Reading

    def open(self, goal: str | None) -> bool:
        """Whether there is anything to flip: the film is not read as the attacker wants already."""
        return self.before.prediction != goal

    def flipped(self, goal: str | None, *, by_chance: bool = False) -> bool:
        """Whether the noise (or the random one) brought about what the attacker wants."""
        now = self.chance if by_chance else self.after
        return self.open(goal) and now.prediction != self.before.prediction and goal in (None, now.prediction)


@dataclass(frozen=True, eq=False)
class Outcome:
    """One film that the noise had never seen: who it is, how it looks under the noise (uint8 ``[h, w, 3]``), and what
    each model, by its id, makes of it."""

    title: str
    picture: NDArray[np.uint8]
    judged: dict[str, Judged]


def share(outcomes: Sequence[Outcome], model: str, goal: str | None, *, by_chance: bool = False) -> Estimate | None:
    """The share of films that flip, of those that could; None where there is none of them."""
    tried = [outcome.judged[model] for outcome in outcomes if outcome.judged[model].open(goal)]
    return rate(sum(judged.flipped(goal, by_chance=by_chance) for judged in tried), len(tried)) if tried else None
