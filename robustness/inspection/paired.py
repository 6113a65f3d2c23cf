"""A delivered model beside the vendor's own on the same films: who answers otherwise, and in which group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from measures import Estimate, rate
from robustness.inspection.audit import ALPHA, MEASURES, MOST, holm

SHIFT = 0.10  # of a group's films whose answers an honest update may worsen


@dataclass(frozen=True)
class Disagreement:
    """Of a group's films that count for the measure: the share that the vendor's model reads right and the delivered
    one wrong (`lost`), and the other way round (`gained`); `p` of a loss as large if the true one were no more than the
    shift an honest update may make, corrected for all tests; `flagged`: p below 0.05."""

    name: str
    measure: str
    lost: Estimate
    gained: Estimate
    p: float
    flagged: bool


def compare(
    labels: np.ndarray, vendor: np.ndarray, delivered: np.ndarray, groups: Mapping[str, np.ndarray]
) -> tuple[Disagreement, ...]:
    """Films as their own controls: what differs between two models on one film cannot come from the film.

    An exact binomial test in each group of the answers lost against `SHIFT`, corrected after Holm (1979). Finds what
    `audit` finds with fewer films, but needs the vendor's model.

    Args:
        labels: `[n]`, 1 = the disease.
        vendor, delivered: decisions of both, `[n]`, the answer is the disease from 0 on.
        groups: name → members, bool `[n]`.
    """
    from scipy.stats import binomtest

    right = [(decisions >= 0) == (labels == 1) for decisions in (vendor, delivered)]
    rows = []
    for name, members in groups.items():
        for measure, label in MEASURES.items():
            chosen = members & (labels == label)
            if n := int(chosen.sum()):
                lost, gained = (int((a & ~b)[chosen].sum()) for a, b in (right, right[::-1]))
                p = float(binomtest(lost, n, SHIFT, alternative="greater").pvalue)
                rows.append((name, measure, rate(lost, n), rate(gained, n), p))
    corrected = holm([row[-1] for row in rows])
    return tuple(Disagreement(*row[:-1], p, p < ALPHA) for row, p in zip(rows, corrected, strict=True))


def needed_beside(*, lost: float, tests: int, sure: float = 0.9) -> int | None:
    """How many films of a group `compare` needs to find so surely that a share `lost` of them, above `SHIFT`, lost
    their right answer; None: thousands. The flag must survive the strictest step of Holm's correction."""
    from scipy.stats import binom

    for n in range(1, MOST + 1):
        fewest = int(binom.isf(ALPHA / tests, n, SHIFT)) + 1  # that are flagged
        if binom.sf(fewest - 1, n, lost) >= sure:
            return n
    return None
