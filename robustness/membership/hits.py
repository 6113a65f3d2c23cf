"""What an attack on membership is worth, and the most that differential privacy leaves it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from measures import Estimate, auc
from measures.estimates import CONFIDENCE, RESAMPLES


def hits(members: NDArray[np.bool_], scores: NDArray[np.floating], false_alarms: float, *, seed: int = 0) -> Estimate:
    """Share of members that are named while at most `false_alarms` of the others are; a bootstrap over patients.

    Args:
        members: bool `[targets, n]`, who was in the training set of each attacked model.
        scores: `[targets, n]`, higher for a member.
        false_alarms: rate in (0, 1).
        seed: of the bootstrap, which draws patients: the same patient's scores against several models are not
            independent.

    Returns:
        An estimate with `n` counting pairs of patient and model.

    Raises:
        ValueError: so few non-members that the rate can't be told from zero.
    """
    others = int((~members).sum())
    if others * false_alarms < 1:
        raise ValueError(f"expected at least {1 / false_alarms:.0f} non-members for this rate, got {others}")
    patients = members.shape[1]
    order = np.argsort(-scores, axis=None, kind="stable")
    member, patient = members.ravel()[order], np.broadcast_to(np.arange(patients), members.shape).ravel()[order]
    rng = np.random.default_rng(seed)
    draws: list[float] = []
    while len(draws) < RESAMPLES:
        weight = np.bincount(rng.integers(patients, size=patients), minlength=patients)[patient]
        if weight[member].any() and weight[~member].any():
            draws.append(_share(member, weight, false_alarms))
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    return Estimate(_share(member, np.ones(len(member), int), false_alarms), low, high, members.size)


def _share(member: NDArray[np.bool_], weight: NDArray[np.integer], false_alarms: float) -> float:
    """Of the weighted members, those before the false alarms are used up; everyone is sorted, the likeliest first."""
    alarms = np.cumsum(weight * ~member)
    last = int(np.searchsorted(alarms, false_alarms * alarms[-1], side="right"))
    inside = weight * member
    return float(inside[:last].sum() / inside.sum())


def separation(members: NDArray[np.bool_], scores: NDArray[np.floating]) -> Estimate:
    """Area under the attack's ROC curve, 0.5 for a guess; arguments as in `hits`."""
    patients = np.broadcast_to(np.arange(members.shape[1]), members.shape)
    return auc(members.ravel(), scores.ravel(), patients.ravel())


def most_hits(epsilon: float, delta: float, false_alarms: float) -> float:
    """The share of members that no attack at this rate of false alarms can exceed, if training was (ε, δ)-private.

    Kairouz, Oh and Viswanath (ICML 2015): TPR ≤ e^ε FPR + δ, and the same for those who are missed.
    """
    here = np.exp(epsilon) * false_alarms + delta
    there = 1 - np.exp(-epsilon) * (1 - delta - false_alarms)
    return float(min(here, there, 1.0))
