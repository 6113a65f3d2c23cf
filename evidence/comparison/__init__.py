"""What a defence costs on ordinary days and buys under attack, model beside model: `python -m evidence.comparison`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import models
from evidence.files import read
from evidence.lines import numbers
from evidence.shipped import shipped
from measures import Estimate

RESULTS = {kind: Path(__file__).parent / "results" / f"{kind}.json" for kind in ("chest", "mammogram")}
COMMAND = "python -m evidence.comparison"
MEASURES = ("accuracy", "sensitivity", "specificity", "auc")


@dataclass(frozen=True)
class Point:
    """One model, every film pushed to the wrong side within `level` grey levels of 255 (0: films as they are).

    `accuracy`, `sensitivity` and `specificity` are at the model's operating point; film by film, `wrong` bool `[n]` and
    `scores` `[n]`, the disease's logit less the healthy one's.
    """

    level: float
    accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    auc: Estimate
    wrong: NDArray[np.bool_] = field(compare=False, repr=False)
    scores: NDArray[np.float64] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Results:
    """All points that were measured on the same films, each model's from the smallest level to the largest.

    `labels` int `[n]`, 1 for the disease; `people` int `[n]`, films of one patient share a number.
    """

    made_by: str
    set: str
    attack: str
    labels: NDArray[np.int64] = field(repr=False)
    people: NDArray[np.int64] = field(repr=False)
    points: dict[str, tuple[Point, ...]]

    def at(self, model: str, level: float) -> Point:
        """One point. Raises `KeyError` where it was not measured."""
        for point in self.points[model]:
            if point.level == level:
                return point
        raise KeyError(f"{model} was not measured at {level:g} of 255")

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels at which every model was measured."""
        measured = [{point.level for point in points} for points in self.points.values()]
        return tuple(sorted(set.intersection(*measured))) if measured else ()


def measured() -> tuple[str, ...]:
    """The kinds of film that the command has run for."""
    return tuple(kind for kind, path in RESULTS.items() if path.is_file())


def load(path: Path = RESULTS["chest"]) -> Results:
    """What is stored, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    told = read(path)
    points: dict[str, list[Point]] = {id: [] for id in models.ids()}
    for row in shipped(told["rows"]):
        points[row["model"]].append(_point(row))
    return Results(
        told["made_by"],
        told["set"],
        told["attack"],
        numbers(told["labels"]),
        numbers(told["people"]),
        {id: tuple(sorted(found, key=lambda point: point.level)) for id, found in points.items() if found},
    )


def _point(row: dict[str, Any]) -> Point:
    wrong = numbers(row["wrong"]).astype(bool)
    return Point(row["level"], *(Estimate(**row[name]) for name in MEASURES), wrong, numbers(row["scores"], float))
