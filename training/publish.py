"""From a trained network to a zoo entry: weights, calibration, operating point, figures and card in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save as tensors_to_bytes
from scipy.special import logit
from torch import nn

import models
from measures import Estimate, auc, share
from models.catalogue import Card, Course, Figure, TrainingSet
from training.calibration import operating_point, temperature
from training.data import Cohort, groups
from training.loop import Plan, losses
from training.scores import attacked_scores, scores

SETS = {
    "kermany": TrainingSet(
        "Kermany et al. 2018, chest X-ray",
        0,
        "children of 1–5 years, one hospital in Guangzhou; not adults, not other machines",
        "CC BY 4.0",
    ),
    "nih": TrainingSet(
        "NIH ChestX-ray14 (Wang et al. 2017), part",
        0,
        "mostly adults, one hospital in Bethesda; labels mined from reports, some corrected by the RSNA challenge",
        "free use with attribution to the NIH Clinical Center; RSNA annotations for research",
    ),
    "mias": TrainingSet(
        "mini-MIAS (Suckling et al. 1994), screen-film mammograms",
        0,
        "women of the United Kingdom's screening, MLO, about 1990; ages unknown",
        "research use only; cite Suckling et al., Excerpta Medica 1069, 375–378, 1994",
    ),
    "phantoms": TrainingSet("Digital phantoms of this project", 0, "nobody: computed", "Apache-2.0"),
}


@dataclass(frozen=True)
class Entry:
    """What a recipe says of its model before anything is measured.

    `attacked`: films of each set that are attacked, within each of `epsilons`, in grey levels of 255. `recipe`: the
    file under `training/`, else the one that is called as the model.
    """

    id: str
    title: str
    summary: str
    twin: str
    defended: bool
    options: dict[str, float | list[int]]
    limits: tuple[str, ...]
    compute: str
    modality: str = "chest"
    classes: tuple[str, str] = ("normal", "pneumonia")
    attacked: int | None = None
    epsilons: tuple[float, ...] = (1, 2, 4)
    recipe: str = ""


@dataclass(frozen=True)
class Folded:
    """What models of the same recipe said of films of people whom they had not seen: a k-fold cross-validation.

    `margins` `[n]`, uncalibrated; `figures` are further ones measured on them. `name` is the set's on the card.
    """

    name: str
    cohort: Cohort
    margins: np.ndarray
    figures: tuple[Figure, ...] = ()


def publish(
    entry: Entry,
    model: nn.Module,
    train: Sequence[Cohort],
    validation: Sequence[Cohort],
    tests: Sequence[Cohort],
    folded: Sequence[Folded] = (),
    courses: Sequence[Course] = (),
) -> Card:
    """Calibrate and set the operating point on `validation` and `folded`, measure on `tests`, write weights and card.

    Figures on `tests` are those of the weights as shipped, rounded to float16; those on `folded` are of the models of
    the folds, at the shipped calibration. `courses`: how the training went, for the card.
    """
    for parameter in (*model.parameters(), *model.buffers()):
        if parameter.is_floating_point():
            parameter.data = parameter.half().float()
    model.eval().requires_grad_(False)
    held_out = [*((cohort, scores(model, cohort)) for cohort in validation), *((f.cohort, f.margins) for f in folded)]
    weights = [np.full(len(cohort), 1 / len(cohort)) for cohort, _ in held_out]  # each set counts the same
    margins = np.concatenate([margins for _, margins in held_out])
    labels = np.concatenate([cohort.labels for cohort, _ in held_out])
    sharpness = temperature(margins, labels, np.concatenate(weights))
    model.temperature.fill_(float(torch.tensor(sharpness).half()))
    point = operating_point(margins / float(model.temperature), labels, np.concatenate(weights))

    tensors = {name: t.half() if t.is_floating_point() else t for name, t in model.state_dict().items()}
    data = tensors_to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()})
    card = Card(
        id=entry.id,
        title=entry.title,
        summary=entry.summary,
        modality=entry.modality,
        network=type(model).__name__,
        options=entry.options,
        classes=entry.classes,
        operating_point=round(float(np.clip(point, 0.001, 0.999)), 4),
        twin=entry.twin,
        defended=entry.defended,
        training=tuple(_training_set(cohort) for cohort in train),
        intended_use="Education about attacks on reading models. Not for diagnosis, not for any patient.",
        limits=entry.limits,
        figures=(),
        compute=entry.compute,
        made_by=f"python -m training.{entry.recipe or entry.id.replace('-', '_')}",
        sha256=hashlib.sha256(data).hexdigest(),
        courses=tuple(courses),
    )
    card.weights.write_bytes(data)
    card.save()
    models.card.cache_clear()
    shipped = models.load(entry.id)
    border = logit(card.operating_point)
    figures = [each for cohort in tests for each in _clean(cohort.name, cohort, scores(shipped, cohort), border)]
    for fold in folded:
        calibrated = fold.margins / float(model.temperature)
        figures += [*_clean(fold.name, fold.cohort, calibrated, border), *fold.figures]
    figures += [each for cohort in tests for each in _attacked(shipped, cohort, entry)]
    card = Card(**vars(card) | {"figures": tuple(figures)})
    card.save()
    return card


def measure_again(entry: Entry, tests: Sequence[Cohort], *, attacked: bool = True) -> Card:
    """Measure the shipped weights on `tests` again and put those figures in the place of the card's; others, as where a
    mammogram's maps point, stay. No training; `attacked`: under attack, too."""
    shipped = models.load(entry.id)
    border = logit(shipped.card.operating_point)
    found = [each for cohort in tests for each in _clean(cohort.name, cohort, scores(shipped, cohort), border)]
    if attacked:
        found += [each for cohort in tests for each in _attacked(shipped, cohort, entry)]
    new = {(f.data, f.measure, f.group): f for f in found}
    old = {(f.data, f.measure, f.group): f for f in shipped.card.figures}
    card = replace(shipped.card, figures=tuple((old | new).values()))
    card.save()
    return card


def course(stage: str, plan: Plan, checkpoint: Path) -> Course:
    """How a run went that is kept there."""
    epsilon = 255 * plan.adversary.epsilon if plan.adversary else 0.0
    return Course(stage, round(epsilon, 3), tuple(round(loss, 4) for loss in losses(checkpoint)))


def _training_set(cohort: Cohort) -> TrainingSet:
    known = SETS[cohort.name]
    return TrainingSet(known.name, len(cohort), known.people, known.licence)


def _clean(name: str, cohort: Cohort, margins: np.ndarray, border: float) -> list[Figure]:
    figures = []
    for group, chosen in groups(cohort):
        labels, people, called = cohort.labels[chosen], cohort.people[chosen], margins[chosen] >= border
        if min((labels == 1).sum(), (labels == 0).sum()) < 5:
            continue  # an interval over fewer says nothing
        figures += [
            figure(name, "AUC", group, auc(labels, margins[chosen], people)),
            figure(name, "sensitivity", group, share(called[labels == 1], people[labels == 1])),
            figure(name, "specificity", group, share(~called[labels == 0], people[labels == 0])),
        ]
    return figures


def _attacked(model: nn.Module, cohort: Cohort, entry: Entry) -> list[Figure]:
    """AUC and accuracy with every film pushed to the wrong side as far as its budget goes."""
    border, cohort = logit(model.card.operating_point), cohort.evenly(entry.attacked)
    figures = []
    for epsilon in entry.epsilons:
        margins = attacked_scores(model, cohort, epsilon / 255)
        right = (margins >= border) == (cohort.labels == 1)
        where = f"under attack, {epsilon:g} of 255"
        figures.append(figure(cohort.name, f"AUC {where}", "all", auc(cohort.labels, margins, cohort.people)))
        figures.append(figure(cohort.name, f"accuracy {where}", "all", share(right, cohort.people)))
    return figures


def figure(data: str, measure: str, group: str, estimate: Estimate) -> Figure:
    """An estimate as it stands on a card."""
    return Figure(data, measure, group, **estimate.as_dict())
