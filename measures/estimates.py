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
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"expected 0 <= successes <= n and n > 0, got {successes} of {n}")
    return Estimate(successes / n, *_wilson(successes / n, n), n)


def share(which: ArrayLike, people: ArrayLike) -> Estimate:
    """The share of films `which` is true of, bool `[n]`, where films of one of the `people` `[n]` go together.

    Wilson's interval for as many films as they are worth: n over the design effect, how much wider the share varies
    between people than it would between n strangers (Rao and Scott, Biometrics 1992), and fewer where people are few
    (Korn and Graubard, Survey Methodology 1998). Where every film says the same that cannot be seen, and people are
    counted; no other share is surer of its near end than that.

    Raises:
        ValueError: lengths differ or are 0.
    """
    from scipy.stats import norm, t

    which, people = np.asarray(which, dtype=bool), np.asarray(people)
    if len(which) != len(people) or not len(which):
        raise ValueError(f"expected as many people as films and at least one, got {len(people)} and {len(which)}")
    n, value = len(which), float(which.mean())
    _, person = np.unique(people, return_inverse=True)
    films = np.bincount(person)
    if value in (0, 1) or len(films) == 1:
        return Estimate(value, *_wilson(value, len(films)), n)
    away = np.bincount(person, which) - value * films
    varies = len(films) / (len(films) - 1) * float((away**2).sum()) / n**2
    few = (norm.ppf(0.5 + CONFIDENCE / 2) / t.ppf(0.5 + CONFIDENCE / 2, len(films) - 1)) ** 2
    low, high = _wilson(value, few * min(n, value * (1 - value) / max(varies, 1e-12)))
    return Estimate(value, min(low, _wilson(1, len(films))[0]), max(high, _wilson(0, len(films))[1]), n)


def balanced(sensitivity: Estimate, specificity: Estimate) -> Estimate:
    """Balanced accuracy, the mean of both; its interval from theirs, which stand on other people (Zou and Donner,
    Statistics in Medicine 2008)."""
    both = (sensitivity, specificity)
    value = sum(each.value for each in both) / 2
    down = sum((each.value - each.low) ** 2 for each in both) ** 0.5 / 2
    up = sum((each.high - each.value) ** 2 for each in both) ** 0.5 / 2
    return Estimate(value, value - down, value + up, sum(each.n for each in both))


def _wilson(value: float, n: float) -> tuple[float, float]:
    """Wilson's score interval of a share seen on n films, not necessarily a whole number."""
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + CONFIDENCE / 2))
    middle = (value + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


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
    names, member = np.unique(groups, return_inverse=True)
    _, rank = np.unique(scores, return_inverse=True)
    rng = np.random.default_rng(seed)
    draws: list[float] = []
    while len(draws) < RESAMPLES:
        times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[member]
        if 0 < times @ labels < times.sum():
            draws.append(_area(labels, rank, times))
    tail = (1 - CONFIDENCE) / 2
    whole = area(labels, scores)
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


def area(labels: np.ndarray, scores: np.ndarray) -> float:
    """The bare area under the ROC curve, the Mann–Whitney statistic with ties counted half; both classes must occur."""
    _, rank = np.unique(scores, return_inverse=True)
    return _area(labels, rank, np.ones(len(labels), int))


def _area(labels: np.ndarray, rank: np.ndarray, times: np.ndarray) -> float:
    """The same of images that count `times` each; equal scores have the same `rank`, from 0."""
    diseased = np.bincount(rank, times * (labels == 1))
    healthy = np.bincount(rank, times * (labels != 1))
    below = np.cumsum(healthy) - healthy
    return float(diseased @ (below + healthy / 2) / (diseased.sum() * healthy.sum()))
