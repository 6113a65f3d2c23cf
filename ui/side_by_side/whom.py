"""Whose films a cohort is made of, in words, and what the page opens with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Whom:
    """Who is filmed, what is looked for, and where the films of the cohort come from. To begin with: `prevalence` of
    `PEOPLE`, and an attacker who changes a pixel by `level` grey levels of 255."""

    people: str
    asked: str
    disease: str
    cases: str
    films: str
    of: str
    like: str
    prevalence: int
    level: float


WHOM = {
    "chest": Whom(
        people="children",
        asked="who are X-rayed",
        disease="pneumonia",
        cases="Pneumonias",
        films="test films of children",
        of="patients",
        like="like those of the test films",
        prevalence=200,
        level=2.0,
    ),
    "mammogram": Whom(
        people="women",
        asked="who are screened",
        disease="a cancer",
        cases="Cancers",
        films="drawn mammograms",
        of="women who do not exist",
        like="who look as the phantoms do",
        prevalence=10,
        level=0.5,
    ),
}
