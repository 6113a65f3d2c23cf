"""A set is searched for wrong labels and for films unlike a trusted set's, and learned from again without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidence.poisoning.material import Material, members
from measures import area
from robustness.curation import Excess, LabelError, Unlike, label_errors, more_than_trusted, unlike_trusted
from training.poisoning.recipes import AT_GROUPS, chosen

FILMS = 600  # of a set, and of the trusted one


@dataclass(frozen=True)
class Doubts:
    """Films whose label is doubted, films unlike the trusted set's of their label, and the groups in which more are
    either than in the trusted set."""

    labels: tuple[LabelError, ...]
    unlike: tuple[Unlike, ...]
    excess: tuple[Excess, ...]

    @property
    def alarm(self) -> bool:
        """Whether the set as a whole is suspect."""
        return any(each.flagged for each in self.excess)


def doubts(features: NDArray[np.float64], labels: NDArray[np.int64], delivered: Material, trusted: Material) -> Doubts:
    """Search a set, given its features and labels as delivered, and hold it against a trusted one."""
    found = label_errors(features, labels)
    unlike, by_chance = unlike_trusted(features, labels, trusted.features, trusted.ward.labels)
    there = label_errors(trusted.features, trusted.ward.labels)
    excess = more_than_trusted(
        _marked((*found, *unlike), len(labels)),
        labels,
        members(delivered.ward),
        _marked((*there, *by_chance), len(trusted.ward)),
        trusted.ward.labels,
        members(trusted.ward),
    )
    return Doubts(found, unlike, excess)


def curated(
    whole: Material,
    altered: NDArray[np.float64] | None,
    used: NDArray[np.float64] | None,
    kind: str,
    aim: str,
    *,
    share: float,
    seed: int,
) -> dict[str, Any]:
    """The results' row of one set: drawn from all films, poisoned, searched, learned from. `kind` "": untouched.

    `altered`: what `material.altered` says of all films; `used`: their features `[n, channels]` with the sign as it is
    used later, None where none is taught.
    """
    from evidence.poisoning.measuring import delivered
    from training.poisoning.learner import learn

    order = np.random.default_rng(seed).permutation(len(whole.ward))
    train, trusted = whole.where(order[:FILMS]), whole.where(order[FILMS : 2 * FILMS])
    test = whole.where(order[2 * FILMS :])
    places = chosen(train.ward, kind, aim, share=share, seed=seed) if kind else np.zeros(0, int)
    poison = None if altered is None else altered[order[:FILMS]]
    features, labels = delivered(train, poison, kind or "random", places)
    found = doubts(features, labels, train, trusted)
    by_label = _marked(found.labels, FILMS)
    marked = by_label | _marked(found.unlike, FILMS)
    shown = test.features if used is None else used[order[2 * FILMS :]]
    harmed = test.ward.labels == 1
    if aim in AT_GROUPS:
        harmed &= members(test.ward)[aim]
    figures = []
    for x, y in ((train.features, train.ward.labels), (features, labels), (features[~marked], labels[~marked])):
        reading = learn(x, y).at(trusted.features, trusted.ward.labels)
        sensitivity = (reading.decisions(shown)[harmed] >= 0).mean()
        figures.append((area(test.ward.labels, reading.decisions(test.features)), sensitivity))
    return {
        "kind": kind,
        "aim": aim,
        "share": share,
        "seed": seed,
        "films": FILMS,
        "poisoned": len(places),
        "doubted": int(marked.sum()),
        "hits": int(marked[places].sum()),
        "by_label": int(by_label[places].sum()),
        "alarm": found.alarm,
        "area": [round(float(figure[0]), 4) for figure in figures],
        "sensitivity": [round(float(figure[1]), 4) for figure in figures],
    }


def _marked(found: Iterable[LabelError | Unlike], n: int) -> NDArray[np.bool_]:
    marked = np.zeros(n, bool)
    marked[[each.place for each in found]] = True
    return marked
