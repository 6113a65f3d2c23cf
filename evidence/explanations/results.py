"""What the command measured, as the page reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from evidence.files import read
from evidence.shipped import of_cases, shipped

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.explanations"
EPSILON = 4.0  # grey levels of 255


@dataclass(frozen=True)
class Carried:
    """One attack on one film. `attacked`: the map it was aimed at · `answered`: the answer is what the attacker wanted
    · `words`: for each map, also the attacked one, whether it was turned too: "yes", "in part", "no"."""

    case: str
    aim: str
    attacked: str
    answered: bool
    words: dict[str, str]


@dataclass(frozen=True)
class Cell:
    """Of `n` films on which the attack did what it should to the answer and to the map it was aimed at: on how many
    another map was turned too, or in part."""

    yes: int
    in_part: int
    n: int


def load(path: Path = RESULTS) -> tuple[Carried, ...]:
    """What is stored, less what was measured on other weights or films than are bundled now.

    Raises `FileNotFoundError` before the command has run.
    """
    rows = of_cases(shipped(read(path)["rows"]))
    return tuple(Carried(**{field.name: row[field.name] for field in fields(Carried)}) for row in rows)


def matrix(rows: Sequence[Carried], aim: str) -> dict[tuple[str, str], Cell]:
    """(attacked map, other map) → on how many films; the attacked map itself: of all films, on how many it worked."""
    found = {}
    for attacked in dict.fromkeys(row.attacked for row in rows if row.aim == aim):
        tried = [row for row in rows if (row.aim, row.attacked) == (aim, attacked)]
        worked = [row for row in tried if row.answered and row.words[attacked] == "yes"]
        found[attacked, attacked] = Cell(len(worked), 0, len(tried))
        for other in tried[0].words:
            if other != attacked:
                count = Counter(row.words[other] for row in worked)
                found[attacked, other] = Cell(count["yes"], count["in part"], len(worked))
    return found
