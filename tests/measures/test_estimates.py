"""Intervals against closed forms and simulation."""

import numpy as np
import pytest
from scipy.stats import norm

from measures import Estimate, auc, balanced, rate, share


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


def test_films_of_strangers_are_worth_what_they_count():
    which = np.arange(60) < 45
    found, plain = share(which, np.arange(60)), rate(45, 60)
    assert (found.value, found.n) == (plain.value, plain.n)
    assert found.low == pytest.approx(plain.low, abs=0.006)
    assert found.high == pytest.approx(plain.high, abs=0.006)


def test_copies_of_a_film_tell_nothing_new():
    which = np.arange(30) < 20
    once, thrice = share(which, np.arange(30)), share(np.tile(which, 3), np.tile(np.arange(30), 3))
    assert (thrice.low, thrice.high) == (pytest.approx(once.low, abs=0.002), pytest.approx(once.high, abs=0.002))
    assert thrice.n == 90
    sure, alone = share(np.ones(90, bool), np.tile(np.arange(30), 3)), rate(30, 30)
    assert (sure.low, sure.high) == (alone.low, alone.high)


def test_a_clustered_interval_covers():
    """Patients with one to six films that mostly agree; the plain interval is too narrow for them."""
    rng, inside, narrow, n = np.random.default_rng(0), 0, 0, 400
    for _ in range(n):
        people = np.repeat(np.arange(50), rng.integers(1, 7, 50))
        which = rng.random(len(people)) < rng.beta(0.7 * 2, 0.3 * 2, 50)[people]
        found, plain = share(which, people), rate(int(which.sum()), len(which))
        inside += found.low <= 0.7 <= found.high
        narrow += plain.low <= 0.7 <= plain.high
    assert inside / n > 0.92
    assert narrow / n < 0.88


def test_a_film_more_in_error_is_never_surer():
    people = np.repeat(np.arange(40), 2)
    ends = [share(np.arange(80) >= wrong, people) for wrong in range(80)]
    lows, highs = [each.low for each in ends], [each.high for each in ends]
    assert all(a >= b - 1e-3 for a, b in zip(lows, lows[2:], strict=False))
    assert ends[0].low >= ends[1].low
    assert highs[-1] > 0.01


def test_few_patients_are_no_certainty():
    rng, inside, n = np.random.default_rng(2), 0, 600
    for _ in range(n):
        people = np.repeat(np.arange(6), 6)
        found = share(rng.random(36) < rng.beta(0.7 * 3, 0.3 * 3, 6)[people], people)
        inside += found.low <= 0.7 <= found.high
    assert inside / n > 0.92


def test_share_refuses_what_it_cannot_pair():
    with pytest.raises(ValueError, match="as many people"):
        share([True], [1, 2])
    with pytest.raises(ValueError, match="at least one"):
        share([], [])


def test_balanced_accuracy_is_the_mean_and_covers():
    found = balanced(rate(90, 100), rate(60, 100))
    assert (found.value, found.n) == (pytest.approx(0.75), 200)
    rng, inside, n = np.random.default_rng(1), 0, 1000
    for _ in range(n):
        each = balanced(rate(rng.binomial(40, 0.9), 40), rate(rng.binomial(60, 0.7), 60))
        inside += each.low <= 0.8 <= each.high
    assert 0.93 < inside / n < 0.98


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
