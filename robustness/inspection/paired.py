"""A delivered model beside the vendor's own on the same films: who answers otherwise, and in which group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from measures import Estimate, rate
from robustness.inspection.audit import ALPHA, MEASURES, holm

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
