"""What the figures say of a defence, in a few words. The one who counts is the attacker who knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

import models
from evidence.defences import ENSEMBLE, Results, Row
from measures import Estimate, difference

LEAST = 5  # films that the bare model has to lose, for there to be something to hold against
TENTH = 0.1  # of the films: a gain that is certainly smaller is none, and a cost that is certainly larger too high


class Verdict(Enum):
    """For the page."""

    HOLDS = "Holds, so far"
    HELPS = "Helps in part"
    LOOKS = "Only looks safe"
    NOTHING = "Does not help"
    WORSE = "Makes it worse"
    COSTLY = "Costs too much"
    FEW = "Undecided"


@dataclass(frozen=True)
class Judged:
    """A defence against the bare model, with paired 95 % intervals that count patients.

    `right`: films that the bare model reads rightly, of which it loses `lost` to an attacker · `saved`: of these films,
    the share that it loses and the defended one does not lose to one who knows it, less the reverse · `cost`: of all
    ordinary films, the share that only the bare model reads rightly, less the reverse; a referred film is not read.
    """

    verdict: Verdict
    right: int
    lost: int
    saved: Estimate
    cost: Estimate


def judge(row: Row, bare: Row, level: float) -> Judged:
    """Of one defence within one level of grey, against the bare model under the same attack.

    `WORSE` if more is certainly lost; `COSTLY` if the defence certainly loses a tenth of the ordinary films, whatever
    it saves: who reads everything as ill, or refers it, cannot be misled; `HOLDS` if the attacker who knows the defence
    certainly gets less than half of what the bare model loses; `LOOKS` if that is so only of one who does not know it;
    `HELPS` if something is certainly saved; `NOTHING` if it is certainly little, and less than half.

    Raises:
        ValueError: there is no film that the bare model reads rightly.
    """
    right = bare.right(bare.ordinary)
    if not right.any():
        raise ValueError(f"no film is read rightly by {row.model}")
    lost = bare.wrong(bare.aware[level])[right]
    hoped, known = (
        difference(lost, row.wrong(each[level])[right], row.people[right]) for each in (row.naive, row.aware)
    )
    cost = difference(right, row.right(row.ordinary), row.people)
    verdict = _verdict(int(lost.sum()), lost.mean() / 2, hoped, known, cost)
    return Judged(verdict, int(right.sum()), int(lost.sum()), known, cost)


def rival(row: Row, found: Mapping[str, Results], level: float) -> Row:
    """The row that a defence is held against: the bare model. An ensemble, which has two, is held against the one that
    an attacker misleads less within this level, where both were shown the same films."""
    bare, twin = found[row.model].bare, found.get(models.card(row.model).twin or "")
    if row.defence != ENSEMBLE or twin is None or not _same_films(bare, twin.bare):
        return bare
    return min((bare, twin.bare), key=lambda each: int(each.wrong(each.aware[level]).sum()))


def _same_films(one: Row, other: Row) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("labels", "people"))


def _verdict(lost: int, half: float, hoped: Estimate, known: Estimate, cost: Estimate) -> Verdict:
    """`half` of what the bare model loses, and what is saved from either attacker."""
    if known.high < 0:
        return Verdict.WORSE
    if cost.low > TENTH:
        return Verdict.COSTLY
    if lost < LEAST:
        return Verdict.FEW
    if known.low > half:
        return Verdict.HOLDS
    if hoped.low > half and known.high < half:
        return Verdict.LOOKS
    if known.low > 0:
        return Verdict.HELPS
    return Verdict.NOTHING if known.high < min(TENTH, half) else Verdict.FEW
