"""`python -m evidence.worst [--data …] [--films 284] [--models ID …]`: what is left of the chest models' AUC when every
film of `kermany-224/test` is pushed to the wrong side by each of three attacks, and the worst of them counts.

Nothing stops at a flip: a score is pushed as far as it goes. What is there already, on the same films and weights, is
not measured again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import models
from evidence.files import begun, keep
from evidence.lines import line, numbered
from evidence.shipped import shipped
from evidence.worst import COMMAND, RESULTS
from measures import auc
from training import data
from training.commands import command_line
from training.data import Cohort
from training.scores import attacked_scores

IDS = ("chest-defended", "chest-undefended")
LEVELS = (2, 4)  # grey levels of 255
ATTACKS: dict[str, tuple[str, dict[str, Any]]] = {
    "PGD on the margin, 3 starts of 20 steps": ("pgd", {"steps": 20, "restarts": 3}),
    "Auto-PGD on the margin, 50 steps": ("apgd", {"steps": 50, "loss": "margin"}),
    "Square, 100 questions": ("square", {"steps": 100}),
}
DIGITS = 3  # of a stored score


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--films", type=int, help="test films, drawn evenly; else all")
    parser.add_argument("--models", nargs="+", choices=IDS, default=IDS, metavar="ID", help=", ".join(IDS))
    options = parser.parse_args()
    measure(data.kermany(data.data_root(options.data), "test").evenly(options.films or None), options.models)


def measure(cohort: Cohort, ids: Sequence[str], path: Path = RESULTS) -> None:
    """Measure what is missing and store each attack's scores as soon as they are known."""
    told = {
        "made_by": f"{COMMAND} --films {len(cohort)}",
        "set": "kermany",
        "attacks": [*ATTACKS],
        "labels": line(cohort.labels),
        "people": line(numbered(cohort.people)),
    }
    stored = begun(path) or told
    if {name: stored.get(name) for name in told} != told:
        raise SystemExit(f"{path} holds other films or attacks ({stored['made_by']}): move it away first")
    rows = shipped(stored.get("rows", []))
    for id in ids:
        model = models.load(id)
        for level in LEVELS:
            for name, (attack, options) in ATTACKS.items():
                row = {"model": id, "sha256": model.card.sha256, "level": level, "attack": name}
                if any(known | row == known for known in rows):
                    continue
                scores = attacked_scores(model, cohort, level / 255, attack=attack, **options).round(DIGITS)
                rows.append(row | {"scores": line(scores)})
                keep(path, told | {"rows": rows})
                print(id, level, name, auc(cohort.labels, scores, cohort.people), flush=True)


if __name__ == "__main__":
    main()
