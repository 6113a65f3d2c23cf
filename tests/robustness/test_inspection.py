"""The audit flags what is there, seldom what is not, and its power is what a simulation finds."""

import numpy as np
import pytest
import torch
from scipy.special import expit, logit
from scipy.stats import binom, binomtest
from statsmodels.stats.multitest import multipletests
from torch import nn

from measures import rate
from robustness.inspection import (
    audit,
    compare,
    crossings,
    needed,
    needed_beside,
    power,
    prevalence_shift,
    profiles,
    smallest_gap,
)
from robustness.inspection.audit import ALPHA, TOLERANCE, holm
from robustness.inspection.profile import untrue
from robustness.inspection.weights import changes


def answers(labels, sensitivity, specificity, rng):
    """Decisions of a model with these rates for each film."""
    right = rng.random(len(labels)) < np.where(labels == 1, sensitivity, specificity)
    return np.where((labels == 1) == right, 1.0, -1.0)


def cohort(n=400, groups=4):
    labels = np.tile([0, 1], n // 2)
    place = np.arange(n) // 2 % groups
    return labels, {f"group {i}": place == i for i in range(groups)}


def test_a_group_whose_disease_is_missed_is_flagged_and_no_other():
    labels, groups = cohort()
    missed = groups["group 1"] & (labels == 1)
    found = audit(labels, np.where((labels == 1) & ~missed, 1.0, -1.0), groups)
    assert [(gap.name, gap.measure) for gap in found if gap.flagged] == [("group 1", "sensitivity")]
    worst = next(gap for gap in found if gap.flagged)
    assert (worst.group.value, worst.others.value, worst.size, worst.group.n) == (0, 1, 1, 50)


@pytest.mark.parametrize("n", [0, 1, 7, 40])
def test_holms_correction_is_that_of_statsmodels(n):
    ps = np.random.default_rng(n).beta(0.3, 2, n).tolist()
    theirs = multipletests(ps, method="holm")[1] if ps else []
    assert holm(ps) == pytest.approx(list(theirs), abs=1e-12)


def test_a_fair_model_is_seldom_flagged():
    labels, groups = cohort()
    rng = np.random.default_rng(0)
    n = 200
    flags = sum(any(gap.flagged for gap in audit(labels, answers(labels, 0.85, 0.9, rng), groups)) for _ in range(n))
    assert flags <= binom.ppf(0.999, n, ALPHA)


def test_a_gap_within_the_tolerance_is_seldom_flagged():
    labels, groups = cohort()
    sensitivity = np.where(groups["group 0"], 0.85 - TOLERANCE, 0.85)
    rng = np.random.default_rng(1)
    n = 200
    flags = sum(
        any(gap.flagged for gap in audit(labels, answers(labels, sensitivity, 0.9, rng), groups)) for _ in range(n)
    )
    assert flags <= binom.ppf(0.999, n, ALPHA)


def test_power_is_what_a_simulation_finds():
    n, others, before, elsewhere, drop, tests = 40, 160, 0.9, 0.8, 0.45, 6
    claimed = power(n, drop=drop, others=others, before=before, elsewhere=elsewhere, tests=tests)
    rng = np.random.default_rng(2)
    labels = np.ones(n + others, int)
    members = np.arange(n + others) < n
    flags = []
    for _ in range(150):
        decisions = rng.random(n + others) < np.where(members, before - drop, elsewhere)
        (gap,) = audit(labels, np.where(decisions, 1.0, -1.0), {"group": members})
        flags.append(gap.p < ALPHA / tests)
    assert claimed == pytest.approx(np.mean(flags), abs=0.1)


def test_more_films_see_smaller_gaps():
    gaps = [smallest_gap(n, others=200, before=0.9, elsewhere=0.9, tests=8) for n in (20, 40, 80)]
    assert gaps == sorted(gaps, reverse=True)
    assert TOLERANCE < gaps[-1] < gaps[0]
    assert smallest_gap(2, others=200, before=0.5, elsewhere=0.5, tests=8) is None


def test_the_films_needed_are_enough_and_one_less_is_not_always():
    rates = {"drop": 0.4, "before": 0.9, "elsewhere": 0.85, "tests": 8}
    n = needed(ratio=2.0, **rates)
    assert power(n, others=2 * n, **rates) >= 0.9
    assert power(n - 1, others=2 * (n - 1), **rates) < 0.9
    assert needed(ratio=2.0, **rates | {"drop": 0.05}) is None


def test_a_group_too_small_to_test_is_left_out():
    labels = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    members = np.array([True, True, False, False, False, False, False, False])
    assert audit(labels, np.where(labels == 1, 1.0, -1.0), {"one woman": members}) == ()


def test_two_models_on_the_same_films():
    labels, groups = cohort()
    vendor = np.where(labels == 1, 1.0, -1.0)
    delivered = np.where(groups["group 2"] & (labels == 1), -1.0, vendor)
    found = compare(labels, vendor, delivered, groups)
    assert [(each.name, each.measure) for each in found if each.flagged] == [("group 2", "sensitivity")]
    flagged = next(each for each in found if each.flagged)
    assert (flagged.lost.value, flagged.gained.value, flagged.lost.n) == (1, 0, 50)
    assert not any(each.flagged for each in compare(labels, vendor, vendor, groups))


def test_the_pairs_find_a_harm_with_fewer_films_than_the_audit():
    labels = np.ones(80, int)
    members = np.arange(80) < 12
    vendor, delivered = np.ones(80), np.where(np.arange(80) < 6, -1.0, 1.0)
    assert compare(labels, vendor, delivered, {"few": members})[0].flagged
    seven = np.arange(80) < 5
    assert not audit(labels, np.where(seven, -1.0, 1.0), {"few": np.arange(80) < 40})[0].flagged


def test_the_weights_that_changed_are_named_and_measured():
    torch.manual_seed(0)
    vendor = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    delivered = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    with torch.no_grad():
        for parameter in vendor.parameters():
            parameter.fill_(1.0)
    delivered.load_state_dict(vendor.state_dict())
    with torch.no_grad():
        delivered[1].weight[0, 0] = 2.0
    first, second = changes(vendor, delivered)
    assert (first.layer, first.share, first.changed) == ("0", 0, 0)
    assert (second.layer, second.changed) == ("1", pytest.approx(1 / 3))
    assert second.share == pytest.approx(1 / 3**0.5)


def test_weights_of_another_architecture_are_refused():
    with pytest.raises(ValueError, match="not of one architecture"):
        changes(nn.Linear(2, 2), nn.Linear(2, 3))


def test_crossings_are_the_members_of_both():
    women, old = np.array([True, True, False, False]), np.array([True, False, True, False])
    found = crossings({"Women": women, "Old": old, "Men": ~women, "Old women": women & old})
    assert found["Women × Old"].tolist() == [True, False, False, False]
    assert "Women × Men" not in found
    assert "Women × Old women" not in found


def test_true_probabilities_are_seldom_called_untrue_and_false_ones_are():
    rng = np.random.default_rng(5)
    p = rng.uniform(0.02, 0.98, (400, 150))
    true = (rng.random(p.shape) < p).astype(int)
    found = np.array([untrue(labels, given) for labels, given in zip(true, p, strict=True)])
    assert 0.02 < (found < ALPHA).mean() < 0.09
    assert untrue(true[0], np.clip(p[0] ** 3, 0.01, 0.99)) < 0.001
    # By hand: one film, p = 0.8, disease there: z = 0.2 / √0.16 = 0.5
    assert untrue(np.array([1]), np.array([0.8])) == pytest.approx(0.6171, abs=1e-4)


def test_a_profile_tells_rank_from_truth():
    rng = np.random.default_rng(8)
    given = rng.uniform(0.02, 0.98, 400)
    labels = (rng.random(400) < given).astype(int)
    some = np.arange(400) < 120
    groups = {"some": some, "others": ~some, "two": np.arange(400) < 2}
    before, after = (
        profiles(labels, each >= 0.5, each, groups) for each in (given, np.where(some, given * 0.4, given))
    )
    assert [each.name for each in before] == ["some", "others"]
    assert before[0].area == after[0].area
    called = given[some & (labels == 1)] >= 0.5
    assert before[0].sensitivity == rate(int(called.sum()), len(called))
    assert after[0].sensitivity.value == 0
    assert after[0].specificity.value == 1
    assert not before[0].flagged
    assert not after[1].flagged
    assert after[0].flagged
    assert after[0].expected < after[0].observed.low


def test_an_untouched_model_is_not_called_untrue_for_the_auditors_prevalence():
    """Calibrated where 5 % are ill; the auditor's films are half diseased."""
    rng = np.random.default_rng(3)
    truth = np.repeat([0, 1], 300)
    lead = rng.normal(2.0 * truth - 1.0, 1.0)  # logit at even odds: 2 · lead
    given = expit(2 * lead + logit(0.05))
    groups = {"one": np.arange(600) % 2 == 0, "other": np.arange(600) % 2 == 1}
    assert all(each.flagged for each in profiles(truth, given >= 0.5, given, groups))
    shift = prevalence_shift(truth, given)
    assert shift == pytest.approx(-logit(0.05), abs=0.35)
    moved = expit(2 * lead + logit(0.05) + shift)
    assert not any(each.flagged for each in profiles(truth, given >= 0.5, moved, groups))
    lost = np.where(groups["one"] & (truth == 1), moved * 0.3, moved)
    assert [each.flagged for each in profiles(truth, given >= 0.5, lost, groups)] == [True, False]


@pytest.mark.parametrize(("lost", "tests"), [(0.4, 14), (0.25, 14), (0.6, 1)])
def test_so_many_films_beside_the_release_find_a_loss_as_surely_as_said(lost, tests):
    n = needed_beside(lost=lost, tests=tests)
    rng = np.random.default_rng(4)
    for films, least, most in ((n, 0.86, 1.0), (n // 2, 0.0, 0.85)):
        counts = rng.binomial(films, lost, 3000)
        found = [binomtest(int(count), films, 0.1, alternative="greater").pvalue < 0.05 / tests for count in counts]
        assert least < np.mean(found) <= most
    assert needed_beside(lost=0.1, tests=1) is None
