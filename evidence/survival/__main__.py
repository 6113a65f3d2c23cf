"""`python -m evidence.survival [--data …] [--films 60]`: attacks the undefended chest model on films of
`kermany-224/test`, on 8-bit grey levels, lets what happens in an archive happen to them, and has them read again.

Nothing stops at a flip: each film is pushed as far as it goes. Attacks that are there already, on the same films and
weights, are not measured again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import models
from evidence.files import begun, keep
from evidence.shipped import shipped
from evidence.survival import COMMAND, RESULTS
from measures import rate
from robustness import REGISTRY, Lattice, ThreatModel
from robustness.accidents import ACCIDENTS
from robustness.threat import GREY
from training import data
from training.commands import command_line
from training.data import Cohort
from training.scores import batches

MODEL, LEVEL, STEPS = "chest-undefended", 4.0, 20
ATTACKS = ("pgd", "apgd", "smooth")
HAPPENS = ("jpeg", "resize", "blur")
THREAT = ThreatModel(epsilon=LEVEL / GREY, lattice=Lattice(np.arange(GREY + 1) / GREY))


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--films", type=int, default=60, help="test films, drawn evenly")
    options = parser.parse_args()
    measure(data.kermany(data.data_root(options.data), "test").evenly(options.films))


def measure(cohort: Cohort, path: Path = RESULTS) -> None:
    """Measure what is missing and store each attack as soon as it is known."""
    told = {"made_by": f"{COMMAND} --films {len(cohort)}", "set": "kermany", "films": len(cohort)}
    stored = begun(path)
    rows = shipped(stored["rows"]) if stored.get("films") == len(cohort) else []
    model = models.load(MODEL)
    for attack in ATTACKS:
        row = {"model": MODEL, "sha256": model.card.sha256, "attack": attack, "level": LEVEL, "steps": STEPS}
        if any(known | row == known for known in rows):
            continue
        rows.append(row | survived(model, cohort, attack))
        keep(path, told | {"rows": rows})
        print(attack, rows[-1]["flipped"], flush=True)


def survived(model: nn.Module, cohort: Cohort, attack: str) -> dict[str, Any]:
    """One attack and all that happens to its films; for the results."""
    kinds = [(name, strength) for name in HAPPENS for strength in ACCIDENTS[name].strengths]
    flipped, misled = [], {kind: [] for kind in kinds}
    for films, _ in batches(cohort):
        read = _decided(model, films)
        altered = REGISTRY[attack](model, films, read, THREAT, seed=0, steps=STEPS, early_stop=False).images
        flipped += (_decided(model, altered) != read).tolist()
        for name, strength in kinds:
            alone, both = (_decided(model, ACCIDENTS[name](images, strength)) != read for images in (films, altered))
            misled[name, strength] += both[~alone].tolist()
    return {
        "flipped": rate(sum(flipped), len(flipped)).as_dict(),
        "misled": [
            {"accident": name, "strength": strength, "share": rate(sum(films), len(films)).as_dict()}
            for (name, strength), films in misled.items()
        ],
    }


@torch.no_grad()
def _decided(model: nn.Module, films: Tensor) -> Tensor:
    return models.decision_logits(model, model(films)).argmax(1)


if __name__ == "__main__":
    main()
