"""Drift between two maps, worked out by hand."""

import numpy as np
import pytest

from robustness import drift

RAMP = np.arange(100, dtype=np.float32).reshape(10, 10) / 99


def test_the_same_map_has_not_moved():
    same = drift(RAMP, RAMP)
    assert same.spearman == pytest.approx(1)
    assert same.top_overlap == 1
    assert same.inside_before is None
    assert same.inside_after is None


def test_the_opposite_map():
    opposite = drift(RAMP, 1 - RAMP)
    assert opposite.spearman == pytest.approx(-1)
    assert opposite.top_overlap == 0


def test_by_hand():
    before, after = np.zeros((10, 10)), np.zeros((10, 10))
    before[0], after[0, :4], after[9, :6] = 1, 1, 3
    region = np.zeros((10, 10), dtype=bool)
    region[0] = True
    moved = drift(before, after, region)
    assert moved.top_overlap == pytest.approx(0.4)
    assert moved.inside_before == 1
    assert moved.inside_after == pytest.approx(4 / (4 + 18))


def test_an_empty_map_has_no_order_and_no_top():
    nothing = drift(RAMP, np.zeros((10, 10)), RAMP > 0.5)
    assert (nothing.spearman, nothing.top_overlap, nothing.inside_after) == (0, 0, 0)


@pytest.mark.parametrize("shape", [(1, 1), (3, 1000), (1000, 3), (513, 700), (2000, 1600)])
def test_any_size(shape):
    rng = np.random.default_rng(0)
    before = rng.random(shape).astype(np.float32)
    moved = drift(before, before)
    assert moved.top_overlap == 1
    assert moved.spearman == pytest.approx(1 if before.size > 1 else 0)


@pytest.mark.parametrize(
    ("after", "region", "words"),
    [
        (np.zeros((3, 3)), None, "two maps of one shape"),
        (RAMP, np.ones((3, 3), dtype=bool), "region of shape"),
        (RAMP, np.zeros((10, 10), dtype=bool), "the region is empty"),
    ],
)
def test_maps_that_do_not_fit(after, region, words):
    with pytest.raises(ValueError, match=words):
        drift(RAMP, after, region)
