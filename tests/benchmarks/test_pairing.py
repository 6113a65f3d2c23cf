"""Paired figures against published values and cases worked out by hand."""

import math

import pytest

from benchmarks.pairing import difference, median, paired_ratios, ratio_of_totals


def fourfold(both, first, second, neither):
    return [1] * (both + first) + [0] * (second + neither), [1] * both + [0] * first + [1] * second + [0] * neither


def test_paired_difference_is_newcombes():
    found = difference(*fourfold(36, 12, 2, 0))
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0569, abs=5e-5), pytest.approx(0.3404, abs=5e-5))
    assert found.n == 50


def test_pairs_that_agree_leave_less_doubt_than_the_same_shares_apart():
    together, apart = difference(*fourfold(50, 0, 0, 50)), difference(*fourfold(25, 25, 25, 25))
    assert together.value == apart.value == 0
    assert together.high - together.low < 0.5 * (apart.high - apart.low)


def test_difference_turns_its_sign_with_the_order():
    one, other = fourfold(20, 9, 3, 8)
    first, second = difference(one, other), difference(other, one)
    assert (first.value, first.low, first.high) == pytest.approx((-second.value, -second.high, -second.low))


def test_difference_needs_pairs():
    with pytest.raises(ValueError, match="as many films"):
        difference([True], [True, False])
    with pytest.raises(ValueError, match="n > 0"):
        difference([], [])


def test_median_and_its_order_statistics():
    found = median(range(1, 11))
    assert (found.value, found.low, found.high, found.n) == (5.5, 2, 9, 10)
    assert (median(range(1, 101)).low, median(range(1, 101)).high) == (40, 61)


def test_median_of_few_gives_all_that_was_seen_and_knows_infinity():
    assert (median([3, 1, 2]).low, median([3, 1, 2]).high) == (1, 3)
    assert median([1, math.inf, math.inf]).value == math.inf
    with pytest.raises(ValueError, match="at least one"):
        median([])


def test_ratios_say_nothing_of_a_film_that_neither_reached():
    assert paired_ratios([1, 2, math.inf, math.inf], [2, math.inf, 4, math.inf]) == [0.5, 0.0, math.inf]


def test_ratio_of_totals_weighs_batches_by_their_cost():
    found = ratio_of_totals([1, 30], [2, 20])
    assert found.value == pytest.approx(31 / 22)
    assert (found.low, found.high, found.n) == (0.5, 1.5, 2)
    assert ratio_of_totals([1, 2], [2, 4]).low == ratio_of_totals([1, 2], [2, 4]).high == 0.5
