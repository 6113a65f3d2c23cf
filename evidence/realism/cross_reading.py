"""`python -m evidence.realism.cross_reading [--data …]`: do models see the same disease in phantoms as in people?

Chest models that are trained on real films only read phantoms, and one that is trained on phantoms only reads real
films. How far real films carry to those of another hospital says what may be hoped for: there one model is trained on
children alone and reads adults. None is shipped. A run that was cut goes on from its checkpoint in `runs/`;
results/cross_reading.json holds what they read.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import torch

from evidence.files import keep
from evidence.realism.chests import ADULT
from evidence.realism.results import READINGS
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
PHANTOMS = {"train": 600, "test": 240}


def main() -> None:
    """The command line."""
    parser = command_line("Train on real films and read phantoms, and the other way round.", data=True)
    root = data.data_root(parser.parse_args().data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    adults, drawn = data.nih(root, "test"), chest_phantoms(PHANTOMS["test"], seed=2_000_002)
    adults, again = (c.where((c.table.age >= ADULT).to_numpy()) for c in (adults, data.reread(root)))
    grown = (drawn.table.age >= ADULT).to_numpy()
    children, learned = data.kermany(root, "test"), data.kermany(root, "train")
    nobody = {"phantoms": drawn, "phantoms of adults": drawn.where(grown), "phantoms of children": drawn.where(~grown)}
    by_view = {f"real adults, {view}, read again": again.where((again.table.view == view).to_numpy()) for view in VIEWS}
    tests = {
        "trained on real films": (
            _trained("real", [learned, data.nih(root, "train")], REAL),
            nobody | {"real adults": adults, "real children": children},
        ),
        "trained on real children": (
            _trained("children", [learned], REAL),
            nobody | by_view | {"real children": children},
        ),
        "trained on phantoms": (
            _trained(f"phantoms-{generator()}", [chest_phantoms(PHANTOMS["train"], seed=2_000_001)], DRAWN),
            {"real adults": adults} | by_view | {"real children": children, "phantoms": drawn},
        ),
    }
    results = {"made_by": "python -m evidence.realism.cross_reading"}
    for training, (model, cohorts) in tests.items():
        results[training] = {name: _read(model, cohort) for name, cohort in cohorts.items()}
        for name, v in results[training].items():
            print(f"{training}: AUC on {name} {v['value']:.3f} [{v['low']:.3f}, {v['high']:.3f}], n {v['n']}")
    keep(READINGS, results)


def _trained(name: str, cohorts: list[Cohort], plan: Plan, folder: Path = chest.RUNS) -> ChestNet:
    pools = [replace(chest.pool(cohort), share=1 / len(cohorts)) for cohort in cohorts]
    torch.manual_seed(plan.seed)
    return train(ChestNet(**OPTIONS), pools, plan, folder / f"cross-reading-{name}.pt")


def _read(model: ChestNet, cohort: Cohort) -> dict[str, float]:
    return auc(cohort.labels, scores(model, cohort), cohort.people).as_dict()


if __name__ == "__main__":
    main()
