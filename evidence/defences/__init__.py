"""What each defence is worth to an attacker who does not know it and to one who does: `python -m evidence.defences`.

Stored film by film, a file for each model, so that a defence and the bare model are compared on the same films.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import models
from evidence.files import read
from evidence.lines import numbers
from evidence.shipped import shipped

RESULTS = Path(__file__).parent / "results"  # a file for each model
COMMAND = "python -m evidence.defences"
NONE = "none"  # the name of the row without a defence
ENSEMBLE = "ensemble"  # of the one with two models in it
ORDINARY = "ordinary"
ATTACKERS = ("naive", "aware")
TURNED = ("upside down", "black and white exchanged")  # strange films that are the ordinary ones, turned about


@dataclass(frozen=True, eq=False)
class Reading:
    """What one reader said of n films.

    Args:
        called: bool `[n]`, whether it calls the disease where it is not referred.
        margins: float `[n]`, the disease's logit less the healthy one's.
        suspicion: float `[n]`, a detector's score in units of the threshold above which it refers; 0 without one.
    """

    called: NDArray[np.bool_]
    margins: NDArray[np.float64]
    suspicion: NDArray[np.float64]

    @property
    def referred(self) -> NDArray[np.bool_]:
        """Which films a radiologist must look at, `[n]`."""
        return self.suspicion > 1


@dataclass(frozen=True, eq=False)
class Row:
    """One model of the zoo inside one defence (`NONE`: bare), on films whose `labels` are int `[n]`, 1 for the disease.

    Args:
        people: int `[n]`, films of one patient share a number.
        ordinary: the films as they are.
        naive: by the largest change in grey levels, films made for the bare model.
        aware: the same, films made for model and defence as one, or for the bare model where those do more.
        strange: by name, films that are no chest film of the ordinary kind: how suspicious each is, `[m]`.
    """

    model: str
    defence: str
    labels: NDArray[np.int64] = field(repr=False)
    people: NDArray[np.int64] = field(repr=False)
    ordinary: Reading = field(repr=False)
    naive: Mapping[float, Reading] = field(repr=False)
    aware: Mapping[float, Reading] = field(repr=False)
    strange: Mapping[str, NDArray[np.float64]] = field(repr=False, default_factory=dict)

    @property
    def refers(self) -> bool:
        """Whether the defence is one that refers films."""
        return bool(self.ordinary.suspicion.any())

    def wrong(self, reading: Reading) -> NDArray[np.bool_]:
        """Films read wrongly and not referred, `[n]`: what the attacker wants."""
        return (reading.called != (self.labels == 1)) & ~reading.referred

    def right(self, reading: Reading) -> NDArray[np.bool_]:
        """Films read rightly and not referred, `[n]`."""
        return (reading.called == (self.labels == 1)) & ~reading.referred


@dataclass(frozen=True)
class Results:
    """The rows of one model, the bare one first, and how they were made."""

    model: str
    made_by: str
    set: str
    attack: str
    rows: tuple[Row, ...]

    @property
    def bare(self) -> Row:
        """The model without a defence."""
        return self.rows[0]


def load(folder: Path = RESULTS) -> tuple[Results, ...]:
    """What is stored, in the zoo's order of models, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    files = [folder / f"{id}.json" for id in models.ids()]
    found = [_results(read(path)) for path in files if path.is_file()]
    if not found:
        raise FileNotFoundError(f"nothing measured in {folder}: run {COMMAND}")
    return tuple(results for results in found if results.rows and results.bare.defence == NONE)


def _results(file: dict[str, Any]) -> Results:
    rows = tuple(_row(file, row) for row in shipped(file["rows"]))
    return Results(*(file[name] for name in ("model", "made_by", "set", "attack")), rows)


def _row(file: dict[str, Any], row: dict[str, Any]) -> Row:
    levels = {float(name.split()[1]): name for name in row if name.startswith(ATTACKERS[0])}
    naive, aware = (
        {level: _reading(row[f"{attacker} {level:g}"]) for level in sorted(levels)} for attacker in ATTACKERS
    )
    return Row(
        row["model"],
        row["defence"],
        numbers(file["labels"]),
        numbers(file["people"]),
        _reading(row[ORDINARY]),
        naive,
        aware,
        {name: numbers(line, float) for name, line in row.get("strange", {}).items()},
    )


def _reading(entry: dict[str, str]) -> Reading:
    called = numbers(entry["called"]).astype(bool)
    suspicion = numbers(entry["suspicion"], float) if "suspicion" in entry else np.zeros(len(called))
    return Reading(called, numbers(entry["margins"], float), suspicion)
