"""Labels that the films contradict, by confident learning (Northcutt et al., JAIR 2021; the library cleanlab)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from measures import Estimate, rate
from robustness.inspection.audit import ALPHA, holm

FOLDS = 5
STRENGTH = 0.1  # inverse of the penalty on the weights of the reading, features scaled to spread one
FEWEST = 10  # films of a group and label below which nothing is said about them


@dataclass(frozen=True)
class LabelError:
    """A film whose label is doubted: its place, and the probability that the other films give the label it has."""

    place: int
    probability: float


def label_errors(features: NDArray[np.float64], labels: NDArray[np.int64], *, seed: int = 0) -> tuple[LabelError, ...]:
    """The films whose label is likely wrong, the least probable first.

    Each film is judged by a linear reading that learned from the other folds only. Where most labels of a group are
    wrong, the others teach the same mistake, and this finds few of them: see `more_than_trusted`.

    Args:
        features: `[n, channels]`, of a network that was not trained on these films.
        labels: `[n]`, 0 or 1.
        seed: of the folds.

    Raises:
        ValueError: fewer films of a class than folds.
    """
    from cleanlab.filter import find_label_issues

    found = out_of_sample(features, labels, seed=seed)
    places = find_label_issues(labels, found, return_indices_ranked_by="self_confidence", n_jobs=1)
    return tuple(LabelError(int(place), float(found[place, labels[place]])) for place in places)


def out_of_sample(features: NDArray[np.float64], labels: NDArray[np.int64], *, seed: int = 0) -> NDArray[np.float64]:
    """Probability of each class for each film, `[n, 2]`, from readings that did not learn from it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fewest = int(np.bincount(labels, minlength=2).min())
    if fewest < FOLDS:
        raise ValueError(f"expected at least {FOLDS} films of each class, got {fewest}")
    reading = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return cross_val_predict(reading, features, labels, cv=folds, method="predict_proba")


@dataclass(frozen=True)
class Excess:
    """Of a group's films with one label: the share that is doubted here and in a set that is trusted; `p` of that many
    if both were alike, corrected for all groups and labels; `flagged`: p below 0.05."""

    name: str
    label: int
    here: Estimate
    trusted: Estimate
    p: float
    flagged: bool


def more_than_trusted(
    doubted: NDArray[np.bool_],
    labels: NDArray[np.int64],
    groups: Mapping[str, NDArray[np.bool_]],
    doubted_trusted: NDArray[np.bool_],
    labels_trusted: NDArray[np.int64],
    groups_trusted: Mapping[str, NDArray[np.bool_]],
) -> tuple[Excess, ...]:
    """Is more doubted than in a set whose labels were checked? One-sided Fisher tests, corrected after Holm (1979).

    Some films of any set are hard, and doubted without anyone's fault; a set is suspect where there are too many.

    Args:
        doubted: bool `[n]`; `labels` `[n]`; `groups`: name → members, bool `[n]`, of the set that was delivered.
        doubted_trusted, labels_trusted, groups_trusted: the same of the trusted set.
    """
    from scipy.stats import fisher_exact

    rows = []
    for name, members in groups.items():
        for label in (0, 1):
            here = doubted[members & (labels == label)]
            there = doubted_trusted[groups_trusted[name] & (labels_trusted == label)]
            if min(len(here), len(there)) >= FEWEST:
                counts = [[int(part.sum()), int((~part).sum())] for part in (here, there)]
                p = float(fisher_exact(counts, alternative="greater").pvalue)
                rows.append((name, label, *(rate(count[0], sum(count)) for count in counts), p))
    corrected = holm([row[-1] for row in rows])
    return tuple(Excess(*row[:-1], p, p < ALPHA) for row, p in zip(rows, corrected, strict=True))
