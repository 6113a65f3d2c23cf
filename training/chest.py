"""What both chest recipes share: which films they see, how often, and how a run goes from command line to card."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

import models
from imaging.phantoms import FIRST
from models.catalogue import Card
from models.networks import ChestNet
from training import data
from training.commands import command_line
from training.data import Cohort
from training.drawn import chest_phantoms
from training.loop import Plan, train
from training.publish import Entry, course, measure_again, publish
from training.tasks import Pool, Task

RUNS = Path("runs")
OPTIONS: dict[str, float | list[int]] = {"size": 160, "width": 32, "depths": [2, 2, 2, 2]}
DRAWN: dict[str, Any] = {"lesion": "focal pneumonia", "style": FIRST}  # the phantoms of their day: they look better now
SHARES = {"kermany": 0.65, "nih": 0.2, "phantoms": 0.15}
LIMITS = (
    "Kermany's films are of children of 1–5 years from one hospital, and their compression and collimation differ by "
    "class; the published test part's normal films look unlike the training ones.",
    "In the NIH part most healthy films are AP and most pneumonias PA, the reverse of a ward, and tubes, lines and "
    "markers go with disease: the model may read the view or a tube instead of the lung.",
    "NIH labels were mined from reports; where radiologists looked again at 195 of its pneumonias, they saw an "
    "opacity in 91.",
    "No race, social or referral data: differences between such groups are unknown.",
)


@dataclass(frozen=True)
class Sets:
    """The cohorts of one recipe, by what they are for."""

    train: tuple[Cohort, ...]
    validation: tuple[Cohort, ...]
    test: tuple[Cohort, ...]


def sets(root: Path, *, phantoms: int = 800, measured: int = 200) -> Sets:
    """Kermany and NIH split by patient, and phantoms of seeds that the gallery does not use; `measured` of them each to
    validate and to test."""
    children = data.kermany(root, "train")
    parts = data.split(children, {"train": 0.85, "validation": 0.15})
    return Sets(
        train=(
            children.where(parts["train"]),
            data.nih(root, "train"),
            chest_phantoms(phantoms, seed=1_000_001, **DRAWN),
        ),
        validation=(
            children.where(parts["validation"]),
            data.nih(root, "validation"),
            chest_phantoms(measured, seed=1_000_002, **DRAWN),
        ),
        test=(
            data.kermany(root, "test"),
            data.nih(root, "test"),
            chest_phantoms(measured, seed=1_000_003, **DRAWN),
        ),
    )


def pool(cohort: Cohort) -> Pool:
    """A cohort to draw from: both classes equally often, within each view where the set knows it.

    Even within views, because otherwise the view alone would tell the class.
    """
    strata = cohort.labels.astype(str)
    if "view" in cohort.table:
        strata = np.char.add(strata, cohort.table.view.to_numpy(dtype=str))
    _, stratum, counts = np.unique(strata, return_inverse=True, return_counts=True)
    weights = 1 / counts[stratum]
    return Pool(cohort.stack(), cohort.labels, weights / weights.sum(), SHARES[cohort.name])


def run(
    entry: Entry,
    plan: Plan,
    *,
    task: Task | None = None,
    phantoms: int = 800,
    arguments: Sequence[str] | None = None,
) -> None:
    """The command line of a chest recipe: `--data`, `--fresh` to begin again instead of going on, `--measure` to only
    measure the shipped weights again on some sets.

    `task`: what is asked of the network, `Classify` if None; `phantoms`: how many are among the films it learns from.
    """
    parser = command_line(f"Train, calibrate, measure and publish {entry.id}.", data=True)
    parser.add_argument(
        "--measure", nargs="+", choices=list(SHARES), metavar="SET", help="train nothing; measure again on these sets"
    )
    parser.add_argument("--ordinary", action="store_true", help="with --measure: leave out the figures under attack")
    parser.add_argument("--fresh", action="store_true", help="forget the checkpoint of an earlier run")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    checkpoint = RUNS / f"{entry.id}.pt"
    if options.fresh:
        checkpoint.unlink(missing_ok=True)
    cohorts = sets(data.data_root(options.data), phantoms=phantoms)
    if options.measure:
        wished = [cohort for cohort in cohorts.test if cohort.name in options.measure]
        _tell(measure_again(entry, wished, attacked=not options.ordinary))
        return
    torch.manual_seed(plan.seed)
    model = ChestNet(**entry.options).to(models.choose_device())
    model = train(model, [pool(cohort) for cohort in cohorts.train], plan, checkpoint, task).cpu()
    went = [course("Training", plan, checkpoint)]
    _tell(publish(entry, model, cohorts.train, cohorts.validation, cohorts.test, courses=went))


def _tell(card: Card) -> None:
    for figure in card.figures:
        if figure.group == "all":
            interval = f"[{figure.low:.3f}, {figure.high:.3f}]"
            print(f"{figure.data}: {figure.measure} {figure.value:.3f} {interval}, n {figure.n}")
