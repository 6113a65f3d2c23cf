"""The figures on the cards come out again from the weights and the real films. Minutes: `pytest -m slow`."""

import numpy as np
import pytest

import models
from measures import auc
from training import chest, data
from training.scores import attacked_scores, scores


@pytest.fixture(scope="module")
def cohorts():
    try:
        return {cohort.name: cohort for cohort in chest.sets(data.data_root()).test}
    except data.MissingDataError as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kermany", "nih", "phantoms"])
@pytest.mark.parametrize("id", models.ids())
def test_ordinary_films(id, name, cohorts):
    model, cohort = models.load(id), cohorts[name]
    margins = scores(model, cohort)
    assert auc(cohort.labels, margins).value == pytest.approx(model.card.figure(name, "AUC").value, abs=0.01)
    called = 1 / (1 + np.exp(-margins)) >= model.card.operating_point
    for measure, label in (("sensitivity", 1), ("specificity", 0)):
        right = (called == label)[cohort.labels == label].mean()
        assert right == pytest.approx(model.card.figure(name, measure).value, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("epsilon", [1, 4])
@pytest.mark.parametrize("id", models.ids())
def test_attacked_films(id, epsilon, cohorts):
    model, cohort = models.load(id), cohorts["kermany"]
    margins = attacked_scores(model, cohort, epsilon / 255)
    figure = model.card.figure("kermany", f"AUC under attack, {epsilon} of 255")
    assert auc(cohort.labels, margins).value == pytest.approx(figure.value, abs=0.01)
