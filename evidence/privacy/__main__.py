"""`python -m evidence.privacy --data DIR [--models 32]`: what privacy costs, what it keeps from an attacker, and what
it does against poisoned labels.

Ordinary training and three promises (ε at δ = 1e-5, for a patient with all films), on the same features: (1) AUC on
test patients, by group; (2) LiRA with shadow models against models that learned from random halves of the patients;
(3) sensitivity for viral pneumonia when some children with one were entered as normal. Rows and shadow models that are
there already are not made again. `--phantoms` makes the models of the page's live attack, which needs no data.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from evidence.files import begun, keep
from evidence.privacy.cohorts import sets
from evidence.privacy.measuring import FLIPPED, membership, poisoned, shadows, usefulness
from evidence.privacy.results import COMMAND, EPSILONS, RESULTS
from training import data
from training.commands import command_line
from training.private.sgd import DELTA

POISONED = 10  # trainings for each number of poisoned children
TABLES = ("usefulness", "membership", "poison")


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--models", type=int, default=32, help="models of each kind for the attack on membership")
    parser.add_argument("--phantoms", action="store_true", help="make the live attack's models, and nothing else")
    parser.add_argument("--fresh", action="store_true", help="measure every row again")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.phantoms:
        from evidence.privacy.demo import build

        build()
        return
    found = sets(data.data_root(options.data))
    book = Book(RESULTS, f"{COMMAND} --models {options.models}", found.people.labels.shape[0], fresh=options.fresh)
    for epsilon in EPSILONS:
        book.add("usefulness", {"epsilon": epsilon}, lambda e=epsilon: [usefulness(found, e)])
    book.drop("poison", lambda row: row.get("trainings") != POISONED)
    for flipped in FLIPPED:
        for epsilon in EPSILONS:
            key = {"epsilon": epsilon, "flipped": flipped, "trainings": POISONED}
            book.add("poison", key, lambda k=key: [poisoned(found, **k)])
    for epsilon in EPSILONS:
        key = {"epsilon": epsilon, "shadows": options.models - 1}
        book.drop("membership", lambda row, e=epsilon: row["epsilon"] == e and row["shadows"] != options.models - 1)
        book.add(
            "membership", key, lambda e=epsilon: membership(shadows(found.people, e, options.models), found.group, e)
        )


class Book:
    """The results file: rows are added once and stored at once."""

    def __init__(self, path: Path, made_by: str, patients: int, *, fresh: bool = False) -> None:
        stored = begun(path, fresh=fresh)
        self.path = path
        self.told = {"made_by": made_by, "delta": DELTA, "patients": patients}
        self.told |= {table: stored.get(table, []) for table in TABLES}

    def drop(self, table: str, unwanted: Callable[[dict[str, Any]], bool]) -> None:
        """Forget rows that the next ones take the place of."""
        self.told[table] = [row for row in self.told[table] if not unwanted(row)]

    def add(self, table: str, key: dict[str, Any], measure: Callable[[], list[dict[str, Any]]]) -> None:
        """Measure the rows of this key, unless they are there."""
        if any(key.items() <= row.items() for row in self.told[table]):
            return
        self.told[table] += measure()
        keep(self.path, self.told)
        print(table, key, flush=True)


if __name__ == "__main__":
    main()
