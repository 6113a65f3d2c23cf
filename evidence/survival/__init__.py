"""Which attacks outlive what an archive does to a film: `python -m evidence.survival`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from evidence.shipped import shipped
from measures import Estimate

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.survival"


@dataclass(frozen=True)
class Row:
    """One attack on one model, within `level` grey levels of 255, on files of 8 bit.

    `flipped`: the share of films that it flips. `outlives`: by accident and strength, the share of those whose reading
    stays flipped once that has happened to them; None where there is none. Films that the accident flips by itself do
    not count there.
    """

    model: str
    attack: str
    level: float
    flipped: Estimate
    outlives: dict[tuple[str, float], Estimate | None]


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
            {
                (each["accident"], each["strength"]): each["share"] and Estimate(**each["share"])
                for each in row["outlives"]
            },
        )
        for row in shipped(json.loads(path.read_text(encoding="utf-8"))["rows"])
    )
