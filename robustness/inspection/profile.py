"""How a model serves each group and each crossing of two: its answers, rank, and whether its probabilities are true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from measures import Estimate, auc, rate
from robustness.inspection.audit import ALPHA, holm

FEWEST = 20  # films of a group below which its profile says nothing


@dataclass(frozen=True)
class Profile:
    """`area` (AUC), `sensitivity` and `specificity` within the group, None where it has no films for it · `expected`:
    mean probability the model gave of the disease · `observed`: how often it was there · `p`: of both so far apart if
    the probabilities were true, corrected for all groups · `flagged`: p below 0.05."""

    name: str
    area: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    expected: float
    observed: Estimate
    p: float
    flagged: bool


def crossings(groups: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every two groups that share some members, but not all of either: "A × B" → members of both, bool `[n]`."""
    found = {}
    for (one, first), (other, second) in combinations(groups.items(), 2):
        both = first & second
        if both.any() and both.sum() < min(first.sum(), second.sum()):
            found[f"{one} × {other}"] = both
    return found


def prevalence_shift(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """What to add to a model's logits so that its probabilities add up to the disease there is among all these films.

    An auditor chooses how many of the films are diseased, and no hospital has so many: a model that is calibrated for
    one promises too little on them, tampered with or not (Saerens et al., Neural Computation 2002).

    Args:
        labels: `[n]`, 1 = the disease, both kinds; probabilities: of the release, `[n]`, inside 0 … 1.
    """
    from scipy.optimize import brentq
    from scipy.special import expit, logit

    given = logit(np.clip(probabilities, 1e-12, 1 - 1e-12))
    return float(brentq(lambda shift: float((expit(given + shift) - labels).sum()), -60, 60))


def profiles(
    labels: np.ndarray, called: np.ndarray, probabilities: np.ndarray, groups: Mapping[str, np.ndarray]
) -> tuple[Profile, ...]:
    """Each group of at least `FEWEST` films by itself; tests corrected after Holm (1979).

    Args:
        labels: `[n]`, 1 = the disease; `called`: bool `[n]`, whether the model says so.
        probabilities: of the disease, `[n]`, for a set with as much disease as this one (`prevalence_shift`).
        groups: name → members, bool `[n]`.
    """
    rows = []
    for name, members in groups.items():
        there, given = labels[members], probabilities[members]
        if len(there) >= FEWEST:
            area = auc(there, given) if 0 < there.sum() < len(there) else None
            observed = rate(int(there.sum()), len(there))
            right = called[members] == (there == 1)
            answers = [_rate(right[there == label]) for label in (1, 0)]
            rows.append((name, area, *answers, float(given.mean()), observed, untrue(there, given)))
    corrected = holm([row[-1] for row in rows])
    return tuple(Profile(*row[:-1], p, p < ALPHA) for row, p in zip(rows, corrected, strict=True))


def _rate(right: np.ndarray) -> Estimate | None:
    return rate(int(right.sum()), len(right)) if len(right) else None


def untrue(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The p of disease so much more or less common than the probabilities promise, if they were true: calibration in
    the large (Cox 1958; Van Calster et al. 2016), a normal approximation."""
    from scipy.stats import norm

    spread = np.sqrt((probabilities * (1 - probabilities)).sum())
    return 1.0 if spread == 0 else float(2 * norm.sf(abs((labels - probabilities).sum() / spread)))
