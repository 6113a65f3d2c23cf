"""What the command measured: by model and group, the median of the smallest budgets with its interval."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.shipped import shipped
from measures import Estimate
from measures.estimates import CONFIDENCE

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.fairness"
GROUPS = ("Children", "Women", "Men", "Adults filmed in bed (AP)", "Adults filmed standing (PA)")


@dataclass(frozen=True)
class Figure:
    """Of one group and model: the median smallest budget, in grey levels of 255, and how many films none flips."""

    model: str
    group: str
    median: Estimate
    held: int


def load(path: Path = RESULTS) -> tuple[Figure, ...]:
    """The stored figures, model by model, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    rows = shipped(rows)
    found = []
    for model in dict.fromkeys(row["model"] for row in rows):
        for group in GROUPS:
            right = [row for row in rows if row["model"] == model and row["levels"] is not None]
            of_group = [row for row in right if group in row["groups"]]
            if of_group:
                levels = [row["levels"] for row in of_group]
                found.append(Figure(model, group, median(levels), sum(not row["found"] for row in of_group)))
    return tuple(found)


def median(values: Sequence[float]) -> Estimate:
    """The median with the interval that needs no assumption: two order statistics between which the true median lies
    with at least 95 % confidence (Conover 1999), from the binomial distribution. Six values are the fewest.

    Raises:
        ValueError: fewer than six values.
    """
    from scipy.stats import binom

    ordered, n = sorted(values), len(values)
    lower = int(binom.ppf((1 - CONFIDENCE) / 2, n, 0.5))
    if binom.cdf(lower - 1, n, 0.5) > (1 - CONFIDENCE) / 2:
        lower -= 1
    if lower < 1:
        raise ValueError(f"expected at least 6 values, got {n}")
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return Estimate(middle, ordered[lower - 1], ordered[n - lower], n)
