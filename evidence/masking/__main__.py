"""`python -m evidence.masking [--data …]`: asks of each model of the zoo whether its gradient is honest.

On test films that the model reads rightly: of children for chests, phantoms for mammograms. Models that are there
already, on the same weights, are not checked again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.special import logit

import models
from evidence.files import begun, keep
from evidence.masking import COMMAND, RESULTS
from evidence.shipped import shipped
from robustness import ThreatModel
from robustness.masking import Check, check_masking
from training import data
from training.commands import command_line
from training.data import Cohort
from training.mammograms.recipe import phantoms
from training.scores import scores

LEVELS = {"chest": 4.0, "mammogram": 0.5}  # grey levels of 255
FILMS = {"chest": 20, "mammogram": 10}
SETS = {"chest": "kermany", "mammogram": "phantoms"}


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--models", nargs="+", choices=models.ids(), default=models.ids(), metavar="ID")
    options = parser.parse_args()
    rows = shipped(begun(RESULTS).get("rows", []))
    for id in options.models:
        if any(row["model"] == id for row in rows):
            continue
        chest = models.card(id).modality == "chest"
        cohort = data.kermany(data.data_root(options.data), "test") if chest else phantoms("test")
        rows.append(checked(id, cohort, FILMS[models.card(id).modality]))
        keep(RESULTS, {"made_by": COMMAND, "rows": rows})
        print(id, [(sign["name"], sign["held"]) for sign in rows[-1]["signs"]], flush=True)


def checked(id: str, cohort: Cohort, n: int) -> dict[str, Any]:
    """One model on films that it reads rightly, drawn evenly; for the results."""
    model = models.load(id)
    device = next(model.parameters()).device
    some = cohort.evenly(2 * n)
    right = (scores(model, some) >= logit(model.card.operating_point)) == (some.labels == 1)
    chosen = some.where(right).evenly(n)
    films = torch.from_numpy(np.stack([chosen.film(index) for index in range(len(chosen))]))[:, None].to(device)
    level = LEVELS[model.card.modality]
    labels = torch.tensor(chosen.labels, device=device)
    found = check_masking(model, films, labels, ThreatModel(epsilon=level / 255), seed=0)
    return {
        "model": id,
        "sha256": model.card.sha256,
        "set": SETS[model.card.modality],
        "level": level,
        "signs": [_sign(check) for check in found.checks],
        "surface": [[round(float(lead), 3) for lead in row] for row in found.surface],
    }


def _sign(check: Check) -> dict[str, Any]:
    shares = {"stronger": check.stronger.as_dict(), "weaker": check.weaker.as_dict()}
    return {"name": check.name, "held": check.held, "missed": check.missed} | shares


if __name__ == "__main__":
    main()
