"""`python -m evidence.survival [--data …] [--films 60]`: attacks the undefended chest model on films of
`kermany-224/test`, stores them as 8-bit files, lets what happens in an archive happen to them, and has them read again.

Nothing stops at a flip: each film is pushed as far as it goes. Attacks that are there already, on the same films and
weights, are not measured again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import models
from evidence.shipped import shipped
from evidence.survival import COMMAND, RESULTS
from measures import rate
from robustness import REGISTRY, Lattice, ThreatModel
from robustness.accidents import ACCIDENTS
from robustness.threat import GREY
from training import data
from training.data import Cohort
from training.scores import batches

MODEL, LEVEL, STEPS = "chest-undefended", 4.0, 20
ATTACKS = ("pgd", "apgd", "smooth")
HAPPENS = ("jpeg", "resize", "blur")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder of the image sets; else READING_ROOM_DATA, else ../shared/data")
    parser.add_argument("--films", type=int, default=60, help="test films, drawn evenly")
    options = parser.parse_args()
    measure(data.kermany(data.data_root(options.data), "test").evenly(options.films))


def measure(cohort: Cohort, path: Path = RESULTS) -> None:
    """Measure what is missing and store each attack as soon as it is known."""
    told = {"made_by": f"{COMMAND} --films {len(cohort)}", "set": "kermany", "films": len(cohort)}
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rows = shipped(stored["rows"]) if stored.get("films") == len(cohort) else []
    model = models.load(MODEL)
    for attack in ATTACKS:
        if any(row["attack"] == attack for row in rows):
            continue
        row = {"model": MODEL, "sha256": model.card.sha256, "attack": attack, "level": LEVEL}
        rows.append(row | survived(model, cohort, attack))
        path.write_text(json.dumps(told | {"rows": rows}, indent=1) + "\n", encoding="utf-8")
        print(attack, rows[-1]["flipped"], flush=True)


def survived(model: nn.Module, cohort: Cohort, attack: str) -> dict[str, Any]:
    """One attack and all that happens to its films; for the results."""
    threat = ThreatModel(epsilon=LEVEL / GREY, lattice=Lattice(np.arange(GREY + 1) / GREY))
    kinds = [(name, strength) for name in HAPPENS for strength in ACCIDENTS[name].strengths]
    flipped, counts, outlived = [], {kind: [] for kind in kinds}, {kind: [] for kind in kinds}
    for films, _ in batches(cohort):
        read = _decided(model, films)
        altered = REGISTRY[attack](model, films, read, threat, seed=0, steps=STEPS, early_stop=False).images
        lost = _decided(model, altered) != read
        flipped.append(lost)
        for name, strength in kinds:
            spoiled, spoiled_too = (ACCIDENTS[name](images, strength) for images in (films, altered))
            counts[name, strength].append(lost & (_decided(model, spoiled) == read))
            outlived[name, strength].append(_decided(model, spoiled_too) != read)
    return {
        "flipped": _share(torch.cat(flipped)),
        "outlives": [
            {
                "accident": name,
                "strength": strength,
                "share": _share(torch.cat(outlived[name, strength])[torch.cat(counts[name, strength])]),
            }
            for name, strength in kinds
        ],
    }


@torch.no_grad()
def _decided(model: nn.Module, films: Tensor) -> Tensor:
    return models.decision_logits(model, model(films)).argmax(1)


def _share(films: Tensor) -> dict[str, float] | None:
    return rate(int(films.sum()), len(films)).as_dict() if len(films) else None


if __name__ == "__main__":
    main()
