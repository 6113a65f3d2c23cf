"""The figures on the cards come out again from the weights and the films. Minutes, phantoms to draw included: slow."""

import functools
import re

import numpy as np
import pytest
import torch

import models
from evidence import certified
from evidence.certified.__main__ import FIRST
from measures import auc
from robustness.defences.smoothing import certify
from training import chest, data
from training.mammograms import recipe
from training.scores import attacked_scores, scores

CHESTS, MAMMOGRAMS = ([id for id in models.ids() if models.card(id).modality == m] for m in ("chest", "mammogram"))
ORDINARY = [(id, name) for id in CHESTS for name in ("kermany", "nih", "phantoms")]
ORDINARY += [(id, "phantoms") for id in MAMMOGRAMS]
CERTIFIED = 6  # films of each smoothed model, evenly


@functools.cache
def cohort(modality, name):
    if modality == "mammogram":
        return recipe.phantoms("test")
    try:
        return {each.name: each for each in chest.sets(data.data_root()).test}[name]
    except data.MissingDataError as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.parametrize(("id", "name"), ORDINARY)
def test_ordinary_films(id, name):
    model = models.load(id)
    films = cohort(model.card.modality, name)
    margins = scores(model, films)
    assert auc(films.labels, margins).value == pytest.approx(model.card.figure(name, "AUC").value, abs=0.01)
    called = 1 / (1 + np.exp(-margins)) >= model.card.operating_point
    for measure, label in (("sensitivity", 1), ("specificity", 0)):
        right = (called == label)[films.labels == label].mean()
        assert right == pytest.approx(model.card.figure(name, measure).value, abs=0.01)


def attacked():
    """Every budget on every card: (id, set, grey levels)."""
    for id in models.ids():
        for figure in models.card(id).figures:
            found = re.fullmatch(r"AUC under attack, ([\d.]+) of 255", figure.measure)
            if found and figure.group == "all":
                yield id, figure.data, float(found[1])


@pytest.mark.slow
@pytest.mark.parametrize(("id", "name", "epsilon"), attacked())
def test_attacked_films(id, name, epsilon):
    model = models.load(id)
    figure = model.card.figure(name, f"AUC under attack, {epsilon:g} of 255")
    films = cohort(model.card.modality, name).evenly(figure.n)
    margins = attacked_scores(model, films, epsilon / 255)
    assert auc(films.labels, margins).value == pytest.approx(figure.value, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("stored", certified.load(), ids=lambda stored: stored.model)
def test_certified_films(stored):
    films = cohort("chest", "kermany").evenly(len(stored))
    assert films.labels.tolist() == stored.labels.tolist()
    some = np.arange(0, len(films), len(films) // CERTIFIED)[:CERTIFIED]
    for place in some:
        film = torch.from_numpy(films.film(place))[None, None]
        found = certify(models.load(stored.model), film, sigma=stored.sigma, seed=int(place), first=FIRST)
        said = certified.ABSTAINED if found.decision is None else found.decision
        assert said == stored.answers[place]
        assert found.radius == pytest.approx(stored.radii[place], abs=1e-3)
