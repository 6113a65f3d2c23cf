"""LiRA finds what is there to be found on data whose answer is known, and nothing where there is nothing."""

import math

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from robustness.membership import (
    believed,
    confidence,
    each_in_turn,
    gains,
    hits,
    most_hits,
    online,
    pooled_spreads,
    separation,
)

MODELS, PATIENTS, GAP = 64, 2000, 2.0


def answers(gap, seed=0):
    """Confidences that are normal with spread 1 around each patient's own level, `gap` higher for members."""
    rng = np.random.default_rng(seed)
    members = rng.random((MODELS, PATIENTS)) < 0.5
    level = rng.normal(0, 5, PATIENTS)
    return level + gap * members + rng.normal(0, 1, members.shape), members


def test_confidence_is_the_logit_of_the_true_class():
    assert confidence(np.array([2.0, 2.0, -1.0]), np.array([1, 0, 0])).tolist() == [2.0, -2.0, 1.0]
    assert confidence(np.array([[2.0], [3.0]]), np.array([0])).tolist() == [[-2.0], [-3.0]]


def test_a_known_gap_is_found_as_well_as_theory_says():
    # Two normals GAP apart: the best test's area is Φ(GAP / √2), its hits at a rate f of false alarms Φ(GAP + Φ⁻¹(f)).
    shadows, members = answers(GAP)
    scores = each_in_turn(shadows, members, targets=8)
    assert separation(members[:8], scores).value == pytest.approx(norm.cdf(GAP / math.sqrt(2)), abs=0.02)
    assert hits(members[:8], scores, 0.01).value == pytest.approx(norm.cdf(GAP + norm.ppf(0.01)), abs=0.05)
    assert pooled_spreads(shadows, members) == pytest.approx((1, 1), abs=0.02)


def test_the_score_is_the_logarithm_of_the_likelihood_ratio():
    shadows = np.array([[0.0], [2.0], [10.0], [12.0]])
    members = np.array([[False], [False], [True], [True]])
    # Spreads: √2 on either side; means 1 and 11. At 11 the ratio is exp(10² / (2 · 2)) = e²⁵.
    assert online(np.array([11.0]), shadows, members) == pytest.approx(25.0)
    assert online(np.array([6.0]), shadows, members) == pytest.approx(0.0)
    assert online(np.array([6.0]), shadows, members, spreads=(1.0, 2.0)) == pytest.approx(
        norm.logpdf(6, 11, 1) - norm.logpdf(6, 1, 2)
    )


def test_nothing_is_found_where_models_forget():
    shadows, members = answers(0.0)
    scores = each_in_turn(shadows, members, targets=8)
    found = separation(members[:8], scores)
    assert found.low <= 0.5 <= found.high
    caught = hits(members[:8], scores, 0.01)
    assert caught.low <= 0.01 <= caught.high


def test_a_patient_that_no_shadow_model_knew_is_refused():
    shadows, members = answers(GAP)
    members[:, 7] = False
    with pytest.raises(ValueError, match="at least 2 shadow models with and without each patient, got 0"):
        online(shadows[0], shadows, members)


def test_hits_count_members_up_to_the_last_false_alarm_allowed():
    members = np.array([[True, True, False, True] + [False] * 99])
    scores = -np.arange(members.size, dtype=float)[None]
    assert hits(members, scores, 0.01).value == pytest.approx(1.0)  # one false alarm of 100 is allowed
    scores[0, 2] = 5.0
    assert hits(members, scores, 0.01).value == pytest.approx(1.0)
    scores[0, 4] = 4.0
    assert hits(members, scores, 0.01).value == pytest.approx(0.0)  # the second one comes before every member
    assert hits(members, scores, 0.01).n == members.size


def test_a_rate_that_so_few_cannot_show_is_refused():
    with pytest.raises(ValueError, match="at least 1000 non-members"):
        hits(np.array([[True] * 10 + [False] * 10]), np.zeros((1, 20)), 0.001)


def test_the_promise_bounds_the_attack_as_the_paper_says():
    assert most_hits(0.0, 0.0, 0.01) == pytest.approx(0.01)
    assert most_hits(1.0, 1e-5, 0.01) == pytest.approx(math.e * 0.01 + 1e-5)
    assert most_hits(8.0, 0.0, 0.01) == pytest.approx(1 - math.exp(-8) * 0.99)
    # One noisy count (Gaussian mechanism, σ = 1): its exact trade-off Φ(1 + Φ⁻¹(f)) keeps to the bound of every (ε, δ).
    for epsilon in (0.5, 1.0, 2.0):
        delta = norm.cdf(0.5 - epsilon) - math.exp(epsilon) * norm.cdf(-0.5 - epsilon)
        for alarms in (0.001, 0.01, 0.1, 0.5):
            assert norm.cdf(1 + norm.ppf(alarms)) <= most_hits(epsilon, delta, alarms) + 1e-12


def test_who_believes_the_odds_is_right_as_often_as_they_say():
    """Patients whose gains differ, few shadow models: the plain likelihood ratio is too sure."""
    rng = np.random.default_rng(5)
    n, m = 4000, 16
    own = rng.normal(0.5, 0.3, n)
    members = rng.random((m + 1, n)) < 0.5
    sure = rng.normal(0, 1, n) + own * members + rng.normal(0, 1.0, (m + 1, n))
    observed, shadows, knew = sure[0], sure[1:], members[1:]
    kept = np.minimum(knew.sum(0), (~knew).sum(0)) >= 2
    observed, shadows, knew, truth = observed[kept], shadows[:, kept], knew[:, kept], members[0, kept]
    spreads = pooled_spreads(shadows, knew)
    mean, trust = gains(shadows, knew, spreads)
    assert mean == pytest.approx(0.5, abs=0.05)
    assert trust == pytest.approx(0.09 / (0.09 + 4 / m), abs=0.1)
    errors = []
    for odds in (online(observed, shadows, knew, spreads), believed(observed, shadows, knew, spreads, (mean, trust))):
        claimed = np.maximum(expit(odds), 1 - expit(odds))
        errors.append(claimed.mean() - ((odds > 0) == truth).mean())
    assert abs(errors[1]) < 0.02 < errors[0]
