"""`python -m evidence.realism.cross_reading [--data …]`: do models see the same disease in phantoms as in people?

One chest model is trained on real films only and reads phantoms; another on phantoms only and reads real films. Neither
is shipped. A run that was cut goes on from its checkpoint in `runs/`; results/cross_reading.json holds what they read.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import torch

from evidence.files import keep
from evidence.realism.__main__ import RESULTS
from evidence.realism.chests import ADULT
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
PHANTOMS = {"train": 600, "test": 240}


def main() -> None:
    """The command line."""
    parser = command_line("Train on real films and read phantoms, and the other way round.", data=True)
    root = data.data_root(parser.parse_args().data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    adults, drawn = data.nih(root, "test"), chest_phantoms(PHANTOMS["test"], seed=2_000_002)
    adults = adults.where((adults.table.age >= ADULT).to_numpy())
    grown = (drawn.table.age >= ADULT).to_numpy()
    real = {"kermany": data.kermany(root, "train"), "nih": data.nih(root, "train")}
    tests = {
        "trained on real films": (
            _trained("real", list(real.values()), REAL),
            {
                "phantoms": drawn,
                "phantoms of adults": drawn.where(grown),
                "phantoms of children": drawn.where(~grown),
                "real adults": adults,
                "real children": data.kermany(root, "test"),
            },
        ),
        "trained on phantoms": (
            _trained(f"phantoms-{generator()}", [chest_phantoms(PHANTOMS["train"], seed=2_000_001)], DRAWN),
            {"real adults": adults, "real children": data.kermany(root, "test"), "phantoms": drawn},
        ),
    }
    results = {"made_by": "python -m evidence.realism.cross_reading"}
    for training, (model, cohorts) in tests.items():
        results[training] = {name: _read(model, cohort) for name, cohort in cohorts.items()}
        for name, v in results[training].items():
            print(f"{training}: AUC on {name} {v['value']:.3f} [{v['low']:.3f}, {v['high']:.3f}], n {v['n']}")
    path = RESULTS / "cross_reading.json"
    keep(path, results)


def _trained(name: str, cohorts: list[Cohort], plan: Plan, folder: Path = chest.RUNS) -> ChestNet:
    pools = [replace(chest.pool(cohort), share=1 / len(cohorts)) for cohort in cohorts]
    torch.manual_seed(plan.seed)
    return train(ChestNet(**OPTIONS), pools, plan, folder / f"cross-reading-{name}.pt")


def _read(model: ChestNet, cohort: Cohort) -> dict[str, float]:
    return auc(cohort.labels, scores(model, cohort), cohort.people).as_dict()


if __name__ == "__main__":
    main()
