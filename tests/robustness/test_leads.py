"""One rate against another: the score is the library's, the p exact at any size."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import barnard_exact, binom
from statsmodels.stats.proportion import test_proportions_2indep as by_statsmodels

from robustness.inspection import leads
from robustness.inspection.leads import p_value, score

COUNTS = [(3, 10, 50, 60), (20, 60, 110, 120), (1, 4, 7, 9), (0, 5, 30, 30)]


@pytest.mark.parametrize("tolerance", [0.05, 0.1, 0.3])
@pytest.mark.parametrize(("right", "n", "others_right", "n_others"), COUNTS)
def test_the_score_stands_on_the_likeliest_rates(right, n, others_right, n_others, tolerance):
    def unlikely(rate):
        return -binom.logpmf(right, n, rate) - binom.logpmf(others_right, n_others, rate + tolerance)

    rate = minimize_scalar(unlikely, bounds=(1e-9, 1 - tolerance - 1e-9), method="bounded", options={"xatol": 1e-12}).x
    high = rate + tolerance
    error = np.sqrt(high * (1 - high) / n_others + rate * (1 - rate) / n)
    by_hand = (others_right / n_others - right / n - tolerance) / error
    found = score(np.array(right), n, np.array(others_right), n_others, tolerance)
    assert found == pytest.approx(by_hand, rel=1e-4)
    if right:  # it divides by the group's rate
        theirs = by_statsmodels(others_right, n_others, right, n, value=tolerance, method="score", correction=False)
        assert found == pytest.approx(theirs.statistic, rel=0.05)


@pytest.mark.parametrize(("n", "n_others"), [(2, 30), (3, 60), (5, 20), (12, 40), (40, 80)])
@pytest.mark.parametrize("level", [0.05, 0.003])
def test_no_size_of_group_flags_more_often_than_it_may(n, n_others, level):
    """All outcomes counted, at every true rate with a lead of just the tolerance."""
    flagged = np.array(
        [[p_value(i, n, j, n_others, tolerance=0.1) < level for j in range(n_others + 1)] for i in range(n + 1)]
    )
    rates = np.linspace(0.003, 0.897, 60)
    often = [
        (
            binom.pmf(np.arange(n + 1), n, p)[:, None] * binom.pmf(np.arange(n_others + 1), n_others, p + 0.1) * flagged
        ).sum()
        for p in rates
    ]
    assert max(often) <= level * 1.02  # between two of the rates that are tried


@pytest.mark.parametrize(("right", "n", "wrong", "n_others"), [(5, 8, 1, 300), (15, 20, 2, 1000), (6, 8, 1, 4000)])
def test_no_rate_between_two_that_are_tried_is_likelier(right, n, wrong, n_others, monkeypatch):
    found = p_value(right, n, n_others - wrong, n_others, tolerance=0.1)
    monkeypatch.setattr(leads, "NUISANCE", 5001)
    assert p_value(right, n, n_others - wrong, n_others, tolerance=0.1) == pytest.approx(found, rel=0.02)


def test_without_a_tolerance_it_is_barnards():
    theirs = barnard_exact([[11, 2], [4, 9]], alternative="greater", pooled=True).pvalue
    assert p_value(2, 11, 11, 15, tolerance=0.0) == pytest.approx(theirs, rel=0.02)


def test_many_films_need_no_counting(monkeypatch):
    exact = p_value(150, 300, 250, 391, tolerance=0.05)
    monkeypatch.setattr(leads, "EXACT", 10)
    monkeypatch.setattr(leads, "MANY", 100)
    assert p_value(150, 300, 250, 391, tolerance=0.05) == pytest.approx(exact, rel=0.25)


def test_a_lead_within_the_tolerance_is_none():
    assert p_value(8, 10, 85, 100, tolerance=0.1) == 1.0
