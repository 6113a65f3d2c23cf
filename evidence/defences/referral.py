"""Readers that refer: how well a detector tells altered films, and what is left wrong of what it lets pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.defences import TURNED, Reading, Row
from measures import Estimate, auc, share

LEAST = 10  # films read, before an error rate among them is drawn
HARMED = 5  # films that an attack has to turn, before it is asked how many of them a detector catches


@dataclass(frozen=True, eq=False)
class Roc:
    """A detector on films that an attack turned, against all ordinary films, over all thresholds.

    `false_alarms` and `found` are shares of ordinary and of turned films that are referred, `[k]`, both rising; `area`
    is the area under them, its interval over patients; `found_at` is the share found at the fitted threshold.
    """

    false_alarms: NDArray[np.float64]
    found: NDArray[np.float64]
    area: Estimate
    found_at: Estimate


def roc(row: Row, altered: Reading) -> Roc | None:
    """Of a row that `refers`, for films altered by one attacker within one level; None where he turned too few.

    A film counts as turned if it was called rightly and is called wrongly now, referred or not: one that is still
    called rightly harms nobody, caught or not, and one that was wrong before needed no attack.
    """
    from sklearn.metrics import roc_curve

    turned = (row.ordinary.called == (row.labels == 1)) & (altered.called != (row.labels == 1))
    if turned.sum() < HARMED:
        return None
    scores = np.concatenate([row.ordinary.suspicion, altered.suspicion[turned]])
    is_altered = np.repeat([0, 1], [len(row.labels), turned.sum()])
    false_alarms, found, _ = roc_curve(is_altered, scores)
    area = auc(is_altered, scores, np.concatenate([row.people, row.people[turned]]))
    return Roc(false_alarms, found, area, share(altered.referred[turned], row.people[turned]))


def stranger(row: Row, name: str) -> tuple[Estimate, Estimate]:
    """The share of films of a strange kind that is referred, and the area under their ROC against ordinary films."""
    strange = row.strange[name]
    own = name not in TURNED  # films of other people, one each
    people = row.people.max() + 1 + np.arange(len(strange)) if own else row.people
    scores = np.concatenate([row.ordinary.suspicion, strange])
    labels = np.repeat([0, 1], [len(row.labels), len(strange)])
    return share(strange > 1, people), auc(labels, scores, np.concatenate([row.people, people]))


@dataclass(frozen=True, eq=False)
class Trade:
    """What is left wrong when the most suspicious films are referred first (El-Yaniv and Wiener, JMLR 2010).

    `coverage` `[k]` is the share of films that is read, rising to 1, and `risk` `[k]` the share of those read wrongly;
    `wrong` and `people` `[n]` are those of the films in the order in which they are read.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    people: NDArray[np.int64]

    def at(self, coverage: float) -> Estimate:
        """The risk where (about) this share of the films is read."""
        read = max(1, round(coverage * len(self.wrong)))
        return share(self.wrong[:read], self.people[:read])


def trade(row: Row, reading: Reading) -> Trade:
    """Of a row that `refers`: its films ordered by suspicion, whatever the threshold."""
    order = np.argsort(reading.suspicion, kind="stable")
    wrong = (reading.called != (row.labels == 1))[order]
    read = np.arange(1, len(wrong) + 1)
    coverage, risk = read / len(wrong), np.cumsum(wrong) / read
    return Trade(coverage[LEAST - 1 :], risk[LEAST - 1 :], wrong, row.people[order])
