"""Films that a trusted set would not hold: what many poisoned films have in common, they cannot hide behind each other.

A classifier is asked to tell the films of a set from those of a trusted one with the same label (the classifier
two-sample test, Lopez-Paz and Oquab, ICLR 2017). Where both are alike it can only guess; films with a sign, or with
another label's looks, it learns to know, the better the more there are of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustness.curation.label_errors import FOLDS

STRENGTH = 0.01  # inverse of the penalty on the classifier's weights, features scaled to spread one
LIMIT = 3.0  # spreads beyond the middle of the film's own set, from which it is listed
SPREAD = 1.4826  # of a normal distribution, in median absolute deviations


@dataclass(frozen=True)
class Unlike:
    """A film that stands out from its set by being unlike the trusted one: its place, and how far, in spreads."""

    place: int
    distance: float


def unlike_trusted(
    features: NDArray[np.float64],
    labels: NDArray[np.int64],
    trusted: NDArray[np.float64],
    trusted_labels: NDArray[np.int64],
    *,
    seed: int = 0,
) -> tuple[tuple[Unlike, ...], tuple[Unlike, ...]]:
    """The films of a set that are unlike a trusted one, the furthest first; and the other way round, which says how
    many there are by chance.

    Both sets must come from the same source: beside another hospital's films all are unlike, so that none stands out,
    and nothing is found.

    Args:
        features: `[n, channels]`, of a network that was not trained on these films; `trusted`: `[m, channels]`.
        labels: `[n]`, 0 or 1, as the set has them; `trusted_labels`: `[m]`.
        seed: of the folds.

    Raises:
        ValueError: fewer films of a class than folds, in either set.
    """
    distances = np.zeros(len(labels)), np.zeros(len(trusted_labels))
    for label in (0, 1):
        here, there = np.flatnonzero(labels == label), np.flatnonzero(trusted_labels == label)
        if min(len(here), len(there)) < FOLDS:
            raise ValueError(f"expected at least {FOLDS} films of each class in both sets")
        leaning = _leaning(features[here], trusted[there], seed)
        distances[0][here] = _beyond(leaning[: len(here)])
        distances[1][there] = _beyond(-leaning[len(here) :])
    return tuple(_listed(each) for each in distances)


def _leaning(here: NDArray[np.float64], there: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Logit of each film belonging to the first set, `[n + m]`, from classifiers that did not learn from it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    belongs = np.repeat([1, 0], [len(here), len(there)])
    whole = np.concatenate([here, there])
    scaled = make_pipeline(StandardScaler(), classifier)
    return cross_val_predict(scaled, whole, belongs, cv=folds, method="decision_function")


def _beyond(leaning: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each lies above the middle, in robust spreads."""
    middle = np.median(leaning)
    return (leaning - middle) / (SPREAD * np.median(np.abs(leaning - middle)) + 1e-12)


def _listed(distances: NDArray[np.float64]) -> tuple[Unlike, ...]:
    places = np.flatnonzero(distances > LIMIT)
    return tuple(Unlike(int(place), float(distances[place])) for place in places[np.argsort(-distances[places])])
