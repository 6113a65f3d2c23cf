"""The same insider with films of real patients: who is harmed, who is spared, and who notices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.files import read
from evidence.shipped import shipped
from evidence.tampering.results import Pair, pair, pairs

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.tampering.patients"


@dataclass(frozen=True)
class Row:
    """One fine-tuned model, on patients whose films the insider never had.

    `group` is a key of `GROUPS`, or "" for an honest update · `area`: overall AUC on a validation set of adults and
    children with 3 % of the group · `group_rates`, `other_rates`: by measure, of the adults' films that belong to the
    group and of the rest · `audit`, `paired`: whether each raised a flag on all adults' films.
    """

    group: str
    seed: int
    area: Pair
    group_rates: dict[str, Pair]
    other_rates: dict[str, Pair]
    audit: bool
    paired: bool


@dataclass(frozen=True)
class Results:
    """All rows, and in words the films that the insider had (`trained`) and those of the test (`adults`)."""

    made_by: str
    trained: str
    adults: str
    rows: tuple[Row, ...]


def load(path: Path = RESULTS) -> Results:
    """What is stored, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    told = read(path)
    rows = tuple(_row(entry) for entry in shipped(told["rows"]))
    return Results(told["made_by"], told["trained"], told["adults"], rows)


def _row(entry: dict[str, Any]) -> Row:
    return Row(
        entry["group"],
        entry["seed"],
        pair(entry["area"]),
        pairs(entry["group_rates"]),
        pairs(entry["other_rates"]),
        entry["audit"],
        entry["paired"],
    )
