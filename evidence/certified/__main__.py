"""`python -m evidence.certified [--data …] [--films 100]`: certifies each model that was trained with noise.

Every film of `kermany-224/test` gets the answer that most of its noisy copies give, and the radius within which nothing
can change it, or no answer. Models that are there already, on the same films and weights, are not asked again.
"""

from __future__ import annotations

from math import floor
from pathlib import Path
from typing import Any

import torch

import models
from evidence.certified import ABSTAINED, COMMAND, RESULTS
from evidence.files import begun, keep
from evidence.lines import line, numbered
from robustness.defences import ALPHA, COPIES
from robustness.defences.smoothing import certify
from training import data
from training.commands import command_line
from training.data import Cohort

FIRST = 100


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--films", type=int, help="test films, drawn evenly; else all")
    options = parser.parse_args()
    whole = data.kermany(data.data_root(options.data), "test")
    measure(whole.evenly(options.films or None))


def measure(cohort: Cohort, path: Path = RESULTS) -> None:
    """Certify what is missing and store each model as soon as it is done."""
    told = {
        "made_by": f"{COMMAND} --films {len(cohort)}",
        "set": "kermany-224/test",
        "copies": COPIES,
        "alpha": ALPHA,
        "pixels": cohort.film(0).size,
        "labels": line(cohort.labels),
        "people": line(numbered(cohort.people)),
    }
    stored = begun(path)
    rows = stored["rows"] if {name: stored.get(name) for name in told} == told else []
    for id in models.ids():
        card = models.card(id)
        if not card.options.get("noise") or any((row["model"], row["sha256"]) == (id, card.sha256) for row in rows):
            continue
        rows = [row for row in rows if row["model"] != id]
        rows.append({"model": id, "sha256": card.sha256} | certified(id, cohort))
        keep(path, told | {"rows": rows})
        print(id, rows[-1]["answers"], flush=True)


def certified(id: str, cohort: Cohort) -> dict[str, Any]:
    """One model's answers and radii, for the results."""
    model = models.load(id)
    device = next(model.parameters()).device
    films = (torch.from_numpy(cohort.film(index))[None, None].to(device) for index in range(len(cohort)))
    found = [certify(model, film, sigma=model.noise, seed=seed, first=FIRST) for seed, film in enumerate(films)]
    answers = [ABSTAINED if each.decision is None else each.decision for each in found]
    return {
        "sigma": model.noise,
        "answers": line(answers),
        "radii": line([floor(1e4 * each.radius) / 1e4 for each in found]),
    }


if __name__ == "__main__":
    main()
