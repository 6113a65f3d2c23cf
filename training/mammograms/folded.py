"""What models of one recipe say of women whom they have not seen: k-fold cross-validation over women."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from measures import auc
from models.catalogue import Figure
from models.networks import MammogramNet
from training.mammograms.films import Mammograms, folds
from training.mammograms.pointing import Pointed, figures, point
from training.publish import Folded, figure
from training.scores import scores

FOLDS = 5
POINTING = ("heat map", "grad_cam")


def cross_validate(cohort: Mammograms, trained_on: Callable[[np.ndarray, int], MammogramNet]) -> Folded:
    """`trained_on(seen, fold)` gives the model that was trained on the films `seen`, bool `[n]`, alone.

    Besides the margins for suspicious against the rest: any lesion against none, and where the maps point.
    """
    fold_of = folds(cohort, FOLDS)
    margins, lesion = np.empty(len(cohort)), np.empty(len(cohort))
    pointed: list[Pointed] = []
    for fold in range(FOLDS):
        model, held = trained_on(fold_of != fold, fold), np.flatnonzero(fold_of == fold)
        part = cohort.where(held)
        margins[held] = scores(model, part)
        lesion[held] = _lesions(model, part)
        pointed += point(model, part, POINTING)
    return Folded(cohort.name, cohort, margins, (_any_lesion(cohort, lesion), *figures(pointed, cohort.name)))


def _any_lesion(cohort: Mammograms, lesion: np.ndarray) -> Figure:
    return figure(cohort.name, "AUC", "any lesion against none", auc(cohort.table.lesion, lesion, cohort.people))


@torch.inference_mode()
def _lesions(model: MammogramNet, cohort: Mammograms) -> np.ndarray:
    """The logit of any lesion of each film, `[n]`."""
    found = np.empty(len(cohort))
    for index in range(len(cohort)):
        prepared, _ = model.prepare(torch.from_numpy(cohort.film(index))[None, None])
        found[index] = float(model.judge(model.heat(prepared))[0, 0])
    return found
