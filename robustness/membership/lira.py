"""The likelihood-ratio attack (LiRA, Carlini et al., IEEE S&P 2022): was this patient among those a model learned from?

A model answers more surely where it has seen the answer. How much more, shadow models tell: the attacker trains many on
other choices of patients, and sees for each patient how sure those are that knew the patient and those that did not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

FEWEST = 2  # shadow models on either side, to know a mean and a spread
SMALLEST_SPREAD = 1e-6


def confidence(margins: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """How sure a model is of the true class, log p / (1 − p): `margins` are logits of the disease, last axis `[n]`."""
    return np.where(np.asarray(labels) == 1, 1.0, -1.0) * np.asarray(margins, dtype=np.float64)


def online(
    observed: NDArray[np.floating],
    shadows: NDArray[np.floating],
    members: NDArray[np.bool_],
    spreads: tuple[float, float] | None = None,
) -> NDArray[np.float64]:
    """Logarithm of how much likelier each confidence is if the patient was a member, `[n]` (their algorithm 1).

    Args:
        observed: confidences of the attacked model, `[n]`.
        shadows: confidences of the shadow models, `[m, n]`.
        members: bool `[m, n]`, whom each shadow model was trained on.
        spreads: of the shadow models that knew a patient and of those that did not, else `pooled_spreads` of these.

    Raises:
        ValueError: a patient whom fewer than two shadow models knew, or fewer than two did not.
    """
    knew, knew_not = spreads or pooled_spreads(shadows, members)
    inside, outside = _means(shadows, members), _means(shadows, ~members)
    return norm.logpdf(observed, inside, knew) - norm.logpdf(observed, outside, knew_not)


def gains(
    shadows: NDArray[np.floating], members: NDArray[np.bool_], spreads: tuple[float, float]
) -> tuple[float, float]:
    """How much surer having known a patient makes, over all patients: the mean, and how far to trust one patient's own.

    The trust is the share, in [0, 1], of the spread of the patients' differences of means that chance alone does not
    explain: few shadow models say little of a single patient, and after private training nothing (empirical Bayes,
    Efron and Morris 1975, for a normal mean).
    """
    own = _means(shadows, members) - _means(shadows, ~members)
    chance = float(np.mean(spreads[0] ** 2 / members.sum(axis=0) + spreads[1] ** 2 / (~members).sum(axis=0)))
    return float(own.mean()), float(np.clip(1 - chance / max(own.var(ddof=1), SMALLEST_SPREAD), 0, 1))


def believed(
    observed: NDArray[np.floating],
    shadows: NDArray[np.floating],
    members: NDArray[np.bool_],
    spreads: tuple[float, float],
    gain: tuple[float, float],
) -> NDArray[np.float64]:
    """Log odds that each patient was a member, half of all being so, `[n]`: `online` as somebody may believe it.

    Ranks are all that `online` is for; its size takes the means of a few shadow models for the truth. Here each
    patient's own gain is drawn towards that of all (`gain`, of `gains`), and the spread counts what so few models leave
    open about a mean.
    """
    n_in, n_out = members.sum(axis=0), (~members).sum(axis=0)
    inside, outside = _means(shadows, members), _means(shadows, ~members)
    middle = (n_in * inside + n_out * outside) / (n_in + n_out)
    mean, trust = gain
    own = mean + trust * (inside - outside - mean)
    knew, knew_not = (spread * np.sqrt(1 + 1 / (n_in + n_out)) for spread in spreads)
    surer, less = middle + own * n_out / (n_in + n_out), middle - own * n_in / (n_in + n_out)
    return norm.logpdf(observed, surer, knew) - norm.logpdf(observed, less, knew_not)


def each_in_turn(confidences: NDArray[np.floating], members: NDArray[np.bool_], *, targets: int) -> NDArray[np.float64]:
    """`online` against each of the first `targets` models, all others being its shadows: `[targets, n]`."""
    models = np.arange(len(confidences))
    return np.stack(
        [
            online(confidences[target], confidences[models != target], members[models != target])
            for target in range(targets)
        ]
    )


def pooled_spreads(shadows: NDArray[np.floating], members: NDArray[np.bool_]) -> tuple[float, float]:
    """Standard deviations around each patient's mean, over the shadow models that knew the patient and over the others.

    Pooled over patients, as they advise where shadow models are few.
    """
    return _spread(shadows, members), _spread(shadows, ~members)


def _spread(shadows: NDArray[np.floating], part: NDArray[np.bool_]) -> float:
    squares = np.where(part, (shadows - _means(shadows, part)) ** 2, 0.0).sum()
    return max(float(np.sqrt(squares / (part.sum(axis=0) - 1).sum())), SMALLEST_SPREAD)


def _means(shadows: NDArray[np.floating], part: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of each patient over one part of the shadow models, `[n]`."""
    count = part.sum(axis=0)
    if count.min() < FEWEST:
        raise ValueError(f"expected at least {FEWEST} shadow models with and without each patient, got {count.min()}")
    return np.where(part, shadows, 0.0).sum(axis=0) / count
