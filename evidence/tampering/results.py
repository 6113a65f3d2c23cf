"""What the command measured, as the page reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.files import read
from evidence.shelf import Shelf
from evidence.shipped import of_release
from measures import Estimate

RESULTS = Path(__file__).parent / "results.json"
READY = Shelf(Path(__file__).parent / "ready")  # weights of tampered last blocks, for when nobody can wait
COMMAND = "python -m evidence.tampering"
SHARE, FILMS = 0.03, 400  # of the group in an ordinary audit, and films in it
EACH = 60  # diseased films of each part in an enriched one
Pair = tuple[Estimate, Estimate]  # the vendor's model, the tampered one


@dataclass(frozen=True)
class Row:
    """One fine-tuned model. `group` is a key of `GROUPS`, or "" for an honest update.

    `area`: overall AUC, vendor's and this one's, on an ordinary validation set with 3 % of the group · `sensitivity`:
    both on all of the group's test films · `others`: the largest change of anyone else's sensitivity or specificity ·
    `audit`, `paired`: by set ("enriched", "ordinary"), whether the harm was flagged, or, of an honest update, anything
    at all · `seconds` it took · `called`: of each test film, "1" where it calls the disease.
    """

    group: str
    seed: int
    area: Pair
    sensitivity: Pair | None
    others: float | None
    audit: dict[str, bool]
    paired: dict[str, bool]
    seconds: float
    called: str = field(repr=False)


def load(path: Path = RESULTS) -> tuple[Row, ...]:
    """The stored rows, none if the zoo holds other weights now. Raises `FileNotFoundError` before the command has
    run."""
    return tuple(_row(entry) for entry in of_release(read(path)))


def _row(entry: dict[str, Any]) -> Row:
    return Row(**entry | {"area": pair(entry["area"]), "sensitivity": pair(entry["sensitivity"])})


def pairs(stored: dict[str, list[dict[str, Any]]]) -> dict[str, Pair]:
    """Stored figures by measure, each as `pair` gives it."""
    return {measure: pair(both) for measure, both in stored.items()}


def pair(stored: list[dict[str, Any]] | None) -> Any:
    """A stored figure of the vendor's model and of the tampered one; None where there is none."""
    return stored and tuple(Estimate(**each) for each in stored)
