"""Harm by share: many trainings a point, with an interval that knows of both the trainings and the patients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from evidence.poisoning.material import SIGNED, Material, members
from measures import Estimate, rate
from measures.estimates import CONFIDENCE, RESAMPLES
from training.poisoning.learner import LinearReading, learn
from training.poisoning.recipes import KINDS, chosen, flipped


def delivered(
    train: Material, altered: NDArray[np.float64] | None, kind: str, places: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features and labels of the set after these films were poisoned; `altered`: what `material.altered` says of the
    set."""
    features, labels = train.features, train.ward.labels
    if altered is not None:
        features = features.copy()
        features[places] = altered[places]
    return features, flipped(labels, places) if KINDS[kind].flips else labels


def trained(
    train: Material,
    altered: NDArray[np.float64] | None,
    validation: Material,
    kind: str,
    aim: str,
    *,
    share: float,
    seed: int,
) -> LinearReading:
    """What a hospital makes of a poisoned set. Its own validation films are labelled rightly."""
    places = chosen(train.ward, kind, aim, share=share, seed=seed)
    features, labels = delivered(train, altered, kind, places)
    return learn(features, labels).at(validation.features, validation.ward.labels)


def point(
    parts: dict[str, Material],
    altered: NDArray[np.float64] | None,
    signed: NDArray[np.float64] | None,
    kind: str,
    aim: str,
    *,
    share: float,
    seeds: int,
) -> dict[str, Any]:
    """The results' row of one share. `altered`: as `delivered` takes it; `signed`: features of the test films with the
    sign, where one is taught."""
    train, test = parts["training"], parts["test"]
    readings = [
        trained(train, altered, parts["validation"], kind, aim, share=share, seed=seed)
        for seed in range(seeds if share else 1)
    ]
    decisions = np.stack([reading.decisions(test.features) for reading in readings])
    labels, groups = test.ward.labels, members(test.ward)
    right = (decisions >= 0) == (labels == 1)
    figures = {name: clustered(right[:, who & (labels == 1)]) for name, who in groups.items()}
    with_sign = {}
    if signed is not None:
        right_signed = np.stack([(reading.decisions(signed) >= 0) == (labels == 1) for reading in readings])
        figures[SIGNED] = clustered(right_signed[:, labels == 1])
        with_sign = {"signed_specificity": clustered(right_signed[:, labels == 0]).as_dict()}
    return with_sign | {
        "kind": kind,
        "aim": aim,
        "share": share,
        "poisoned": round(share * len(train.ward)),
        "seeds": len(decisions),
        "area": area(labels, decisions).as_dict(),
        "sensitivity": {name: figure.as_dict() for name, figure in figures.items()},
        "specificity": clustered(right[:, labels == 0]).as_dict(),
    }


def clustered(right: NDArray[np.bool_], people: NDArray[Any] | None = None) -> Estimate:
    """The mean of `[trainings, films]`, bootstrapped over trainings and `people`, whose film each is, `[films]`; over
    films where each is another person's. Where no answer is another than the rest, the interval is that of
    `measures.rate` on as many people; no other mean is surer of its near end than that."""
    rng = np.random.default_rng(0)
    trainings, films = right.shape
    _, whose = np.unique(np.arange(films) if people is None else people, return_inverse=True)
    count = whose.max() + 1
    none, all_ = rate(0, count), rate(count, count)
    if right.all() or not right.any():
        found = all_ if right.all() else none
        return Estimate(found.value, found.low, found.high, films)
    runs, drawn = (rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES) for n in (trainings, count))
    weights = drawn[:, whose]
    draws = np.einsum("dt,tf,df->d", runs, right.astype(float), weights, optimize=True)
    low, high = _tails(draws / trainings / weights.sum(1))
    return Estimate(float(right.mean()), min(low, all_.low), max(high, none.high), films)


def area(labels: NDArray[np.int64], decisions: NDArray[np.float64]) -> Estimate:
    """The mean AUC of trainings `[trainings, films]`, bootstrapped over trainings and films."""
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(RESAMPLES):
        films = rng.integers(len(labels), size=len(labels))
        draws.append(rng.choice(areas(labels[films], decisions[:, films]), len(decisions)).mean())
    return Estimate(float(areas(labels, decisions).mean()), *_tails(np.array(draws)), len(labels))


def areas(labels: NDArray[np.int64], decisions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The AUC of each training (Mann–Whitney), `[trainings]`."""
    ill = labels == 1
    m, n = int(ill.sum()), int((~ill).sum())
    return (rankdata(decisions, axis=1)[:, ill].sum(1) - m * (m + 1) / 2) / (m * n)


def _tails(draws: NDArray[np.float64]) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
