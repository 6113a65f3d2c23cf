"""Does one rate lead another by more than it may? Miettinen and Nurminen's score, and how surely."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MANY = 150  # films in the smaller group, from which the score is as good as normal
EXACT = 1_000_000  # outcomes of two such groups, up to which all are counted all the same
NUISANCE = 101  # rates that are tried for the one that is not asked about
RULED_OUT = 1e-5  # probability that the rate is one of those which the films rule out
TIE = 1e-9  # scores closer than this are one


def p_value(right: int, n: int, others_right: int, n_others: int, *, tolerance: float) -> float:
    """Of a lead of the others as large as this one, if the true one were no more than the tolerance.

    Exact and unconditional: outcomes are ordered by their score (Miettinen and Nurminen, Statistics in Medicine 1985),
    and the p is that of the rate which makes such an outcome likeliest (Chan and Zhang, Biometrics 1999), of the rates
    that the films do not rule out (Berger and Boos, JASA 1994). Among many films in both groups the score is compared
    with a normal distribution instead.

    Args:
        right, n: right answers in the group, and its films.
        others_right, n_others: the same of everyone else.
        tolerance: the lead that is no reason to worry, 0 to below 1.
    """
    from scipy.stats import binom, norm

    if others_right / n_others - right / n <= tolerance:
        return 1.0  # the score's root is fragile where there is nothing to see
    if min(n, n_others) >= MANY and (n + 1) * (n_others + 1) > EXACT:
        return float(norm.sf(score(np.array(right), n, np.array(others_right), n_others, tolerance)))
    table = _scores(n, n_others, tolerance)
    # Of the others' right answers, the fewest that lead as far, for each number in the group.
    fewest = n_others + 1 - (table >= table[right, others_right] - TIE).sum(1)
    rates = _possible(right, n, others_right, n_others, tolerance)
    chances = binom.pmf(np.arange(n + 1)[:, None], n, rates)
    beyond = binom.sf(fewest[:, None] - 1, n_others, rates + tolerance)
    return float(min(1.0, (chances * beyond).sum(0).max(initial=0.0) + RULED_OUT))


def score(
    right: NDArray[np.int64], n: int, others_right: NDArray[np.int64], n_others: int, tolerance: float
) -> NDArray[np.float64]:
    """How far the others' lead exceeds the tolerance, in standard errors if it did not; any shape, broadcast.

    The error is that of the rates which fit best with a lead of just the tolerance, the roots of a cubic.
    """
    low, high = np.asarray(right) / n, np.asarray(others_right) / n_others
    ratio = n / n_others
    a = 1 + ratio
    b = -(1 + ratio + high + ratio * low + tolerance * (ratio + 2))
    c = tolerance**2 + tolerance * (2 * high + ratio + 1) + high + ratio * low
    d = -high * tolerance * (1 + tolerance)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v < 0, -1, 1) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 1e-30))
    turn = (np.pi + np.arccos(np.clip(v / u**3, -1, 1))) / 3
    fitted = np.clip(2 * u * np.cos(turn) - b / (3 * a), tolerance, 1)
    below = fitted - tolerance
    error = np.sqrt(np.maximum(fitted * (1 - fitted) / n_others + below * (1 - below) / n, 1e-12))
    return (high - low - tolerance) / error


def _possible(right: int, n: int, others_right: int, n_others: int, tolerance: float) -> NDArray[np.float64]:
    """Rates of the group that neither count rules out (Clopper and Pearson; half the risk each), evenly spread; none
    where the two counts contradict each other."""
    from scipy.stats import beta

    least, most = 0.0, 1.0 - tolerance
    for count, of, ahead in ((right, n, 0.0), (others_right, n_others, tolerance)):
        low = beta.ppf(RULED_OUT / 4, count, of - count + 1) if count else 0.0
        high = beta.isf(RULED_OUT / 4, count + 1, of - count) if count < of else 1.0
        least, most = max(least, float(low) - ahead), min(most, float(high) - ahead)
    return np.linspace(least, most, NUISANCE) if least <= most else np.empty(0)


@lru_cache(maxsize=8)
def _scores(n: int, n_others: int, tolerance: float) -> NDArray[np.float64]:
    """Of all outcomes, `[n + 1, n_others + 1]`."""
    return score(np.arange(n + 1)[:, None], n, np.arange(n_others + 1)[None], n_others, tolerance)
