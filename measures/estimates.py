"""A figure is never shown without its interval and n."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95
RESAMPLES = 1000


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; `n` counts images (for a rate, the trials)."""

    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float]:
        """For a results JSON, rounded to what the figure can carry."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def rate(successes: int, n: int) -> Estimate:
    """A proportion with Wilson's score interval (Wilson 1927). Raises `ValueError` unless 0 ≤ successes ≤ n, n > 0."""
    from scipy.stats import binomtest

    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"expected 0 <= successes <= n and n > 0, got {successes} of {n}")
    interval = binomtest(successes, n).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(successes / n, interval.low, interval.high, n)


def auc(labels: ArrayLike, scores: ArrayLike, groups: ArrayLike | None = None, *, seed: int = 0) -> Estimate:
    """Area under the ROC curve; the interval is a percentile bootstrap over `groups` (patients), else over images.

    Images of one patient are not independent: drawing patients, not images, keeps the interval honest
    (Obuchowski 1997, clustered ROC data). Where no image is out of order every draw says the same and a bootstrap knows
    no doubt; the interval is then Newcombe's (2006, part 2, method 5), with patients counted, not images.

    Args:
        labels: `[n]`, 1 for the disease and 0 for none.
        scores: `[n]`, higher for the disease.
        groups: `[n]` patient of each image.
        seed: of the bootstrap.

    Raises:
        ValueError: lengths differ, or one of the classes is missing.
    """
    labels, scores = np.asarray(labels, dtype=int), np.asarray(scores, dtype=float)
    groups = np.arange(len(labels)) if groups is None else np.asarray(groups)
    if not len(labels) == len(scores) == len(groups):
        raise ValueError(f"expected equal lengths, got {len(labels)}, {len(scores)} and {len(groups)}")
    if len(np.unique(labels)) != 2:
        raise ValueError(f"expected both classes, got only {np.unique(labels).tolist()}")
    members = _members(groups)
    rng = np.random.default_rng(seed)
    draws = []
    while len(draws) < RESAMPLES:
        picked = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        if 0 < labels[picked].sum() < len(picked):
            draws.append(area(labels[picked], scores[picked]))
    tail = (1 - CONFIDENCE) / 2
    whole = float(area(labels, scores))
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    if low == high:
        low, high = _score_interval(whole, *(len(np.unique(groups[labels == label])) for label in (0, 1)))
    return Estimate(whole, low, high, len(labels))


def _score_interval(area: float, healthy: int, diseased: int) -> tuple[float, float]:
    """The areas that `area`, seen on so many patients, does not contradict: |area − θ| ≤ z · s(θ)."""
    from scipy.stats import norm

    theta = np.linspace(0, 1, 10_001)
    mean = (healthy + diseased) / 2 - 1
    spread = 1 + mean * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    variance = theta * (1 - theta) * spread / (healthy * diseased)
    fitting = theta[(area - theta) ** 2 <= norm.ppf(0.5 + CONFIDENCE / 2) ** 2 * variance]
    return float(fitting.min()), float(fitting.max())


def _members(groups: np.ndarray) -> list[np.ndarray]:
    _, index = np.unique(groups, return_inverse=True)
    order = np.argsort(index, kind="stable")
    return np.split(order, np.cumsum(np.bincount(index))[:-1])


def area(labels: np.ndarray, scores: np.ndarray) -> float:
    """The bare area under the ROC curve, the Mann–Whitney statistic with ties counted half; both classes must occur."""
    from scipy.stats import rankdata

    diseased = labels == 1
    m, n = int(diseased.sum()), int((~diseased).sum())
    return (rankdata(scores)[diseased].sum() - m * (m + 1) / 2) / (m * n)
