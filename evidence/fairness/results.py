"""What the command measured: by model and group, the median of the smallest budgets with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from evidence.files import read
from evidence.shipped import shipped
from evidence.tampering.cohorts import APART
from imaging.ward import Ward
from measures import Estimate
from measures.estimates import CONFIDENCE
from robustness.inspection.audit import ALPHA, holm

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.fairness"
GROUPS = (*APART[Ward], "Adults filmed in bed (AP)", "Adults filmed standing (PA)")


@dataclass(frozen=True)
class Figure:
    """Of one group's diseased (`label` 1) or healthy films and one model: the median smallest budget, in grey levels of
    255, and how many films none flips. `levels`: all budgets `[n]`."""

    model: str
    group: str
    label: int
    median: Estimate
    held: int
    levels: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True)
class Contrast:
    """Two groups' films with the same label: the one that is easier to attack first; `p` corrected for all such
    pairs and both labels, `sure`: p below 0.05."""

    easier: Figure
    harder: Figure
    p: float
    sure: bool


def load(path: Path = RESULTS) -> tuple[Figure, ...]:
    """The stored figures, model by model, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    rows = read(path)["rows"]
    rows = shipped(rows)
    found = []
    for model in dict.fromkeys(row["model"] for row in rows):
        right = [row for row in rows if row["model"] == model and row["levels"] is not None]
        for group in GROUPS:
            for label in (1, 0):
                alike = [row for row in right if group in row["groups"] and row["label"] == label]
                if alike:
                    levels = tuple(row["levels"] for row in alike)
                    held = sum(not row["found"] for row in alike)
                    found.append(Figure(model, group, label, median(levels), held, levels))
    return tuple(found)


def contrasts(figures: Sequence[Figure]) -> tuple[Contrast, ...]:
    """Of one model: every two groups that are apart, the diseased films and the healthy ones by themselves, since an
    attack that erases a finding is not one that invents it. Mann and Whitney's test, corrected after Holm; surest
    first."""
    from scipy.stats import mannwhitneyu

    pairs = [
        sorted(pair, key=lambda figure: figure.median.value)
        for label in (1, 0)
        for pair in combinations([each for each in figures if each.label == label and each.group in APART[Ward]], 2)
    ]
    ps = holm([float(mannwhitneyu(one.levels, other.levels).pvalue) for one, other in pairs])
    found = (Contrast(*pair, p, p < ALPHA) for pair, p in zip(pairs, ps, strict=True))
    return tuple(sorted(found, key=lambda contrast: contrast.p))


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
