"""How far several attacks together push every score to the wrong side: `python -m evidence.worst`."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evidence.files import read
from evidence.lines import numbers
from evidence.shipped import shipped
from measures import Estimate, auc

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.worst"


@dataclass(frozen=True)
class Pushed:
    """One model at one budget, in grey levels of 255: the AUC under each attack, and with each film's worst score."""

    model: str
    set: str
    level: float
    attacks: dict[str, Estimate]
    worst: Estimate


@functools.cache
def load(path: Path = RESULTS) -> dict[str, tuple[Pushed, ...]]:
    """What is stored by model, the smallest level first, less what was measured on other weights than the zoo's."""
    if not path.is_file():
        return {}
    told = read(path)
    labels, people = (numbers(told[name]) for name in ("labels", "people"))
    found: dict[tuple[str, float], dict[str, NDArray[np.float64]]] = {}
    for row in shipped(told["rows"]):
        found.setdefault((row["model"], row["level"]), {})[row["attack"]] = numbers(row["scores"], float)
    pushed: dict[str, tuple[Pushed, ...]] = {}
    for (model, level), attacks in sorted(found.items()):
        if set(attacks) != set(told["attacks"]):
            continue  # half measured: the worst of them is not known yet
        each = {name: auc(labels, scores, people) for name, scores in attacks.items()}
        one = Pushed(model, told["set"], level, each, auc(labels, worst_of(labels, [*attacks.values()]), people))
        pushed[model] = (*pushed.get(model, ()), one)
    return pushed


def worst_of(labels: NDArray[np.int64], scores: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Each film's score furthest on the wrong side, `[n]`: the lowest of the diseased, the highest of the others."""
    return np.where(labels == 1, np.min(scores, axis=0), np.max(scores, axis=0))
