"""`python -m evidence.defences [--data …] [--films 100]`: attacks the chest models bare and inside each defence.

Two attackers: one attacks the bare model and hopes, one attacks model and defence as one. Both push each test film of
`kermany-224` towards the other class; a film counts as lost if the defended model then reads it as that class, read
once more (a random defence draws anew) and not referred. Rows that are there already, of the same films and weights,
are not measured again.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import models
from evidence.defences import COMMAND, NONE, RESULTS
from measures import auc, rate
from robustness import REGISTRY, ThreatModel
from robustness.chance import by_chance
from robustness.defences import DEFENCES
from training import data
from training.data import Cohort
from training.scores import batches

SMOOTHED = ("smoothing",)
AROUND = {  # the defences that are tried around each model; one trained with noise is made for one of them
    "chest-undefended": tuple(DEFENCES),
    "chest-defended": tuple(DEFENCES),
    "chest-noise-12": SMOOTHED,
    "chest-noise-25": SMOOTHED,
}
LEVELS = (1, 2, 4)  # grey levels of 255
STEPS = 30


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder of the image sets; else READING_ROOM_DATA, else ../shared/data")
    parser.add_argument("--films", type=int, default=100, help="test films, drawn evenly")
    parser.add_argument("--fresh", action="store_true", help="measure every row again")
    options = parser.parse_args()
    whole = data.kermany(data.data_root(options.data), "test")
    cohort = whole.evenly(options.films)
    command = f"{COMMAND} --films {options.films}"
    found = {"made_by": command, "set": "kermany-224/test", "attack": f"Auto-PGD on the margin, {STEPS} steps"}
    stored = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() and not options.fresh else {}
    rows = stored["rows"] if stored.get("made_by") == command else []  # of other films none can stand beside these
    for id, tried in AROUND.items():
        bare = models.load(id)
        rows = [row for row in rows if row["model"] != id or row["sha256"] == bare.card.sha256]
        known = {row["defence"] for row in rows if row["model"] == id}
        missing = [name for name in (NONE, *tried) if name not in known]
        hoped = {level: attacked(bare, cohort, level, early_stop=False) for level in LEVELS if missing}
        for name in missing:
            of = {"model": id, "sha256": bare.card.sha256, "defence": name}
            rows.append(of | measured(bare, name, cohort, hoped))
            RESULTS.write_text(json.dumps(found | {"rows": rows}, indent=1) + "\n", encoding="utf-8")
            print(rows[-1], flush=True)


def measured(bare: nn.Module, name: str, cohort: Cohort, hoped: dict[int, Tensor]) -> dict[str, Any]:
    """One defence around one model: ordinary films, then both attackers at each level."""

    def wrapped() -> nn.Module:
        return bare if name == NONE else DEFENCES[name](bare)

    films = torch.cat([films for films, _ in batches(cohort)])
    margins, answers = read(wrapped(), films)
    labels = cohort.labels
    found: dict[str, Any] = {
        "clean": auc(labels, margins, cohort.people).as_dict(),
        "right": rate(int((answers == labels).sum()), len(labels)).as_dict(),
        "referred": rate(int((answers < 0).sum()), len(labels)).as_dict(),
    }
    for level in LEVELS:
        # What draws anew is pushed on beyond its first flip, which may have been luck.
        model = wrapped()
        known = hoped[level] if name == NONE else attacked(model, cohort, level, early_stop=not by_chance(model))
        for attacker, altered in (("naive", hoped[level]), ("aware", known)):
            _, answers = read(wrapped(), altered)
            found[f"{attacker} {level}"] = {
                "lost": rate(int((answers == 1 - labels).sum()), len(labels)).as_dict(),
                "referred": rate(int((answers < 0).sum()), len(labels)).as_dict(),
            }
    return found


def attacked(model: nn.Module, cohort: Cohort, level: float, *, early_stop: bool) -> Tensor:
    """Every film pushed towards the other class, `[n, 1, H, W]`."""
    extra = len(model.card.classes) - 2  # answers before the healthy one
    altered = []
    for films, labels in batches(cohort):
        changed = films.clone()
        for label in (0, 1):
            chosen = labels == label
            if not chosen.any():
                continue
            threat = ThreatModel(epsilon=level / 255, goal=extra + 1 - label)
            options = {"steps": STEPS, "loss": "margin", "early_stop": early_stop}
            result = REGISTRY["apgd"](model, films[chosen], labels[chosen] + extra, threat, seed=0, **options)
            changed[chosen] = result.images
        altered.append(changed)
    return torch.cat(altered)


@torch.inference_mode()
def read(model: nn.Module, films: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Margins for disease and answers of films `[n, 1, H, W]`: 1 disease, 0 healthy, below 0 referred."""
    logits = torch.cat([model(part) for part in films.split(32)])
    answers = models.decision_logits(model, logits).argmax(1) - (logits.shape[1] - 2)
    return (logits[:, -1] - logits[:, -2]).numpy(), answers.numpy()


if __name__ == "__main__":
    main()
