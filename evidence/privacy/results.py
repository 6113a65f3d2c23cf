"""What the command measured, as the page reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evidence.files import read
from measures import Estimate

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.privacy"
CHILDREN, ADULTS = "Children (Kermany)", "Mostly adults (NIH)"
EVERYONE = "everyone"
SHADOWS = 32  # models that help to attack one live
EPSILONS: tuple[float | None, ...] = (None, 8.0, 3.0, 1.0)  # None: ordinary training, without a promise


def kind(epsilon: float | None) -> str:
    """A name for the kind of training: "ordinary", or "private-3"."""
    return "ordinary" if epsilon is None else f"private-{epsilon:g}"


@dataclass(frozen=True)
class Useful:
    """AUC of a model that learned from everybody: `groups[set, group]` (group "all": everyone of the set), and of the
    same recipe under other seeds, `seeds[set]`; `quiet[set]`: of the same training but for its noise, which promises
    nothing. `noise` in clips, `spent`: the ε that it amounts to; None: no promise.
    """

    epsilon: float | None
    noise: float | None
    spent: float | None
    groups: dict[tuple[str, str], Estimate]
    seeds: dict[str, tuple[float, ...]]
    quiet: dict[str, Estimate]


@dataclass(frozen=True)
class Attacked:
    """What LiRA learns about the `patients` of a group from `targets` models, each with so many `shadows`.

    `area` under its ROC curve, 0.5 for a guess · `hits`: share of members named, by rate of false alarms · `most`: what
    the promise allows at that rate; empty without a promise.
    """

    epsilon: float | None
    group: str
    patients: int
    targets: int
    shadows: int
    area: Estimate
    hits: dict[float, Estimate]
    most: dict[float, float]


@dataclass(frozen=True)
class Poisoned:
    """Sensitivity for viral pneumonia (`attacked`) and for bacterial pneumonia (`others`) after `flipped` of `of`
    children with a viral one were entered as normal: means over so many trainings, each with other children; intervals
    over trainings and patients."""

    epsilon: float | None
    flipped: int
    of: int
    trainings: int
    attacked: Estimate
    others: Estimate


@dataclass(frozen=True)
class Results:
    """Everything, for `patients` in the training set, at this δ."""

    made_by: str
    delta: float
    patients: int
    useful: dict[float | None, Useful]
    attacked: dict[tuple[float | None, str], Attacked]
    poisoned: tuple[Poisoned, ...]


@cache
def load(path: Path = RESULTS) -> Results:
    """The stored results. Raises `FileNotFoundError` before the command has run."""
    told = read(path)
    attacked = [_attacked(row) for row in told["membership"]]
    return Results(
        told["made_by"],
        told["delta"],
        told["patients"],
        {row["epsilon"]: _useful(row) for row in told["usefulness"]},
        {(row.epsilon, row.group): row for row in attacked},
        tuple(_estimated(Poisoned, row, "attacked", "others") for row in told["poison"]),
    )


def _useful(row: dict[str, Any]) -> Useful:
    groups = {(each["set"], each["group"]): Estimate(**each["auc"]) for each in row["groups"]}
    seeds = {name: tuple(values) for name, values in row["seeds"].items()}
    quiet = {name: Estimate(**figure) for name, figure in (row["quiet"] or {}).items()}
    return Useful(row["epsilon"], row["noise"], row["spent"], groups, seeds, quiet)


def _attacked(row: dict[str, Any]) -> Attacked:
    hits = {float(alarms): Estimate(**found) for alarms, found in row["hits"].items()}
    most = {float(alarms): share for alarms, share in (row["most"] or {}).items()}
    return _estimated(Attacked, row | {"hits": hits, "most": most}, "area")


def _estimated(made: type, row: dict[str, Any], *names: str) -> Any:
    return made(**row | {name: Estimate(**row[name]) for name in names})
