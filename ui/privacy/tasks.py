"""The attacks behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evidence.privacy import EPSILONS
from measures import Estimate
from ui.worker import Work

if TYPE_CHECKING:
    from evidence.privacy.demo import Guess

AT_ONCE = 25  # films between two looks at the screen
FALSE_ALARMS = 0.01


@dataclass(frozen=True)
class Ask:
    """Was this film learned from? Asked of the ordinary model and of each private one."""

    film: int

    def run(self, work: Work) -> dict[float | None, Guess]:
        """The attacker's guess about each model."""
        from evidence.privacy.demo import load

        demo, chosen = load(), np.array([self.film])
        features = demo.look(chosen)
        return {epsilon: demo.guess(epsilon, chosen, features) for epsilon in EPSILONS}


@dataclass(frozen=True, eq=False)
class Asked:
    """How far the attack on all films is: of each film so far whether it was a member, bool `[done]`, and its scores
    by model, `[done]`; once all are `total`, the hits at 1 % false alarms and the area under the curve."""

    total: int
    members: NDArray[np.bool_]
    scores: dict[float | None, NDArray[np.float64]]
    hits: dict[float | None, Estimate] = field(default_factory=dict)
    area: dict[float | None, Estimate] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Films asked about."""
        return len(self.members)


@dataclass(frozen=True)
class AskAll:
    """The same of every film, in an order that mixes them. `kept` is how far an attack was when it was stopped."""

    kept: list[Asked] = field(compare=False, repr=False)

    def run(self, work: Work) -> Asked:
        """A few films at a time, each lot shown at once."""
        from evidence.privacy.demo import load
        from robustness.membership import hits, separation

        demo = load()
        total = len(demo.films)
        order = np.random.default_rng(0).permutation(total)
        asked = self.kept[-1] if self.kept else Asked(total, np.zeros(0, bool), {e: np.zeros(0) for e in EPSILONS})
        work.progress = asked
        while asked.done < total and not work.stopping.is_set():
            chosen = order[asked.done : asked.done + AT_ONCE]
            features = demo.look(chosen)
            scores = {
                epsilon: np.append(found, demo.guess(epsilon, chosen, features).score)
                for epsilon, found in asked.scores.items()
            }
            asked = Asked(total, np.append(asked.members, demo.members[0, chosen]), scores)
            self.kept[:] = [asked]
            work.progress = asked
        if asked.done < total:
            return asked
        known = asked.members[None]
        return Asked(
            total,
            asked.members,
            asked.scores,
            {epsilon: hits(known, found[None], FALSE_ALARMS) for epsilon, found in asked.scores.items()},
            {epsilon: separation(known, found[None]) for epsilon, found in asked.scores.items()},
        )
