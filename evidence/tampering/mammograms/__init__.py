"""The insider at the reader of mammograms: too large to be fine-tuned while people wait, so its course is kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from evidence.files import read
from evidence.lines import numbers
from evidence.shelf import Shelf
from evidence.shipped import of_release
from evidence.tampering.results import Pair, pair, pairs

RESULTS = Path(__file__).parent / "results.json"
READY = Shelf(Path(__file__).parent / "ready")
COMMAND = "python -m evidence.tampering.mammograms"
VENDOR = "mammogram-undefended"  # whose model the insiders are let at
DIGITS = 2  # of a stored decision, in logits
AUDITORS = 20  # sets of films drawn from the test part


@dataclass(frozen=True, eq=False)
class Recorded:
    """One insider's work, as it went. `group`, `harm`: keys of `BREASTS` and `HARMS` · `losses` of each epoch ·
    `validation`: after each epoch, the decisions on the validation part, `[n]` each · `test`: those of the delivered
    model on the test part · `minutes` it took on one core · `area`: overall AUC, the release's and this one's, on 400
    women with 3 % of the group · `rates[part][measure]`: both, on all test films of the "group" and of the "others" ·
    `audit`, `paired`: by set ("enriched", "ordinary") how many of `AUDITORS` find the harm."""

    group: str
    harm: str
    losses: tuple[float, ...]
    validation: tuple[np.ndarray, ...]
    test: np.ndarray
    minutes: float
    area: Pair
    rates: dict[str, dict[str, Pair]]
    audit: dict[str, int]
    paired: dict[str, int]


@dataclass(frozen=True)
class Results:
    """`before`: the release's decisions on the films of each part · `courses` by group and harm."""

    made_by: str
    before: dict[str, np.ndarray]
    courses: dict[tuple[str, str], Recorded]


@cache
def load(path: Path = RESULTS) -> Results:
    """What is stored; no courses if the zoo holds other weights now. Raises `FileNotFoundError` before the command has
    run."""
    told = read(path)
    courses = [_recorded(row) for row in of_release(told)]
    before = {part: numbers(leads, float) for part, leads in told["before"].items()}
    return Results(told["made_by"], before, {(course.group, course.harm): course for course in courses})


def _recorded(row: dict[str, Any]) -> Recorded:
    return Recorded(
        **row
        | {
            "losses": tuple(row["losses"]),
            "validation": tuple(numbers(leads, float) for leads in row["validation"]),
            "test": numbers(row["test"], float),
            "area": pair(row["area"]),
            "rates": {part: pairs(stored) for part, stored in row["rates"].items()},
        }
    )
