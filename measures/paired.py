"""Two shares of the same films, and what they differ by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from measures.estimates import CONFIDENCE, RESAMPLES, Estimate


def difference(
    first: NDArray[np.bool_], second: NDArray[np.bool_], people: NDArray[np.int64], *, seed: int = 0
) -> Estimate:
    """Share of `first` less share of `second`, bool `[n]` on the same films.

    The wider of two intervals on either side: a percentile bootstrap over patients, which knows that films of one
    patient go together, and Tango's for paired shares, as if each patient were one film, which does not lose its doubt
    where few films tell the two apart.
    """
    apart = first.astype(int) - second.astype(int)
    _, person = np.unique(people, return_inverse=True)
    count = int(person.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    draws = drawn @ np.bincount(person, apart) / (drawn @ np.bincount(person))
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    least, most = _tango((first & ~second).mean() * count, (second & ~first).mean() * count, count)
    return Estimate(float(apart.mean()), min(low, least), max(high, most), len(apart))


def _tango(only_first: float, only_second: float, n: int) -> tuple[float, float]:
    """Tango's score interval of the difference of two paired shares (1998, section 2); counts need not be whole."""
    from scipy.optimize import brentq
    from scipy.stats import norm

    z, apart = float(norm.ppf((1 + CONFIDENCE) / 2)), only_first - only_second

    def score(difference: float) -> float:
        b = -only_first - only_second + (2 * n - only_first + only_second) * difference
        c = -only_second * difference * (1 - difference)
        other = (np.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        variance = n * (2 * other + difference * (1 - difference))
        return (apart - n * difference) / np.sqrt(max(variance, 1e-12))

    def end(sign: int, edge: float) -> float:
        beyond = score(edge) * sign < -z
        return float(brentq(lambda d: score(d) + sign * z, apart / n, edge)) if beyond else edge

    return end(-1, -1 + 1e-9), end(1, 1 - 1e-9)
