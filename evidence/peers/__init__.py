"""Our attacks against other libraries': a ready file from `python -m benchmarks.table`. Nothing here imports a peer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from evidence.files import keep, read

TABLE = Path(__file__).parent / "table.json"
COMMAND = "python -m benchmarks.table"


@dataclass(frozen=True)
class Row:
    """One comparison on the same films with the same model in one run; figures carry their 95 % interval.

    Args:
        question: what is compared, for a clinician; rows of one question stand together.
        what: the same for a specialist: attack, peer, budget, model.
        bar: what we set out to reach.
        ours, theirs: the two results, in words and figures.
        paired: their difference or ratio, film by film.
        n: films.
        reached: each part of the bar by name, and whether it was reached.
        command: what measures it again.
    """

    question: str
    what: str
    bar: str
    ours: str
    theirs: str
    paired: str
    n: int
    reached: dict[str, bool]
    command: str

    @property
    def verdict(self) -> str:
        """``yes``, ``no``, or which parts of the bar were reached and which not."""
        if len(set(self.reached.values())) == 1:
            return "yes" if all(self.reached.values()) else "no"
        return ", ".join(f"{part} {'yes' if done else 'no'}" for part, done in self.reached.items())


def load(path: Path = TABLE) -> tuple[Row, ...]:
    """The stored rows. Raises `FileNotFoundError` before the command has run."""
    return tuple(Row(**row) for row in read(path)["rows"])


def save(rows: tuple[Row, ...], path: Path = TABLE) -> None:
    """Write the rows where `load` finds them."""
    told = {"made_by": COMMAND, "rows": [asdict(row) for row in rows]}
    keep(path, told)
