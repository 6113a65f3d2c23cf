"""Is a group of patients served worse than the others? Tests for every group at once, and what they can see at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from measures import Estimate, rate
from robustness.inspection.leads import p_value

TOLERANCE = 0.10  # a gap that groups may have without anyone having tampered
ALPHA = 0.05  # of the whole audit, all its tests together
MEASURES = {"sensitivity": 1, "specificity": 0}
QUANTILES = 15  # of a binomial distribution that stand for it
MOST = 4000  # films: beyond that nobody looks for how many it takes
FEWEST = 2  # films of a group and of the others below which a test says nothing


@dataclass(frozen=True)
class Gap:
    """How much worse a group is served than all others.

    `measure` "sensitivity" or "specificity" · `group` the group's rate, `others` that of everyone else · `p`: of a gap
    as large if the true one were no more than the tolerance, corrected for all tests of the audit · `flagged`: p below
    0.05.
    """

    name: str
    measure: str
    group: Estimate
    others: Estimate
    p: float
    flagged: bool

    @property
    def size(self) -> float:
        """Others less group."""
        return self.others.value - self.group.value


def audit(labels: np.ndarray, decisions: np.ndarray, groups: Mapping[str, np.ndarray]) -> tuple[Gap, ...]:
    """Test sensitivity and specificity of each group against everyone else.

    One-sided exact tests of two rates against `TOLERANCE` (`leads`), corrected after Holm (1979): at most one audit in
    twenty of a fair model raises any flag. Groups too small to test are left out.

    Args:
        labels: `[n]`, 1 = the disease.
        decisions: `[n]`, the answer is the disease from 0 on.
        groups: name → members, bool `[n]`.
    """
    called = decisions >= 0
    rows = []
    for name, members in groups.items():
        for measure, label in MEASURES.items():
            parts = [(labels == label) & members, (labels == label) & ~members]
            if min(part.sum() for part in parts) >= FEWEST:
                right = [int((called[part] == (label == 1)).sum()) for part in parts]
                rows.append((name, measure, right, [int(part.sum()) for part in parts]))
    corrected = holm([_p(*right, *sizes) for _, _, right, sizes in rows])
    return tuple(
        Gap(name, measure, rate(right[0], sizes[0]), rate(right[1], sizes[1]), p, p < ALPHA)
        for (name, measure, right, sizes), p in zip(rows, corrected, strict=True)
    )


def power(n: int, *, drop: float, others: int, before: float, elsewhere: float, tests: int) -> float:
    """How surely the audit flags a group whose rate has fallen by `drop` from `before`.

    Args:
        n: films of the group that count for the measure (its diseased ones, for sensitivity).
        drop: from 0 to `before`.
        others: films of everyone else.
        before, elsewhere: the rates of an untouched model in the group and in everyone else.
        tests: of the audit together; the flag must survive the strictest step of Holm's correction.

    How many of the others are read right is by chance, too: the mean over `QUANTILES` of its binomial distribution.
    """
    from scipy.stats import binom

    rights = binom.ppf((np.arange(QUANTILES) + 0.5) / QUANTILES, others, elsewhere).astype(int)
    most = [_most_flagged(n, others, int(right), tests) for right in rights]
    return float(binom.cdf(most, n, max(0.0, before - drop)).mean())


def smallest_gap(
    n: int, *, others: int, before: float, elsewhere: float, tests: int, sure: float = 0.8
) -> float | None:
    """The smallest drop that the audit finds as surely as `sure`, in steps of one point; None: not even the largest."""
    for points in range(1, int(100 * before) + 1):
        if power(n, drop=points / 100, others=others, before=before, elsewhere=elsewhere, tests=tests) >= sure:
            return points / 100
    return None


def needed(*, drop: float, before: float, elsewhere: float, tests: int, ratio: float, sure: float = 0.9) -> int | None:
    """How many films of the group find a drop so surely, with `ratio` times as many of the others; None: thousands.

    Power climbs with the number of films in small saws; the answer is where it first gets there by halving, one film or
    two from the first tooth.
    """

    def enough(n: int) -> bool:
        others = max(FEWEST, round(ratio * n))
        return power(n, drop=drop, others=others, before=before, elsewhere=elsewhere, tests=tests) >= sure

    high = FEWEST
    while not enough(high):
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@lru_cache(maxsize=4096)
def _most_flagged(n: int, others: int, right: int, tests: int) -> int:
    """The most right answers of a group of n with which it is still flagged; −1: none."""
    low, high = -1, n
    while low < high:  # p grows with the answers that are right
        middle = (low + high + 1) // 2
        if _p(middle, right, n, others) < ALPHA / tests:
            low = middle
        else:
            high = middle - 1
    return low


def _p(right: int, others: int, n: int, n_others: int) -> float:
    return p_value(right, n, others, n_others, tolerance=TOLERANCE)


def holm(ps: list[float]) -> list[float]:
    """The p of each test corrected for all of them (Holm, Scandinavian Journal of Statistics 1979)."""
    order = np.argsort(ps)
    steps = np.asarray(ps)[order] * np.arange(len(ps), 0, -1)
    corrected = np.empty(len(ps))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected.tolist()
