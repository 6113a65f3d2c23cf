"""How well a model serves each group and each crossing of two: rank, rates, and whether its probabilities are true."""

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
    """`area`: AUC within the group, None where all its films are of one kind · `expected`: mean probability the model
    gave of the disease · `observed`: how often it was there · `p`: of probabilities so far from the truth if they were
    true, corrected for all groups · `flagged`: p below 0.05."""

    name: str
    area: Estimate | None
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


def profiles(labels: np.ndarray, probabilities: np.ndarray, groups: Mapping[str, np.ndarray]) -> tuple[Profile, ...]:
    """Each group of at least `FEWEST` films by itself; tests corrected after Holm (1979).

    Args:
        labels: `[n]`, 1 = the disease.
        probabilities: of the disease, `[n]`.
        groups: name → members, bool `[n]`.
    """
    rows = []
    for name, members in groups.items():
        there, given = labels[members], probabilities[members]
        if len(there) >= FEWEST:
            area = auc(there, given) if 0 < there.sum() < len(there) else None
            observed = rate(int(there.sum()), len(there))
            rows.append((name, area, float(given.mean()), observed, spiegelhalter(there, given)))
    corrected = holm([row[-1] for row in rows])
    return tuple(Profile(*row[:-1], p, p < ALPHA) for row, p in zip(rows, corrected, strict=True))


def spiegelhalter(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The p of probabilities so far from the truth if they were true (Spiegelhalter, Statistics in Medicine 1986)."""
    from scipy.stats import norm

    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    excess = ((labels - p) * (1 - 2 * p)).sum()
    spread = np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    return 1.0 if spread == 0 else float(2 * norm.sf(abs(excess / spread)))
