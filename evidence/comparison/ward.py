"""Of so many people: what one model misses and calls in vain, and what another one changes about that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.comparison import Results
from measures import Estimate, difference, share

PEOPLE = 1000


@dataclass(frozen=True)
class Ward:
    """Of `PEOPLE` people, with 95 % intervals.

    `missed` and `alarms` of the first and of the second model; `more_missed` and `more_alarms` are the second's less
    the first's, on the same films. `missed_alike`: as `more_missed`, had the second's operating point been set so that
    it calls as many of these healthy films ill as the first does when nobody attacks.
    """

    missed: tuple[Estimate, Estimate]
    alarms: tuple[Estimate, Estimate]
    more_missed: Estimate
    more_alarms: Estimate
    missed_alike: Estimate


def ward(results: Results, first: str, second: str, *, level: float, prevalence: float) -> Ward:
    """Two models within the same level, where a share `prevalence` of the people has the disease.

    Sensitivity and specificity are those of the test films, so this holds for people like them.

    Raises:
        ValueError: a prevalence outside 0 … 1.
        KeyError: a model that was not measured at this level.
    """
    if not 0 <= prevalence <= 1:
        raise ValueError(f"expected a prevalence of 0 to 1, got {prevalence}")
    one, other = (results.at(model, level).wrong for model in (first, second))
    ill = results.labels == 1

    def of_people(among: NDArray[np.bool_], people: float) -> tuple[tuple[Estimate, Estimate], Estimate]:
        shares = [share(wrong[among], results.people[among]) for wrong in (one, other)]
        extra = difference(other[among], one[among], results.people[among])
        return (_times(shares[0], people), _times(shares[1], people)), _times(extra, people)

    missed, more_missed = of_people(ill, PEOPLE * prevalence)
    alarms, more_alarms = of_people(~ill, PEOPLE * (1 - prevalence))
    called = results.at(second, level).scores > _border(results, first, second)
    alike = difference(~called[ill], one[ill], results.people[ill])
    return Ward(missed, alarms, more_missed, more_alarms, _times(alike, PEOPLE * prevalence))


def _border(results: Results, first: str, second: str) -> float:
    """The score above which the second model calls as many healthy films ill as the first one, without an attack; with
    ties, no more."""
    healthy = results.labels == 0
    alarms = int(results.at(first, 0).wrong[healthy].sum())
    highest = np.sort(results.at(second, 0).scores[healthy])[::-1]
    return float(highest[alarms]) if alarms < len(highest) else -np.inf


def _times(share: Estimate, people: float) -> Estimate:
    return Estimate(share.value * people, share.low * people, share.high * people, share.n)
