"""From a trained network to a zoo entry: weights, calibration, operating point, figures and card in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import save as tensors_to_bytes
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from torch import nn

import models
from measures import Estimate, auc, rate
from models.catalogue import Card, Figure, TrainingSet
from training.data import Cohort, groups
from training.scores import attacked_scores, scores

EPSILONS = (1, 2, 4)  # grey levels of 255
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
    "phantoms": TrainingSet("Digital chest phantoms of this project", 0, "nobody: computed", "Apache-2.0"),
}


@dataclass(frozen=True)
class Entry:
    """What a recipe says of its model before anything is measured."""

    id: str
    title: str
    summary: str
    twin: str
    defended: bool
    options: dict[str, int | list[int]]
    limits: tuple[str, ...]
    compute: str


def publish(
    entry: Entry, model: nn.Module, train: Sequence[Cohort], validation: Sequence[Cohort], tests: Sequence[Cohort]
) -> Card:
    """Calibrate and set the operating point on `validation`, measure on `tests`, write weights and card.

    Figures are those of the weights as shipped, rounded to float16.
    """
    for parameter in (*model.parameters(), *model.buffers()):
        if parameter.is_floating_point():
            parameter.data = parameter.half().float()
    model.eval().requires_grad_(False)
    weights = [np.full(len(cohort), 1 / len(cohort)) for cohort in validation]  # each set counts the same
    margins = np.concatenate([scores(model, cohort) for cohort in validation])
    labels = np.concatenate([cohort.labels for cohort in validation])
    temperature = _temperature(margins, labels, np.concatenate(weights))
    model.temperature.fill_(float(torch.tensor(temperature).half()))
    point = _operating_point(margins / float(model.temperature), labels, np.concatenate(weights))

    tensors = {name: t.half() if t.is_floating_point() else t for name, t in model.state_dict().items()}
    data = tensors_to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()})
    card = Card(
        id=entry.id,
        title=entry.title,
        summary=entry.summary,
        modality="chest",
        network=type(model).__name__,
        options=entry.options,
        classes=("normal", "pneumonia"),
        operating_point=round(float(np.clip(point, 0.001, 0.999)), 4),
        twin=entry.twin,
        defended=entry.defended,
        training=tuple(_training_set(cohort) for cohort in train),
        intended_use="Education about attacks on reading models. Not for diagnosis, not for any patient.",
        limits=entry.limits,
        figures=(),
        compute=entry.compute,
        made_by=f"python -m training.{entry.id.replace('-', '_')}",
        sha256=hashlib.sha256(data).hexdigest(),
    )
    card.weights.write_bytes(data)
    card.save()
    models.card.cache_clear()
    shipped = models.load(entry.id)
    figures = [figure for cohort in tests for figure in _clean(shipped, cohort)]
    figures += [figure for cohort in tests for figure in _attacked(shipped, cohort)]
    card = Card(**vars(card) | {"figures": tuple(figures)})
    card.save()
    return card


def _training_set(cohort: Cohort) -> TrainingSet:
    known = SETS[cohort.name]
    return TrainingSet(known.name, len(cohort), known.people, known.licence)


def _temperature(margins: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017), the classes of each set counted as they are."""
    sign = np.where(labels == 1, -1.0, 1.0)

    def loss(log_temperature: float) -> float:
        return float(np.average(np.logaddexp(0, sign * margins / np.exp(log_temperature)), weights=weights))

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def _operating_point(margins: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The probability that makes sensitivity + specificity largest (Youden 1950); the middle of the best gap."""
    order = np.argsort(margins)
    margins, labels, weights = margins[order], labels[order], weights[order]
    diseased = np.where(labels == 1, weights, 0) / weights[labels == 1].sum()
    healthy = np.where(labels == 0, weights, 0) / weights[labels == 0].sum()
    gain = np.cumsum(healthy) - np.cumsum(diseased)  # Youden's J − 0 with the border above each margin
    best = int(np.argmax(gain[:-1]))
    return float(expit((margins[best] + margins[best + 1]) / 2))


def _clean(model: nn.Module, cohort: Cohort) -> list[Figure]:
    margins = scores(model, cohort)
    border = logit(model.card.operating_point)
    figures = []
    for group, chosen in groups(cohort):
        labels, called = cohort.labels[chosen], margins[chosen] >= border
        if min((labels == 1).sum(), (labels == 0).sum()) < 5:
            continue  # an interval over fewer says nothing
        figures += [
            _figure(cohort, "AUC", group, auc(labels, margins[chosen], cohort.people[chosen])),
            _figure(cohort, "sensitivity", group, rate(int(called[labels == 1].sum()), int((labels == 1).sum()))),
            _figure(cohort, "specificity", group, rate(int((~called[labels == 0]).sum()), int((labels == 0).sum()))),
        ]
    return figures


def _attacked(model: nn.Module, cohort: Cohort) -> list[Figure]:
    """AUC and accuracy with every film pushed to the wrong side as far as its budget goes."""
    border = logit(model.card.operating_point)
    figures = []
    for epsilon in EPSILONS:
        margins = attacked_scores(model, cohort, epsilon / 255)
        right = int(((margins >= border) == (cohort.labels == 1)).sum())
        where = f"under attack, {epsilon} of 255"
        figures.append(_figure(cohort, f"AUC {where}", "all", auc(cohort.labels, margins, cohort.people)))
        figures.append(_figure(cohort, f"accuracy {where}", "all", rate(right, len(cohort))))
    return figures


def _figure(cohort: Cohort, measure: str, group: str, estimate: Estimate) -> Figure:
    return Figure(cohort.name, measure, group, **estimate.as_dict())
