"""What the command measured, as the page reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evidence.files import read
from evidence.shipped import of_release
from measures import Estimate
from measures.estimates import CONFIDENCE

FOLDER = Path(__file__).parent / "results"
PUBLIC = FOLDER / "public.json"
COMMAND = "python -m evidence.poisoning"
STRANGE = 3  # films of each kind that does not belong, where faults are planted


@dataclass(frozen=True)
class Point:
    """One share of one poisoning, the mean over `seeds` trainings that differ in the films taken.

    Intervals: bootstrap over trainings and test patients together; `n` counts test films. `aim`: the group or the sign,
    "" for none. `area` overall · `sensitivity` of "children", "women" and "men", and of "signed", everyone's films with
    the sign, where one is taught · `specificity` of all, and of all with the sign.
    """

    kind: str
    aim: str
    share: float
    poisoned: int
    seeds: int
    area: Estimate
    sensitivity: dict[str, Estimate]
    specificity: Estimate
    signed_specificity: Estimate | None = None


@dataclass(frozen=True)
class CuratedRow:
    """One set that was searched for wrong labels. `kind` "" is a set that nobody touched.

    `films` in the set, of which `poisoned` · `doubted`: flagged, of which `hits` poisoned, `by_label` of them found by
    their labels alone, the others by being unlike a trusted set's films too · `alarm`: more is doubted
    than in the trusted set · overall AUC, and sensitivity in those who are to be harmed, of a model that learned from
    right labels, from the set as delivered, and from what is left of it without the doubted films.
    """

    kind: str
    aim: str
    share: float
    seed: int
    films: int
    poisoned: int
    doubted: int
    hits: int
    by_label: int
    alarm: bool
    area: tuple[float, float, float]
    sensitivity: tuple[float, float, float]


@dataclass(frozen=True)
class PlantedRow:
    """One set with planted faults (or, `planted` false, without): by name of the fault how many of how many were
    `found`; pairs and films flagged though they are nothing, `false_pairs` and `false_outliers`."""

    seed: int
    planted: bool
    films: int
    found: dict[str, tuple[int, int]]
    false_pairs: int
    false_outliers: int


@dataclass(frozen=True)
class PublicRow:
    """One published set. `films` to train on, of `patients`; `tested` films to test on.

    `pairs`: training films that are one, of which `one_patient` carry one patient's name and `labels_differ` two labels
    · `leaks`: test films that are among the training films · `found`: by disguise, how many of how many copies of test
    films are recognised as what they are.
    """

    name: str
    films: int
    patients: int
    tested: int
    pairs: int
    one_patient: int
    labels_differ: int
    leaks: int
    found: dict[str, tuple[int, int]]


def load_curve(folder: Path = FOLDER) -> tuple[Point, ...]:
    """Harm by share. Raises `FileNotFoundError` before the command has run."""
    return tuple(_point(row) for row in _rows(folder / "curve.json"))


def load_curation(folder: Path = FOLDER) -> tuple[CuratedRow, ...]:
    """The sets that were searched for wrong labels. Raises `FileNotFoundError` before the command has run."""
    rows = _rows(folder / "curation.json")
    return tuple(
        CuratedRow(**row | {"area": tuple(row["area"]), "sensitivity": tuple(row["sensitivity"])}) for row in rows
    )


def load_planted(folder: Path = FOLDER) -> tuple[PlantedRow, ...]:
    """The sets with planted faults. Raises `FileNotFoundError` before the command has run."""
    return tuple(PlantedRow(**_counted(row)) for row in _rows(folder / "planted.json"))


def load_public(path: Path = PUBLIC) -> tuple[PublicRow, ...]:
    """The published sets that were searched for copies. Raises `FileNotFoundError` before the command has run."""
    return tuple(PublicRow(**_counted(row)) for row in read(path)["rows"])


def mean(values: Sequence[float]) -> Estimate:
    """The mean over independent repetitions with Student's interval; `n` counts them.

    Raises:
        ValueError: fewer than two.
    """
    from scipy.stats import t

    if len(values) < 2:
        raise ValueError(f"expected at least two values, got {len(values)}")
    middle, error = float(np.mean(values)), float(np.std(values, ddof=1)) / len(values) ** 0.5
    reach = float(t.ppf(0.5 + CONFIDENCE / 2, len(values) - 1)) * error
    return Estimate(middle, middle - reach, middle + reach, len(values))


def _point(row: dict[str, Any]) -> Point:
    told = {name: Estimate(**row[name]) for name in ("area", "specificity", "signed_specificity") if name in row}
    told["sensitivity"] = {name: Estimate(**figure) for name, figure in row["sensitivity"].items()}
    return Point(**row | told)


def _counted(row: dict[str, Any]) -> dict[str, Any]:
    """A stored row whose `found` are pairs again."""
    return row | {"found": {name: tuple(counts) for name, counts in row["found"].items()}}


def _rows(path: Path) -> list[dict[str, Any]]:
    return of_release(read(path))
