"""Two attacks on the same films: what their results differ by, with 95 % intervals that know of the pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

from measures import Estimate, rate
from measures.estimates import CONFIDENCE, RESAMPLES


def difference(first: Sequence[bool], second: Sequence[bool]) -> Estimate:
    """Share of `first` less share of `second`, with the interval of Newcombe (1998, paired data, method 10).

    Raises `ValueError` where the lengths differ or are 0.
    """
    if len(first) != len(second):
        raise ValueError(f"expected as many films in both, got {len(first)} and {len(second)}")
    one, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    n = len(one)
    a, b = rate(int(one.sum()), n), rate(int(other.sum()), n)
    tied = _correlation(int((one & other).sum()), int((one & ~other).sum()), int((~one & other).sum()), n)
    down = _slant(a.value - a.low, b.high - b.value, tied)
    up = _slant(a.high - a.value, b.value - b.low, tied)
    value = a.value - b.value
    return Estimate(value, value - down, value + up, n)


def _correlation(both: int, first: int, second: int, n: int) -> float:
    """Φ of the fourfold table, corrected for continuity as Newcombe does."""
    neither = n - both - first - second
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    if margins == 0:
        return 0.0
    excess = both * neither - first * second
    if excess > 0:
        excess = max(excess - n / 2, 0.0)
    return float(excess / margins**0.5)


def _slant(one: float, other: float, tied: float) -> float:
    return float(max(one**2 - 2 * tied * one * other + other**2, 0.0) ** 0.5)


def median(values: Sequence[float]) -> Estimate:
    """The median with the interval between order statistics that holds for any distribution (infinite values too).

    Fewer than 6 values cannot carry 95 %: the interval is then all that was seen. Raises `ValueError` for none.
    """
    if not len(values):
        raise ValueError("expected at least one value, got none")
    ordered = np.sort(np.asarray(values, dtype=float))
    cut = max(int(binom.ppf((1 - CONFIDENCE) / 2, len(ordered), 0.5)) - 1, 0)
    return Estimate(float(np.median(ordered)), float(ordered[cut]), float(ordered[-1 - cut]), len(ordered))


def paired_ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours over theirs, film by film; `inf` is a film that was never reached, and says nothing where both failed."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if np.isfinite(a) or np.isfinite(b)]
    return [0.0 if np.isinf(b) else a / b for a, b in pairs]


def ratio_of_totals(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0) -> Estimate:
    """Sum over sum; the interval is a percentile bootstrap over the pairs (batches), `n` counts those."""
    one, other = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    drawn = np.random.default_rng(seed).integers(len(one), size=(RESAMPLES, len(one)))
    draws = one[drawn].sum(1) / other[drawn].sum(1)
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    return Estimate(float(one.sum() / other.sum()), low, high, len(one))
