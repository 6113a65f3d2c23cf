"""`python -m evidence.realism.cross_reading [--data …]`: do models see the same disease in phantoms as in people?

Chest models that are trained on real films only read phantoms, and others that are trained on phantoms only read real
films. How far real films carry to those of another hospital says what may be hoped for: there models are trained on
children alone and read adults. Each is trained three times, for what one training sees by chance moves an AUC by more
than phantoms do, and the mean of the three logits is judged; by all adults whom it was not trained on. None of them is
shipped. What a shipped one makes of phantoms stands beside them. A run that was cut goes on from its checkpoints in
`runs/`; results/cross_reading.json holds what they read.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

import models
from evidence.files import keep
from evidence.realism.chests import ADULT
from evidence.realism.results import READINGS
from imaging.phantoms import FIRST, PRESENT
from measures import auc
from models.networks import ChestNet
from training import chest, data
from training.commands import command_line
from training.data import Cohort
from training.drawn import chest_phantoms, generator
from training.loop import Plan, train
from training.scores import scores

OPTIONS = {"size": 128, "width": 24, "depths": (2, 2, 2, 2)}
REAL = Plan(epochs=8, films_per_epoch=3200, rate=0.08, average=0.98)
DRAWN = Plan(epochs=6, films_per_epoch=2400, rate=0.08, average=0.98)
VIEWS = ("PA", "AP")  # apart: of the films that radiologists read again, the ill are mostly AP
PHANTOMS = {"train": 600, "test": 600}
SEEDS = (0, 1, 2)
SHIPPED = "chest-undefended"


def main() -> None:
    """The command line."""
    parser = command_line("Train on real films and read phantoms, and the other way round.", data=True)
    root = data.data_root(parser.parse_args().data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parts = data.nih(root, "test"), data.nih(root, None), data.reread(root)
    unseen, adults, again = (c.where((c.table.age >= ADULT).to_numpy()) for c in parts)
    drawn, earlier = (chest_phantoms(PHANTOMS["test"], seed=2_000_002, style=style) for style in (PRESENT, FIRST))
    grown = (drawn.table.age >= ADULT).to_numpy()
    children, learned = data.kermany(root, "test"), data.kermany(root, "train")
    nobody = {"phantoms": drawn, "phantoms of adults": drawn.where(grown), "phantoms of children": drawn.where(~grown)}
    nobody |= {"phantoms in the style of the ward": earlier}
    by_view = {f"real adults, {view}, read again": again.where((again.table.view == view).to_numpy()) for view in VIEWS}
    tests = {
        "trained on real films": (
            _trained("real", [learned, data.nih(root, "train")], REAL),
            nobody | {"real adults": unseen, "real children": children},
        ),
        "trained on real children": (
            _trained("children", [learned], REAL),
            nobody | {"real adults": adults} | by_view | {"real children": children},
        ),
        "trained on phantoms": (
            _trained(f"phantoms-{generator('thorax')}", [chest_phantoms(PHANTOMS["train"], seed=2_000_001)], DRAWN),
            nobody | {"real adults": adults} | by_view | {"real children": children},
        ),
        "as shipped, undefended": ([models.load(SHIPPED)], nobody),
    }
    results = {"made_by": "python -m evidence.realism.cross_reading"}
    for training, (several, cohorts) in tests.items():
        results[training] = {name: _read(several, cohort) for name, cohort in cohorts.items()}
        for name, v in results[training].items():
            print(f"{training}: AUC on {name} {v['value']:.3f} [{v['low']:.3f}, {v['high']:.3f}], n {v['n']}")
    keep(READINGS, results)


def _trained(name: str, cohorts: list[Cohort], plan: Plan, folder: Path = chest.RUNS) -> list[nn.Module]:
    pools = [replace(chest.pool(cohort), share=1 / len(cohorts)) for cohort in cohorts]
    several = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        path = folder / f"cross-reading-{name}-{seed}.pt"
        several.append(train(ChestNet(**OPTIONS), pools, replace(plan, seed=seed), path))
    return several


def _read(several: list[nn.Module], cohort: Cohort) -> dict[str, float]:
    mean = np.mean([scores(model, cohort) for model in several], axis=0)
    return auc(cohort.labels, mean, cohort.people).as_dict()


if __name__ == "__main__":
    main()
