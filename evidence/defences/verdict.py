"""What the figures say of a defence, in a few words. The one who counts is the attacker who knows it."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from evidence.defences import Row
from measures import difference

LEAST = 5  # films that the bare model has to lose, for there to be something to hold against
TENTH = 0.1  # of the films: a gain that is certainly smaller is none


class Verdict(Enum):
    """For the page."""

    HOLDS = "Holds, so far"
    HELPS = "Helps a little"
    LOOKS = "Only looks safe"
    NOTHING = "Does not help"
    WORSE = "Makes it worse"
    FEW = "Too few films to say"


def compared(row: Row, bare: Row) -> NDArray[np.bool_]:
    """The films on which a defence is judged, `[n]`: both read them rightly before anybody altered them."""
    return row.right(row.ordinary) & bare.right(bare.ordinary)


def verdict(row: Row, bare: Row, level: float) -> Verdict:
    """Of one defence within one level, against the bare model under the same attack.

    Over the films of `compared`, with a 95 % interval for the paired difference of what both lose: `HOLDS` if the
    attacker who knows the defence certainly gets less than half of what the bare model loses; `LOOKS` if that is so
    only of one who does not know it; `HELPS` if there is certainly some gain; `NOTHING` if it is certainly small.
    """
    both = compared(row, bare)
    people = row.people[both]
    undefended = bare.wrong(bare.aware[level])[both]
    if undefended.sum() < LEAST:
        return Verdict.FEW
    half = undefended.mean() / 2
    hoped, known = (difference(row.wrong(each[level])[both], undefended, people) for each in (row.naive, row.aware))
    if known.low > 0:
        return Verdict.WORSE
    if known.high < -half:
        return Verdict.HOLDS
    if hoped.high < -half and known.low > -half:
        return Verdict.LOOKS
    if known.high < 0:
        return Verdict.HELPS
    return Verdict.NOTHING if known.low > -TENTH else Verdict.FEW
