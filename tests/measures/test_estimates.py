"""Intervals against closed forms and simulation."""

import numpy as np
import pytest
from scipy.stats import norm

from measures import Estimate, auc, rate


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (190, 200)])
def test_rate_is_wilsons_interval(k, n):
    z, p = norm.ppf(0.975), k / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    found = rate(k, n)
    assert (found.value, found.n) == (p, n)
    assert found.low == pytest.approx(max(0, centre - half), abs=1e-12)
    assert found.high == pytest.approx(min(1, centre + half), abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_rate_refuses_impossible_counts(k, n):
    with pytest.raises(ValueError, match="expected 0 <= successes"):
        rate(k, n)


@pytest.mark.parametrize(
    ("labels", "scores", "area"),
    [([0, 0, 1, 1], [1, 2, 3, 4], 1), ([0, 0, 1, 1], [4, 3, 2, 1], 0), ([0, 1, 0, 1], [1, 1, 0, 2], 0.875)],
)
def test_auc_counts_pairs_and_half_the_ties(labels, scores, area):
    assert auc(labels, scores).value == area


def test_auc_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    labels, scores = rng.integers(2, size=300), np.round(rng.normal(size=300), 1)
    assert auc(labels, scores).value == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


def test_auc_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2)
    truth, covered = norm.cdf(1 / np.sqrt(2)), 0
    for seed in range(60):
        labels = np.repeat([0, 1], 40)
        found = auc(labels, rng.normal(size=80) + labels, seed=seed)
        covered += found.low <= truth <= found.high
    assert covered >= 52


def test_auc_interval_widens_when_images_are_of_few_patients():
    rng = np.random.default_rng(3)
    labels = np.repeat(rng.integers(2, size=40), 10)
    scores = labels + np.repeat(rng.normal(size=40), 10)
    by_image, by_patient = auc(labels, scores), auc(labels, scores, np.repeat(np.arange(40), 10))
    assert by_patient.value == by_image.value
    assert by_patient.high - by_patient.low > 2 * (by_image.high - by_image.low)


def test_auc_repeats_by_seed_and_refuses_one_class():
    labels, scores = [0, 1] * 20, np.arange(40)
    assert auc(labels, scores, seed=5) == auc(labels, scores, seed=5)
    with pytest.raises(ValueError, match="both classes"):
        auc([1, 1], [0, 1])
    with pytest.raises(ValueError, match="equal lengths"):
        auc([1, 0, 1], [0, 1])


def test_as_dict_rounds():
    assert Estimate(1 / 3, 0.1, 0.6, 9).as_dict() == {"value": 0.3333, "low": 0.1, "high": 0.6, "n": 9}


@pytest.mark.parametrize(("healthy", "diseased", "low"), [(6, 7, 0.707), (50, 50, 0.960), (1, 1, 0.206)])
def test_auc_of_a_perfect_order_still_leaves_the_doubt_of_so_few_patients(healthy, diseased, low):
    labels = np.r_[np.zeros(healthy), np.ones(diseased)]
    estimate = auc(labels, labels)
    assert (estimate.value, estimate.high) == (1, 1)
    assert estimate.low == pytest.approx(low, abs=2e-3)  # worked out from Newcombe's quadratic on another grid
    assert auc(labels, -labels).high == pytest.approx(1 - estimate.low)


def test_auc_of_a_perfect_order_counts_patients_not_images():
    labels, people = np.repeat([0, 1], 50), np.repeat(np.arange(10), 10)
    assert auc(labels, labels, people).low == pytest.approx(auc(np.repeat([0, 1], 5), np.repeat([0, 1], 5)).low)
