"""What models of one recipe say of women whom they have not seen: k-fold cross-validation over women."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from measures import auc
from models.networks import MammogramNet
from training.mammograms.films import Mammograms, folds
from training.mammograms.pointing import Pointed, figures, point
from training.publish import Folded, figure
from training.scores import scores

FOLDS = 5
METHODS = ("heat map", "grad_cam")


def cross_validate(cohort: Mammograms, trained_on: Callable[[np.ndarray, int], MammogramNet]) -> Folded:
    """`trained_on(seen, fold)` gives the model that was trained on the films `seen`, bool `[n]`, alone.

    Besides the margins for suspicious against the rest: any lesion against none, and where the maps point.
    """
    name = f"{cohort.name}, {FOLDS}-fold"
    fold_of = folds(cohort, FOLDS)
    margins, lesion = np.empty(len(cohort)), np.empty(len(cohort))
    pointed: list[Pointed] = []
    for fold in range(FOLDS):
        model, held = trained_on(fold_of != fold, fold), np.flatnonzero(fold_of == fold)
        part = cohort.where(held)
        margins[held] = scores(model, part)
        lesion[held] = [_any_lesion(model, part.film(index)) for index in range(len(part))]
        pointed += point(model, part, METHODS)
    any_lesion = auc(cohort.table.lesion, lesion, cohort.people)
    return Folded(
        name,
        cohort,
        margins,
        (figure(name, "AUC", "any lesion against none", any_lesion), *figures(pointed, name)),
    )


def _any_lesion(model: MammogramNet, film: np.ndarray) -> float:
    with torch.inference_mode():
        prepared, _ = model.prepare(torch.from_numpy(film)[None, None])
        return float(model.judge(model.heat(prepared))[0, 0])
