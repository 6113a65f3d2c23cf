"""Readers that refer: how well a detector tells altered films, and what is left wrong of what it lets pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.defences import Reading, Row
from measures import Estimate, auc, rate, share

LEAST = 10  # films read, before an error rate among them is drawn


@dataclass(frozen=True, eq=False)
class Roc:
    """A detector on altered against ordinary films, over all thresholds.

    `false_alarms` and `found` are shares of ordinary and of altered films that are referred, `[k]`, both rising; `area`
    is the area under them, its interval over patients; the last two say what happens at the fitted threshold.
    """

    false_alarms: NDArray[np.float64]
    found: NDArray[np.float64]
    area: Estimate
    alarms_at: Estimate
    found_at: Estimate


def roc(row: Row, altered: Reading) -> Roc:
    """Of a row that `refers`, for films altered by one attacker within one level."""
    from sklearn.metrics import roc_curve

    scores = np.concatenate([row.ordinary.suspicion, altered.suspicion])
    is_altered = np.repeat([0, 1], len(row.labels))
    false_alarms, found, _ = roc_curve(is_altered, scores)
    area = auc(is_altered, scores, np.tile(row.people, 2))
    alarms_at, found_at = (share(reading.referred, row.people) for reading in (row.ordinary, altered))
    return Roc(false_alarms, found, area, alarms_at, found_at)


def stranger(row: Row, name: str) -> tuple[Estimate, Estimate]:
    """The share of films of a strange kind that is referred, and the area under their ROC against ordinary films."""
    strange = row.strange[name]
    scores = np.concatenate([row.ordinary.suspicion, strange])
    labels = np.repeat([0, 1], [len(row.labels), len(strange)])
    people = np.concatenate([row.people, row.people.max() + 1 + np.arange(len(strange))])
    return rate(int((strange > 1).sum()), len(strange)), auc(labels, scores, people)


@dataclass(frozen=True, eq=False)
class Trade:
    """What is left wrong when the most suspicious films are referred first (El-Yaniv and Wiener, JMLR 2010).

    `coverage` `[k]` is the share of films that is read, rising to 1, and `risk` `[k]` the share of those read wrongly.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    n: int

    def at(self, coverage: float) -> Estimate:
        """The risk where (about) this share of the films is read."""
        place = int(np.argmin(np.abs(self.coverage - coverage)))
        read = round(self.coverage[place] * self.n)
        return rate(round(self.risk[place] * read), read)


def trade(row: Row, reading: Reading) -> Trade:
    """Of a row that `refers`: its films ordered by suspicion, whatever the threshold."""
    order = np.argsort(reading.suspicion, kind="stable")
    wrong = (reading.called != (row.labels == 1))[order]
    read = np.arange(1, len(wrong) + 1)
    coverage, risk = read / len(wrong), np.cumsum(wrong) / read
    return Trade(coverage[LEAST - 1 :], risk[LEAST - 1 :], len(wrong))
