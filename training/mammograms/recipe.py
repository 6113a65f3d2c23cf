"""What both mammogram recipes share: from phantoms to films of women, fold by fold, and from command line to card."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

import models
from models.catalogue import Course
from models.networks import MammogramNet
from robustness.saliency import METHODS
from training import data
from training.commands import command_line
from training.loop import Plan, train
from training.mammograms.films import mias
from training.mammograms.folded import cross_validate
from training.mammograms.phantoms import PhantomMammograms, joined, mammogram_phantoms
from training.mammograms.pointing import figures, point
from training.mammograms.pool import BreastPool, pool
from training.publish import Entry, course, publish
from training.tasks import Task

RUNS = Path("runs")
OPTIONS: dict[str, float | list[int]] = {"size": [576, 320], "depths": [2, 2, 2, 2], "width": 32}
PHANTOMS = {
    "train": ((2400, 2_000_001), (2400, 2_000_004)),
    "validation": ((200, 2_000_002),),
    "test": ((200, 2_000_023),),
}
MIAS_SHARE = 0.2
REACH = 1.5  # of 1 and 1.5 the better on validation phantoms, AUC 0.930 against 0.928
EPSILONS = (0.25, 0.5, 1)  # of 255: a mammogram reader falls to less than a chest reader, its signs are fainter
POINTED = 24  # test phantoms whose maps are measured; about half have a lesion
LIMITS = (
    "Few films of women: 322 of 161, all screen film, all MLO, from one programme around 1990. Digital mammograms look "
    "otherwise, and its reading of them was learned from phantoms and altered films.",
    "Suspicious means a malignant lesion in MIAS and a drawn cancer in phantoms; benign lesions were taught as not "
    "suspicious, though a radiologist would call back many of them.",
    "One film at a time: it compares neither both breasts nor both views nor former years, as a radiologist does.",
    "The raster of about 0.3 to 0.4 mm hides fine calcifications.",
    "No age, race or referral data in MIAS: differences between such groups are unknown.",
    "Under attack it was measured on phantoms alone, on no film of a woman.",
)


def phantoms(part: str) -> PhantomMammograms:
    """The phantoms of one part; their seeds are not the gallery's."""
    return joined([mammogram_phantoms(n, seed=seed) for n, seed in PHANTOMS[part]])


@dataclass(frozen=True)
class Stage:
    """One part of a training: its name, which is its checkpoint's, its title on the card, what it asks, for how long,
    and on how many of the first films of the first pool (None: on all)."""

    name: str
    title: str
    task: Task
    plan: Plan
    first: int | None = None


def learn(
    stages: Sequence[Stage], pools: list[BreastPool], model: MammogramNet, prefix: str = "", seed: int = 0
) -> MammogramNet:
    """A copy of the model after the stages, each going on from the one before."""
    for stage in stages:
        plan, checkpoint = replace(stage.plan, seed=seed), RUNS / f"{prefix}{stage.name}.pt"
        drawn, *others = pools
        some = drawn if stage.first is None else drawn.where(np.arange(len(drawn.suspicious)) < stage.first)
        model = train(deepcopy(model), [some, *others], plan, checkpoint, stage.task)
    return model


def courses(stages: Sequence[Stage], prefix: str = "") -> list[Course]:
    """How each stage went, for the card."""
    return [course(stage.title, stage.plan, RUNS / f"{prefix}{stage.name}.pt") for stage in stages]


def further(settled: MammogramNet, grounded: MammogramNet, tuned: MammogramNet, reach: float = REACH) -> MammogramNet:
    """The settled network, each weight moved by `reach` times what tuning changed in the grounded one.

    A scaled task vector (Ilharco et al., ICLR 2023, section 2): on women it does what longer tuning does, and the
    phantoms are not forgotten. Settling and tuning went on from the same grounded network, so that their changes add;
    variances, which must stay above 0, change by their ratio.
    """
    reached, start, end = deepcopy(settled), grounded.state_dict(), tuned.state_dict()
    with torch.no_grad():
        for name, weight in reached.state_dict().items():
            if name.endswith("running_var"):
                weight.mul_((end[name] / start[name]) ** reach)
            elif weight.is_floating_point():
                weight.add_(end[name] - start[name], alpha=reach)
    return reached


def fresh(entry: Entry) -> MammogramNet:
    """The network before it has learned anything."""
    torch.manual_seed(0)
    return MammogramNet(**entry.options).to(models.choose_device())


def run(
    entry: Entry,
    grounding: Sequence[Stage],
    tuning: Sequence[Stage],
    *,
    settling: Sequence[Stage] = (),
    reach: float = REACH,
    arguments: Sequence[str] | None = None,
) -> None:
    """The command line of a mammogram recipe: `--data`, and `--fresh` to begin again instead of going on.

    `grounding` teaches on phantoms what a lesion is, and `settling` goes on with them; `tuning` goes on from the
    grounding with films of women among the phantoms, once for each fold and once for the model that is published. Each
    is then taken `further`, by `reach`.
    """
    parser = command_line(f"Train, calibrate, measure and publish {entry.id}.", data=True)
    parser.add_argument("--fresh", action="store_true", help="forget the checkpoints of an earlier run")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if options.fresh:
        for path in (*(RUNS / f"{stage.name}.pt" for stage in (*grounding, *settling)), *RUNS.glob(f"{entry.id}-*.pt")):
            path.unlink(missing_ok=True)
    women, drawn = mias(data.data_root(options.data)), phantoms("train")
    prepare = fresh(entry).prepare.cpu()
    digital = pool(drawn, prepare, 1 - MIAS_SHARE)
    grounded = learn(grounding, [replace(digital, share=1.0)], fresh(entry))
    settled = learn(settling, [replace(digital, share=1.0)], grounded)
    films = pool(women, prepare, MIAS_SHARE)

    def trained_on(seen: np.ndarray, fold: int | None) -> MammogramNet:
        prefix = f"{entry.id}-{'all' if fold is None else fold}-"
        tuned = learn(tuning, [digital, films.where(seen)], grounded, prefix, seed=fold or 0)
        return further(settled, grounded, tuned, reach).cpu()

    folded = [cross_validate(women, trained_on)]
    model = trained_on(np.ones(len(women), bool), None)
    went = [*courses(grounding), *courses(settling), *courses(tuning, f"{entry.id}-all-")]
    test = phantoms("test")
    card = publish(entry, model, [women, drawn], [phantoms("validation")], [test], folded, went)
    shipped = models.load(entry.id, "cpu")
    pointed = figures(point(shipped, test.where(np.arange(POINTED)), ["heat map", *METHODS]), test.name)
    replace(card, figures=(*card.figures, *pointed)).save()
