"""Which attacks outlive what an archive does to a film: `python -m evidence.survival`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evidence.files import read
from evidence.shipped import shipped
from measures import Estimate

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.survival"


@dataclass(frozen=True)
class Row:
    """One attack on one model, within `level` grey levels of 255.

    `flipped`: the share of films that it flips. `misled`: by accident and strength, the share of films that are read
    otherwise once that has happened to the altered film, of those that the accident alone leaves as they were read.
    """

    model: str
    attack: str
    level: float
    flipped: Estimate
    misled: dict[tuple[str, float], Estimate]


def load(path: Path = RESULTS) -> tuple[Row, ...]:
    """The stored rows, less what was measured on other weights than the zoo holds now."""
    if not path.is_file():
        return ()
    return tuple(
        Row(
            row["model"],
            row["attack"],
            row["level"],
            Estimate(**row["flipped"]),
            {(each["accident"], each["strength"]): Estimate(**each["share"]) for each in row["misled"]},
        )
        for row in shipped(read(path)["rows"])
    )
