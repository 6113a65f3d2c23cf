"""What both mammogram recipes share: from phantoms to films of women, fold by fold, and from command line to card."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

import models
from models.networks import MammogramNet
from robustness.saliency import METHODS
from training import data
from training.loop import Plan, train
from training.mammograms.films import mias
from training.mammograms.folded import cross_validate
from training.mammograms.phantoms import PhantomMammograms, mammogram_phantoms
from training.mammograms.pointing import figures, point
from training.mammograms.pool import BreastPool, pool
from training.mammograms.task import FindLesions
from training.publish import Entry, publish

RUNS = Path("runs")
OPTIONS: dict[str, int | list[int]] = {"size": [576, 320], "width": 16, "depths": [2, 2, 2, 2]}
PHANTOMS = {"train": (800, 2_000_001), "validation": (200, 2_000_002), "test": (300, 2_000_003)}
MIAS_SHARE = 0.5
POINTED = 60  # test phantoms whose maps are measured; half have a lesion
LIMITS = (
    "Few films of women: 322 of 161, all screen film, all MLO, from one programme around 1990. Digital mammograms look "
    "otherwise, and its reading of them was learned from phantoms and altered films.",
    "Suspicious means a malignant lesion in MIAS and a drawn cancer in phantoms; benign lesions were taught as not "
    "suspicious, though a radiologist would call back many of them.",
    "One film at a time: it compares neither both breasts nor both views nor former years, as a radiologist does.",
    "The raster of about 0.3 to 0.4 mm hides fine calcifications.",
    "No age, race or referral data in MIAS: differences between such groups are unknown.",
)


def phantoms(part: str) -> PhantomMammograms:
    """The phantoms of one part; their seeds are not the gallery's."""
    n, seed = PHANTOMS[part]
    return mammogram_phantoms(n, seed=seed)


def ground(name: str, plan: Plan, drawn: BreastPool, model: MammogramNet) -> MammogramNet:
    """Learn on phantoms what a lesion is."""
    torch.manual_seed(plan.seed)
    return train(model, [replace(drawn, share=1.0)], plan, RUNS / f"{name}.pt", FindLesions())


def tune(
    name: str, plan: Plan, drawn: BreastPool, films: BreastPool, model: MammogramNet, seed: int = 0
) -> MammogramNet:
    """Go on with films of women among the phantoms."""
    pools = [replace(drawn, share=1 - MIAS_SHARE), replace(films, share=MIAS_SHARE)]
    return train(deepcopy(model), pools, replace(plan, seed=seed), RUNS / f"{name}.pt", FindLesions())


def fresh() -> MammogramNet:
    """The network before it has learned anything."""
    torch.manual_seed(0)
    return MammogramNet(**OPTIONS)


def run(
    entry: Entry, grounding: Sequence[tuple[str, Plan]], tuning: Plan, *, arguments: Sequence[str] | None = None
) -> None:
    """The command line of a mammogram recipe: `--data`, and `--fresh` to begin again instead of going on.

    `grounding` are the names and plans of the stages on phantoms alone, each going on from the one before.
    """
    parser = argparse.ArgumentParser(description=f"Train, calibrate, measure and publish {entry.id}.")
    parser.add_argument("--data", help="folder of the image sets; else READING_ROOM_DATA, else ../shared/data")
    parser.add_argument("--fresh", action="store_true", help="forget the checkpoints of an earlier run")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if options.fresh:
        for path in (*(RUNS / f"{name}.pt" for name, _ in grounding), *RUNS.glob(f"{entry.id}-*.pt")):
            path.unlink(missing_ok=True)
    women, drawn = mias(data.data_root(options.data)), phantoms("train")
    model = fresh()
    films, digital = (pool(cohort, model.prepare, 0.5) for cohort in (women, drawn))
    for name, plan in grounding:
        model = ground(name, plan, digital, model)

    def trained_on(seen: np.ndarray, fold: int) -> MammogramNet:
        return tune(f"{entry.id}-{fold}", tuning, digital, films.where(seen), model, seed=fold)

    folded = cross_validate(women, trained_on)
    final = tune(f"{entry.id}-all", tuning, digital, films, model)
    test = phantoms("test")
    card = publish(entry, final, [women, drawn], [phantoms("validation")], [test], [folded])
    pointed = point(models.load(entry.id), test.where(np.arange(POINTED)), ["heat map", *METHODS])
    replace(card, figures=(*card.figures, *figures(pointed, test.name))).save()
