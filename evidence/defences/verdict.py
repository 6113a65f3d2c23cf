"""What the figures say of a defence, in a few words. The one who counts is the attacker who knows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from evidence.defences import Row
from measures import Estimate, difference

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


@dataclass(frozen=True)
class Judged:
    """A defence against the bare model, on the films that both read rightly before anybody altered them.

    `saved` is the share of those films that the bare model loses and the defended one does not, less the reverse,
    against the attacker who knows the defence; the paired 95 % interval counts patients.
    """

    verdict: Verdict
    saved: Estimate


def judge(row: Row, bare: Row, level: float) -> Judged:
    """Of one defence within one level of grey, against the bare model under the same attack.

    `HOLDS` if the attacker who knows the defence certainly gets less than half of what the bare model loses; `LOOKS` if
    that is so only of one who does not know it; `HELPS` if something is certainly saved; `NOTHING` if it is certainly
    little; `WORSE` if more is certainly lost.

    Raises:
        ValueError: there is no film that both read rightly.
    """
    both = row.right(row.ordinary) & bare.right(bare.ordinary)
    if not both.any():
        raise ValueError(f"no film is read rightly both by {row.model} and inside {row.defence}")
    lost = bare.wrong(bare.aware[level])[both]
    hoped, known = (difference(lost, row.wrong(each[level])[both], row.people[both]) for each in (row.naive, row.aware))
    return Judged(_verdict(int(lost.sum()), lost.mean() / 2, hoped, known), known)


def _verdict(lost: int, half: float, hoped: Estimate, known: Estimate) -> Verdict:
    """`half` of what the bare model loses, and what is saved from either attacker."""
    if lost < LEAST:
        return Verdict.FEW
    if known.high < 0:
        return Verdict.WORSE
    if known.low > half:
        return Verdict.HOLDS
    if hoped.low > half and known.high < half:
        return Verdict.LOOKS
    if known.low > 0:
        return Verdict.HELPS
    return Verdict.NOTHING if known.high < TENTH else Verdict.FEW
